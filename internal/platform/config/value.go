// Package config handles the configurations of connectors: it merges and validates them and keeps their secrets out of sight.
// The order of fields and the text of numbers stay as they were written.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrNotObject is returned for a configuration that is not one JSON object, or that names a field twice.
var ErrNotObject = errors.New("a configuration is a JSON object")

// value is a JSON value. Scalars are text.
type value struct {
	kind   jsontext.Kind // '{', '[', or a scalar's
	text   json.RawMessage
	fields []field
	items  []*value
}

type field struct {
	name  string
	value *value
}

// parse reads a configuration.
func parse(text json.RawMessage) (*value, error) {
	v, err := parseAny(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotObject, err)
	}
	if v.kind != '{' {
		return nil, ErrNotObject
	}
	return v, nil
}

func parseAny(text json.RawMessage) (*value, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	v, err := read(d)
	if err != nil {
		return nil, withoutText(err)
	}
	if _, err := d.ReadToken(); err == nil {
		return nil, errors.New("there is more than one value")
	}
	return v, nil
}

// withoutText keeps of a syntax error only where it is, since its words may quote a secret.
func withoutText(err error) error {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return err
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return fmt.Errorf("the field %s is there twice", syntax.JSONPointer)
	}
	return fmt.Errorf("invalid JSON at byte %d", syntax.ByteOffset)
}

func read(d *jsontext.Decoder) (*value, error) {
	switch kind := d.PeekKind(); kind {
	case '{':
		return readObject(d)
	case '[':
		return readArray(d)
	default:
		text, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		return &value{kind: kind, text: bytes.Clone(text)}, nil
	}
}

func readObject(d *jsontext.Decoder) (*value, error) {
	v := &value{kind: '{'}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		f := field{name: name.String()}
		if f.value, err = read(d); err != nil {
			return nil, err
		}
		v.fields = append(v.fields, f)
	}
	_, err := d.ReadToken()
	return v, err
}

func readArray(d *jsontext.Decoder) (*value, error) {
	v := &value{kind: '['}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() != ']' {
		item, err := read(d)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	_, err := d.ReadToken()
	return v, err
}

// json writes the value without spaces.
func (v *value) json() json.RawMessage { return v.append(nil) }

func (v *value) append(b []byte) []byte {
	switch v.kind {
	case '{':
		b = append(b, '{')
		for i, f := range v.fields {
			if i > 0 {
				b = append(b, ',')
			}
			b, _ = jsontext.AppendQuote(b, f.name)
			b = append(b, ':')
			b = f.value.append(b)
		}
		return append(b, '}')
	case '[':
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.append(b)
		}
		return append(b, ']')
	}
	return append(b, v.text...)
}

// get is the field of an object, or nil.
func (v *value) get(name string) *value {
	if v == nil {
		return nil
	}
	for i := range v.fields {
		if v.fields[i].name == name {
			return v.fields[i].value
		}
	}
	return nil
}

func (v *value) string() (string, bool) {
	if v == nil || v.kind != '"' {
		return "", false
	}
	var s string
	err := json.Unmarshal(v.text, &s)
	return s, err == nil
}

// equal compares text: 1.0 is not 1.
func (v *value) equal(w *value) bool {
	if v == nil || w == nil {
		return v == w
	}
	if v.kind == '{' && w.kind == '{' {
		return equalFields(v, w)
	}
	if v.kind == '[' && w.kind == '[' {
		return slices.EqualFunc(v.items, w.items, (*value).equal)
	}
	if a, ok := v.string(); ok {
		b, ok := w.string()
		return ok && a == b
	}
	return v.kind == w.kind && bytes.Equal(v.text, w.text)
}

func equalFields(v, w *value) bool {
	if len(v.fields) != len(w.fields) {
		return false
	}
	for _, f := range v.fields {
		if !f.value.equal(w.get(f.name)) {
			return false
		}
	}
	return true
}

// Canonical is the configuration without spaces. It returns [ErrNotObject] for what is none.
func Canonical(text json.RawMessage) (json.RawMessage, error) {
	v, err := parse(text)
	if err != nil {
		return nil, err
	}
	return v.json(), nil
}

// Equal tells whether two configurations say the same, whatever the order of their fields.
func Equal(a, b json.RawMessage) bool {
	v, err := parse(a)
	if err != nil {
		return false
	}
	w, err := parse(b)
	return err == nil && v.equal(w)
}

// Find is the string value of a field with some name, wherever it is inside; the shallowest one in the order of writing.
func Find(text json.RawMessage, name string) (string, bool) {
	v, err := parse(text)
	if err != nil {
		return "", false
	}
	level := []*value{v}
	for len(level) > 0 {
		var next []*value
		for _, v := range level {
			if s, ok := v.get(name).string(); ok {
				return s, true
			}
			for _, f := range v.fields {
				next = append(next, f.value)
			}
			next = append(next, v.items...)
		}
		level = next
	}
	return "", false
}

// Without is the configuration less one of its top-level fields.
func Without(text json.RawMessage, name string) (json.RawMessage, error) {
	v, err := parse(text)
	if err != nil {
		return nil, err
	}
	v.fields = slices.DeleteFunc(v.fields, func(f field) bool { return f.name == name })
	return v.json(), nil
}

// Merge puts a patch over a configuration: objects are merged field by field, everything else is replaced. Fields keep their
// places, new ones follow.
func Merge(base, patch json.RawMessage) (json.RawMessage, error) {
	b, err := parse(base)
	if err != nil {
		return nil, err
	}
	p, err := parse(patch)
	if err != nil {
		return nil, err
	}
	return merge(b, p).json(), nil
}

func merge(base, patch *value) *value {
	if base.kind != '{' || patch.kind != '{' {
		return patch
	}
	merged := &value{kind: '{', fields: slices.Clone(base.fields)}
	for _, f := range patch.fields {
		i := slices.IndexFunc(merged.fields, func(g field) bool { return g.name == f.name })
		if i < 0 {
			merged.fields = append(merged.fields, f)
			continue
		}
		merged.fields[i].value = merge(merged.fields[i].value, f.value)
	}
	return merged
}

// pointer writes a path as a JSON pointer, https://www.rfc-editor.org/rfc/rfc6901.
func pointer(path []string) string {
	var b strings.Builder
	for _, name := range path {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return b.String()
}
