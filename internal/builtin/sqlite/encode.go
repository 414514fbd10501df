package sqlite

import (
	"encoding/binary"
	"strconv"

	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// encoder writes records as cells: for each column the length of its text plus one, and the text; zero is null.
type encoder struct {
	stream     *stream
	row        *table.Row
	ids        *table.IDs
	clock      table.Clock
	changes    *table.Changes
	generation []byte
	cell       []byte
}

func newEncoder(s *stream) *encoder {
	return &encoder{
		stream: s, row: table.NewRow(s.columns), ids: table.NewIDs(), changes: table.NewChanges(s.configured.SyncID),
		generation: strconv.AppendInt(nil, s.configured.GenerationID, 10),
	}
}

// Append adds the record's cells, in the order of [stream.columnNames].
func (e *encoder) Append(dst []byte, record *protocol.Record) ([]byte, error) {
	if err := e.row.Set(record.Data); err != nil {
		return dst, e.stream.fail(err)
	}
	e.cell = e.ids.Append(e.cell[:0])
	dst = appendCell(dst, e.cell)
	e.cell = e.clock.Append(e.cell[:0], record.EmittedAt)
	dst = appendCell(dst, e.cell)
	dst = appendCell(dst, e.generation)
	for i := range e.stream.columns {
		dst = e.appendValue(dst, &e.stream.columns[i], e.row.Value(i))
	}
	e.cell = e.changes.Append(e.cell[:0], record.Meta)
	return appendCell(dst, e.cell), nil
}

func (e *encoder) appendValue(dst []byte, c *table.Column, value []byte) []byte {
	if rawjson.IsNull(value) {
		return append(dst, 0)
	}
	cell, ok := c.Type.Append(e.cell[:0], value, table.Rules{})
	e.cell = cell
	if !ok || c.Type == table.Number && !isFinite(cell) {
		e.changes.Nulled(c.Field)
		return append(dst, 0)
	}
	return appendCell(dst, cell)
}

// isFinite tells whether a number stays one when SQLite makes a float of it.
func isFinite(number []byte) bool {
	_, err := strconv.ParseFloat(string(number), 64)
	return err == nil
}

func appendCell(dst, cell []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(cell))+1), cell...)
}
