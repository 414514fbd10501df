package manifest

import (
	"strconv"

	"github.com/airfielddev/airfield/internal/template"
)

// Tree is an object, list or text whose keys and texts may be templates, such as the body of a request. The zero value is an
// absent field.
type Tree struct {
	leaf    Template
	items   []Tree
	entries []treeEntry
	kind    Kind
	present bool
}

type treeEntry struct {
	key   Template
	value Tree
}

// Present tells whether the field was given.
func (t *Tree) Present() bool { return t.present }

// Len is the number of keys or elements.
func (t *Tree) Len() int { return len(t.entries) + len(t.items) }

// AppendSources appends every text of the tree, keys and values, as it was written.
func (t *Tree) AppendSources(list []string) []string {
	for i := range t.items {
		list = t.items[i].AppendSources(list)
	}
	for i := range t.entries {
		list = t.entries[i].value.AppendSources(append(list, t.entries[i].key.Source()))
	}
	if t.leaf.Present() {
		list = append(list, t.leaf.Source())
	}
	return list
}

// UnmarshalManifest reads any node.
func (t *Tree) UnmarshalManifest(d *Decoder, n *Node) {
	if n == nil {
		return
	}
	t.present, t.kind = true, n.kind
	switch n.kind {
	case Scalar:
		t.leaf.UnmarshalManifest(d, n)
	case Sequence:
		t.items = make([]Tree, len(n.items))
		for i, item := range n.items {
			d.In("["+strconv.Itoa(i)+"]", func() { t.items[i].UnmarshalManifest(d, item) })
		}
	case Mapping:
		for key, node := range n.Fields() {
			e := treeEntry{}
			d.In(key, func() {
				e.key.UnmarshalManifest(d, &Node{scalar: key, text: key, line: node.line, column: node.column})
				e.value.UnmarshalManifest(d, node)
			})
			t.entries = append(t.entries, e)
		}
	}
}

// Value evaluates the tree. Entries that evaluate to nothing are left out.
func (t *Tree) Value(vars map[string]any) (any, error) {
	switch t.kind {
	case Sequence:
		list := make([]any, len(t.items))
		for i := range t.items {
			v, err := t.items[i].Value(vars)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case Mapping:
		return t.mapping(vars, (*Tree).Value)
	}
	return t.leaf.Entry(vars)
}

// Texts evaluates the entries of an object to what they print; lists stay lists. Entries that evaluate to nothing are left out.
// A text evaluates to an object or to nothing.
func (t *Tree) Texts(vars map[string]any) (*template.Dict, error) {
	if t.kind == Mapping {
		return t.mapping(vars, (*Tree).text)
	}
	v, err := t.Value(vars)
	if d, ok := v.(*template.Dict); ok {
		return d, err
	}
	return template.NewDict(0), err
}

// text evaluates an entry to a list or to text, unless it was written as something else.
func (t *Tree) text(vars map[string]any) (any, error) {
	if t.kind != Scalar {
		return t.Value(vars)
	}
	return t.leaf.Entry(vars, template.String, template.List)
}

func (t *Tree) mapping(vars map[string]any, evaluate func(*Tree, map[string]any) (any, error)) (*template.Dict, error) {
	d := template.NewDict(len(t.entries))
	for i := range t.entries {
		e := &t.entries[i]
		key, err := e.key.Text(vars)
		if err != nil {
			return nil, err
		}
		v, err := evaluate(&e.value, vars)
		if err != nil {
			return nil, err
		}
		if v != nil {
			d.Set(key, v)
		}
	}
	return d, nil
}
