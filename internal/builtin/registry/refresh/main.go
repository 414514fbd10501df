// Refresh brings the table of package registry up to date with a registry file: the JSON document that
// https://docs.airbyte.com/integrations is made from, as it was downloaded. What the file does not list any more stays in the table, so
// that what was deployed with it is still known.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/registry"
)

func main() {
	file := flag.String("registry", "", "the registry `file`, such as oss_registry.json")
	out := flag.String("o", "internal/builtin/registry/registry.tsv", "the `table` to rewrite")
	flag.Parse()
	if err := refresh(*file, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func refresh(file, table string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the registry: %w", err)
	}
	newer, err := read(text)
	if err != nil {
		return fmt.Errorf("reading the registry %s: %w", file, err)
	}
	older, err := parse(table)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := registry.Format(&out, merge(older, newer)); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	if err := os.WriteFile(table, out.Bytes(), 0o600); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

func parse(table string) ([]connector.Definition, error) {
	text, err := os.ReadFile(table)
	if err != nil {
		return nil, fmt.Errorf("reading the table: %w", err)
	}
	return registry.Parse(bytes.NewReader(text))
}

// entry is a connector as a registry file describes it.
type entry struct {
	SourceID      string `json:"sourceDefinitionId"`
	DestinationID string `json:"destinationDefinitionId"`
	Name          string `json:"name"`
	Repository    string `json:"dockerRepository"`
	Tag           string `json:"dockerImageTag"`
	Gone          bool   `json:"tombstone"`
}

func read(text []byte) ([]connector.Definition, error) {
	var file struct {
		Sources      []entry `json:"sources"`
		Destinations []entry `json:"destinations"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	var out []connector.Definition
	for _, e := range append(file.Sources, file.Destinations...) {
		kind, id := connector.KindSource, e.SourceID
		if e.DestinationID != "" {
			kind, id = connector.KindDestination, e.DestinationID
		}
		d, err := registry.Definition(kind, id, e.Repository, e.Tag, e.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		if !e.Gone {
			out = append(out, d)
		}
	}
	return out, nil
}

// merge puts what is newer in the place of what is older and has its id.
func merge(older, newer []connector.Definition) []connector.Definition {
	told := map[string]bool{}
	for _, d := range newer {
		told[d.ID] = true
	}
	for _, d := range older {
		if !told[d.ID] {
			newer = append(newer, d)
		}
	}
	return newer
}
