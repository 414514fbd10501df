package declarative

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
)

// discovered is the catalog of a source, as plain JSON.
func (f *fixture) discovered(t *testing.T) map[string]any {
	t.Helper()
	catalog, err := f.Discover(t.Context(), f.json(t), f.emit)
	if err != nil {
		t.Fatal(err)
	}
	streams := map[string]any{}
	for _, s := range catalog.Streams {
		var schema any
		if err := json.Unmarshal(s.JSONSchema, &schema); err != nil {
			t.Fatal(err)
		}
		streams[s.Name] = schema
	}
	return streams
}

func fromJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

const fieldsOfItems = `{"fields": [
	{"name": "Id", "kind": "int", "small": true}, {"name": "Price", "kind": "int"}, {"name": "hidden", "kind": "date"},
	{"name": "When", "kind": "timestamp_without_timezone"}, {"name": "Any", "kind": "either"}, {"name": "Flag", "kind": ["a", "b"]},
	{"name": "Rows", "kind": "lists"}, {"name": "Plain"}]}`

const dynamicSchemaStream = `
- type: DeclarativeStream
  name: items
  schema_loader:
    type: DynamicSchemaLoader
    retriever:
      requester: {url: API/fields}
      record_selector: {extractor: {field_path: []}}
    schema_filter: {type: RecordFilter, condition: "{{ 'hidden' not in (record.keys() | list) }}"}
    schema_transformations:
    - {type: KeysToLower}
    - {type: AddFields, fields: [{path: [static_field], value: "{{ {'type': ['null', 'string']} }}"}]}
    schema_type_identifier:
      type: SchemaTypeIdentifier
      schema_pointer: [fields]
      key_pointer: [name]
      type_pointer: [kind]
      types_mapping:
      - {type: TypesMap, target_type: integer, current_type: int, condition: "{{ raw_schema.small }}"}
      - {type: TypesMap, target_type: number, current_type: int}
      - {type: TypesMap, target_type: [string, number], current_type: either}
      - {type: TypesMap, target_type: boolean, current_type: [a, b]}
      - type: TypesMap
        current_type: lists
        target_type: {type: ComplexFieldType, field_type: array, items: {type: ComplexFieldType, field_type: array, items: integer}}
  retriever:
    requester: {url: API/items}
    record_selector: {schema_normalization: Default, extractor: {field_path: []}}
`

// TestDynamicSchema asks an API for the fields of a stream. What is wanted is what the reference implementation makes of it.
func TestDynamicSchema(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{
		"/fields": fieldsOfItems,
		"/items":  `[{"id":"7","price":"2","when":"x","any":1,"flag":"yes","rows":[["1"]],"plain":5},{"id":"8"}]`,
	})
	f := load(t, a, dynamicSchemaStream)
	equal(t, "catalog", f.discovered(t)["items"], fromJSON(t, `{
		"$schema": "https://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": true, "properties": {
			"id": {"type": ["null", "integer"]}, "price": {"type": ["null", "number"]},
			"when": {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
			"any": {"oneOf": [{"type": ["null", "string"]}, {"type": ["null", "number"]}]}, "flag": {"type": ["null", "boolean"]},
			"rows": {"type": ["null", "array"], "items": {"type": ["null", "array"], "items": {"type": ["null", "integer"]}}},
			"plain": {"type": ["null", "string"]}, "static_field": {"type": ["null", "string"]}}}`))
	equal(t, "requests of discover", a.urls(), []string{"/fields"})
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{
		`{"id":7,"price":2.0,"when":"x","any":1,"flag":true,"rows":[[1]],"plain":"5"}`, `{"id":8}`,
	})
	equal(t, "requests of a read", a.urls()[1:], []string{"/fields", "/items"})
}

// TestDynamicSchemaFails asks for fields that cannot be understood.
func TestDynamicSchemaFails(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ fields, want string }{
		"no list":         {`{"fields": 5}`, "schema_pointer leads to no list"},
		"no name":         {`{"fields": [{"name": 5}]}`, "key_pointer leads to no text"},
		"unknown type":    {`{"fields": [{"name": "a", "kind": "money"}]}`, `there is no type called "money"`},
		"too many types":  {`{"fields": [{"name": "a", "kind": ["string", "number", "date"]}]}`, "a list of types has two of them"},
		"no type at all":  {`{"fields": [{"name": "a", "kind": 5}]}`, "a type is a name or a list of two, not 5"},
		"a list of lists": {`{"fields": [{"name": "a", "kind": ["string", ["date"]]}]}`, "a type in a list is a name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := load(t, pages(t, map[string]string{"/fields": c.fields}), dynamicSchemaStream)
			_, err := f.Discover(t.Context(), f.json(t), connector.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestDynamicSchemaBeside joins a dynamic schema with one that is written down, which counts where both know a field. Two streams
// that ask for the same ask once.
func TestDynamicSchemaBeside(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/fields": `{"all": ["a", "b"]}`})
	f := load(t, a, `
- &stream
  type: DeclarativeStream
  name: items
  schema_loader:
  - {type: InlineSchemaLoader, schema: {type: object, properties: {a: {type: string}}}}
  - type: DynamicSchemaLoader
    retriever: {requester: {url: API/fields}, record_selector: {extractor: {field_path: []}}}
    schema_type_identifier: {type: SchemaTypeIdentifier, schema_pointer: [all], key_pointer: [], type_pointer: [none]}
  retriever: {requester: {url: API/items}, record_selector: {extractor: {field_path: []}}}
- <<: *stream
  name: others
`)
	joined := fromJSON(t, `{"$schema": "http://json-schema.org/draft-07/schema#", "type": ["null", "object"],
		"properties": {"a": {"type": "string"}, "b": {"type": ["null", "string"]}}}`)
	equal(t, "catalog", f.discovered(t), map[string]any{"items": joined, "others": joined})
	equal(t, "requests", a.urls(), []string{"/fields"})
}
