package platform

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// SchemaDiff is what lies between the schema that a connection was configured with and the one that its source has now. See
// https://docs.airbyte.com/platform/using-airbyte/schema-change-management.
type SchemaDiff struct {
	Added   []protocol.StreamDescriptor
	Removed []protocol.StreamDescriptor // of the selected streams
	Updated []StreamDiff                // of the selected streams
}

// StreamDiff is what changed in one stream.
type StreamDiff struct {
	Stream protocol.StreamDescriptor
	Fields []FieldDiff
	Key    *KeyDiff // nil: the primary key that the source defines is the same
}

// FieldDiff is a field that came, went or changed.
type FieldDiff struct {
	Path     []string
	Old      json.RawMessage // nil: the field is new
	New      json.RawMessage // nil: the field is gone
	Breaking bool            // the connection cannot go on without being configured anew
}

// KeyDiff is a primary key that the source defines in another way.
type KeyDiff struct {
	Old, New [][]string
	Breaking bool
}

// Empty tells whether nothing changed.
func (d SchemaDiff) Empty() bool { return len(d.Added)+len(d.Removed)+len(d.Updated) == 0 }

// Breaking tells whether the connection cannot go on without being configured anew.
func (d SchemaDiff) Breaking() bool {
	return slices.ContainsFunc(d.Updated, func(s StreamDiff) bool { return s.reason() != "" })
}

// reason is what breaks the connection, for people; "" when nothing does.
func (s StreamDiff) reason() string {
	for _, f := range s.Fields {
		if f.Breaking {
			return "the field " + dotted(f.Path) + " of stream " + s.Stream.String() + ", which is its cursor or in its primary key, is gone"
		}
	}
	if s.Key != nil && s.Key.Breaking {
		return "the primary key of stream " + s.Stream.String() + " is another"
	}
	return ""
}

// diffSchema compares a connection with what its source has. Base is what the source had when the connection was configured; nil
// when that is not known, and then no stream counts as new.
func diffSchema(c Connection, base *protocol.Catalog, now protocol.Catalog) SchemaDiff {
	var d SchemaDiff
	current := streamsOf(now)
	for _, s := range c.Streams {
		stream, ok := current[s.Stream.Descriptor()]
		if !ok {
			d.Removed = append(d.Removed, s.Stream.Descriptor())
			continue
		}
		if changed := diffStream(s, stream); len(changed.Fields) > 0 || changed.Key != nil {
			d.Updated = append(d.Updated, changed)
		}
	}
	if base == nil {
		return d
	}
	before := streamsOf(*base)
	for _, s := range now.Streams {
		_, known := before[s.Descriptor()]
		if _, selected := c.stream(s.Descriptor()); !known && !selected {
			d.Added = append(d.Added, s.Descriptor())
		}
	}
	return d
}

func streamsOf(c protocol.Catalog) map[protocol.StreamDescriptor]protocol.Stream {
	all := make(map[protocol.StreamDescriptor]protocol.Stream, len(c.Streams))
	for _, s := range c.Streams {
		all[s.Descriptor()] = s
	}
	return all
}

// stream finds a selected stream.
func (c Connection) stream(d protocol.StreamDescriptor) (int, bool) {
	i := slices.IndexFunc(c.Streams, func(s ConnectionStream) bool { return s.Stream.Descriptor() == d })
	return i, i >= 0
}

func diffStream(s ConnectionStream, now protocol.Stream) StreamDiff {
	d := StreamDiff{Stream: now.Descriptor()}
	if !equalPaths(s.Stream.SourceDefinedPrimaryKey, now.SourceDefinedPrimaryKey) {
		d.Key = &KeyDiff{Old: s.Stream.SourceDefinedPrimaryKey, New: now.SourceDefinedPrimaryKey}
		d.Key.Breaking = len(d.Key.New) > 0 && needsKey(&s) && !sameKey(s.PrimaryKey, d.Key.New)
	}
	before, after := fieldSchemas(s.Stream.JSONSchema), fieldSchemas(now.JSONSchema)
	for _, path := range propertyPaths(s.Stream.JSONSchema) {
		was, is := before[fieldKey(path)], after[fieldKey(path)]
		switch {
		case is == nil:
			d.Fields = append(d.Fields, FieldDiff{Path: path, Old: was, Breaking: s.needs(path)})
		case !sameField(was, is):
			d.Fields = append(d.Fields, FieldDiff{Path: path, Old: was, New: is})
		}
	}
	for _, path := range propertyPaths(now.JSONSchema) {
		if before[fieldKey(path)] == nil {
			d.Fields = append(d.Fields, FieldDiff{Path: path, New: after[fieldKey(path)]})
		}
	}
	return d
}

// needs tells whether the stream cannot be synced in its mode without a field.
func (s ConnectionStream) needs(path []string) bool {
	if s.SyncMode == protocol.Incremental && slices.Equal(s.CursorField, path) {
		return true
	}
	return needsKey(&s) && slices.ContainsFunc(s.PrimaryKey, func(p []string) bool { return slices.Equal(p, path) })
}

// sameKey compares keys whatever the order of their fields.
func sameKey(a, b [][]string) bool {
	within := func(a, b [][]string) bool {
		return !slices.ContainsFunc(a, func(p []string) bool {
			return !slices.ContainsFunc(b, func(q []string) bool { return slices.Equal(p, q) })
		})
	}
	return within(a, b) && within(b, a)
}

// fieldKey names a field in a map.
func fieldKey(path []string) string { return strings.Join(path, "\x00") }

// fieldSchemas gathers the schema of each field that [propertyPaths] lists.
func fieldSchemas(schema json.RawMessage) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	gatherFields(all, nil, schema)
	return all
}

func gatherFields(all map[string]json.RawMessage, parent []string, schema json.RawMessage) {
	properties := rawjson.Get(schema, "properties")
	if properties == nil || len(parent) == deepestField {
		return
	}
	for fields := rawjson.Fields(properties); fields.Next(); {
		path := append(slices.Clone(parent), string(fields.Key()))
		all[fieldKey(path)] = json.RawMessage(fields.Value())
		gatherFields(all, path, fields.Value())
	}
}

// sameField compares the schemas of a field. The fields inside it are told apart by themselves.
func sameField(a, b json.RawMessage) bool {
	return config.Equal(shallow(a), shallow(b))
}

func shallow(schema json.RawMessage) json.RawMessage {
	if rawjson.Get(schema, "properties") == nil {
		return schema
	}
	if rest, err := config.Without(schema, "properties"); err == nil {
		return rest
	}
	return schema
}
