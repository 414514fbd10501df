// Package localjson is the destination that writes JSON to local files, a file for each stream and an object to a line. See
// https://docs.airbyte.com/integrations/destinations/local-json.
package localjson

import (
	_ "embed"
	"encoding/json"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/lines"
	"github.com/airfielddev/airfield/internal/builtin/localpath"
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
		SupportsFiles:     true,
	}
}

// New makes the destination. Files stay within the directory root; "": anywhere.
func New(root string) connector.Destination {
	return lines.Destination{Name: Definition().Name, Specification: spec, Writer: func(config json.RawMessage) (*lines.Writer, error) {
		return writer(root, config)
	}}
}

func writer(root string, raw json.RawMessage) (*lines.Writer, error) {
	var cfg struct {
		Path string `json:"destination_path"`
	}
	if err := json.Unmarshal(raw, &cfg); err != nil {
		return nil, connector.ConfigError("reading the configuration: %w", err)
	}
	dir, err := localpath.Resolve(root, cfg.Path)
	if err != nil {
		return nil, err
	}
	return &lines.Writer{Dir: dir, Format: format{}}, nil
}
