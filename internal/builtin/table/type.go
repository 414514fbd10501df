// Package table turns streams of JSON records into rows: which columns a stream has, what they are called, and how the raw
// text of a JSON value becomes the text of a column's value.
package table

import (
	"encoding/json"
	"slices"

	"github.com/airfielddev/airfield/internal/rawjson"
)

// Type is what a column holds. The types are those of the Airbyte protocol:
// https://docs.airbyte.com/platform/understanding-airbyte/supported-data-types.
type Type uint8

// The types of column. JSON is for objects, arrays, unions and everything whose type is not told.
const (
	JSON Type = iota
	String
	Boolean
	Integer
	Number
	Date
	TimestampTZ // with a time zone
	Timestamp   // without
	TimeTZ      // with a time zone
	Time        // without
)

// TypeOf tells the type of column that a property's JSON schema asks for.
func TypeOf(schema json.RawMessage) Type {
	var p property
	if json.Unmarshal(schema, &p) != nil {
		return JSON
	}
	return p.columnType()
}

// property is the part of a JSON schema that decides the type of a column.
type property struct {
	Type        json.RawMessage   `json:"type"`
	Format      string            `json:"format"`
	AirbyteType string            `json:"airbyte_type"`
	OneOf       []json.RawMessage `json:"oneOf"`
	AnyOf       []json.RawMessage `json:"anyOf"`
}

func (p *property) columnType() Type {
	names := p.types()
	switch len(names) {
	case 0:
		return p.union()
	case 1:
		return p.named(names[0])
	case 2:
		if slices.Contains(names, "integer") && slices.Contains(names, "number") {
			return Number
		}
	}
	return JSON
}

// types lists the names in "type", which is a string or an array, without null.
func (p *property) types() []string {
	if name, ok := rawjson.String(p.Type); ok {
		return withoutNull([]string{name})
	}
	var names []string
	if json.Unmarshal(p.Type, &names) != nil {
		return nil
	}
	return withoutNull(names)
}

func withoutNull(names []string) []string {
	names = slices.DeleteFunc(names, func(name string) bool { return name == "null" })
	slices.Sort(names)
	return slices.Compact(names)
}

// union is the type that all alternatives share, and JSON when they differ. Alternatives that are only null do not count.
func (p *property) union() Type {
	found := JSON
	seen := false
	for _, option := range slices.Concat(p.OneOf, p.AnyOf) {
		if isNullOnly(option) {
			continue
		}
		t := TypeOf(option)
		if seen && t != found {
			return JSON
		}
		found, seen = t, true
	}
	return found
}

func isNullOnly(schema json.RawMessage) bool {
	name, ok := rawjson.String(rawjson.Get(schema, "type"))
	return ok && name == "null"
}

func (p *property) named(name string) Type {
	switch name {
	case "boolean":
		return Boolean
	case "integer":
		return Integer
	case "number":
		if p.AirbyteType == "integer" {
			return Integer
		}
		return Number
	case "string":
		return p.text()
	}
	return JSON
}

func (p *property) text() Type {
	switch p.Format {
	case "date":
		return Date
	case "date-time":
		if p.AirbyteType == "timestamp_without_timezone" {
			return Timestamp
		}
		return TimestampTZ
	case "time":
		if p.AirbyteType == "time_without_timezone" {
			return Time
		}
		return TimeTZ
	}
	switch p.AirbyteType {
	case "integer", "big_integer":
		return Integer
	case "number", "big_number":
		return Number
	}
	return String
}
