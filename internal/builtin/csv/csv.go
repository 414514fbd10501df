// Package csv is the destination that writes CSV to local files, a file for each stream. The record itself is one cell of
// JSON, as https://docs.airbyte.com/integrations/destinations/csv has it, quoted as RFC 4180 says.
package csv

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

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
		ID:                "8be1cf83-fde1-477f-a4ad-318d23c9f3c6",
		Kind:              connector.KindDestination,
		Name:              "destination-csv",
		Title:             "Local CSV",
		DockerRepository:  "airbyte/destination-csv",
		DockerImageTag:    "1.0.0",
		DocumentationURL:  "https://docs.airbyte.com/integrations/destinations/csv",
		SupportsRefreshes: true,
	}
}

// Destination writes files of CSV.
type Destination struct{ root string }

// New makes the destination. Files stay within the directory root; "": anywhere.
func New(root string) connector.Destination { return Destination{root} }

// Spec describes the configuration.
func (Destination) Spec(context.Context) (protocol.Spec, error) {
	var s protocol.Spec
	if err := json.Unmarshal(spec, &s); err != nil {
		return s, fmt.Errorf("reading the specification of destination-csv: %w", err)
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
		Path      string `json:"destination_path"`
		Delimiter struct {
			Delimiter string `json:"delimiter"`
		} `json:"delimiter_type"`
	}
	if err := json.Unmarshal(raw, &cfg); err != nil {
		return nil, connector.ConfigError("reading the configuration: %w", err)
	}
	delimiter, ok := delimiters[strings.ToLower(cfg.Delimiter.Delimiter)]
	if !ok {
		return nil, connector.ConfigError("delimiter %q is not one of those that the specification lists", cfg.Delimiter.Delimiter)
	}
	dir, err := localpath.Resolve(d.root, cfg.Path)
	if err != nil {
		return nil, err
	}
	return &lines.Writer{Dir: dir, Format: format{delimiter}}, nil
}

// delimiters are the values that the specification lists, which are escapes and not characters, and the characters themselves.
var delimiters = map[string]byte{
	"": ',', `\u002c`: ',', ",": ',',
	`\u003b`: ';', ";": ';',
	`\u007c`: '|', "|": '|',
	`\u0009`: '\t', "\t": '\t', `\t`: '\t',
	`\u0020`: ' ', " ": ' ',
}
