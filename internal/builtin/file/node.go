package file

import (
	"strings"

	"github.com/parquet-go/parquet-go"
	logical "github.com/parquet-go/parquet-go/format"
)

// shape is how a node of a Parquet schema becomes JSON.
type shape int

const (
	shapeLeaf shape = iota
	shapeObject
	shapeList
	shapeMap
)

// node is one field of a Parquet schema. See https://parquet.apache.org/docs/file-format/nestedencoding/ for what definition
// and repetition levels say, and https://github.com/apache/parquet-format/blob/master/LogicalTypes.md for lists and maps.
type node struct {
	name        string
	shape       shape
	optional    bool
	repeated    bool // a list without the frame of one
	definition  int  // the level at which the node is there
	repetition  int  // the level of its repetitions
	first, last int  // the leaf columns below it, the last excluded
	children    []*node
	scalar      scalar // of a leaf
}

func newNode(c *parquet.Column) *node {
	n := &node{
		name: c.Name(), optional: c.Optional(), repeated: c.Repeated(),
		definition: c.MaxDefinitionLevel(), repetition: c.MaxRepetitionLevel(),
	}
	if c.Leaf() {
		n.scalar, n.first, n.last = newScalar(c.Type()), c.Index(), c.Index()+1
		return n
	}
	n.shape = shapeObject
	for _, child := range c.Columns() {
		n.children = append(n.children, newNode(child))
	}
	if len(n.children) > 0 {
		n.first, n.last = n.children[0].first, n.children[len(n.children)-1].last
	}
	n.frame(c.Type().LogicalType())
	return n
}

// frame finds lists and maps. A list is a group around one repeated field, whose only field is the element; files by old
// writers leave that last level out.
func (n *node) frame(t *logical.LogicalType) {
	if t == nil || len(n.children) != 1 || !n.children[0].repeated {
		return
	}
	switch repeated := n.children[0]; t.Value.(type) {
	case *logical.ListType:
		n.shape = shapeList
	case *logical.MapType:
		if len(repeated.children) == 2 {
			n.shape = shapeMap
		}
	}
}

// element is what each repetition of a list holds, and whether that is the repeated field itself.
func (n *node) element() (element *node, itself bool) {
	repeated := n.children[0]
	if len(repeated.children) != 1 || repeated.name == "array" || repeated.name == n.name+"_tuple" {
		return repeated, true
	}
	return repeated.children[0], false
}

// schema is the JSON schema of the node.
func (n *node) schema() string {
	if n.repeated {
		return `{"type":["null","array"],"items":` + n.present() + `}`
	}
	return n.present()
}

// present is the JSON schema of one repetition.
func (n *node) present() string {
	switch n.shape {
	case shapeLeaf:
		return n.scalar.schema
	case shapeList:
		element, itself := n.element()
		if itself {
			return `{"type":["null","array"],"items":` + element.present() + `}`
		}
		return `{"type":["null","array"],"items":` + element.schema() + `}`
	case shapeMap:
		return `{"type":["null","object"],"additionalProperties":` + n.children[0].children[1].schema() + `}`
	}
	properties := make([]string, len(n.children))
	for i, child := range n.children {
		properties[i] = string(appendText(nil, child.name)) + ":" + child.schema()
	}
	return `{"type":["null","object"],"properties":{` + strings.Join(properties, ",") + `}}`
}

// leaf is the values of one leaf column in the row at hand.
type leaf struct{ values []parquet.Value }

// assembly puts the values of a row back together.
type assembly struct{ leaves []leaf }

// start takes a row, whose values are grouped by column.
func (a *assembly) start(row parquet.Row) {
	row.Range(func(column int, values []parquet.Value) bool {
		a.leaves[column].values = values
		return true
	})
}

// peek is the next value of the first leaf below a node, which tells whether the node is there.
func (a *assembly) peek(n *node) parquet.Value { return a.leaves[n.first].values[0] }

// skip passes over a node that is not there: each leaf below has one value that says so.
func (a *assembly) skip(n *node) {
	for i := n.first; i < n.last; i++ {
		a.leaves[i].values = a.leaves[i].values[1:]
	}
}

// value writes a node.
func (a *assembly) value(dst []byte, n *node) []byte {
	if n.repeated {
		return a.list(dst, n, n, true)
	}
	if n.optional && a.peek(n).DefinitionLevel() < n.definition {
		a.skip(n)
		return append(dst, "null"...)
	}
	return a.one(dst, n)
}

// one writes one repetition of a node that is there.
func (a *assembly) one(dst []byte, n *node) []byte {
	switch n.shape {
	case shapeLeaf:
		value := a.leaves[n.first].values[0]
		a.leaves[n.first].values = a.leaves[n.first].values[1:]
		return n.scalar.append(dst, value)
	case shapeList:
		element, itself := n.element()
		return a.list(dst, n.children[0], element, itself)
	case shapeMap:
		return a.mapping(dst, n.children[0])
	}
	return a.object(dst, n)
}

func (a *assembly) object(dst []byte, n *node) []byte {
	dst = append(dst, '{')
	for i, child := range n.children {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, child.name), ':')
		dst = a.value(dst, child)
	}
	return append(dst, '}')
}

// repetitions calls write for each repetition of a repeated node.
func (a *assembly) repetitions(n *node, write func(i int)) {
	if a.peek(n).DefinitionLevel() < n.definition {
		a.skip(n)
		return
	}
	for i := 0; ; i++ {
		write(i)
		rest := a.leaves[n.first].values
		if len(rest) == 0 || rest[0].RepetitionLevel() != n.repetition {
			return
		}
	}
}

func (a *assembly) list(dst []byte, repeated, element *node, itself bool) []byte {
	dst = append(dst, '[')
	a.repetitions(repeated, func(i int) {
		if i > 0 {
			dst = append(dst, ',')
		}
		if itself {
			dst = a.one(dst, element)
		} else {
			dst = a.value(dst, element)
		}
	})
	return append(dst, ']')
}

// mapping writes an object. Keys that are not texts are put in quotes.
func (a *assembly) mapping(dst []byte, entries *node) []byte {
	dst = append(dst, '{')
	a.repetitions(entries, func(i int) {
		if i > 0 {
			dst = append(dst, ',')
		}
		start := len(dst)
		dst = a.value(dst, entries.children[0])
		if dst[start] != '"' {
			key := string(dst[start:])
			dst = appendText(dst[:start], key)
		}
		dst = a.value(append(dst, ':'), entries.children[1])
	})
	return append(dst, '}')
}
