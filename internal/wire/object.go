package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Member is one name and value of a JSON object, in the order of the text.
type Member struct {
	Name  string
	Value json.RawMessage
}

// Members splits a JSON object into its members without touching their values. A null is an object without members.
func Members(text []byte) ([]Member, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	open, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("reading a JSON object: %w", err)
	}
	if open == nil {
		return nil, nil
	}
	if open != json.Delim('{') {
		return nil, fmt.Errorf("reading a JSON object: it starts with %v", open)
	}
	var members []Member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("reading a JSON object: %w", err)
		}
		m := Member{Name: name.(string)}
		if err := dec.Decode(&m.Value); err != nil {
			return nil, fmt.Errorf("reading member %q of a JSON object: %w", m.Name, err)
		}
		members = append(members, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("reading the end of a JSON object: %w", err)
	}
	return members, nil
}

// Object prints members as a JSON object in their order.
func Object(members []Member) ([]byte, error) {
	return appendMembers([]byte("{}"), members)
}

func appendMembers(object []byte, members []Member) ([]byte, error) {
	if len(members) == 0 {
		return object, nil
	}
	out := bytes.TrimSpace(object)
	if len(out) < 2 || out[len(out)-1] != '}' {
		return nil, fmt.Errorf("adding members to a JSON value that is no object")
	}
	out = bytes.TrimSpace(out[:len(out)-1])
	out = bytes.Clone(out)
	for _, m := range members {
		if out[len(out)-1] != '{' {
			out = append(out, ',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, fmt.Errorf("printing member name %q: %w", m.Name, err)
		}
		out = append(append(out, name...), ':')
		out = append(out, m.Value...)
	}
	return append(out, '}'), nil
}

// FieldNames returns the JSON names of the fields of struct type T.
func FieldNames[T any]() []string {
	t := reflect.TypeFor[T]()
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
