// Package output prints what a command found: as a table for people, and as JSON, lines of JSON, YAML, names or the result of a
// jq expression for programs.
package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// Format is how results are printed.
type Format string

// The formats.
const (
	Table Format = "table"
	JSON  Format = "json"
	JSONL Format = "jsonl"
	YAML  Format = "yaml"
	Name  Format = "name"
)

// Formats are the formats in the order that help shows them.
func Formats() []Format { return []Format{Table, JSON, JSONL, YAML, Name} }

// Printer prints results to one stream.
type Printer struct {
	out    io.Writer
	format Format
	query  *gojq.Code // nil: print the whole
}

// New makes a printer. format "" is a table; a jq expression implies JSON and goes with no other format.
func New(out io.Writer, format, jq string) (*Printer, error) {
	p := &Printer{out: out, format: Format(format)}
	if p.format == "" {
		p.format = Table
	}
	if !slices.Contains(Formats(), p.format) {
		return nil, fmt.Errorf("there is no output format %q; choose one of %s", format, list(Formats()))
	}
	if jq == "" {
		return p, nil
	}
	if format != "" && p.format != JSON && p.format != JSONL {
		return nil, fmt.Errorf("--jq prints JSON and does not go with -o %s", format)
	}
	query, err := compile(jq)
	if err != nil {
		return nil, err
	}
	p.query = query
	if format == "" {
		p.format = JSON
	}
	return p, nil
}

// Format is how this printer prints.
func (p *Printer) Format() Format { return p.format }

// Structured tells whether a program is to read the output.
func (p *Printer) Structured() bool { return p.format != Table && p.format != Name }

// Value prints any value that has a JSON form. A table has no say in how such a value looks, so it is printed as YAML.
func (p *Printer) Value(v any) error {
	text, err := marshal(v)
	if err != nil {
		return err
	}
	return p.Raw(text)
}

// Raw prints JSON text, with its keys in the order that they have.
func (p *Printer) Raw(text json.RawMessage) error {
	switch {
	case p.query != nil:
		return p.ask(text)
	case p.format == JSON:
		return p.indented(text)
	case p.format == JSONL:
		return p.lines(text)
	}
	return p.yaml(text)
}

func (p *Printer) indented(text json.RawMessage) error {
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(text), "", "  "); err != nil {
		return fmt.Errorf("formatting JSON: %w", err)
	}
	out.WriteByte('\n')
	_, err := p.out.Write(out.Bytes())
	return err
}

// lines prints each element of an array on a line of its own, and anything else on one line.
func (p *Printer) lines(text json.RawMessage) error {
	var items []json.RawMessage
	if json.Unmarshal(text, &items) != nil {
		items = []json.RawMessage{text}
	}
	for _, item := range items {
		if err := p.line(item); err != nil {
			return err
		}
	}
	return nil
}

func (p *Printer) line(text json.RawMessage) error {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		return fmt.Errorf("formatting JSON: %w", err)
	}
	out.WriteByte('\n')
	_, err := p.out.Write(out.Bytes())
	return err
}

// marshal keeps characters such as < as they are: the output is no web page.
func marshal(v any) (json.RawMessage, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("formatting the result: %w", err)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

func list(formats []Format) string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}
