package platform

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/rawjson"
)

// propertyPaths lists the paths of all fields that a stream's schema names, parents before children, in the order of the schema.
func propertyPaths(schema json.RawMessage) [][]string { return appendPaths(nil, nil, schema) }

// deepestField bounds how far nested fields are listed.
const deepestField = 16

func appendPaths(paths [][]string, parent []string, schema json.RawMessage) [][]string {
	properties := rawjson.Get(schema, "properties")
	if properties == nil || len(parent) == deepestField {
		return paths
	}
	for fields := rawjson.Fields(properties); fields.Next(); {
		path := append(slices.Clone(parent), string(fields.Key()))
		paths = append(paths, path)
		paths = appendPaths(paths, path, fields.Value())
	}
	return paths
}

// hasPath tells whether a stream's schema names a field. A schema that names none says nothing about any.
func hasPath(schema json.RawMessage, path []string) bool {
	at := schema
	for _, name := range path {
		properties := rawjson.Get(at, "properties")
		if properties == nil {
			return len(path) > 0 && rawjson.Get(schema, "properties") == nil
		}
		if at = rawjson.Get(properties, name); at == nil {
			return false
		}
	}
	return len(path) > 0
}

func dotted(path []string) string { return strings.Join(path, ".") }

func dottedAll(paths [][]string) string {
	var all []string
	for _, p := range paths {
		all = append(all, dotted(p))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func equalPaths(a, b [][]string) bool {
	return slices.EqualFunc(a, b, slices.Equal[[]string])
}
