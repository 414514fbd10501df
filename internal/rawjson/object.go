// Package rawjson walks JSON text that is known to be valid without turning it into Go values.
//
// It exists for the path of records, where the value of a field is moved, not looked at. It never validates: on text that
// is not JSON it ends early, with an error or with nonsense values, but never panics and never reads past the text.
package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
)

// ErrSyntax is returned when the text cannot be JSON.
var ErrSyntax = errors.New("not a JSON object")

// Object iterates over the top-level fields of one JSON object.
//
//	for o := rawjson.Fields(data); o.Next(); {
//		use(o.Key(), o.Value())
//	}
type Object struct {
	text  []byte
	pos   int
	key   []byte
	value []byte
	err   error
	done  bool
}

// Fields starts at the first field of the object in text. The slices it gives out point into text.
func Fields(text []byte) Object {
	o := Object{text: text}
	o.pos = skipSpace(text, 0)
	if o.pos >= len(text) || text[o.pos] != '{' {
		o.fail()
		return o
	}
	o.pos++
	return o
}

// Next moves to the next field. It is false at the end and after an error.
func (o *Object) Next() bool {
	if o.done {
		return false
	}
	i := skipSpace(o.text, o.pos)
	if i < len(o.text) && o.text[i] == ',' {
		i = skipSpace(o.text, i+1)
	}
	if i >= len(o.text) {
		return o.fail()
	}
	if o.text[i] == '}' {
		o.done, o.pos = true, i+1
		return false
	}
	return o.field(i)
}

func (o *Object) field(i int) bool {
	end, ok := skipString(o.text, i)
	if !ok {
		return o.fail()
	}
	key := o.text[i+1 : end-1]
	i = skipSpace(o.text, end)
	if i >= len(o.text) || o.text[i] != ':' {
		return o.fail()
	}
	i = skipSpace(o.text, i+1)
	end, ok = skipValue(o.text, i)
	if !ok {
		return o.fail()
	}
	o.key, o.value, o.pos = unescape(key), o.text[i:end], end
	return true
}

func (o *Object) fail() bool {
	o.done, o.err = true, ErrSyntax
	return false
}

// Key is the current field's name, unescaped.
func (o *Object) Key() []byte { return o.key }

// Value is the current field's value as JSON text, without space around it.
func (o *Object) Value() []byte { return o.value }

// Err is the reason the iteration ended before the object did.
func (o *Object) Err() error { return o.err }

// Get is the value of the first field called name, or nil.
func Get(text []byte, name string) []byte {
	o := Fields(text)
	for o.Next() {
		if string(o.key) == name {
			return o.value
		}
	}
	return nil
}

// GetPath is the value at a path of field names, or nil.
func GetPath(text []byte, path []string) []byte {
	for _, name := range path {
		if text = Get(text, name); text == nil {
			return nil
		}
	}
	return text
}

// IsNull tells whether the value is absent or null.
func IsNull(value []byte) bool { return len(value) == 0 || value[0] == 'n' }

// String decodes a JSON string. The second result is false when the value is something else.
func String(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	body := value[1 : len(value)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		return string(body), true
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return "", false
	}
	return s, true
}

func unescape(key []byte) []byte {
	if bytes.IndexByte(key, '\\') < 0 {
		return key
	}
	quoted := append(append([]byte{'"'}, key...), '"')
	s, ok := String(quoted)
	if !ok {
		return key
	}
	return []byte(s)
}
