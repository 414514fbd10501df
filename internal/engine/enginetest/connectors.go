package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// The connectors of the suite.
const (
	sourceID      = "11111111-1111-4111-8111-111111111111"
	destinationID = "22222222-2222-4222-8222-222222222222"
	sourceName    = "source-scripted"
	memoryName    = "destination-memory"
)

// spec is the specification of both connectors: which script or place they mean, and a secret.
const spec = `{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"code":{"type":"string","airbyte_secret":true}}}`

// script is what a source does when it is read.
type script func(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error

// connectors gives out scripted sources and a destination in memory.
type connectors struct {
	mu      sync.Mutex
	scripts map[string]script
	tables  map[string]*table
	// fetch stands before the source, as the download of an image does; nil: it is there at once.
	fetch func(context.Context) error
}

func newConnectors() *connectors {
	return &connectors{scripts: map[string]script{}, tables: map[string]*table{}}
}

func (c *connectors) Known() []connector.Definition {
	return []connector.Definition{
		{ID: sourceID, Kind: connector.KindSource, Name: sourceName, Title: "Scripted"},
		{ID: destinationID, Kind: connector.KindDestination, Name: memoryName, Title: "Memory", SupportsRefreshes: true},
	}
}

func (c *connectors) Source(ctx context.Context, ref connector.Ref) (connector.Source, error) {
	c.mu.Lock()
	fetch := c.fetch
	c.mu.Unlock()
	if fetch != nil {
		if err := fetch(ctx); err != nil {
			return nil, err
		}
	}
	if ref.Name != sourceName {
		return nil, fmt.Errorf("no source is called %q", ref.Name)
	}
	return scripted{c}, nil
}

func (c *connectors) Destination(_ context.Context, ref connector.Ref) (connector.Destination, error) {
	if ref.Name != memoryName {
		return nil, fmt.Errorf("no destination is called %q", ref.Name)
	}
	return memory{c}, nil
}

func (c *connectors) fetchWith(fetch func(context.Context) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fetch = fetch
}

// base is what both connectors have in common.
type base struct{}

func (base) Spec(context.Context) (protocol.Spec, error) {
	return protocol.Spec{
		ConnectionSpecification: json.RawMessage(spec),
		SupportedDestinationSyncModes: []protocol.DestinationSyncMode{
			protocol.Append, protocol.Overwrite, protocol.AppendDedup,
		},
	}, nil
}

func (base) Check(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
	return connector.Succeeded(), nil
}

func nameIn(config json.RawMessage) (string, error) {
	var c struct{ Name string }
	err := json.Unmarshal(config, &c)
	return c.Name, err
}

// scripted is a source that runs the script its configuration names.
type scripted struct{ *connectors }

func (scripted) Spec(ctx context.Context) (protocol.Spec, error) { return base{}.Spec(ctx) }

func (scripted) Check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	return base{}.Check(ctx, config, emit)
}

func (scripted) Discover(context.Context, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
	return protocol.Catalog{Streams: []protocol.Stream{{
		Name:                "users",
		JSONSchema:          json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer"}}}`),
		SupportedSyncModes:  []protocol.SyncMode{protocol.FullRefresh, protocol.Incremental},
		SourceDefinedCursor: true,
		DefaultCursorField:  []string{"id"},
	}}}, nil
}

func (s scripted) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	name, err := nameIn(req.Config)
	if err != nil {
		return err
	}
	s.mu.Lock()
	run, ok := s.scripts[name]
	s.mu.Unlock()
	if !ok {
		return fmt.Errorf("there is no script %q", name)
	}
	return run(ctx, req, emit)
}

// memory is a destination whose tables anyone in the test can look at.
type memory struct{ *connectors }

func (memory) Spec(ctx context.Context) (protocol.Spec, error) { return base{}.Spec(ctx) }

func (memory) Check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	return base{}.Check(ctx, config, emit)
}

// table is one place of the destination. Rows of a generation that replaces wait aside until the stream completes.
type table struct {
	rows  []string
	aside []string
}

func (m memory) Write(_ context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	name, err := nameIn(req.Config)
	if err != nil {
		return err
	}
	truncates, since := req.Catalog.Streams[0].Truncates(), 0
	for message, err := range in {
		switch {
		case err != nil:
			return err
		case message.Type == protocol.TypeRecord:
			since++
			m.store(name, string(message.Record.Data), truncates)
		case message.Type == protocol.TypeState:
			echo := *message.State
			echo.DestinationStats = &protocol.Stats{RecordCount: protocol.Count(since)}
			since = 0
			if err := emit(protocol.StateMessage(&echo)); err != nil {
				return err
			}
		case truncates && isComplete(message):
			m.swap(name)
		}
	}
	return nil
}

func isComplete(m *protocol.Message) bool {
	return m.Type == protocol.TypeTrace && m.Trace.StreamStatus != nil && m.Trace.StreamStatus.Status == protocol.StreamComplete
}

func (c *connectors) table(name string) *table {
	if c.tables[name] == nil {
		c.tables[name] = &table{}
	}
	return c.tables[name]
}

func (c *connectors) store(name, row string, aside bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.table(name)
	if aside {
		t.aside = append(t.aside, row)
	} else {
		t.rows = append(t.rows, row)
	}
}

func (c *connectors) swap(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.table(name)
	t.rows, t.aside = t.aside, nil
}

func (c *connectors) rows(name string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.table(name).rows...)
}
