package declarative

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/text/encoding/unicode"

	"github.com/airfielddev/airfield/internal/template"
)

// ResponseToFileExtractor reads a CSV file of any size, compressed or not, and makes an object of each row. The file is
// downloaded to its end before the first row is read, so that slow destinations keep no server waiting.
type ResponseToFileExtractor struct {
	PreserveNA bool `manifest:"preserve_na_values"` // words such as NA and null stay, instead of being null
}

// Build makes the extractor.
func (c *ResponseToFileExtractor) Build(env *Env) (Extractor, error) {
	return &fileExtractor{preserveNA: c.PreserveNA, limit: env.diskLimit()}, nil
}

type fileExtractor struct {
	preserveNA bool
	limit      int64 // of bytes
}

// Extract takes the rows as they are.
func (*fileExtractor) Extract(_ context.Context, body any, yield func(any) error) error {
	return yield(body)
}

// Decoder reads the response, in place of any other.
func (x *fileExtractor) Decoder() Decoder { return x }

// Streams tells that the response is not to be read into memory.
func (*fileExtractor) Streams() bool { return true }

// Decode downloads a file, and gives its rows.
func (x *fileExtractor) Decode(body io.Reader, yield func(any) error) error {
	file, err := spool(body, x.limit)
	if err != nil {
		return err
	}
	defer file.discard()
	plain, err := inflated(bufio.NewReader(file))
	if err != nil {
		return fmt.Errorf("decompressing response: %w", err)
	}
	rows := csv.NewReader(unicode.UTF8BOM.NewDecoder().Reader(withoutNul{plain}))
	rows.LazyQuotes = true
	rows.FieldsPerRecord = -1
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading csv: %w", err)
	}
	names := columnNames(header)
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading csv: %w", err)
		}
		record, err := x.record(names, row)
		if err == nil {
			err = yield(record)
		}
		if err != nil {
			return err
		}
	}
}

var errLongRow = errors.New("reading csv: a row has more fields than the header")

func (x *fileExtractor) record(names, row []string) (*template.Dict, error) {
	if len(row) > len(names) {
		return nil, fmt.Errorf("%w: %d and %d", errLongRow, len(row), len(names))
	}
	d := template.NewDict(len(names))
	for i, name := range names {
		if i >= len(row) || row[i] == "" || !x.preserveNA && notAvailable[row[i]] {
			d.Set(name, nil)
			continue
		}
		d.Set(name, row[i])
	}
	return d, nil
}

// notAvailable are the words for a missing value that the reference implementation reads as null.
var notAvailable = map[string]bool{
	"#N/A": true, "#N/A N/A": true, "#NA": true, "-1.#IND": true, "-1.#QNAN": true, "-NaN": true, "-nan": true, "1.#IND": true, "1.#QNAN": true,
	"<NA>": true, "N/A": true, "NA": true, "NULL": true, "NaN": true, "None": true, "n/a": true, "nan": true, "null": true,
}

// columnNames gives columns without a name one, and tells those of the same name apart.
func columnNames(header []string) []string {
	names := make([]string, len(header))
	taken := map[string]bool{}
	for i, name := range header {
		if name == "" {
			name = "Unnamed: " + strconv.Itoa(i)
		}
		names[i] = name
		for n := 1; taken[names[i]]; n++ {
			names[i] = name + "." + strconv.Itoa(n)
		}
		taken[names[i]] = true
	}
	return names
}

// inflated undoes gzip or zlib, if that is what there is.
func inflated(r *bufio.Reader) (io.Reader, error) {
	magic, err := r.Peek(2)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case bytes.Equal(magic, []byte{0x1f, 0x8b}):
		return gzip.NewReader(r)
	case len(magic) == 2 && magic[0] == 0x78 && (uint(magic[0])<<8|uint(magic[1]))%31 == 0:
		return zlib.NewReader(r)
	}
	return r, nil
}

// withoutNul drops NUL bytes, which some APIs put into their files.
type withoutNul struct{ r io.Reader }

func (w withoutNul) Read(p []byte) (int, error) {
	for {
		n, err := w.r.Read(p)
		kept := p[:0]
		for _, b := range p[:n] {
			if b != 0 {
				kept = append(kept, b)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}
