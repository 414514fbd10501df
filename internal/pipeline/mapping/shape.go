package mapping

import (
	"encoding/json"
	"slices"

	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// textSchema is the schema of a field that was hashed or encrypted.
const textSchema = `{"type":"string"}`

// shape is what a stream looks like to the next mapper.
type shape struct {
	stream protocol.ConfiguredStream
	fields []property
	open   bool // the schema names no fields, so that any may be there
}

// property is a top-level field of the stream's schema.
type property struct {
	name     string
	original string // its name at the source
	schema   []byte
}

func newShape(stream protocol.ConfiguredStream) *shape {
	stream.CursorField = slices.Clone(stream.CursorField)
	stream.PrimaryKey = clonePaths(stream.PrimaryKey)
	stream.Stream.DefaultCursorField = slices.Clone(stream.Stream.DefaultCursorField)
	stream.Stream.SourceDefinedPrimaryKey = clonePaths(stream.Stream.SourceDefinedPrimaryKey)
	s := &shape{stream: stream}
	properties := rawjson.Get(stream.Stream.JSONSchema, "properties")
	s.open = properties == nil
	for object := rawjson.Fields(properties); object.Next(); {
		name := string(object.Key())
		s.fields = append(s.fields, property{name: name, original: name, schema: object.Value()})
	}
	return s
}

func clonePaths(paths [][]string) [][]string {
	out := slices.Clone(paths)
	for i, path := range out {
		out[i] = slices.Clone(path)
	}
	return out
}

func (s *shape) find(name string) int {
	return slices.IndexFunc(s.fields, func(p property) bool { return p.name == name })
}

// need says that a mapper cannot do without a field.
func (s *shape) need(name string) *Fault {
	if !s.open && s.find(name) < 0 {
		return faultOf(FieldNotFound, "The stream has no field %s here.", name)
	}
	return nil
}

// rename gives a field another name, and another schema if one is given.
func (s *shape) rename(from, to, schema string) *Fault {
	if f := s.need(from); f != nil {
		return f
	}
	if from != to && s.find(to) >= 0 {
		return faultOf(FieldExists, "The field %s cannot become %s: the stream has a field of that name.", from, to)
	}
	if i := s.find(from); i >= 0 {
		s.fields[i].name = to
		if schema != "" {
			s.fields[i].schema = []byte(schema)
		}
	}
	for _, path := range s.paths() {
		if len(path) > 0 && path[0] == from {
			path[0] = to
		}
	}
	return nil
}

func (s *shape) paths() [][]string {
	c := &s.stream
	return slices.Concat([][]string{c.CursorField, c.Stream.DefaultCursorField}, c.PrimaryKey, c.Stream.SourceDefinedPrimaryKey)
}

// remove takes a field away.
func (s *shape) remove(name string) *Fault {
	if f := s.need(name); f != nil {
		return f
	}
	s.fields = slices.DeleteFunc(s.fields, func(p property) bool { return p.name == name })
	s.forget(func(path []string) bool { return len(path) > 0 && path[0] == name })
	return nil
}

// flatten gives a field the schema of a string. Paths that lead into it lead nowhere any more.
func (s *shape) flatten(from, to string) *Fault {
	if f := s.rename(from, to, textSchema); f != nil {
		return f
	}
	s.forget(func(path []string) bool { return len(path) > 1 && path[0] == to })
	return nil
}

func (s *shape) forget(gone func([]string) bool) {
	c := &s.stream
	for _, cursor := range []*[]string{&c.CursorField, &c.Stream.DefaultCursorField} {
		if gone(*cursor) {
			*cursor = nil
		}
	}
	c.PrimaryKey = slices.DeleteFunc(c.PrimaryKey, gone)
	c.Stream.SourceDefinedPrimaryKey = slices.DeleteFunc(c.Stream.SourceDefinedPrimaryKey, gone)
}

// deduplicates tells whether the destination finds rows by their key.
func (s *shape) deduplicates() bool {
	switch s.stream.DestinationSyncMode {
	case protocol.AppendDedup, protocol.OverwriteDedup, protocol.Update, protocol.SoftDelete:
		return true
	}
	return false
}

// guardCursor refuses to take from the destination what tells it which of two rows is the newer one.
func (s *shape) guardCursor(field, doing string) *Fault {
	mode := s.stream.DestinationSyncMode
	if mode != protocol.AppendDedup && mode != protocol.OverwriteDedup {
		return nil
	}
	if c := s.stream.CursorField; len(c) > 0 && c[0] == field {
		return faultOf(Unsuitable, "%s the field %s would break deduplication: it is the cursor, which tells the newest row.", doing, field)
	}
	return nil
}

// guardKey refuses to take from the destination what tells it which rows are the same. Nested alone concerns keys inside of the
// field only.
func (s *shape) guardKey(field, doing string, nestedAlone bool) *Fault {
	if !s.deduplicates() {
		return nil
	}
	for _, path := range s.stream.PrimaryKey {
		if len(path) > 0 && path[0] == field && (len(path) > 1 || !nestedAlone) {
			return faultOf(Unsuitable, "%s the field %s would break deduplication: it is part of the primary key.", doing, field)
		}
	}
	return nil
}

// result is the stream with its schema written anew.
func (s *shape) result() protocol.ConfiguredStream {
	out := s.stream
	names := map[string]string{}
	for _, p := range s.fields {
		names[p.original] = p.name
	}
	name := func(old string) (string, bool) {
		now, ok := names[old]
		return now, ok || s.open
	}
	out.Stream.JSONSchema = editSchema(out.Stream.JSONSchema, name, func([]byte) ([]byte, error) { return s.properties(), nil })
	return out
}

func (s *shape) properties() json.RawMessage {
	out := []byte{'{'}
	for i, p := range s.fields {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendKey(out, []byte(p.name)), p.schema...)
	}
	return append(out, '}')
}
