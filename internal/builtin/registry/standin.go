package registry

import (
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// StandIn takes the place of a connector that cannot run here. It takes any configuration, so that what uses the connector can
// be deployed and edited, and whatever would run it fails with the reason.
type StandIn struct{ reason error }

// NewStandIn makes a stand-in. The reason is for the person who deploys the connector and says what would let it run.
func NewStandIn(reason error) StandIn { return StandIn{reason} }

var (
	_ connector.Source      = StandIn{}
	_ connector.Destination = StandIn{}
)

// Spec allows everything.
func (s StandIn) Spec(context.Context) (protocol.Spec, error) {
	return protocol.Spec{
		ConnectionSpecification:       json.RawMessage(`{"type":"object","additionalProperties":true}`),
		SupportsIncremental:           true,
		SupportedDestinationSyncModes: []protocol.DestinationSyncMode{protocol.Overwrite, protocol.Append, protocol.AppendDedup},
	}, nil
}

// Check fails.
func (s StandIn) Check(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
	return connector.Failed(s.reason), nil
}

// Discover fails.
func (s StandIn) Discover(context.Context, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
	return protocol.Catalog{}, s.failure()
}

// Read fails.
func (s StandIn) Read(context.Context, connector.ReadRequest, connector.Emit) error {
	return s.failure()
}

// Write fails.
func (s StandIn) Write(context.Context, connector.WriteRequest, connector.Messages, connector.Emit) error {
	return s.failure()
}

func (s StandIn) failure() error { return connector.ConfigError("%w", s.reason) }
