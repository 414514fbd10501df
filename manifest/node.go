package manifest

import (
	"fmt"
	"iter"
	"math/big"
	"slices"
	"time"

	"github.com/airfielddev/airfield/internal/template"
)

// Kind is the shape of a [Node].
type Kind int

// The kinds of node.
const (
	Scalar Kind = iota
	Sequence
	Mapping
)

// Node is a part of a manifest: a scalar, a list or a mapping that remembers where it stood. Nodes are never changed once made,
// so that one definition can be used in many places.
type Node struct {
	kind         Kind
	scalar       any    // nil, bool, int64, *big.Int, float64, string, template.Date, time.Time, template.NaiveTime
	text         string // a scalar as it was written, without quotes
	items        []*Node
	entries      []entry
	line, column int
}

type entry struct {
	key          string
	node         *Node
	line, column int
	implied      bool // not written here, but put by $parameters or a default
}

// Kind is the node's shape.
func (n *Node) Kind() Kind { return n.kind }

// Text is a scalar as it was written, without quotes.
func (n *Node) Text() string { return n.text }

// Items are the elements of a list.
func (n *Node) Items() []*Node { return n.items }

// Null tells whether the node is absent or null.
func (n *Node) Null() bool { return n == nil || n.kind == Scalar && n.scalar == nil }

// Len is the number of keys or elements.
func (n *Node) Len() int { return len(n.entries) + len(n.items) }

// Get is the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if e := n.entry(key); e != nil {
		return e.node
	}
	return nil
}

func (n *Node) entry(key string) *entry {
	if n == nil {
		return nil
	}
	for i := range n.entries {
		if n.entries[i].key == key {
			return &n.entries[i]
		}
	}
	return nil
}

// Fields are the keys and values of a mapping that the author wrote, in order.
func (n *Node) Fields() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		for _, e := range n.entries {
			if !e.implied && !yield(e.key, e.node) {
				return
			}
		}
	}
}

// Value is the node as plain values: nil, bool, int64, *big.Int, float64, string, []any and ordered mappings; dates stay text.
// What `$parameters` put into it is left out.
func (n *Node) Value() any { return n.value(false) }

func (n *Node) value(implied bool) any {
	switch {
	case n == nil:
		return nil
	case n.kind == Sequence:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.value(implied)
		}
		return list
	case n.kind == Mapping:
		d := template.NewDict(len(n.entries))
		for _, e := range n.entries {
			if implied || !e.implied {
				d.Set(e.key, e.node.value(implied))
			}
		}
		return d
	}
	switch n.scalar.(type) {
	case template.Date, time.Time, template.NaiveTime:
		return n.text
	}
	return n.scalar
}

// MarshalJSON writes the node as JSON, with the order of its keys.
func (n *Node) MarshalJSON() ([]byte, error) {
	b, err := template.AppendJSON(nil, n.Value())
	if err != nil {
		return nil, fmt.Errorf("encoding manifest: %w", err)
	}
	return b, nil
}

// String scalars are the most common, and the only ones references and templates look at.
func (n *Node) str() (string, bool) {
	if n == nil || n.kind != Scalar {
		return "", false
	}
	s, ok := n.scalar.(string)
	return s, ok
}

// truthy is Python's idea of a value that counts.
func (n *Node) truthy() bool {
	if n == nil {
		return false
	}
	if n.kind != Scalar {
		return n.Len() > 0
	}
	switch v := n.scalar.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	}
	return true
}

// Without is a copy of a mapping that lacks a key.
func (n *Node) Without(key string) *Node {
	c := *n
	c.entries = slices.DeleteFunc(slices.Clone(n.entries), func(e entry) bool { return e.key == key })
	return &c
}

func (n *Node) place(path string) Place {
	if n == nil {
		return Place{Path: path}
	}
	return Place{Line: n.line, Column: n.column, Path: path}
}

// Describe names what a node is, for messages, with the beginning of a text: "a list", "a number (5)".
func (n *Node) Describe() string {
	switch {
	case n == nil:
		return "nothing"
	case n.kind == Sequence:
		return "a list"
	case n.kind == Mapping:
		return "an object"
	}
	switch v := n.scalar.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean (" + n.text + ")"
	case int64, *big.Int, float64:
		return "a number (" + n.text + ")"
	case string:
		return fmt.Sprintf("a text (%q)", shorten(v))
	}
	return "a date (" + n.text + ")"
}

func shorten(s string) string {
	const longest = 40
	r := []rune(s)
	if len(r) <= longest {
		return s
	}
	return string(r[:longest]) + "..."
}

// with is a copy of a mapping in which a key has another value; a new key goes last.
func (n *Node) with(e entry) *Node {
	c := *n
	c.entries = make([]entry, len(n.entries), len(n.entries)+1)
	copy(c.entries, n.entries)
	if old := c.entry(e.key); old != nil {
		*old = e
	} else {
		c.entries = append(c.entries, e)
	}
	return &c
}
