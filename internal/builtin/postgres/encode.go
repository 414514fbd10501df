package postgres

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// rules is what PostgreSQL does not take.
var rules = table.Rules{NoNUL: true}

// encoder writes records as lines of COPY's text format:
// https://www.postgresql.org/docs/current/sql-copy.html.
type encoder struct {
	stream     *stream
	row        *table.Row
	ids        *table.IDs
	clock      table.Clock
	changes    *table.Changes
	generation []byte // with a tab after it
	arrived    int64
	scratch    []byte
	plain      bool // the record has no escapes and no broken UTF-8, as most have, so its strings are text already
}

func newEncoder(s *stream) *encoder {
	generation := strconv.AppendInt(nil, s.configured.GenerationID, 10)
	return &encoder{
		stream: s, row: table.NewRow(s.columns), ids: table.NewIDs(),
		changes: table.NewChanges(s.configured.SyncID), generation: append(generation, '\t'),
	}
}

// Append adds the record's line. The columns are those of [stream.columnList], with the order of arrival after them when
// rows are staged.
func (e *encoder) Append(dst []byte, record *protocol.Record) ([]byte, error) {
	e.plain = bytes.IndexByte(record.Data, '\\') < 0 && utf8.Valid(record.Data)
	dst = append(e.ids.Append(dst), '\t')
	dst = append(e.clock.Append(dst, record.EmittedAt), '\t')
	dst = append(dst, e.generation...)
	if e.stream.raw {
		dst = e.appendValue(dst, 0, record.Data)
	} else {
		if err := e.row.Set(record.Data); err != nil {
			return dst, e.stream.fail("reading a record for", err)
		}
		for i := range e.stream.columns {
			dst = e.appendValue(dst, i, e.row.Value(i))
		}
	}
	start := len(dst)
	dst = e.escape(e.changes.Append(dst, record.Meta), start)
	if e.stream.key != nil {
		e.arrived++
		dst = strconv.AppendInt(append(dst, '\t'), e.arrived, 10)
	}
	return append(dst, '\n'), nil
}

// appendValue adds one value and the tab after it.
func (e *encoder) appendValue(dst []byte, column int, value []byte) []byte {
	if rawjson.IsNull(value) {
		return append(dst, '\\', 'N', '\t')
	}
	c := &e.stream.columns[column]
	if e.plain && c.Type == table.String && value[0] == '"' {
		return append(append(dst, value[1:len(value)-1]...), '\t')
	}
	start := len(dst)
	dst, ok := c.Type.Append(dst, value, rules)
	if !ok {
		e.changes.Nulled(e.field(c))
		return append(dst, '\\', 'N', '\t')
	}
	if c.Type == table.JSON || c.Type == table.String {
		dst = e.escape(dst, start)
	}
	return append(dst, '\t')
}

// field is what the record calls a column; the column of raw tables goes by its own name.
func (e *encoder) field(c *table.Column) string {
	if e.stream.raw {
		return c.Name
	}
	return c.Field
}

// escape doubles backslashes and spells out tabs and line breaks in what was added to dst since start.
func (e *encoder) escape(dst []byte, start int) []byte {
	first := firstSpecial(dst[start:])
	if first < 0 {
		return dst
	}
	e.scratch = append(e.scratch[:0], dst[start+first:]...)
	dst = dst[:start+first]
	for _, c := range e.scratch {
		switch c {
		case '\\':
			dst = append(dst, '\\', '\\')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func firstSpecial(text []byte) int {
	for i, c := range text {
		if c == '\\' || c == '\t' || c == '\n' || c == '\r' {
			return i
		}
	}
	return -1
}
