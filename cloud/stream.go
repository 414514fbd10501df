package cloud

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// SyncMode is how a stream is read and written. See https://docs.airbyte.com/platform/using-airbyte/core-concepts/sync-modes.
type SyncMode string

// The sync modes. Which of them a stream can have depends on its source and destination.
const (
	FullRefreshOverwrite        SyncMode = "full_refresh_overwrite"
	FullRefreshOverwriteDeduped SyncMode = "full_refresh_overwrite_deduped"
	FullRefreshAppend           SyncMode = "full_refresh_append"
	FullRefreshUpdate           SyncMode = "full_refresh_update"
	FullRefreshSoftDelete       SyncMode = "full_refresh_soft_delete"
	IncrementalAppend           SyncMode = "incremental_append"
	IncrementalDedupedHistory   SyncMode = "incremental_deduped_history"
	IncrementalUpdate           SyncMode = "incremental_update"
	IncrementalSoftDelete       SyncMode = "incremental_soft_delete"
)

// Stream is how one stream of a connection is synced.
//
// When a connection is created, what is left out is chosen by the server: full_refresh_overwrite, and the cursor and key that the
// source suggests. In [Connection.SetStreams] what is left out stays as it is, and an empty value that is not nil removes
// what was there.
//
// The cursor and key of a stream whose source defines them cannot be chosen: leave them out.
type Stream struct {
	Name                  string
	Namespace             string     // "": whatever the source has, unless the name occurs in several namespaces
	SyncMode              SyncMode   // "": stays, or full_refresh_overwrite
	CursorField           []string   // a path; nil: stays, or the source's suggestion
	PrimaryKey            [][]string // paths; nil: stays, or the source's suggestion
	SelectedFields        []string   // top-level fields; nil: stays, or all fields; empty: all fields
	Mappers               []Mapper   // nil: stays, or none; empty: none
	IncludeFiles          *bool      // nil: stays, or false
	DestinationObjectName string     // "": stays, or none; for destinations that activate data
}

// MapperType is the kind of change that a [Mapper] makes. See
// https://docs.airbyte.com/platform/using-airbyte/mappings.
type MapperType string

// The kinds of mappers.
const (
	MapperHashing        MapperType = "hashing"
	MapperFieldFiltering MapperType = "field-filtering"
	MapperFieldRenaming  MapperType = "field-renaming"
	MapperRowFiltering   MapperType = "row-filtering"
	MapperEncryption     MapperType = "encryption"
)

// Mapper changes the records of a stream on their way to the destination. The shape of Config depends on Type. ID is the server's name
// for a mapper that exists; with it a masked secret in Config keeps its stored value.
type Mapper struct {
	ID     string
	Type   MapperType
	Config json.RawMessage
}

// Streams returns streams of these names with everything else left out.
func Streams(names ...string) []Stream {
	streams := make([]Stream, len(names))
	for i, name := range names {
		streams[i] = Stream{Name: name}
	}
	return streams
}

func streamOf(s *public.StreamConfiguration) Stream {
	stream := Stream{
		Name: s.Name, Namespace: deref(s.Namespace), SyncMode: SyncMode(s.SyncMode),
		CursorField: s.CursorField, PrimaryKey: s.PrimaryKey, IncludeFiles: s.IncludeFiles,
		DestinationObjectName: deref(s.DestinationObjectName),
	}
	if s.SelectedFields != nil {
		for _, f := range *s.SelectedFields {
			if len(f.FieldPath) > 0 {
				stream.SelectedFields = append(stream.SelectedFields, f.FieldPath[0])
			}
		}
	}
	if s.Mappers != nil {
		for _, m := range *s.Mappers {
			stream.Mappers = append(stream.Mappers, Mapper{m.ID, MapperType(m.Type), m.MapperConfiguration})
		}
	}
	return stream
}

// over returns the configuration base with what s mentions changed. Members that this package does not know stay.
func (s Stream) over(base public.StreamConfiguration) public.StreamConfiguration {
	base.Name = s.Name
	if s.Namespace != "" {
		base.Namespace = &s.Namespace
	}
	if s.SyncMode != "" {
		base.SyncMode = public.SyncMode(s.SyncMode)
	}
	if s.CursorField != nil {
		base.CursorField = s.CursorField
	}
	if s.PrimaryKey != nil {
		base.PrimaryKey = s.PrimaryKey
	}
	if s.SelectedFields != nil {
		base.SelectedFields = selected(s.SelectedFields)
	}
	if base.SelectedFields != nil && len(*base.SelectedFields) == 0 {
		base.SelectedFields = nil // servers refuse an empty list; absent is all fields
	}
	if s.Mappers != nil {
		base.Mappers = mappers(s.Mappers)
	}
	if s.IncludeFiles != nil {
		base.IncludeFiles = s.IncludeFiles
	}
	if s.DestinationObjectName != "" {
		base.DestinationObjectName = &s.DestinationObjectName
	}
	return base
}

func selected(fields []string) *wire.List[wire.SelectedField] {
	list := make(wire.List[wire.SelectedField], len(fields))
	for i, f := range fields {
		list[i].FieldPath = wire.List[string]{f}
	}
	return &list
}

func mappers(ms []Mapper) *wire.List[wire.Mapper] {
	list := make(wire.List[wire.Mapper], len(ms))
	for i, m := range ms {
		list[i] = wire.Mapper{ID: m.ID, Type: wire.MapperType(m.Type), MapperConfiguration: m.Config}
	}
	return &list
}

// checkStreams returns an error when streams cannot be meant: one without a name, or the same one twice.
func checkStreams(op, id string, streams []Stream) error {
	type key struct{ namespace, name string }
	seen := make(map[key]bool, len(streams))
	for _, s := range streams {
		k := key{s.Namespace, s.Name}
		if s.Name == "" {
			return refuse(ErrInvalidInput, op, "connection", id, "a stream has no name")
		}
		if seen[k] {
			return refuse(ErrInvalidInput, op, "connection", id, "stream %q is named twice", s.Name)
		}
		seen[k] = true
	}
	return nil
}

// merged lays streams over those that a connection has. A stream without a namespace is the one of its name, when there is but one.
func merged(current []public.StreamConfiguration, streams []Stream) wire.List[public.StreamConfiguration] {
	result := make(wire.List[public.StreamConfiguration], 0, len(streams))
	for _, s := range streams {
		result = append(result, s.over(findStream(current, s)))
	}
	return result
}

func findStream(current []public.StreamConfiguration, s Stream) public.StreamConfiguration {
	var named []public.StreamConfiguration
	for _, c := range current {
		if c.Name != s.Name {
			continue
		}
		if deref(c.Namespace) == s.Namespace {
			return c
		}
		named = append(named, c)
	}
	if s.Namespace == "" && len(named) == 1 {
		return named[0]
	}
	return public.StreamConfiguration{}
}
