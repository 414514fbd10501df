package manifest

import (
	"math"
	"strconv"
	"strings"
)

const refKey = "$ref"

// references replaces what starts with "#/" by what it names. Siblings of a `$ref` key lie over the mapping it names, key by
// key, without merging any deeper.
type references struct {
	root     *Node
	problems *problemList
	done     map[*Node]*Node // mappings and sequences
	open     map[string]bool
}

func resolveReferences(root *Node, problems *problemList) *Node {
	r := &references{root: root, problems: problems, done: map[*Node]*Node{}, open: map[string]bool{}}
	return r.resolve(root)
}

func (r *references) resolve(n *Node) *Node {
	if n.kind == Scalar {
		if text, ok := n.str(); ok && strings.HasPrefix(text, "#/") {
			return r.follow(n, text)
		}
		return n
	}
	resolved := r.done[n]
	if resolved == nil {
		if n.kind == Sequence {
			resolved = r.sequence(n)
		} else {
			resolved = r.mapping(n)
		}
		r.done[n] = resolved
	}
	return resolved
}

func (r *references) sequence(n *Node) *Node {
	c := *n
	c.items = make([]*Node, len(n.items))
	for i, item := range n.items {
		c.items[i] = r.resolve(item)
	}
	return &c
}

func (r *references) mapping(n *Node) *Node {
	c := *n
	c.entries = make([]entry, 0, len(n.entries))
	var ref *Node
	for _, e := range n.entries {
		switch {
		case e.key == refKey && e.node.kind == Scalar:
			ref = e.node
			continue
		case e.key != "config_overrides":
			e.node = r.resolve(e.node)
		}
		c.entries = append(c.entries, e)
	}
	if ref == nil {
		return &c
	}
	text, ok := ref.str()
	if !ok || !strings.HasPrefix(text, "#/") {
		r.problems.at(ref, "", CodeReference, "a $ref starts with #/, found %s", ref.Describe())
		return &c
	}
	target := r.follow(ref, text)
	if target.kind != Mapping {
		return target
	}
	return overlay(target, &c)
}

// overlay lays the keys of one mapping over another. The result keeps the place of what it is laid over, so that a mistake in
// a shared definition is reported there.
func overlay(under, over *Node) *Node {
	if len(over.entries) == 0 {
		return under
	}
	c := *under
	c.entries = make([]entry, len(under.entries), len(under.entries)+len(over.entries))
	copy(c.entries, under.entries)
	for _, e := range over.entries {
		c.put(e)
	}
	return &c
}

func (r *references) follow(at *Node, ref string) *Node {
	if r.open[ref] {
		r.problems.at(at, "", CodeReference, "the reference %s leads back to itself", ref)
		return &Node{line: at.line, column: at.column}
	}
	target, missing, among := lookup(r.root, strings.TrimPrefix(ref, "#/"))
	if target == nil {
		p := Problem{Place: at.place(""), Severity: Error, Code: CodeReference, Message: "the reference " + ref + " leads nowhere"}
		p.Hint = DidYouMean(missing, among)
		r.problems.add(p)
		return &Node{line: at.line, column: at.column}
	}
	r.open[ref] = true
	defer delete(r.open, ref)
	return r.resolve(target)
}

// lookup walks a path. At every step the whole rest of the path is tried as one key first. When it leads nowhere, the second
// result is the step that failed and the third is what there is instead.
func lookup(n *Node, path string) (found *Node, missing string, among []string) {
	for {
		if n.kind == Mapping {
			if v := n.Get(path); v != nil {
				return v, "", nil
			}
		}
		step, rest, more := strings.Cut(path, "/")
		next := child(n, step)
		if next == nil {
			return nil, step, keys(n)
		}
		if !more {
			return next, "", nil
		}
		n, path = next, rest
	}
}

func child(n *Node, step string) *Node {
	if n.kind == Mapping {
		return n.Get(step)
	}
	i, err := strconv.Atoi(step)
	if err != nil || n.kind != Sequence {
		return nil
	}
	if i < 0 {
		i += len(n.items)
	}
	if i < 0 || i >= len(n.items) {
		return nil
	}
	return n.items[i]
}

func keys(n *Node) []string {
	var list []string
	for key := range n.Fields() {
		list = append(list, key)
	}
	return list
}

// maxNodes bounds a manifest with its references expanded; the largest of the public ones stay below a tenth of it.
const maxNodes = 10_000_000

// measure tells how many nodes a tree has once shared parts are counted as often as they are used, and how deep it is.
func measure(n *Node, known map[*Node][2]int) (size, depth int) {
	if n.kind == Scalar {
		return 1, 0
	}
	if m, ok := known[n]; ok {
		return m[0], m[1]
	}
	size = 1
	add := func(c *Node) {
		s, d := measure(c, known)
		size = min(size+s, math.MaxInt/4)
		depth = max(depth, d+1)
	}
	for _, item := range n.items {
		add(item)
	}
	for _, e := range n.entries {
		add(e.node)
	}
	known[n] = [2]int{size, depth}
	return size, depth
}
