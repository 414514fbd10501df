// Package localjson is the destination that writes JSON to local files, a file for each stream and an object to a line. See
// https://docs.airbyte.com/integrations/destinations/local-json.
package localjson

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/lines"
	"github.com/airfielddev/airfield/internal/builtin/localpath"
	"github.com/airfielddev/airfield/protocol"
)

//go:embed spec.json
var spec []byte

// Definition describes the connector.
func Definition() connector.Definition {
	return connector.Definition{
		ID:                "a625d593-bba5-4a1c-a53d-2d246268a816",
		Kind:              connector.KindDestination,
		Name:              "destination-local-json",
		Title:             "Local JSON",
		DockerRepository:  "airbyte/destination-local-json",
		DockerImageTag:    "0.2.13",
		DocumentationURL:  "https://docs.airbyte.com/integrations/destinations/local-json",
		SupportsRefreshes: true,
	}
}

// Destination writes files of JSON.
type Destination struct{ root string }

// New makes the destination. Files stay within the directory root; "": anywhere.
func New(root string) connector.Destination { return Destination{root} }

// Spec describes the configuration.
func (Destination) Spec(context.Context) (protocol.Spec, error) {
	var s protocol.Spec
	if err := json.Unmarshal(spec, &s); err != nil {
		return s, fmt.Errorf("reading the specification of destination-local-json: %w", err)
	}
	return s, nil
}

// Check makes the directory and a file in it, which goes again.
func (d Destination) Check(_ context.Context, config json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	w, err := d.writer(config)
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
	w, err := d.writer(req.Config)
	if err != nil {
		return err
	}
	return w.Write(ctx, &req.Catalog, in, emit)
}

func (d Destination) writer(raw json.RawMessage) (*lines.Writer, error) {
	var cfg struct {
		Path string `json:"destination_path"`
	}
	if err := json.Unmarshal(raw, &cfg); err != nil {
		return nil, connector.ConfigError("reading the configuration: %w", err)
	}
	dir, err := localpath.Resolve(d.root, cfg.Path)
	if err != nil {
		return nil, err
	}
	return &lines.Writer{Dir: dir, Format: format{}}, nil
}
