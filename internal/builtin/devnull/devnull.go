// Package devnull is the destination that stores nothing: it drops records, logs some, takes its time or fails, as told. See
// https://docs.airbyte.com/integrations/destinations/dev-null.
package devnull

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/batch"
	"github.com/airfielddev/airfield/protocol"
)

//go:embed spec.json
var spec []byte

// Definition describes the connector.
func Definition() connector.Definition {
	return connector.Definition{
		ID:                "a7bcc9d8-13b3-4e49-b80d-d020b90045e3",
		Kind:              connector.KindDestination,
		Name:              "destination-dev-null",
		Title:             "End-to-End Testing (/dev/null)",
		DockerRepository:  "airbyte/destination-dev-null",
		DockerImageTag:    "0.7.18",
		DocumentationURL:  "https://docs.airbyte.com/integrations/destinations/dev-null",
		SupportsRefreshes: true,
	}
}

// Destination stores nothing.
type Destination struct{}

// New makes the destination.
func New() connector.Destination { return Destination{} }

// Spec describes the configuration.
func (Destination) Spec(context.Context) (protocol.Spec, error) {
	var s protocol.Spec
	if err := json.Unmarshal(spec, &s); err != nil {
		return s, fmt.Errorf("reading the specification of destination-dev-null: %w", err)
	}
	return s, nil
}

// Check looks at the configuration; there is nothing to reach.
func (Destination) Check(_ context.Context, config json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	if _, err := parseConfig(config); err != nil {
		return connector.Failed(err), nil
	}
	return connector.Succeeded(), nil
}

// Write takes the records of a sync and echoes its states. See [connector.Destination].
func (Destination) Write(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	cfg, err := parseConfig(req.Config)
	if err != nil {
		return err
	}
	counter := batch.NewCounter(&req.Catalog)
	take := cfg.taker(len(req.Catalog.Streams), emit)
	for m, err := range in {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = handle(ctx, m, counter, take, emit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func handle(ctx context.Context, m *protocol.Message, counter *batch.Counter, take taker, emit connector.Emit) error {
	switch m.Type {
	case protocol.TypeRecord:
		stream, err := counter.Stream(m.Record.Stream, m.Record.Namespace)
		if err != nil {
			return err
		}
		counter.Add(stream)
		return take(ctx, stream, &m.Record)
	case protocol.TypeState:
		counter.Mark(m.State)
		return emit(protocol.StateMessage(m.State))
	case protocol.TypeTrace:
		if m.Trace.Type == protocol.TraceTypeStreamStatus {
			d := m.Trace.StreamStatus.StreamDescriptor
			_, err := counter.Stream(d.Name, d.Namespace)
			return err
		}
	}
	return nil
}
