// Package schema describes Go types that are written as JSON, in the words of JSON Schema 2020-12.
package schema

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// Set gathers the schemas of structs, which refer to each other by name.
type Set struct {
	byName map[string]any
	names  map[reflect.Type]string
}

// NewSet makes an empty set.
func NewSet() *Set { return &Set{byName: map[string]any{}, names: map[reflect.Type]string{}} }

// TypeFor is the type T.
func TypeFor[T any]() reflect.Type { return reflect.TypeFor[T]() }

// Schemas are those that were needed, by name.
func (s *Set) Schemas() map[string]any { return s.byName }

// Of is the schema of a type. It adds what it refers to.
func (s *Set) Of(t reflect.Type) map[string]any {
	switch {
	case t.Kind() == reflect.Pointer:
		return s.Of(t.Elem())
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.String:
		return text(t)
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return map[string]any{"type": "integer", "format": "int64"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice, reflect.Array:
		return map[string]any{"type": "array", "items": s.Of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.Of(t.Elem())}
	case reflect.Struct:
		return s.reference(t)
	}
	return map[string]any{}
}

// text is a string; those with a method Values have no others.
func text(t reflect.Type) map[string]any {
	out := map[string]any{"type": "string"}
	method, ok := t.MethodByName("Values")
	if !ok {
		return out
	}
	values := method.Func.Call([]reflect.Value{reflect.Zero(t)})[0]
	var enum []string
	for i := range values.Len() {
		enum = append(enum, values.Index(i).String())
	}
	out["enum"] = enum
	return out
}

func (s *Set) reference(t reflect.Type) map[string]any {
	if t.Name() == "" {
		return s.object(t)
	}
	name, ok := s.names[t]
	if !ok {
		name = s.name(t)
		s.names[t], s.byName[name] = name, nil // before what refers back to it
		s.byName[name] = s.object(t)
	}
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

var folders = regexp.MustCompile(`[A-Za-z0-9_.\-]+/`)

// name is that of the type, in its package. A generic type is named with its arguments.
func (s *Set) name(t reflect.Type) string {
	name := folders.ReplaceAllString(t.String(), "")
	return strings.TrimRight(strings.NewReplacer("[", "-", "]", "-", ",", "-", "*", "").Replace(name), "-")
}

// object lists the members of a struct as JSON has them; those of an embedded struct are its own.
func (s *Set) object(t reflect.Type) map[string]any {
	if t.Implements(reflect.TypeFor[json.Marshaler]()) {
		return map[string]any{}
	}
	properties := map[string]any{}
	s.members(t, properties)
	return map[string]any{"type": "object", "properties": properties}
}

func (s *Set) members(t reflect.Type, into map[string]any) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct:
			s.members(field.Type, into)
		case !field.IsExported() || name == "-":
		case name == "":
			into[field.Name] = s.Of(field.Type)
		case field.Type.Kind() == reflect.Pointer && options == "":
			into[name] = map[string]any{"anyOf": []any{s.Of(field.Type), map[string]any{"type": "null"}}}
		default:
			into[name] = s.Of(field.Type)
		}
	}
}
