package file

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/rawjson"
)

// kind is the type of a column. Those that the values of one column have in common are merged with join.
type kind int

const (
	kindUnknown kind = iota // no value seen
	kindInteger
	kindNumber
	kindBoolean
	kindDate
	kindTimestamp   // without a time zone
	kindTimestampTZ // with one
	kindText
	kindObject
	kindList
	kindAny // values of several types that have no common one
)

// schemas are the JSON schemas of the kinds, with the extra types of
// https://docs.airbyte.com/platform/understanding-airbyte/supported-data-types.
var schemas = [...]string{
	kindUnknown:     `{"type":["null","string"]}`,
	kindInteger:     `{"type":["null","integer"]}`,
	kindNumber:      `{"type":["null","number"]}`,
	kindBoolean:     `{"type":["null","boolean"]}`,
	kindDate:        `{"type":["null","string"],"format":"date"}`,
	kindTimestamp:   `{"type":["null","string"],"format":"date-time","airbyte_type":"timestamp_without_timezone"}`,
	kindTimestampTZ: `{"type":["null","string"],"format":"date-time","airbyte_type":"timestamp_with_timezone"}`,
	kindText:        `{"type":["null","string"]}`,
	kindObject:      `{"type":["null","object"],"additionalProperties":true}`,
	kindList:        `{"type":["null","array"],"items":{}}`,
	kindAny:         `{"type":["null","string","number","boolean","object","array"]}`,
}

// join is the narrowest kind that holds values of both; other is taken when they have nothing in common.
func join(a, b, other kind) kind {
	switch {
	case a == b || b == kindUnknown:
		return a
	case a == kindUnknown:
		return b
	case a <= kindNumber && b <= kindNumber:
		return kindNumber
	}
	return other
}

// column is one column of the file.
type column struct {
	name   string
	kind   kind
	schema string // "": that of the kind
}

func schemaOf(columns []column) json.RawMessage {
	var out bytes.Buffer
	out.WriteString(`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{`)
	for i, c := range columns {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(appendText(nil, c.name))
		out.WriteByte(':')
		if c.schema == "" {
			c.schema = schemas[c.kind]
		}
		out.WriteString(c.schema)
	}
	out.WriteString(`}}`)
	return out.Bytes()
}

// columnsOf reads the kinds back from a schema, which may have been edited.
func columnsOf(schema json.RawMessage) ([]column, error) {
	var columns []column
	fields := rawjson.Fields(rawjson.Get(schema, "properties"))
	for fields.Next() {
		var p struct {
			Type        any    `json:"type"`
			Format      string `json:"format"`
			AirbyteType string `json:"airbyte_type"`
		}
		if err := json.Unmarshal(fields.Value(), &p); err != nil {
			return nil, connector.ConfigError("the schema of column %s cannot be read: %w", fields.Key(), err)
		}
		columns = append(columns, column{name: string(fields.Key()), kind: kindNamed(p.Type, p.Format, p.AirbyteType)})
	}
	return columns, nil
}

func kindNamed(types any, format, airbyteType string) kind {
	var name string
	switch t := types.(type) {
	case string:
		name = t
	case []any:
		t = slices.DeleteFunc(t, func(one any) bool { return one == "null" })
		if len(t) == 1 {
			name, _ = t[0].(string)
		}
	}
	switch {
	case name == "integer" || airbyteType == "integer":
		return kindInteger
	case name == "number":
		return kindNumber
	case name == "boolean":
		return kindBoolean
	case format == "date":
		return kindDate
	case airbyteType == "timestamp_without_timezone":
		return kindTimestamp
	case format == "date-time":
		return kindTimestampTZ
	}
	return kindText
}
