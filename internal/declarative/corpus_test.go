package declarative

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// realManifests are manifests of published connectors, where they are at hand.
func realManifests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../../shared/manifests/*.yaml")
	if err != nil || len(files) == 0 {
		t.Skip("no published manifests at hand")
	}
	return files
}

// TestRealManifests loads published manifests. They have no errors but Python code.
func TestRealManifests(t *testing.T) {
	t.Parallel()
	for _, file := range realManifests(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := manifest.Parse(filepath.Base(file), text)
			if err != nil {
				t.Fatal(err)
			}
			var config Manifest
			for _, p := range manifest.Decode(doc, "DeclarativeSource", &config, Registry(), manifest.Options{}) {
				if p.Severity == manifest.Error && p.Code != manifest.CodeCustomComponent || p.Code == manifest.CodeUnworkable {
					t.Errorf("unexpected: %s", p)
				}
			}
			if len(config.Streams.list) == 0 && !strings.Contains(string(text), "dynamic_streams") {
				t.Error("no streams")
			}
		})
	}
}

// TestRealManifestsDiscover makes sources of published manifests and builds their streams, with a configuration made up from
// what their specs say about it.
func TestRealManifestsDiscover(t *testing.T) {
	t.Parallel()
	for _, file := range realManifests(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := NewSource(text, SourceOptions{File: filepath.Base(file)})
			if onlyOutOfReach(err) {
				return // every stream of it needs what cannot run here, and it says so
			}
			if err != nil {
				t.Fatal(err)
			}
			config := template.NewDict(0)
			if s.config.Spec != nil {
				config, _ = example(s.config.Spec.Schema).(*template.Dict)
				s.config.Spec = nil // what is made up may break a rule
			}
			for key, value := range madeUp[s.options.File] {
				config.Set(key, value)
			}
			raw, err := template.AppendJSON(nil, config)
			if err != nil {
				t.Fatal(err)
			}
			catalog, err := s.Discover(t.Context(), raw, connector.Discard)
			if err != nil {
				t.Fatalf("with %s: %v", raw, err)
			}
			for _, stream := range catalog.Streams {
				if !json.Valid(stream.JSONSchema) || stream.Name == "" {
					t.Errorf("stream %q has schema %s", stream.Name, stream.JSONSchema)
				}
			}
		})
	}
}

// onlyOutOfReach tells whether a manifest was refused for parts that are Python code or not supported, and for nothing else.
func onlyOutOfReach(err error) bool {
	problems, ok := errors.AsType[manifest.Problems](err)
	return ok && !slices.ContainsFunc(problems.Errors(), func(p manifest.Problem) bool {
		return p.Code != manifest.CodeCustomComponent && p.Code != manifest.CodeUnsupported
	})
}

// madeUp is for manifests whose specs say too little about dates, or something that is not so.
var madeUp = map[string]map[string]string{
	"source-wikipedia-pageviews.yaml": {"start": "20240101", "end": "20240201"},
	"source-trustpilot.yaml":          {"start_date": "2024-01-01T00:00:00Z"},
	"source-recharge.yaml":            {"start_date": "2024-01-01T00:00:00Z"},
	"source-exchange-rates.yaml":      {"start_date": "2024-01-01"},
	"source-babelforce.yaml":          {"date_created_from": "2024-01-01T00:00:00Z", "date_created_to": "2024-01-02T00:00:00Z"},
}

// example makes up a value that fits a schema.
func example(v any) any {
	schema, ok := v.(*template.Dict)
	if !ok {
		return nil
	}
	if value, ok := schema.Get("const"); ok {
		return value
	}
	if value, ok := schema.Get("default"); ok && value != nil {
		return value
	}
	for _, key := range []string{"examples", "enum"} {
		values, _ := schema.Get(key)
		if list, ok := values.([]any); ok && len(list) > 0 && !listed(schema) {
			return list[0]
		}
	}
	if choices, _ := schema.Get("oneOf"); choices != nil {
		return example(choices.([]any)[0])
	}
	return exampleOfType(schema)
}

func listed(schema *template.Dict) bool {
	kind, _ := schema.Get("type")
	return kind == "array"
}

func exampleOfType(schema *template.Dict) any {
	kind, _ := schema.Get("type")
	if list, ok := kind.([]any); ok {
		kind = list[0]
	}
	format, _ := schema.Get("format")
	switch kind {
	case "object":
		d := template.NewDict(0)
		properties, _ := dictAt(schema, "properties")
		for key, sub := range orEmpty(properties).All() {
			d.Set(template.Str(key), example(sub))
		}
		return d
	case "array":
		items, _ := schema.Get("items")
		return []any{example(items)}
	case "integer", "number":
		return int64(1)
	case "boolean":
		return false
	}
	switch pattern, _ := schema.Get("pattern"); {
	case format == "date":
		return "2024-01-01"
	case format == "date-time", strings.Contains(template.Str(pattern), "T"):
		return "2024-01-01T00:00:00Z"
	case strings.Contains(template.Str(pattern), "[0-9]{4}"):
		return "2024-01-01"
	}
	return "example"
}
