package lines

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// The columns of a line. Airbyte's destinations for files call the id and the time by their older names, so both are there.
const (
	OldRawID       = "_airbyte_ab_id"
	OldExtractedAt = "_airbyte_emitted_at"
)

// Columns lists what a line holds.
var Columns = []string{table.RawID, OldRawID, table.ExtractedAt, OldExtractedAt, table.Meta, table.GenerationID, table.Data}

// Cells are the values of one record, as JSON apart from the id. They are valid until the next record.
type Cells struct {
	ID         []byte // without quotes
	Millis     []byte
	Meta       []byte
	Generation []byte
	Data       []byte

	ids     *table.IDs
	changes *table.Changes
	clean   []byte
}

// NewCells is for the records of one stream.
func NewCells(s *protocol.ConfiguredStream) *Cells {
	return &Cells{
		Generation: strconv.AppendInt(nil, s.GenerationID, 10),
		ids:        table.NewIDs(), changes: table.NewChanges(s.SyncID),
	}
}

// Set reads a record. Data that is not what JSON in one line has to be, in UTF-8 and without line breaks, is made so.
func (c *Cells) Set(record *protocol.Record) {
	c.ID = c.ids.Append(c.ID[:0])
	c.Millis = strconv.AppendInt(c.Millis[:0], record.EmittedAt, 10)
	c.Meta = c.changes.Append(c.Meta[:0], record.Meta)
	c.Data = record.Data
	if bytes.IndexByte(record.Data, '\n') >= 0 || bytes.IndexByte(record.Data, '\r') >= 0 || !utf8.Valid(record.Data) {
		c.repair()
	}
}

// repair copies the data. A line break in JSON stands between tokens, so a space is as good.
func (c *Cells) repair() {
	c.clean = append(c.clean[:0], bytes.ToValidUTF8(c.Data, []byte("\uFFFD"))...)
	for i, b := range c.clean {
		if b == '\n' || b == '\r' {
			c.clean[i] = ' '
		}
	}
	c.Data = c.clean
}
