package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/contract"
)

// spoiled is a body in which one member is wrong.
type spoiled struct {
	how    string // "missing", "wrong type", "unknown value", "no UUID" or "unknown id"
	member string // its path: "syncCatalog.streams[].stream"
	body   string
	free   bool // the server does not read the member, or takes anything for it
}

// spoiler makes wrong bodies out of right ones.
type spoiler struct {
	document *contract.Document
	in       reflect.Type // what the server reads the body into; nil when it does so in a way of its own
	whole    any          // the body that is right
	out      []spoiled
}

// spoil makes every wrong body that the document knows of, by breaking a right one in a single place.
func spoil(document *contract.Document, schema map[string]any, in reflect.Type, body string) []spoiled {
	s := &spoiler{document: document, in: in, whole: decoded(body)}
	s.object(nil, schema, s.whole)
	return s.out
}

func decoded(text string) (value any) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

func printed(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (s *spoiler) object(path []any, schema map[string]any, value any) {
	object, ok := value.(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	if !ok {
		return
	}
	required, _ := schema["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if _, ok := object[name]; !ok {
			continue
		}
		at, property := append(slices.Clone(path), name), s.document.Follow(properties[name].(map[string]any))
		if slices.Contains(required, any(name)) {
			s.add("missing", at, nil, true)
		}
		s.value(at, property, object[name])
	}
}

func (s *spoiler) value(path []any, schema map[string]any, value any) {
	switch kind := typeOf(schema); kind {
	case "string":
		s.add("wrong type", path, map[string]any{"a": 1}, false)
		s.text(path, schema)
	case "boolean", "integer", "number":
		s.add("wrong type", path, "x", false)
	case "array":
		s.add("wrong type", path, "x", false)
		if items, ok := value.([]any); ok && len(items) > 0 {
			s.value(append(slices.Clone(path), 0), s.document.Follow(schema["items"].(map[string]any)), items[0])
		}
	case "object":
		s.add("wrong type", path, "x", false)
		s.object(path, schema, value)
	}
}

func (s *spoiler) text(path []any, schema map[string]any) {
	if schema["enum"] != nil {
		s.add("unknown value", path, "no-such-value", false)
	}
	if format, _ := schema["format"].(string); strings.EqualFold(format, "uuid") {
		s.add("no UUID", path, "not-a-uuid", false)
		s.add("unknown id", path, unknown, false)
	}
}

func typeOf(schema map[string]any) string {
	switch kind := schema["type"].(type) {
	case string:
		return kind
	case []any: // nullable
		return fmt.Sprint(kind[0])
	}
	if schema["properties"] != nil {
		return "object"
	}
	return ""
}

func (s *spoiler) add(how string, path []any, value any, remove bool) {
	s.out = append(s.out, spoiled{
		how:    how,
		member: nameOf(path),
		body:   printed(changed(s.whole, path, value, remove)),
		free:   how != "missing" && !reads(s.in, path),
	})
}

// nameOf prints a path without the numbers of items.
func nameOf(path []any) string {
	var out strings.Builder
	for _, step := range path {
		if name, ok := step.(string); ok {
			out.WriteString("." + name)
			continue
		}
		out.WriteString("[]")
	}
	return strings.TrimPrefix(out.String(), ".")
}

// changed is a copy of value with something else at a path.
func changed(value any, path []any, to any, remove bool) any {
	if len(path) == 0 {
		return to
	}
	switch v := value.(type) {
	case map[string]any:
		v, name := maps.Clone(v), path[0].(string)
		if remove && len(path) == 1 {
			delete(v, name)
			return v
		}
		v[name] = changed(v[name], path[1:], to, remove)
		return v
	case []any:
		v = slices.Clone(v)
		v[path[0].(int)] = changed(v[path[0].(int)], path[1:], to, remove)
		return v
	}
	return value
}

// reads tells whether a type has a member of a certain type at a path.
func reads(t reflect.Type, path []any) bool {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nil || t == reflect.TypeFor[json.RawMessage]():
		return false
	case len(path) == 0:
		return t.Kind() != reflect.Interface
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return false
	}
	switch t.Kind() {
	case reflect.Slice:
		return reads(t.Elem(), path[1:])
	case reflect.Struct:
		name, _ := path[0].(string)
		return reads(fieldOf(t, name), path[1:])
	}
	return false
}

// fieldOf is the type of the field that JSON calls by a name.
func fieldOf(t reflect.Type, name string) reflect.Type {
	for _, field := range reflect.VisibleFields(t) {
		if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name && field.IsExported() {
			return field.Type
		}
	}
	return nil
}

// usual are the values of members that the document says too little about, by their names. They are filled as requests are.
var usual = map[string]string{
	"organizationId": `"{organization}"`, "workspaceId": `"{workspace}"`, "userId": `"{user}"`, "sourceId": `"{source}"`, "destinationId": `"{destination}"`,
	"connectionId": `"{connection}"`, "tagIds": `["{tag}"]`, "workspaceIds": `["{workspace}"]`, "tags": `[{tagJSON}]`, "regionId": `"{region}"`, "dataplaneGroupId": `"{region}"`,
	"defaultWorkspaceId": `"{workspace}"`, "operationIds": `[]`, "operations": `[]`, "mappers": `[]`, "selectedFields": `[]`, "hashedFields": `[]`,
	"primaryKey": `[]`, "cursorField": `[]`, "url": `"https://hooks.example/1"`, "status": `"active"`,
	"cpu_request": `"1"`, "cpu_limit": `"1"`, "memory_request": `"1Gi"`, "memory_limit": `"1Gi"`, "ephemeral_storage_request": `"1Gi"`, "ephemeral_storage_limit": `"1Gi"`,
	"pageSize": `10`, "rowOffset": `0`, "jsonSchema": `{"type":"object","properties":{"id":{"type":"integer"}}}`,
	"supportedSyncModes": `["full_refresh"]`, "configurations": `{"streams":[{"name":"users"}]}`, "streamName": `"users"`, "includeFiles": `false`, "fieldSelectionEnabled": `false`, "nameContains": `"a"`, "includingJobId": `1`, "version": `1`,
	"documentationUrl": `"https://acme.example"`, "manifest": `{manifestText}`, "draftManifest": `{manifestText}`, "namespaceFormat": `"x"`, "connectorSpecification": `{}`, "prefix": `"p_"`,
}

// complete adds to a body what else the document lets an operation be sent, but for what is left out.
func (m *things) complete(document *contract.Document, schema map[string]any, value any, left func(member string) bool) any {
	return m.extend(document, schema, value, "", left)
}

func (m *things) extend(document *contract.Document, schema map[string]any, value any, at string, left func(member string) bool) any {
	schema = document.Follow(schema)
	switch v := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			member, property := strings.TrimPrefix(at+"."+name, "."), document.Follow(properties[name].(map[string]any))
			if left(member) {
				continue
			}
			own, ok := v[name]
			if !ok {
				own = m.example(document, name, property)
			}
			if own != nil {
				v[name] = m.extend(document, property, own, member, left)
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i := range v {
			v[i] = m.extend(document, items, v[i], at+"[]", left)
		}
	}
	return value
}

// example is a value for a member; nil when none is known.
func (m *things) example(document *contract.Document, name string, schema map[string]any) any {
	if text, ok := usual[name]; ok {
		return decoded(m.fill(text))
	}
	if values, ok := schema["enum"].([]any); ok {
		return values[0]
	}
	switch typeOf(schema) {
	case "string":
		switch format, _ := schema["format"].(string); strings.ToLower(format) {
		case "uuid":
			return unknown
		case "email":
			return "a@example.com"
		case "date-time":
			return "2026-01-02T03:04:05Z"
		}
		return "text"
	case "boolean":
		return true
	case "integer", "number":
		return 1
	case "array":
		items, _ := schema["items"].(map[string]any)
		if item := m.example(document, "", document.Follow(items)); item != nil {
			return []any{item}
		}
		return []any{}
	case "object":
		return map[string]any{}
	}
	return nil
}
