package table

import (
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// The columns that every table has beside those of its stream.
const (
	RawID        = "_airbyte_raw_id"
	ExtractedAt  = "_airbyte_extracted_at"
	Meta         = "_airbyte_meta"
	GenerationID = "_airbyte_generation_id"
)

// Data is the column of raw tables that holds the whole record.
const Data = "_airbyte_data"

// Column is one field of a stream as a column of its table.
type Column struct {
	Field string // the field of the record
	Name  string // the column of the table
	Type  Type
}

// Columns lists the columns of a stream, in the order of its schema's properties. Names follow naming and differ from each
// other and from the columns that every table has.
func Columns(schema json.RawMessage, naming Naming) []Column {
	properties := rawjson.Get(schema, "properties")
	if rawjson.IsNull(properties) {
		return nil
	}
	var columns []Column
	var fields []string
	seen := map[string]bool{}
	for o := rawjson.Fields(properties); o.Next(); {
		field := string(o.Key())
		if seen[field] {
			continue
		}
		seen[field] = true
		fields = append(fields, field)
		columns = append(columns, Column{Field: field, Type: TypeOf(o.Value())})
	}
	names := naming.Distinct(fields, RawID, ExtractedAt, Meta, GenerationID)
	for i := range columns {
		columns[i].Name = names[i]
	}
	return columns
}

// Path is a field of a record, or a field inside one: what a primary key or a cursor is made of.
type Path struct {
	Column int      // the index of the column that holds it
	Inner  []string // the way inside the column's JSON; empty: the column itself
}

// Key says how rows of a stream replace each other.
type Key struct {
	Paths  []Path
	Cursor *Path // nil: the row that was extracted last is the newest
}

// KeyOf finds the primary key and the cursor of a stream among its columns. What is missing or cannot be a key is a
// config_error that names the stream.
func KeyOf(stream *protocol.ConfiguredStream, columns []Column) (*Key, error) {
	if len(stream.PrimaryKey) == 0 {
		return nil, keyError(stream, "deduplicating needs a primary key, and none is configured")
	}
	key := &Key{}
	for _, field := range stream.PrimaryKey {
		path, err := pathOf(field, columns)
		if err != nil {
			return nil, keyError(stream, "primary key "+err.Error())
		}
		key.Paths = append(key.Paths, path)
	}
	if len(stream.CursorField) == 0 {
		return key, nil
	}
	cursor, err := pathOf(stream.CursorField, columns)
	if err != nil {
		return nil, keyError(stream, "cursor "+err.Error())
	}
	key.Cursor = &cursor
	return key, nil
}

func pathOf(field []string, columns []Column) (Path, error) {
	if len(field) == 0 {
		return Path{}, fmt.Errorf("is empty")
	}
	for i := range columns {
		if columns[i].Field != field[0] {
			continue
		}
		if len(field) > 1 && columns[i].Type != JSON {
			return Path{}, fmt.Errorf("%q looks inside %q, which is not an object", field, field[0])
		}
		return Path{Column: i, Inner: field[1:]}, nil
	}
	return Path{}, fmt.Errorf("%q is not a field of the stream's schema", field)
}

func keyError(stream *protocol.ConfiguredStream, text string) error {
	d := stream.Descriptor()
	err := connector.ConfigError("%s", text)
	err.Stream = &d
	return err
}
