package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jsonReader makes nodes of JSON text. YAML would do for most of it, but not for tabs and not for its numbers.
type jsonReader struct {
	text     []byte
	lines    []int // offsets at which lines start
	d        *json.Decoder
	problems *problemList
}

func parseJSON(text []byte, problems *problemList) *Node {
	r := &jsonReader{text: text, lines: []int{0}, d: json.NewDecoder(bytes.NewReader(text)), problems: problems}
	r.d.UseNumber()
	for i, b := range text {
		if b == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	n, err := r.value(0)
	if err == nil {
		if _, err = r.d.Token(); errors.Is(err, io.EOF) {
			return n
		}
		err = errors.New("there is more after the end of the object")
	}
	line, column := r.position(r.d.InputOffset())
	// Errors of a decoder do not tell their place in the text; those of the text as a whole do.
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(text, &raw), &syntax) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = syntax
		line, column = r.position(max(syntax.Offset-1, 0))
	}
	problems.add(Problem{Place: Place{Line: line, Column: column}, Severity: Error, Code: CodeSyntax, Message: jsonMessage(err)})
	return nil
}

func jsonMessage(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the JSON text ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

func (r *jsonReader) position(offset int64) (line, column int) {
	at := min(int(offset), len(r.text))
	i := sort.SearchInts(r.lines, at+1) - 1
	return i + 1, utf8.RuneCount(r.text[r.lines[i]:at]) + 1
}

// next is where the next token starts.
func (r *jsonReader) next() (line, column int) {
	at := int(r.d.InputOffset())
	for at < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[at]) >= 0 {
		at++
	}
	return r.position(int64(at))
}

func (r *jsonReader) value(depth int) (*Node, error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deep")
	}
	n := &Node{}
	n.line, n.column = r.next()
	token, err := r.d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return n, r.object(n, depth)
		}
		return n, r.array(n, depth)
	case json.Number:
		n.text, n.scalar = string(t), jsonNumber(string(t))
	case string:
		n.text, n.scalar = t, t
	case bool:
		n.text, n.scalar = strconv.FormatBool(t), t
	default:
		n.text = "null"
	}
	return n, nil
}

func jsonNumber(text string) any {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	if i, ok := new(big.Int).SetString(text, 10); ok {
		return i
	}
	f, _ := strconv.ParseFloat(text, 64) // out of range is infinite, as in Python
	return f
}

func (r *jsonReader) object(n *Node, depth int) error {
	n.kind = Mapping
	for r.d.More() {
		e := entry{}
		e.line, e.column = r.next()
		key, err := r.d.Token()
		if err != nil {
			return err
		}
		e.key, _ = key.(string)
		if e.node, err = r.value(depth + 1); err != nil {
			return err
		}
		n.put(e)
	}
	_, err := r.d.Token()
	return err
}

func (r *jsonReader) array(n *Node, depth int) error {
	n.kind = Sequence
	for r.d.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, err := r.d.Token()
	return err
}
