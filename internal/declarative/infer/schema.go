// Package infer tells what records look like from the records: their JSON Schema, and which of their fields are moments. It comes to
// the conclusions that the connector builder comes to:
// https://docs.airbyte.com/platform/connector-development/connector-builder-ui/record-processing#schema.
package infer

import (
	"slices"

	"github.com/airfielddev/airfield/internal/template"
)

// The names that JSON Schema has for kinds of values.
const (
	nullType   = "null"
	arrayType  = "array"
	objectType = "object"
)

// Schema is the narrowest JSON Schema that fits every record it was shown, but for two things: no field is required, and
// every field may be null. The zero Schema has seen no records.
type Schema struct {
	root node
}

// Add shows the schema a record.
func (s *Schema) Add(record *template.Dict) { s.root.add(record) }

// Empty tells whether no record was seen.
func (s *Schema) Empty() bool { return len(s.root.kinds) == 0 }

// JSON is the schema, with the fields at the given paths required. Paths that no record has come back as missing.
func (s *Schema) JSON(required ...[]string) (schema *template.Dict, missing [][]string) {
	schema = template.NewDict(3)
	schema.Set("$schema", "http://json-schema.org/schema#")
	for key, value := range s.root.schema().All() {
		schema.Set(template.Str(key), value)
	}
	tidy(schema)
	schema.Set("type", objectType)
	for _, path := range required {
		if !require(schema, path) {
			missing = append(missing, path)
		}
	}
	return schema, missing
}

// node is what was seen in one place.
type node struct {
	kinds  []string // in the order in which they were seen
	fields fields
	items  *node // of arrays
}

// fields are the members of objects, in the order in which they were seen.
type fields struct {
	names []string
	nodes map[string]*node
}

func (f *fields) at(name string) *node {
	if n := f.nodes[name]; n != nil {
		return n
	}
	if f.nodes == nil {
		f.nodes = map[string]*node{}
	}
	n := new(node)
	f.nodes[name] = n
	f.names = append(f.names, name)
	return n
}

func (n *node) add(value any) {
	kind := kindOf(value)
	if !slices.Contains(n.kinds, kind) {
		n.kinds = append(n.kinds, kind)
	}
	switch v := value.(type) {
	case *template.Dict:
		for key, inner := range v.All() {
			n.fields.at(template.Str(key)).add(inner)
		}
	case []any:
		for _, item := range v {
			if n.items == nil {
				n.items = new(node)
			}
			n.items.add(item)
		}
	}
}

// kindOf is the type of a value. Whole numbers are numbers: the next record may have a fraction.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return nullType
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return arrayType
	case *template.Dict:
		return objectType
	}
	return "number"
}

// schema is the kinds that were seen. Those of which there is more to say than their name are alternatives.
func (n *node) schema() *template.Dict {
	var plain []string
	var alternatives []any
	for _, kind := range n.kinds {
		if d := n.composite(kind); d != nil {
			alternatives = append(alternatives, d)
		} else {
			plain = append(plain, kind)
		}
	}
	if len(plain) > 0 {
		slices.Sort(plain)
		d := template.NewDict(1)
		d.Set("type", template.OneOrTexts(plain))
		alternatives = slices.Insert(alternatives, 0, any(d))
	}
	switch len(alternatives) {
	case 0:
		return template.NewDict(0)
	case 1:
		return alternatives[0].(*template.Dict)
	}
	d := template.NewDict(1)
	d.Set("anyOf", alternatives)
	return d
}

// composite is the schema of objects and arrays that hold something; nil of anything else.
func (n *node) composite(kind string) *template.Dict {
	switch {
	case kind == arrayType && n.items != nil:
		d := template.NewDict(2)
		d.Set("type", arrayType)
		d.Set("items", n.items.schema())
		return d
	case kind == objectType && len(n.fields.names) > 0:
		properties := template.NewDict(len(n.fields.names))
		for _, name := range n.fields.names {
			properties.Set(name, n.fields.nodes[name].schema())
		}
		d := template.NewDict(2)
		d.Set("type", objectType)
		d.Set("properties", properties)
		return d
	}
	return nil
}
