package declarative

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// Discover lists the streams. Those that cannot be read here are left out, and logged.
func (s *Source) Discover(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.Catalog, error) {
	r, err := s.begin(config, emit)
	if err != nil {
		return protocol.Catalog{}, err
	}
	catalog := protocol.Catalog{Streams: []protocol.Stream{}}
	list, err := r.streams(ctx)
	if err != nil {
		return catalog, r.explained(err)
	}
	for _, l := range list {
		if l.problem != nil {
			r.log(protocol.LevelWarn, "stream %s is left out: %s", l.name, located(l.problem))
			continue
		}
		stream, err := r.discover(ctx, l)
		if err != nil {
			return catalog, r.explained(err)
		}
		catalog.Streams = append(catalog.Streams, stream)
	}
	return catalog, nil
}

func (r *run) discover(ctx context.Context, l *listedStream) (protocol.Stream, error) {
	stream, err := r.build(l)
	if err != nil {
		return protocol.Stream{}, ofInput(err)
	}
	if _, err := r.groupsOf(stream.Name); err != nil {
		return protocol.Stream{}, err
	}
	schema, err := stream.Schemas.Schema(ctx, stream.Name)
	if err != nil {
		return protocol.Stream{}, err
	}
	text, err := template.AppendJSON(nil, schema)
	if err != nil {
		return protocol.Stream{}, fmt.Errorf("encoding schema of stream %s: %w", stream.Name, err)
	}
	found := protocol.Stream{
		Name: stream.Name, JSONSchema: text, SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh},
		SourceDefinedPrimaryKey: stream.PrimaryKey, IsFileBased: stream.files != nil,
	}
	if stream.Incremental != nil && stream.Incremental.Field() != "" {
		found.SupportedSyncModes = append(found.SupportedSyncModes, protocol.Incremental)
		found.DefaultCursorField = []string{stream.Incremental.Field()}
		found.SourceDefinedCursor = true
		if f, ok := stream.Incremental.(interface{ FieldFromCatalog() bool }); ok {
			found.SourceDefinedCursor = !f.FieldFromCatalog()
		}
		found.IsResumable = true
	}
	return found, nil
}
