package airfield

import (
	"context"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Destination is a local destination with its configuration.
type Destination struct {
	name        string
	config      Config
	destination connector.Destination
}

// GetDestination finds a destination by name, such as "destination-sqlite". It does no I/O. The error is
// [ErrUnknownConnector] when no connector has the name.
func GetDestination(name string, config Config, opts ...Option) (*Destination, error) {
	ref := newReference(connector.KindDestination, name, opts).Ref
	connectors := NewConnectors(ConnectorOptions{AllowExec: true})
	if err := connectors.local(ref); err != nil {
		return nil, err
	}
	found, err := connectors.Destination(context.Background(), ref)
	if err != nil {
		return nil, err
	}
	return &Destination{name: name, config: config, destination: found}, nil
}

// ConnectorName is the name that the destination was asked for by.
func (d *Destination) ConnectorName() string { return d.name }

// ConnectorConfig is the configuration, with its secrets in plain text.
func (d *Destination) ConnectorConfig() (map[string]any, error) { return d.config.reveal(), nil }

// Spec describes the configuration of the destination.
func (d *Destination) Spec(ctx context.Context) (protocol.Spec, error) {
	return d.destination.Spec(ctx)
}

// Check tries whether the configuration works. A configuration that does not work is a status with a message; an error means
// that the connector itself broke.
func (d *Destination) Check(ctx context.Context) (protocol.ConnectionStatus, error) {
	config, err := d.config.encode()
	if err != nil {
		return protocol.ConnectionStatus{}, err
	}
	return d.destination.Check(ctx, config, connector.Discard)
}
