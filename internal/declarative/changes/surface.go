package changes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// surface is what the users of a connector see.
type surface struct {
	streams map[string]stream
	spec    settings
	check   string
}

type stream struct {
	key        string
	cursor     string // "": the stream is always read in full
	format     string // of the cursor in states
	partitions string // the fields that name one
	fields     map[string]string
}

type settings struct{ properties map[string]setting }

type setting struct {
	kind       string
	required   bool
	secret     bool
	hasDefault bool
	usual      any
	choices    []string
}

type object = map[string]any

func surfaceOf(text json.RawMessage) (surface, error) {
	var root object
	if err := json.Unmarshal(text, &root); err != nil {
		return surface{}, err
	}
	s := surface{streams: map[string]stream{}, spec: settings{map[string]setting{}}}
	s.addStreams(list(root["streams"]))
	for i, item := range list(root["dynamic_streams"]) {
		made := sub(item, "stream_template")
		name, _ := field(item, "name").(string)
		if name == "" {
			name = fmt.Sprintf("dynamic_stream_%d", i)
		}
		s.streams["template "+name] = streamOf(made)
	}
	s.spec.add("", sub(sub(root, "spec"), "connection_specification"))
	s.check = strings.Join(texts(sub(root, "check")["stream_names"]), ", ")
	return s, nil
}

func (s *surface) addStreams(items []any) {
	for _, item := range items {
		if field(item, "type") == "ConditionalStreams" {
			s.addStreams(list(field(item, "streams")))
			continue
		}
		if name, ok := field(item, "name").(string); ok {
			s.streams[name] = streamOf(item)
		}
	}
}

func streamOf(item any) stream {
	if field(item, "type") == "StateDelegatingStream" {
		return streamOf(field(item, "incremental_stream"))
	}
	s := stream{key: keyOf(field(item, "primary_key")), fields: map[string]string{}}
	sync := sub(item, "incremental_sync")
	s.cursor, _ = sync["cursor_field"].(string)
	s.format, _ = sync["datetime_format"].(string)
	s.partitions = strings.Join(partitionFields(sub(item, "retriever")["partition_router"]), ", ")
	loaders := list(field(item, "schema_loader"))
	if loaders == nil {
		loaders = []any{field(item, "schema_loader")}
	}
	for _, loader := range loaders {
		addFields(s.fields, "", field(loader, "schema"))
	}
	return s
}

// keyOf is a primary key, however it is spelled.
func keyOf(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	var parts []string
	for _, item := range list(value) {
		parts = append(parts, strings.Join(texts(item), "."))
	}
	return strings.Join(parts, ", ")
}

// partitionFields name the partitions of a stream.
func partitionFields(router any) []string {
	if router == nil {
		return nil
	}
	var names []string
	for _, r := range append(list(router), router) {
		if name, ok := field(r, "cursor_field").(string); ok {
			names = append(names, name)
		}
		for _, parent := range list(field(r, "parent_stream_configs")) {
			if name, ok := field(parent, "partition_field").(string); ok {
				names = append(names, name)
			}
		}
		names = append(names, partitionFields(field(r, "underlying_partition_router"))...)
	}
	return names
}

// addFields lists the fields of a schema with their types, those inside of others too.
func addFields(into map[string]string, path string, schema any) {
	for name, value := range sub(schema, "properties") {
		at := strings.TrimPrefix(path+"."+name, ".")
		into[at] = kindOf(value)
		addFields(into, at, value)
		if items := field(value, "items"); items != nil {
			addFields(into, at+"[]", items)
		}
	}
}

// anyKind is what has no type.
const anyKind = "any"

// kindOf is the type of a field: "integer|null", "string(date-time)".
func kindOf(schema any) string {
	kinds := texts(field(schema, "type"))
	typed := len(kinds) > 0
	for _, key := range []string{"anyOf", "oneOf"} {
		for _, choice := range list(field(schema, key)) {
			if kind := kindOf(choice); kind != anyKind || !typed {
				kinds = append(kinds, strings.Split(kind, "|")...)
			}
		}
	}
	if format, ok := field(schema, "format").(string); ok {
		for i, kind := range kinds {
			if kind == "string" {
				kinds[i] = "string(" + format + ")"
			}
		}
	}
	if len(kinds) == 0 {
		return anyKind
	}
	slices.Sort(kinds)
	return strings.Join(slices.Compact(kinds), "|")
}

func (s *settings) add(path string, schema object) {
	required := texts(schema["required"])
	for name, value := range sub(schema, "properties") {
		at := strings.TrimPrefix(path+"."+name, ".")
		p, _ := value.(object)
		usual, has := p["default"]
		secret, _ := p["airbyte_secret"].(bool)
		s.properties[at] = setting{
			kind: kindOf(value), required: slices.Contains(required, name), secret: secret, hasDefault: has, usual: usual, choices: choicesOf(p),
		}
		s.add(at, p)
		for _, choice := range list(p["oneOf"]) {
			if inner, ok := choice.(object); ok {
				s.add(at, inner)
			}
		}
	}
}

func choicesOf(p object) []string {
	var choices []string
	for _, v := range list(p["enum"]) {
		choices = append(choices, textOf(v))
	}
	return choices
}

func list(v any) []any {
	items, _ := v.([]any)
	return items
}

func field(v any, name string) any {
	o, _ := v.(object)
	return o[name]
}

func sub(v any, name string) object {
	o, _ := field(v, name).(object)
	return o
}

// texts are the elements of a list, or a text alone.
func texts(v any) []string {
	if text, ok := v.(string); ok {
		return []string{text}
	}
	var all []string
	for _, item := range list(v) {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
