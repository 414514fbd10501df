package lines

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Destination is a destination that writes lines to files.
type Destination struct {
	Name          string // "destination-csv"
	Specification []byte // a specification as JSON
	// Writer makes the writer that a configuration asks for.
	Writer func(config json.RawMessage) (*Writer, error)
}

var _ connector.Destination = Destination{}

// Spec describes the configuration.
func (d Destination) Spec(context.Context) (protocol.Spec, error) {
	var s protocol.Spec
	if err := json.Unmarshal(d.Specification, &s); err != nil {
		return s, fmt.Errorf("reading the specification of %s: %w", d.Name, err)
	}
	return s, nil
}

// Check makes the directory and a file in it, which goes again.
func (d Destination) Check(_ context.Context, config json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	w, err := d.Writer(config)
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return connector.Failed(err), nil
	}
	return connector.Succeeded(), nil
}

// Write stores the records of a sync. See [connector.Destination].
func (d Destination) Write(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	w, err := d.Writer(req.Config)
	if err != nil {
		return err
	}
	w.Staging = req.Staging
	return w.Write(ctx, &req.Catalog, in, emit)
}
