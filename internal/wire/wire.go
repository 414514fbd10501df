// Package wire holds what the two HTTP APIs of Airbyte have in common: the JSON building blocks that
// [github.com/airfielddev/airfield/internal/wire/public] and [github.com/airfielddev/airfield/internal/wire/config] are made of.
//
// Optional fields are pointers or carry omitempty, so that an absent value is left out as the real server leaves it
// out; required lists are [List] and never null; free-form JSON is json.RawMessage, so that numbers and key order
// survive.
package wire

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// List is a JSON array that is printed as [] when it is nil. Required lists use it, because clients iterate them
// without looking for null.
type List[T any] []T

// MarshalJSON prints nil as an empty array.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // the encoder around this one decides
	err := enc.Encode([]T(l))
	return text.Bytes(), err
}

// Enum is a string of a closed set. Values lists the set; the zero value stands for absent.
type Enum[T any] interface {
	~string
	Values() []T
}

// Known tells whether v is one of the values of its enum.
func Known[T interface {
	comparable
	Enum[T]
}](v T) bool {
	return slices.Contains(v.Values(), v)
}

// Fold sets e to the member of its enum that text spells, ignoring case, and to text itself when none does. The
// APIs read enums without regard to case; an unknown value is kept so that it can be named in the refusal.
func Fold[T interface {
	comparable
	Enum[T]
}](e *T, text []byte) {
	for _, v := range (*e).Values() {
		if strings.EqualFold(string(v), string(text)) {
			*e = v
			return
		}
	}
	*e = T(text)
}

// Raw keeps the JSON an object was read from beside its typed view, so that members this package does not know
// survive when the object is changed and sent back.
type Raw struct {
	text json.RawMessage
}

// RawOf returns a Raw that remembers a copy of text.
func RawOf(text []byte) Raw { return Raw{text: bytes.Clone(text)} }

// JSON returns what the object was read from, nil when it was made in memory.
func (r Raw) JSON() json.RawMessage { return r.text }

// Merge returns typed with the members of r that typed's type does not know added at its end. The members that it
// does know are named by known.
func (r Raw) Merge(typed []byte, known []string) ([]byte, error) {
	if len(r.text) == 0 {
		return typed, nil
	}
	members, err := Members(r.text)
	if err != nil {
		return nil, err
	}
	var extra []Member
	for _, m := range members {
		if !slices.Contains(known, m.Name) {
			extra = append(extra, m)
		}
	}
	return appendMembers(typed, extra)
}
