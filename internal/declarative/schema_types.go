package declarative

import (
	"fmt"
	"reflect"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// TypesMap says what a type of an API is in a schema.
type TypesMap struct {
	Target    TargetType        `manifest:"target_type,required"`
	Current   any               `manifest:"current_type,required"` // a text or a list of them
	Condition manifest.Template `manifest:"condition"`             // over raw_schema, the description of the field
}

func (t *TypesMap) fits(kind any) bool { return reflect.DeepEqual(t.Current, kind) }

// TargetType is a type by name, two of them, or a [ComplexFieldType].
type TargetType struct{ value any }

// ComplexFieldType is a type with a type inside: an array and its elements.
type ComplexFieldType struct {
	Type  string      `manifest:"field_type,required"`
	Items *TargetType `manifest:"items"`
}

// UnmarshalManifest reads all spellings.
func (t *TargetType) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() != manifest.Mapping {
		t.value = n.Value()
		return
	}
	c := new(ComplexFieldType)
	d.Decode(n, c)
	if c.Items != nil && c.Type != "array" {
		d.ProblemOf(n, "items", manifest.CodeInvalidValue, "only an array has items")
	}
	t.value = c
}

// typeSchema is the schema of a value of a type; null is always allowed.
func typeSchema(kind any) (*template.Dict, error) {
	switch kind := kind.(type) {
	case string:
		return namedType(kind)
	case []any:
		return eitherType(kind)
	case *ComplexFieldType:
		return nestedType(kind)
	}
	return nil, fmt.Errorf("a type is a name or a list of two, not %s", template.Str(kind))
}

func namedType(name string) (*template.Dict, error) {
	fields, ok := schemaTypes[name]
	if !ok {
		return nil, fmt.Errorf("there is no type called %q", name)
	}
	d := template.NewDict(len(fields) + 1)
	d.Set("type", []any{"null", fields[0]})
	for i := 1; i < len(fields); i += 2 {
		d.Set(fields[i], fields[i+1])
	}
	return d, nil
}

// schemaTypes are the types by name: the type of JSON, then keys and values that go with it.
var schemaTypes = map[string][]string{
	"string":                     {"string"},
	"boolean":                    {"boolean"},
	"date":                       {"string", "format", "date"},
	"timestamp_without_timezone": {"string", "format", "date-time", "airbyte_type", "timestamp_without_timezone"},
	"timestamp_with_timezone":    {"string", "format", "date-time"},
	"time_without_timezone":      {"string", "format", "time", "airbyte_type", "time_without_timezone"},
	"time_with_timezone":         {"string", "format", "time", "airbyte_type", "time_with_timezone"},
	"integer":                    {"integer"},
	"number":                     {"number"},
	"array":                      {"array"},
	"object":                     {"object"},
}

// eitherType is the schema of a value that has one of two types.
func eitherType(kinds []any) (*template.Dict, error) {
	if len(kinds) != 2 {
		return nil, fmt.Errorf("a list of types has two of them, not %d", len(kinds))
	}
	choices := make([]any, len(kinds))
	for i, kind := range kinds {
		name, ok := kind.(string)
		if !ok {
			return nil, fmt.Errorf("a type in a list is a name, not %s", template.Str(kind))
		}
		schema, err := namedType(name)
		if err != nil {
			return nil, err
		}
		choices[i] = schema
	}
	d := template.NewDict(1)
	d.Set("oneOf", choices)
	return d, nil
}

func nestedType(c *ComplexFieldType) (*template.Dict, error) {
	d, err := namedType(c.Type)
	if err != nil || c.Items == nil {
		return d, err
	}
	items, err := typeSchema(c.Items.value)
	if err != nil {
		return nil, err
	}
	d.Set("items", items)
	return d, nil
}
