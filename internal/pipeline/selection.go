package pipeline

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/airfielddev/airfield/internal/rawjson"
)

var errNotObject = errors.New("the data is not a JSON object")

// topLevel is the set of first elements of paths. It is nil when there are no paths, which selects everything.
func topLevel(paths [][]string) map[string]bool {
	if len(paths) == 0 {
		return nil
	}
	fields := make(map[string]bool, len(paths))
	for _, path := range paths {
		if len(path) > 0 {
			fields[path[0]] = true
		}
	}
	return fields
}

// appendSelected writes the object in data with the selected fields only, in their order and spelling.
func appendSelected(dst, data []byte, fields map[string]bool) ([]byte, error) {
	dst = append(dst, '{')
	first := true
	object := rawjson.Fields(data)
	for object.Next() {
		if !fields[string(object.Key())] {
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

// selectProperties leaves those properties in a stream's schema that are selected.
func selectProperties(schema json.RawMessage, fields map[string]bool) json.RawMessage {
	if fields == nil {
		return schema
	}
	out := []byte{'{'}
	object := rawjson.Fields(schema)
	for object.Next() {
		value := object.Value()
		switch string(object.Key()) {
		case "properties":
			kept, err := appendSelected(nil, value, fields)
			if err != nil {
				return schema
			}
			value = kept
		case "required":
			value = selectNames(value, fields)
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

// selectNames leaves the selected names in a JSON array of names.
func selectNames(array []byte, fields map[string]bool) []byte {
	var names []string
	if json.Unmarshal(array, &names) != nil {
		return array
	}
	kept := slices.DeleteFunc(names, func(name string) bool { return !fields[name] })
	text, err := json.Marshal(kept)
	if err != nil {
		return array
	}
	return text
}
