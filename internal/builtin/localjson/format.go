package localjson

import (
	"strconv"

	"github.com/airfielddev/airfield/internal/builtin/batch"
	"github.com/airfielddev/airfield/internal/builtin/lines"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// format writes one object to a line.
type format struct{}

func (format) Extension() string { return ".jsonl" }

func (format) Header() []byte { return nil }

func (format) Generation(line []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(rawjson.Get(line, table.GenerationID)), 10, 64)
	return n, err == nil
}

func (format) Encoder(s *protocol.ConfiguredStream) batch.Encoder { return encoder{lines.NewCells(s)} }

type encoder struct{ cells *lines.Cells }

// Append adds the object of a record, with the columns in the order of [lines.Columns].
func (e encoder) Append(dst []byte, record *protocol.Record) ([]byte, error) {
	c := e.cells
	c.Set(record)
	dst = append(append(dst, `{"`+table.RawID+`":"`...), c.ID...)
	dst = append(append(dst, `","`+lines.OldRawID+`":"`...), c.ID...)
	dst = append(append(dst, `","`+table.ExtractedAt+`":`...), c.Millis...)
	dst = append(append(dst, `,"`+lines.OldExtractedAt+`":`...), c.Millis...)
	dst = append(append(dst, `,"`+table.Meta+`":`...), c.Meta...)
	dst = append(append(dst, `,"`+table.GenerationID+`":`...), c.Generation...)
	dst = append(append(dst, `,"`+table.Data+`":`...), c.Data...)
	return append(dst, '}', '\n'), nil
}
