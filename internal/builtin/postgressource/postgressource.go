// Package postgressource reads the tables and views of a PostgreSQL database.
//
// Its options, types and states are those of Airbyte's source-postgres with the replication method Standard:
// https://docs.airbyte.com/integrations/sources/postgres.
package postgressource

import (
	"context"
	_ "embed" // the specification is a file
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/reading"
	"github.com/airfielddev/airfield/protocol"
)

//go:embed spec.json
var specJSON []byte

// Definition is what is known of the connector before it runs.
func Definition() connector.Definition {
	return connector.Definition{
		ID:               "decd338e-5647-4c0b-adf4-da0e75f5a750",
		Kind:             connector.KindSource,
		Name:             "source-postgres",
		Title:            "Postgres",
		DockerRepository: "airbyte/source-postgres",
		DockerImageTag:   "3.7.0",
		DocumentationURL: "https://docs.airbyte.com/integrations/sources/postgres",
	}
}

// New makes the source.
func New() connector.Source { return source{every: 20_000} }

type source struct {
	every int64 // records between two states
}

// Spec describes the configuration.
func (source) Spec(context.Context) (protocol.Spec, error) {
	var spec protocol.Spec
	if err := json.Unmarshal(specJSON, &spec); err != nil {
		return spec, fmt.Errorf("reading specification of source-postgres: %w", err)
	}
	return spec, nil
}

// Check connects and looks for the schemas and for something to read in them.
func (src source) Check(ctx context.Context, text json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	_, err := src.tables(ctx, text)
	if ctx.Err() != nil {
		return protocol.ConnectionStatus{}, ctx.Err()
	}
	if err != nil {
		return connector.Failed(err), nil
	}
	return connector.Succeeded(), nil
}

// Discover lists the tables and views that the user may read.
func (src source) Discover(ctx context.Context, text json.RawMessage, _ connector.Emit) (protocol.Catalog, error) {
	found, err := src.tables(ctx, text)
	if err != nil {
		return protocol.Catalog{}, err
	}
	return catalogOf(found)
}

func (source) tables(ctx context.Context, text json.RawMessage) ([]*table, error) {
	c, err := parseConfig(text)
	if err != nil {
		return nil, err
	}
	db, err := connect(ctx, c)
	if err != nil {
		return nil, err
	}
	defer db.close()
	return db.tables(ctx, c.Schemas)
}

// Read reads the selected streams over one connection.
func (src source) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	c, err := parseConfig(req.Config)
	if err != nil {
		return err
	}
	db, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer db.close()
	found, err := db.tables(ctx, c.Schemas)
	if err != nil {
		return err
	}
	available, err := catalogOf(found)
	if err != nil {
		return err
	}
	byName := make(map[protocol.StreamDescriptor]*table, len(found))
	for _, t := range found {
		byName[t.descriptor()] = t
	}
	return reading.Each(ctx, req, available, emit, func(ctx context.Context, s *reading.Stream) error {
		r := &reader{db: db, table: byName[s.Descriptor()], stream: s, every: src.every}
		return r.run(ctx)
	})
}
