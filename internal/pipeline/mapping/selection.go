package mapping

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/airfielddev/airfield/internal/rawjson"
)

var errNotObject = errors.New("the data is not a JSON object")

// Selection is the set of the top-level fields of a stream that are kept. Nil keeps all.
type Selection map[string]bool

// Select selects the first elements of paths. No paths select everything.
func Select(paths [][]string) Selection {
	if len(paths) == 0 {
		return nil
	}
	fields := make(Selection, len(paths))
	for _, path := range paths {
		if len(path) > 0 {
			fields[path[0]] = true
		}
	}
	return fields
}

func (s Selection) has(field []byte) bool { return s == nil || s[string(field)] }

// Append writes the object in data with the selected fields only, in their order and spelling. An error says that data is not
// a JSON object; what was written until then has no meaning.
func (s Selection) Append(dst, data []byte) ([]byte, error) {
	dst = append(dst, '{')
	first := true
	object := rawjson.Fields(data)
	for object.Next() {
		if !s.has(object.Key()) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendKey(dst, object.Key())
		dst = append(dst, object.Value()...)
	}
	if object.Err() != nil {
		return dst, errNotObject
	}
	return append(dst, '}'), nil
}

// Schema leaves those properties in a stream's JSON schema that are selected.
func (s Selection) Schema(schema json.RawMessage) json.RawMessage {
	if s == nil {
		return schema
	}
	keep := func(name string) (string, bool) { return name, s[name] }
	return editSchema(schema, keep, func(properties []byte) ([]byte, error) { return s.Append(nil, properties) })
}

// editSchema rewrites what a schema says of top-level fields: its properties, and the names of those that are required. A schema
// that is not an object is left as it is.
func editSchema(schema json.RawMessage, name func(string) (string, bool), properties func([]byte) ([]byte, error)) json.RawMessage {
	out := []byte{'{'}
	object := rawjson.Fields(schema)
	for object.Next() {
		value := object.Value()
		switch string(object.Key()) {
		case "properties":
			edited, err := properties(value)
			if err != nil {
				return schema
			}
			value = edited
		case "required":
			value = editNames(value, name)
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendKey(out, object.Key()), value...)
	}
	if object.Err() != nil {
		return schema
	}
	return append(out, '}')
}

// editNames rewrites a JSON array of names. What is no such array is left as it is.
func editNames(array []byte, edit func(string) (string, bool)) []byte {
	var names []string
	if json.Unmarshal(array, &names) != nil {
		return array
	}
	kept := []string{}
	for _, name := range names {
		if name, ok := edit(name); ok {
			kept = append(kept, name)
		}
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return array
	}
	return text
}

func appendKey(dst, key []byte) []byte {
	if !plain(key) {
		if quoted, err := json.Marshal(string(key)); err == nil {
			return append(append(dst, quoted...), ':')
		}
	}
	dst = append(dst, '"')
	dst = append(dst, key...)
	return append(dst, '"', ':')
}

func plain(key []byte) bool {
	return !slices.ContainsFunc(key, func(c byte) bool { return c < ' ' || c == '"' || c == '\\' })
}
