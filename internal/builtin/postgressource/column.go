package postgressource

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/protocol"
)

// kind is how the text of a value becomes JSON.
type kind int

const (
	kindText kind = iota // everything that is not below: as the server writes it
	kindBoolean
	kindInteger // smallint, integer, bigint, oid, numeric without a fraction
	kindNumber  // numeric, real, double precision, money
	kindDate
	kindTime
	kindTimeTZ
	kindTimestamp
	kindTimestampTZ
)

// kindOf maps the name of a base type in pg_catalog. Integers of numeric columns are told by whole.
func kindOf(typeName string, whole bool) kind {
	switch typeName {
	case "bool":
		return kindBoolean
	case "int2", "int4", "int8", "oid":
		return kindInteger
	case "numeric":
		if whole {
			return kindInteger
		}
		return kindNumber
	case "float4", "float8", "money":
		return kindNumber
	case "date":
		return kindDate
	case "time":
		return kindTime
	case "timetz":
		return kindTimeTZ
	case "timestamp":
		return kindTimestamp
	case "timestamptz":
		return kindTimestampTZ
	}
	return kindText
}

// schema is the JSON schema of a value, with the extra types that Airbyte defines:
// https://docs.airbyte.com/platform/understanding-airbyte/supported-data-types.
func (k kind) schema() string {
	switch k {
	case kindBoolean:
		return `{"type":"boolean"}`
	case kindInteger:
		return `{"type":"number","airbyte_type":"integer"}`
	case kindNumber:
		return `{"type":"number"}`
	case kindDate:
		return `{"type":"string","format":"date"}`
	case kindTime:
		return `{"type":"string","format":"time","airbyte_type":"time_without_timezone"}`
	case kindTimeTZ:
		return `{"type":"string","format":"time","airbyte_type":"time_with_timezone"}`
	case kindTimestamp:
		return `{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}`
	case kindTimestampTZ:
		return `{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"}`
	default:
		return `{"type":"string"}`
	}
}

// column is one column of a table or view.
type column struct {
	name      string
	typeName  string // of the base type; of its elements when it is an array
	kind      kind   // of the elements when it is an array
	array     bool
	delimiter byte // between the elements
	key       int  // place in the primary key from 1; 0: not part of it
	field     []byte
}

// newColumn prepares the text that begins the field in a record.
func newColumn(name string) (column, error) {
	quoted, err := json.Marshal(name)
	return column{name: name, field: append(quoted, ':')}, err
}

func (c *column) schema() string {
	if c.array {
		return `{"type":"array","items":` + c.kind.schema() + `}`
	}
	return c.kind.schema()
}

// ordered tells whether the server can sort by the column and we can write its values into a state.
func (c *column) ordered() bool {
	switch c.typeName {
	case "json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "jsonb", "bytea":
		return false
	}
	return !c.array
}

// expression is what is selected of the column. Money is written in the manner of the server's locale unless it is cast.
func (c *column) expression() string {
	if c.typeName == "money" {
		if c.array {
			return quoteName(c.name) + "::numeric[]"
		}
		return quoteName(c.name) + "::numeric"
	}
	return quoteName(c.name)
}

// table is a table, view, materialized view or foreign table.
type table struct {
	schema   string
	name     string
	rows     float64 // the planner's estimate; negative: none
	keyWidth int     // columns in the primary key
	columns  []column
}

func (t *table) descriptor() protocol.StreamDescriptor {
	return protocol.StreamDescriptor{Name: t.name, Namespace: t.schema}
}

// key lists the primary key's columns in its order. It is empty when the user may not read all of them.
func (t *table) key() []column {
	key := make([]column, t.keyWidth)
	for _, c := range t.columns {
		if c.key > 0 {
			key[c.key-1] = c
		}
	}
	if slices.ContainsFunc(key, func(c column) bool { return c.key == 0 }) {
		return nil
	}
	return key
}

// resumable tells whether the table can be read in the order of its key, so that a read can go on behind any row.
func (t *table) resumable() bool {
	key := t.key()
	for _, c := range key {
		if !c.ordered() {
			return false
		}
	}
	return len(key) > 0
}

func (t *table) column(name string) (column, bool) {
	for _, c := range t.columns {
		if c.name == name {
			return c, true
		}
	}
	return column{}, false
}

func (t *table) stream() (protocol.Stream, error) {
	var properties bytes.Buffer
	for i, c := range t.columns {
		if i > 0 {
			properties.WriteByte(',')
		}
		properties.Write(c.field)
		properties.WriteString(c.schema())
	}
	text := json.RawMessage(`{"type":"object","properties":{` + properties.String() + `}}`)
	if !json.Valid(text) {
		return protocol.Stream{}, fmt.Errorf("describing %s: its schema is not valid JSON", t.descriptor())
	}
	s := protocol.Stream{Name: t.name, Namespace: t.schema, JSONSchema: text, IsResumable: t.resumable()}
	s.SupportedSyncModes = []protocol.SyncMode{protocol.FullRefresh}
	for _, c := range t.columns {
		if c.ordered() {
			s.SupportedSyncModes = append(s.SupportedSyncModes, protocol.Incremental)
			break
		}
	}
	for _, c := range t.key() {
		s.SourceDefinedPrimaryKey = append(s.SourceDefinedPrimaryKey, []string{c.name})
	}
	return s, nil
}

func catalogOf(tables []*table) (protocol.Catalog, error) {
	var out protocol.Catalog
	for _, t := range tables {
		s, err := t.stream()
		if err != nil {
			return out, err
		}
		out.Streams = append(out.Streams, s)
	}
	return out, nil
}
