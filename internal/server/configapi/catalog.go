package configapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

func descriptor(d protocol.StreamDescriptor) config.StreamDescriptor {
	return config.StreamDescriptor{Name: d.Name, Namespace: text(d.Namespace)}
}

func readDescriptor(d config.StreamDescriptor) protocol.StreamDescriptor {
	return protocol.StreamDescriptor{Name: d.Name, Namespace: value(d.Namespace)}
}

// printDiscovered prints a catalog as a source has it, each stream with the configuration that is proposed for it.
func printDiscovered(c protocol.Catalog) (out config.Catalog) {
	for _, s := range c.Streams {
		out.Streams = append(out.Streams, config.StreamAndConfiguration{
			Stream: printStream(s), Config: proposal(s, len(c.Streams) == 1),
		})
	}
	return out
}

// proposal is how a stream is synced when nobody says how.
func proposal(s protocol.Stream, only bool) *config.StreamConfiguration {
	out := &config.StreamConfiguration{
		SyncMode:            config.FullRefresh,
		DestinationSyncMode: config.Overwrite,
		CursorField:         s.DefaultCursorField,
		PrimaryKey:          s.SourceDefinedPrimaryKey,
		AliasName:           aliasOf(s.Name),
		Selected:            only,
		Suggested:           &only,
	}
	switch {
	case s.SourceDefinedCursor && len(s.SourceDefinedPrimaryKey) > 0:
		out.SyncMode, out.DestinationSyncMode = config.Incremental, config.AppendDedup
	case s.SourceDefinedCursor && !s.Supports(protocol.FullRefresh):
		out.SyncMode, out.DestinationSyncMode = config.Incremental, config.Append
	}
	return out
}

var notAlphanumeric = regexp.MustCompile(`[^a-zA-Z0-9]`)

func aliasOf(name string) string { return notAlphanumeric.ReplaceAllString(name, "_") }

func printStream(s protocol.Stream) *config.Stream {
	out := &config.Stream{
		Name:                    s.Name,
		JSONSchema:              s.JSONSchema,
		SourceDefinedCursor:     &s.SourceDefinedCursor,
		DefaultCursorField:      s.DefaultCursorField,
		SourceDefinedPrimaryKey: s.SourceDefinedPrimaryKey,
		Namespace:               text(s.Namespace),
		IsResumable:             &s.IsResumable,
		IsFileBased:             &s.IsFileBased,
	}
	for _, m := range s.SupportedSyncModes {
		out.SupportedSyncModes = append(out.SupportedSyncModes, config.SyncMode(m))
	}
	return out
}

func readStream(s config.Stream) protocol.Stream {
	out := protocol.Stream{
		Name:                    s.Name,
		Namespace:               value(s.Namespace),
		JSONSchema:              present(s.JSONSchema),
		SourceDefinedCursor:     value(s.SourceDefinedCursor),
		DefaultCursorField:      s.DefaultCursorField,
		SourceDefinedPrimaryKey: s.SourceDefinedPrimaryKey,
		IsResumable:             value(s.IsResumable),
		IsFileBased:             value(s.IsFileBased),
	}
	for _, m := range s.SupportedSyncModes {
		out.SupportedSyncModes = append(out.SupportedSyncModes, protocol.SyncMode(m))
	}
	return out
}

// printSelected prints the streams that a connection syncs.
func printSelected(streams []platform.ConnectionStream) (out config.Catalog, err error) {
	for _, s := range streams {
		entry, err := printEntry(platform.CatalogEntry{ConnectionStream: s, Selected: true})
		if err != nil {
			return out, err
		}
		out.Streams = append(out.Streams, entry)
	}
	return out, nil
}

// printEntries prints the streams that a connection syncs or could sync.
func printEntries(entries []platform.CatalogEntry) (out config.Catalog, err error) {
	for _, e := range entries {
		entry, err := printEntry(e)
		if err != nil {
			return out, err
		}
		out.Streams = append(out.Streams, entry)
	}
	return out, nil
}

func printEntry(e platform.CatalogEntry) (out config.StreamAndConfiguration, err error) {
	c := &config.StreamConfiguration{
		SyncMode:              config.SyncMode(e.SyncMode),
		DestinationSyncMode:   config.DestinationSyncMode(e.DestinationSyncMode),
		CursorField:           e.CursorField,
		PrimaryKey:            e.PrimaryKey,
		AliasName:             e.AliasName,
		Selected:              e.Selected,
		Suggested:             &e.Suggested,
		DestinationObjectName: text(e.DestinationObjectName),
		IncludeFiles:          &e.IncludeFiles,
		FieldSelectionEnabled: &e.FieldSelectionEnabled,
	}
	if c.AliasName == "" {
		c.AliasName = aliasOf(e.Stream.Name)
	}
	for _, path := range e.SelectedFields {
		c.SelectedFields = append(c.SelectedFields, config.SelectedField{FieldPath: path})
	}
	if err := parse(e.HashedFields, &c.HashedFields); err != nil {
		return out, fmt.Errorf("reading the hashed fields of stream %s: %w", e.Stream.Name, err)
	}
	if err := parse(e.Mappers, &c.Mappers); err != nil {
		return out, fmt.Errorf("reading the mappers of stream %s: %w", e.Stream.Name, err)
	}
	return config.StreamAndConfiguration{Stream: printStream(e.Stream), Config: c}, nil
}

func parse[T any](v json.RawMessage, into *T) error {
	if absent(v) {
		return nil
	}
	return json.Unmarshal(v, into)
}

// readCatalog reads which streams are selected; nil when the request does not say.
func readCatalog(c *config.Catalog) ([]platform.ConnectionStream, error) {
	if c == nil {
		return nil, nil
	}
	if c.Streams == nil {
		return nil, endpoint.BadRequest("The member \"syncCatalog.streams\" is required. An empty list selects nothing.")
	}
	out := []platform.ConnectionStream{}
	for i, s := range c.Streams {
		if s.Stream == nil || s.Config == nil {
			return nil, endpoint.BadRequest("syncCatalog.streams[%d] needs a stream and a config.", i)
		}
		if !s.Config.Selected {
			continue
		}
		stream, err := readSelected(fmt.Sprintf("syncCatalog.streams[%d]", i), *s.Stream, *s.Config)
		if err != nil {
			return nil, err
		}
		out = append(out, stream)
	}
	return out, nil
}

func readSelected(at string, s config.Stream, c config.StreamConfiguration) (out platform.ConnectionStream, err error) {
	err = endpoint.Require(at+".config.syncMode", string(c.SyncMode), at+".config.destinationSyncMode", string(c.DestinationSyncMode))
	if err != nil {
		return out, err
	}
	if err := wellFormed(at, s); err != nil {
		return out, err
	}
	if err := known(at+".config.syncMode", c.SyncMode); err != nil {
		return out, err
	}
	if err := known(at+".config.destinationSyncMode", c.DestinationSyncMode); err != nil {
		return out, err
	}
	out = platform.ConnectionStream{
		Stream:                readStream(s),
		SyncMode:              protocol.SyncMode(c.SyncMode),
		DestinationSyncMode:   protocol.DestinationSyncMode(c.DestinationSyncMode),
		CursorField:           c.CursorField,
		PrimaryKey:            c.PrimaryKey,
		AliasName:             c.AliasName,
		Suggested:             value(c.Suggested),
		FieldSelectionEnabled: value(c.FieldSelectionEnabled),
		IncludeFiles:          value(c.IncludeFiles),
		DestinationObjectName: value(c.DestinationObjectName),
	}
	for _, f := range c.SelectedFields {
		out.SelectedFields = append(out.SelectedFields, f.FieldPath)
	}
	if out.HashedFields, err = list(c.HashedFields); err != nil {
		return out, err
	}
	out.Mappers, err = list(c.Mappers)
	return out, err
}

// wellFormed refuses a stream that could not be printed again as what it is.
func wellFormed(at string, s config.Stream) error {
	if err := endpoint.Require(at+".stream.name", s.Name); err != nil {
		return err
	}
	if !object(s.JSONSchema) {
		return endpoint.BadRequest("The member %q must be an object.", at+".stream.jsonSchema")
	}
	return known(at+".stream.supportedSyncModes", s.SupportedSyncModes...)
}

// object tells whether a member is there and is an object.
func object(v json.RawMessage) bool { return bytes.HasPrefix(bytes.TrimSpace(v), []byte("{")) }

// list is a JSON array, nil when there is nothing in it.
func list[T any](rows []T) (json.RawMessage, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	return json.Marshal(rows)
}
