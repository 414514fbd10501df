package file

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/airfielddev/airfield/internal/rawjson"
)

// jsonFormat is JSON: objects one to a line, or one array of objects, or one object.
type jsonFormat struct{ lines bool }

func (f jsonFormat) rows(in *input, _ readerOptions, _ []column) (rows, error) {
	if f.lines {
		return &lineRows{reader: in.Reader}, nil
	}
	return newValueRows(in)
}

// infer takes the types from the values, not from how texts look: JSON has types.
func (f jsonFormat) infer(in *input, o readerOptions, bytes int64) ([]column, error) {
	r, err := f.rows(in, o, nil)
	if err != nil {
		return nil, err
	}
	var columns []column
	places := map[string]int{}
	for seen := int64(0); seen < bytes; {
		data, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		seen += int64(len(data))
		for fields := rawjson.Fields(data); fields.Next(); {
			place, ok := places[string(fields.Key())]
			if !ok {
				place = len(columns)
				places[string(fields.Key())] = place
				columns = append(columns, column{name: string(fields.Key())})
			}
			columns[place].kind = join(columns[place].kind, kindOfValue(fields.Value()), kindAny)
		}
	}
	return columns, nil
}

func kindOfValue(value []byte) kind {
	switch value[0] {
	case 'n':
		return kindUnknown
	case 't', 'f':
		return kindBoolean
	case '"':
		return kindText
	case '{':
		return kindObject
	case '[':
		return kindList
	}
	return numeric(string(value))
}

// oneLine puts a valid value on one line, and makes it valid UTF-8.
func oneLine(value []byte) []byte {
	if !utf8.Valid(value) {
		value = bytes.ToValidUTF8(value, []byte("\uFFFD"))
	}
	if !bytes.ContainsAny(value, "\r\n") {
		return value
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil {
		return value
	}
	return compact.Bytes()
}

func errNoObject(place string, number int64) error {
	return &contentError{fmt.Errorf("%s %d is not a JSON object", place, number)}
}

// lineRows reads an object from each line.
type lineRows struct {
	reader *bufio.Reader
	line   int64
	long   []byte // a line that is longer than the reader's buffer, reused
}

func (r *lineRows) next() ([]byte, error) {
	for {
		line, err := r.read()
		if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
			return nil, err
		}
		r.line++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if line[0] != '{' || !json.Valid(line) {
			return nil, errNoObject("line", r.line)
		}
		return oneLine(line), nil
	}
}

func (r *lineRows) read() ([]byte, error) {
	line, err := r.reader.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	r.long = r.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		if r.long = append(r.long, line...); len(r.long) > maxRecord {
			return nil, errTooLong
		}
		line, err = r.reader.ReadSlice('\n')
	}
	r.long = append(r.long, line...)
	return r.long, err
}

// valueRows reads the elements of an array, or values one after the other.
type valueRows struct {
	decoder *json.Decoder
	ration  *rationed
	array   bool
	row     int64
	value   json.RawMessage
}

func newValueRows(in *input) (*valueRows, error) {
	r := &valueRows{ration: &rationed{Reader: in.Reader}}
	r.ration.renew()
	first, err := firstByte(in.Reader)
	if err != nil {
		return nil, err
	}
	r.decoder, r.array = json.NewDecoder(r.ration), first == '['
	if r.array {
		_, err = r.decoder.Token()
	}
	return r, err
}

// firstByte is the first byte that is not white space.
func firstByte(reader *bufio.Reader) (byte, error) {
	for {
		c, err := reader.ReadByte()
		if errors.Is(err, io.EOF) {
			return 0, &contentError{errors.New("the file is empty")}
		}
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c, reader.UnreadByte()
		}
	}
}

func (r *valueRows) next() ([]byte, error) {
	r.ration.renew()
	if r.array && !r.decoder.More() {
		_, err := r.decoder.Token() // the closing bracket, unless the file ends early
		if err == nil {
			err = io.EOF
		} else if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, r.explain(err)
	}
	if err := r.decoder.Decode(&r.value); err != nil {
		return nil, r.explain(err)
	}
	r.row++
	if r.value[0] != '{' {
		return nil, errNoObject("element", r.row)
	}
	return oneLine(r.value), nil
}

func (r *valueRows) explain(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &contentError{fmt.Errorf("behind element %d: %w", r.row, err)}
	}
	return err
}
