// Package csv is the destination that writes CSV to local files, a file for each stream. The record itself is one cell of
// JSON, as https://docs.airbyte.com/integrations/destinations/csv has it, quoted as RFC 4180 says.
package csv

import (
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/lines"
	"github.com/airfielddev/airfield/internal/builtin/localpath"
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
	dir, err := localpath.Resolve(root, cfg.Path)
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
