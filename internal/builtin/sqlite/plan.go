package sqlite

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// naming is SQLite's: names of any length, told apart without regard to case.
var naming = table.Naming{FoldCase: true}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// stream is where the records of one stream go.
type stream struct {
	configured *protocol.ConfiguredStream
	columns    []table.Column
	key        *table.Key // nil: rows are appended
	truncates  bool

	final   string
	waiting string // where a new generation waits until the stream is complete
	target  string // final or waiting: where rows go now
}

func asidePrefix(final string) string {
	return fmt.Sprintf("_airbyte_%s_%s_gen_", table.Truncate(final, 40), table.Hash(final))
}

func plan(catalog *protocol.ConfiguredCatalog) ([]*stream, error) {
	texts := make([]string, len(catalog.Streams))
	for i := range catalog.Streams {
		texts[i] = tableText(catalog.Streams[i].Descriptor())
	}
	names := naming.Distinct(texts)
	var streams []*stream
	for i := range catalog.Streams {
		s, err := planStream(&catalog.Streams[i], names[i])
		if err != nil {
			return nil, err
		}
		streams = append(streams, s)
	}
	return streams, nil
}

// tableText is what a table is named after. SQLite has no schemas, so the namespace is a prefix. Names that begin with
// sqlite_ belong to SQLite.
func tableText(d protocol.StreamDescriptor) string {
	text := d.Name
	if d.Namespace != "" {
		text = d.Namespace + "_" + d.Name
	}
	if strings.HasPrefix(strings.ToLower(text), "sqlite_") {
		return "_" + text
	}
	return text
}

func planStream(c *protocol.ConfiguredStream, final string) (*stream, error) {
	s := &stream{configured: c, final: final, target: final}
	s.truncates = c.Truncates() || c.DestinationSyncMode == protocol.Overwrite || c.DestinationSyncMode == protocol.OverwriteDedup
	s.waiting = asidePrefix(final) + strconv.FormatInt(c.GenerationID, 10)
	s.columns = table.Columns(c.Stream.JSONSchema, naming)
	if len(s.columns)+4 > maxColumns {
		d := c.Descriptor()
		return nil, &connector.Error{
			Type: protocol.FailureConfig, Stream: &d,
			Message: fmt.Sprintf("SQLite tables have at most %d columns, and the stream has %d fields", maxColumns, len(s.columns)),
		}
	}
	if c.DestinationSyncMode != protocol.AppendDedup && c.DestinationSyncMode != protocol.OverwriteDedup {
		return s, nil
	}
	key, err := table.KeyOf(c, s.columns)
	s.key = key
	return s, err
}

// maxColumns is SQLite's default limit.
const maxColumns = 2000

// columnNames are the quoted columns of a table in the order in which rows are bound.
func (s *stream) columnNames() []string {
	names := []string{quote(table.RawID), quote(table.ExtractedAt), quote(table.GenerationID)}
	for _, c := range s.columns {
		names = append(names, quote(c.Name))
	}
	return append(names, quote(table.Meta))
}

// typeName is the declared type of a column. All but numbers and booleans have text affinity, which the word TEXT in the
// name asks for, so that what is stored is what was sent; the rest of the name remembers the type.
func typeName(t table.Type) string {
	switch t {
	case table.String:
		return "TEXT"
	case table.Boolean:
		return "BOOLEAN"
	case table.Integer:
		return "INTEGER"
	case table.Number:
		return "NUMERIC"
	case table.Date:
		return "DATE_TEXT"
	case table.TimestampTZ:
		return "TIMESTAMPTZ_TEXT"
	case table.Timestamp:
		return "TIMESTAMP_TEXT"
	case table.TimeTZ:
		return "TIMETZ_TEXT"
	case table.Time:
		return "TIME_TEXT"
	default:
		return "JSON_TEXT"
	}
}

func typeCalled(name string) (table.Type, bool) {
	for t := table.JSON; t <= table.Time; t++ {
		if typeName(t) == strings.ToUpper(name) {
			return t, true
		}
	}
	return 0, false
}

// widening is the expression that turns a column of one type into one that holds all its values and more, or "".
func widening(column string, from, to table.Type) string {
	switch {
	case to == table.JSON && from == table.Boolean:
		return "CASE " + column + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
	case to == table.JSON:
		return "CASE WHEN " + column + " IS NOT NULL THEN json_quote(" + column + ") END"
	case to == table.String && from == table.Boolean:
		return "CASE " + column + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
	case to == table.String && from == table.JSON:
		return "CASE WHEN json_type(" + column + ") = 'text' THEN " + column + " ->> '$' ELSE " + column + " END"
	case to == table.String:
		return "CAST(" + column + " AS TEXT)"
	case from == table.Integer && to == table.Number:
		return column
	case from == table.Date && to == table.Timestamp:
		return column + " || 'T00:00:00.000000'"
	case from == table.Date && to == table.TimestampTZ:
		return column + " || 'T00:00:00.000000Z'"
	case from == table.Timestamp && to == table.TimestampTZ:
		return column + " || 'Z'"
	case from == table.Time && to == table.TimeTZ:
		return column + " || '+00:00'"
	}
	return ""
}
