package airfield

import (
	"context"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// Source is a local source with its configuration.
type Source struct {
	name    string
	config  Config
	source  connector.Source
	streams []string // empty: all
}

// GetSource finds a source by name, such as "source-faker" or "source-pokeapi". It does no I/O: the configuration is looked at by
// [Source.Check] and by what reads, and the manifest of a source that is not built in is fetched from the public registry when it
// is first needed. The error is [ErrUnknownConnector] when no connector has the name; where the registry turns out to have no
// manifest of it, the first use has that error.
func GetSource(name string, config Config, opts ...Option) (*Source, error) {
	r := newReference(connector.KindSource, name, opts)
	connectors := NewConnectors(ConnectorOptions{AllowExec: true, AllowPrivateAddresses: true, Registry: r.registry})
	found, err := connectors.source(r.Ref)
	if err != nil {
		return nil, err
	}
	return &Source{name: name, config: config, source: found}, nil
}

// source finds a source for a caller who says so when a container is to be started.
func (c *Connectors) source(ref connector.Ref) (connector.Source, error) {
	if err := c.local(ref); err == nil {
		return c.Source(context.Background(), ref)
	} else if c.manifests == nil {
		return nil, err
	}
	return published{c, ref}, nil
}

// ConnectorName is the name that the source was asked for by.
func (s *Source) ConnectorName() string { return s.name }

// ConnectorConfig is the configuration, with its secrets in plain text.
func (s *Source) ConnectorConfig() (map[string]any, error) { return s.config.reveal(), nil }

// Spec describes the configuration of the source.
func (s *Source) Spec(ctx context.Context) (protocol.Spec, error) { return s.source.Spec(ctx) }

// Check tries whether the configuration works. A configuration that does not work is a status with a message; an error means
// that the connector itself broke.
func (s *Source) Check(ctx context.Context) (protocol.ConnectionStatus, error) {
	config, err := s.config.encode()
	if err != nil {
		return protocol.ConnectionStatus{}, err
	}
	return s.source.Check(ctx, config, connector.Discard)
}

// Discover lists the streams that can be read.
func (s *Source) Discover(ctx context.Context) (*protocol.Catalog, error) {
	config, err := s.config.encode()
	if err != nil {
		return nil, err
	}
	catalog, err := s.source.Discover(ctx, config, connector.Discard)
	if err != nil {
		return nil, fmt.Errorf("discovering the streams of %s: %w", s.name, err)
	}
	return &catalog, nil
}

// SelectStreams chooses what [Source.Read] reads. No names select all streams, as does not calling it. Reading one that the source
// does not have is [ErrUnknownStream].
func (s *Source) SelectStreams(names ...string) { s.streams = slices.Clone(names) }

// SelectedStreams are the names given to [Source.SelectStreams]; empty means all.
func (s *Source) SelectedStreams() []string { return slices.Clone(s.streams) }

// configured selects the chosen streams of a catalog. Streams that can, read incrementally when there is a state to start from.
func (s *Source) configured(catalog *protocol.Catalog, fromState bool) (protocol.ConfiguredCatalog, error) {
	var out protocol.ConfiguredCatalog
	wanted := slices.Clone(s.streams)
	for _, stream := range catalog.Streams {
		i := slices.Index(wanted, stream.Name)
		if len(s.streams) > 0 && i < 0 {
			continue
		}
		if i >= 0 {
			wanted = slices.Delete(wanted, i, i+1)
		}
		out.Streams = append(out.Streams, configure(stream, fromState))
	}
	if len(wanted) > 0 {
		return out, unknownStream(wanted[0], catalog)
	}
	return out, nil
}

func unknownStream(name string, catalog *protocol.Catalog) error {
	known := make([]string, len(catalog.Streams))
	for i, stream := range catalog.Streams {
		known[i] = stream.Name
	}
	return fmt.Errorf("%w: %s is not in the source%s", ErrUnknownStream, name, manifest.Alternatives(name, known))
}

func configure(stream protocol.Stream, fromState bool) protocol.ConfiguredStream {
	configured := protocol.ConfiguredStream{
		Stream:              stream,
		SyncMode:            protocol.FullRefresh,
		DestinationSyncMode: protocol.Append,
		CursorField:         stream.DefaultCursorField,
		PrimaryKey:          stream.SourceDefinedPrimaryKey,
	}
	resumes := len(stream.DefaultCursorField) > 0 || stream.SourceDefinedCursor
	if fromState && resumes && stream.Supports(protocol.Incremental) || !stream.Supports(protocol.FullRefresh) {
		configured.SyncMode = protocol.Incremental
	}
	return configured
}
