package csv

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/builtin/batch"
	"github.com/airfielddev/airfield/internal/builtin/lines"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// format writes one record to a line. No cell has a line break, because JSON escapes those that it holds.
type format struct{ delimiter byte }

func (format) Extension() string { return ".csv" }

func (f format) Header() []byte {
	return append([]byte(strings.Join(lines.Columns, string(rune(f.delimiter)))), '\n')
}

func (f format) Generation(line []byte) (int64, bool) {
	r := csv.NewReader(bytes.NewReader(line))
	r.Comma = rune(f.delimiter)
	cells, err := r.Read()
	if err != nil || len(cells) != len(lines.Columns) {
		return 0, false
	}
	n, err := strconv.ParseInt(cells[slices.Index(lines.Columns, table.GenerationID)], 10, 64)
	return n, err == nil
}

func (f format) Encoder(s *protocol.ConfiguredStream) batch.Encoder {
	return encoder{lines.NewCells(s), f.delimiter}
}

type encoder struct {
	cells     *lines.Cells
	delimiter byte
}

// Append adds the line of a record, with the columns in the order of [lines.Columns].
func (e encoder) Append(dst []byte, record *protocol.Record) ([]byte, error) {
	c := e.cells
	c.Set(record)
	dst = append(append(dst, c.ID...), e.delimiter)
	dst = append(append(dst, c.ID...), e.delimiter)
	dst = append(append(dst, c.Millis...), e.delimiter)
	dst = append(append(dst, c.Millis...), e.delimiter)
	dst = append(appendQuoted(dst, c.Meta), e.delimiter)
	dst = append(append(dst, c.Generation...), e.delimiter)
	return append(appendQuoted(dst, c.Data), '\n'), nil
}

// appendQuoted puts a cell in quotes and doubles those inside.
func appendQuoted(dst, cell []byte) []byte {
	dst = append(dst, '"')
	for {
		i := bytes.IndexByte(cell, '"')
		if i < 0 {
			return append(append(dst, cell...), '"')
		}
		dst = append(append(dst, cell[:i+1]...), '"')
		cell = cell[i+1:]
	}
}
