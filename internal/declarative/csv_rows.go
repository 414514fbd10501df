package declarative

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csvRows reads the rows of a CSV text as Python does: nothing is malformed. A field that begins with a quote ends with one, and
// what follows until the delimiter belongs to it as it is. Each kind of line break is a newline, also in a field.
type csvRows struct {
	lines     *bufio.Scanner
	delimiter string
	ended     bool // the latest line, by a line break
}

func newCSVRows(text io.Reader, delimiter rune) *csvRows {
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	lines.Split(splitLines)
	return &csvRows{lines: lines, delimiter: string(delimiter)}
}

// splitLines finds lines with what they end with: \n, \r\n or \r.
func splitLines(data []byte, atEnd bool) (advance int, line []byte, err error) {
	i := bytes.IndexAny(data, "\r\n")
	switch {
	case i < 0 && atEnd && len(data) > 0:
		return len(data), data, nil
	case i < 0, data[i] == '\r' && i+1 == len(data) && !atEnd:
		return 0, nil, nil
	case data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n':
		i++
	}
	return i + 1, data[:i+1], nil
}

// Read gives the fields of the next row: none for an empty line. The error is [io.EOF] after the last.
func (r *csvRows) Read() ([]string, error) {
	line, err := r.line()
	if err != nil || line == "" {
		return nil, err
	}
	if !strings.Contains(line, `"`) {
		return strings.Split(line, r.delimiter), nil
	}
	var row []string
	for more := true; more; {
		var field string
		if field, line, more, err = r.field(line); err != nil {
			return nil, err
		}
		row = append(row, field)
	}
	return row, nil
}

// line is the next line without what it ends with.
func (r *csvRows) line() (string, error) {
	if !r.lines.Scan() {
		if err := r.lines.Err(); err != nil {
			return "", fmt.Errorf("reading csv: %w", err)
		}
		return "", io.EOF
	}
	text := r.lines.Bytes()
	bare := bytes.TrimRight(text, "\r\n")
	r.ended = len(bare) < len(text)
	return string(bare), nil
}

// field is the field that a line begins with, the rest of the line, and whether another field is there.
func (r *csvRows) field(line string) (field, rest string, more bool, err error) {
	quoted := ""
	if strings.HasPrefix(line, `"`) {
		if quoted, line, err = r.quoted(line[1:]); err != nil {
			return "", "", false, err
		}
	}
	plain, rest, more := strings.Cut(line, r.delimiter)
	return quoted + plain, rest, more, nil
}

// errLongField is returned for a field that ends nowhere near.
var errLongField = fmt.Errorf("reading csv: a quoted field has more than %d bytes", maxLine)

// quoted is what stands before the closing quote, which may be some lines below or missing, and the rest of its line.
func (r *csvRows) quoted(line string) (text, rest string, err error) {
	var b strings.Builder
	for {
		part, rest, closed := strings.Cut(line, `"`)
		b.WriteString(part)
		switch {
		case b.Len() > maxLine:
			return "", "", errLongField
		case closed && strings.HasPrefix(rest, `"`):
			b.WriteByte('"')
			line = rest[1:]
		case closed:
			return b.String(), rest, nil
		default:
			if r.ended {
				b.WriteByte('\n')
			}
			if line, err = r.line(); errors.Is(err, io.EOF) {
				return b.String(), "", nil
			} else if err != nil {
				return "", "", err
			}
		}
	}
}
