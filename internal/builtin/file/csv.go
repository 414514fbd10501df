package file

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// csvFormat is comma-separated values: https://www.rfc-editor.org/rfc/rfc4180.
type csvFormat struct{}

// table reads rows of cells.
type table struct {
	reader  *csv.Reader
	ration  *rationed
	options readerOptions
	names   []string
	first   []string // a row that was read to count the columns; nil: none
}

func openTable(in *input, o readerOptions) (*table, error) {
	for range o.SkipRows {
		if _, err := discardLine(in.Reader); err != nil {
			return nil, &contentError{fmt.Errorf("skipping %d rows: %w", o.SkipRows, err)}
		}
	}
	t := &table{ration: &rationed{Reader: in.Reader}, options: o}
	t.reader = csv.NewReader(t.ration)
	t.reader.ReuseRecord, t.reader.FieldsPerRecord = true, -1
	t.reader.LazyQuotes, t.reader.TrimLeadingSpace = o.LazyQuotes, o.SkipInitialSpace
	t.reader.Comma, _ = utf8.DecodeRuneInString(o.separator())
	if o.Comment != "" {
		t.reader.Comment, _ = utf8.DecodeRuneInString(o.Comment)
	}
	return t, t.readNames()
}

func discardLine(r *bufio.Reader) (int, error) {
	for n := 0; ; {
		line, err := r.ReadSlice('\n')
		n += len(line)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return n, err
		}
	}
}

// readNames finds the names of the columns: in the first row, in the options, or in counting them.
func (t *table) readNames() error {
	cells, err := t.read()
	if errors.Is(err, io.EOF) {
		if len(t.options.Names) > 0 {
			t.names = t.options.Names
			return nil
		}
		return &contentError{errors.New("the file is empty")}
	}
	if err != nil {
		return err
	}
	cells = slices.Clone(cells)
	if !t.options.headed() {
		t.first = cells
	}
	switch {
	case len(t.options.Names) > 0:
		t.names = t.options.Names
	case t.options.headed():
		t.names = cells
	default:
		for i := range cells {
			t.names = append(t.names, strconv.Itoa(i))
		}
	}
	t.names = distinct(t.names)
	return nil
}

// distinct names each column differently, as pandas does: a, a.1; those without a name Unnamed: 3.
func distinct(names []string) []string {
	out, used := make([]string, len(names)), map[string]bool{}
	for i, name := range names {
		if name == "" {
			name = "Unnamed: " + strconv.Itoa(i)
		}
		unique := name
		for n := 1; used[unique]; n++ {
			unique = name + "." + strconv.Itoa(n)
		}
		out[i], used[unique] = unique, true
	}
	return out
}

// read is the next row that has no more cells than there are columns.
func (t *table) read() ([]string, error) {
	if t.first != nil {
		cells := t.first
		t.first = nil
		return cells, nil
	}
	for {
		t.ration.renew()
		cells, err := t.reader.Read()
		if err != nil {
			return nil, explainCSV(err)
		}
		if t.names == nil || len(cells) <= len(t.names) {
			return cells, nil
		}
		if t.options.BadLines == "skip" || t.options.BadLines == "warn" {
			continue
		}
		line, _ := t.reader.FieldPos(0)
		return nil, &contentError{fmt.Errorf("line %d has %d cells, but there are %d columns; reader_options may say on_bad_lines: skip", line, len(cells), len(t.names))}
	}
}

func explainCSV(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &contentError{fmt.Errorf("%w; reader_options may say lazy_quotes: true", err)}
	}
	return err
}

// empty tells whether a cell stands for no value.
func (t *table) empty(cell string) bool {
	return cell == "" || slices.Contains(t.options.NAValues, cell)
}

func (csvFormat) infer(in *input, o readerOptions, bytes int64) ([]column, error) {
	t, err := openTable(in, o)
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(t.names))
	for i, name := range t.names {
		columns[i].name = name
		if o.text(name) {
			columns[i].kind = kindText
		}
	}
	for t.reader.InputOffset() < bytes {
		cells, err := t.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for i, cell := range cells {
			if c := &columns[i]; c.kind != kindText && !t.empty(cell) {
				c.kind = join(c.kind, kindOf(cell), kindText)
			}
		}
	}
	return columns, nil
}

// csvRows writes rows of cells as JSON objects.
type csvRows struct {
	*table
	kinds  []kind
	fields [][]byte // `"name":` of each column
	buffer []byte
}

func (csvFormat) rows(in *input, o readerOptions, columns []column) (rows, error) {
	t, err := openTable(in, o)
	if err != nil {
		return nil, err
	}
	r := &csvRows{table: t, kinds: make([]kind, len(t.names))}
	for i, name := range t.names {
		r.kinds[i] = kindText
		if at := slices.IndexFunc(columns, func(c column) bool { return c.name == name }); at >= 0 {
			r.kinds[i] = columns[at].kind
		}
		r.fields = append(r.fields, append(appendText(nil, name), ':'))
	}
	return r, nil
}

func (r *csvRows) next() ([]byte, error) {
	cells, err := r.read()
	if err != nil {
		return nil, err
	}
	dst := append(r.buffer[:0], '{')
	for i, field := range r.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, field...)
		if i >= len(cells) || r.empty(cells[i]) {
			dst = append(dst, "null"...)
			continue
		}
		dst = appendCell(dst, r.kinds[i], cells[i])
	}
	r.buffer = append(dst, '}')
	return r.buffer, nil
}
