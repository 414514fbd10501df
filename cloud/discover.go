package cloud

import (
	"context"

	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// A DiscoverOption says how a catalog is discovered.
type DiscoverOption func(*config.DiscoverSchema)

// WithoutCache asks the source anew even if the server remembers the catalog of this configuration.
func WithoutCache() DiscoverOption { return func(r *config.DiscoverSchema) { r.DisableCache = true } }

// Discover asks the deployed source what it can read. A server may answer from memory when neither the configuration nor the
// version of the connector has changed, see [WithoutCache]. When discovery fails the error says what failed.
func (s *Source) Discover(ctx context.Context, opts ...DiscoverOption) (*protocol.Catalog, error) {
	op := "discovering catalog of source " + s.id
	if s.id == "" {
		return nil, refuse(ErrInvalidInput, op, "source", "", "an ID is needed")
	}
	body := config.DiscoverSchema{SourceID: s.id}
	for _, opt := range opts {
		opt(&body)
	}
	req := s.workspace.client.query(op, body, "sources", "discover_schema")
	answer, err := ask[config.DiscoverSchemaRead](ctx, s.workspace.client, req, "source", s.id)
	if err != nil {
		return nil, err
	}
	if answer.Catalog == nil {
		return nil, &Error{Op: op, Resource: "source", ID: s.id, Detail: jobFault(answer.JobInfo)}
	}
	return protocolCatalog(answer.Catalog), nil
}

func protocolCatalog(c *config.Catalog) *protocol.Catalog {
	catalog := &protocol.Catalog{Streams: make([]protocol.Stream, 0, len(c.Streams))}
	for _, s := range c.Streams {
		if s.Stream != nil {
			catalog.Streams = append(catalog.Streams, protocolStream(s.Stream))
		}
	}
	return catalog
}

func protocolStream(s *config.Stream) protocol.Stream {
	stream := protocol.Stream{
		Name: s.Name, Namespace: deref(s.Namespace), JSONSchema: s.JSONSchema,
		SourceDefinedCursor: deref(s.SourceDefinedCursor), DefaultCursorField: s.DefaultCursorField,
		SourceDefinedPrimaryKey: s.SourceDefinedPrimaryKey,
		IsResumable:             deref(s.IsResumable), IsFileBased: deref(s.IsFileBased),
	}
	for _, mode := range s.SupportedSyncModes {
		stream.SupportedSyncModes = append(stream.SupportedSyncModes, protocol.SyncMode(mode))
	}
	return stream
}

// deref is what p points at, or the zero value.
func deref[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}
