// Package faker is the source of sample data: users, products and purchases that never existed.
//
// Its streams, options and definition id are those of Airbyte's source-faker, so that configurations written for it work:
// https://docs.airbyte.com/integrations/sources/faker.
package faker

import (
	"context"
	_ "embed" // the specification and the catalog are files
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/reading"
	"github.com/airfielddev/airfield/protocol"
)

//go:embed spec.json
var specJSON []byte

//go:embed catalog.json
var catalogJSON []byte

// Definition is what is known of the connector before it runs.
func Definition() connector.Definition {
	return connector.Definition{
		ID:               "dfd88b22-b603-4c3d-aad7-3701784586b1",
		Kind:             connector.KindSource,
		Name:             "source-faker",
		Title:            "Sample Data (Faker)",
		DockerRepository: "airbyte/source-faker",
		DockerImageTag:   "6.2.20",
		DocumentationURL: "https://docs.airbyte.com/integrations/sources/faker",
	}
}

// New makes the source.
func New() connector.Source { return source{} }

type source struct{}

// config is the user's configuration with its defaults filled in.
type config struct {
	Count           int64 `json:"count"`
	Seed            int64 `json:"seed"`
	RecordsPerSlice int64 `json:"records_per_slice"`
	AlwaysUpdated   bool  `json:"always_updated"`
	Parallelism     int64 `json:"parallelism"`
}

func parseConfig(text json.RawMessage) (config, error) {
	c := config{Count: 1000, Seed: -1, RecordsPerSlice: 1000, AlwaysUpdated: true, Parallelism: 4}
	if err := reading.DecodeConfig(text, &c); err != nil {
		return c, err
	}
	for name, value := range map[string]int64{"count": c.Count, "records_per_slice": c.RecordsPerSlice, "parallelism": c.Parallelism} {
		if value < 1 {
			return c, connector.ConfigError("%s is %d, but must be at least 1", name, value)
		}
	}
	return c, nil
}

// Spec describes the configuration.
func (source) Spec(context.Context) (protocol.Spec, error) {
	var spec protocol.Spec
	if err := json.Unmarshal(specJSON, &spec); err != nil {
		return spec, fmt.Errorf("reading specification of source-faker: %w", err)
	}
	return spec, nil
}

// Check looks at the configuration; there is nothing to connect to.
func (source) Check(_ context.Context, text json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	if _, err := parseConfig(text); err != nil {
		return connector.Failed(err), nil
	}
	return connector.Succeeded(), nil
}

// Discover lists the three streams.
func (source) Discover(_ context.Context, text json.RawMessage, _ connector.Emit) (protocol.Catalog, error) {
	if _, err := parseConfig(text); err != nil {
		return protocol.Catalog{}, err
	}
	return catalog()
}

func catalog() (protocol.Catalog, error) {
	var c protocol.Catalog
	if err := json.Unmarshal(catalogJSON, &c); err != nil {
		return c, fmt.Errorf("reading catalog of source-faker: %w", err)
	}
	return c, nil
}

// Read makes up the records of the selected streams.
func (source) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	c, err := parseConfig(req.Config)
	if err != nil {
		return err
	}
	available, err := catalog()
	if err != nil {
		return err
	}
	return reading.Each(ctx, req, available, emit, c.read)
}
