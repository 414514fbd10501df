package manifest

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
)

// Fragment is a part of a manifest that is decoded later, after values were put into it: the template of streams, for one. A copy
// is independent of its original. The zero value is an absent field.
type Fragment struct {
	node     *Node
	registry *Registry
	env      template.Env
	place    Place
}

// UnmarshalManifest keeps the node.
func (f *Fragment) UnmarshalManifest(d *Decoder, n *Node) {
	if n.Null() {
		return
	}
	*f = Fragment{node: n, registry: d.registry, env: d.env, place: d.Place(n)}
}

// Place is where the fragment stands.
func (f *Fragment) Place() Place { return f.place }

// Value is the fragment as plain values, with what `$parameters` and defaults put into it.
func (f *Fragment) Value() any { return f.node.value(true) }

// Set puts a value where a path leads: keys and the numbers of elements. What is not there is made when create is true. It tells
// whether the value found its place.
func (f *Fragment) Set(path []string, value any, create bool) bool {
	at := &Node{line: f.node.line, column: f.node.column}
	node, ok := f.node.set(path, nodeOf(value, at), create)
	if ok {
		f.node = node
	}
	return ok
}

// Decode fills target as [Decode] does. With outerFirst, the `$parameters` of a component count over those inside of it.
func (f *Fragment) Decode(target any, outerFirst bool) Problems {
	d := &Decoder{registry: f.registry, env: f.env, path: f.place.Path, problems: &problemList{file: f.place.File}}
	pass := &parameterPass{registry: f.registry, outerFirst: outerFirst}
	d.Decode(pass.component(f.node, "", "", nil), target)
	return d.problems.sorted()
}

// Resolved is what [Fragment.Decode] reads, as plain values.
func (f *Fragment) Resolved(outerFirst bool) any {
	pass := &parameterPass{registry: f.registry, outerFirst: outerFirst}
	return pass.component(f.node, "", "", nil).value(true)
}

// Try decodes a node for its problems of the given kinds alone: one that is not complete yet has others too.
func (d *Decoder) Try(n *Node, target any, codes ...Code) {
	trial := *d
	trial.problems = &problemList{file: d.problems.file}
	trial.Decode(n, target)
	for _, p := range trial.problems.list {
		for _, code := range codes {
			if p.Code == code {
				d.problems.add(p)
			}
		}
	}
}

// set is a copy in which something else stands at a path, or the node itself and false.
func (n *Node) set(path []string, to *Node, create bool) (*Node, bool) {
	if len(path) == 0 {
		return to, true
	}
	switch n.kind {
	case Mapping:
		e := entry{key: path[0], line: n.line, column: n.column}
		if old := n.entry(path[0]); old != nil {
			e = *old
		} else if e.node = holderOf(path[1:], n); !create {
			return n, false
		}
		inner, ok := e.node.set(path[1:], to, create)
		if !ok {
			return n, false
		}
		e.node = inner
		return n.with(e), true
	case Sequence:
		return n.setItem(path, to, create)
	}
	return n, false
}

func (n *Node) setItem(path []string, to *Node, create bool) (*Node, bool) {
	i, err := strconv.Atoi(path[0])
	if err == nil && i < 0 {
		i += len(n.items)
	}
	if err != nil || i < 0 || i > len(n.items) || i == len(n.items) && !create {
		return n, false
	}
	c := *n
	c.items = make([]*Node, len(n.items), len(n.items)+1)
	copy(c.items, n.items)
	if i == len(c.items) {
		c.items = append(c.items, holderOf(path[1:], n))
	}
	inner, ok := c.items[i].set(path[1:], to, create)
	if !ok {
		return n, false
	}
	c.items[i] = inner
	return &c, true
}

// holderOf is what a path begins in: a list where it goes on with a number, else an object.
func holderOf(path []string, at *Node) *Node {
	n := &Node{kind: Mapping, line: at.line, column: at.column}
	if len(path) > 0 {
		if _, err := strconv.ParseUint(path[0], 10, 31); err == nil {
			n.kind = Sequence
		}
	}
	return n
}

// nodeOf is a plain value as a node, at the place of another.
func nodeOf(v any, at *Node) *Node {
	n := &Node{line: at.line, column: at.column}
	switch v := v.(type) {
	case *template.Dict:
		n.kind = Mapping
		for key, inner := range v.All() {
			n.put(entry{key: template.Str(key), node: nodeOf(inner, at), line: at.line, column: at.column})
		}
	case []any:
		n.list(v, at)
	case template.Tuple:
		n.list(v, at)
	case nil, bool, int64, *big.Int, float64:
		n.scalar, n.text = v, template.Str(v)
	default:
		n.text = template.Str(v)
		n.scalar = n.text
	}
	return n
}

func (n *Node) list(values []any, at *Node) {
	n.kind = Sequence
	for _, v := range values {
		n.items = append(n.items, nodeOf(v, at))
	}
}

// ReadYAML reads a text as YAML 1.1, the way manifests are read. It tells whether the text is YAML; an empty one is null.
func ReadYAML(text string) (any, bool) {
	if strings.TrimSpace(text) == "" {
		return nil, true
	}
	problems := new(problemList)
	n := parseYAML([]byte(text), problems)
	if n == nil || len(problems.list) > 0 {
		return nil, false
	}
	size, depth := measure(n, map[*Node][2]int{})
	if size > maxNodes || depth > maxDepth {
		return nil, false
	}
	return n.Value(), true
}
