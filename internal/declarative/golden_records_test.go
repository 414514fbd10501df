package declarative

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// golden reads vectors that were made with the reference implementation.
func golden[T any](t *testing.T, file string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "golden", file))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []T
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatal("no vectors")
	}
	return vectors
}

// value is JSON as the runtime's values. {"$float": "1.0"} is a float.
func value(t *testing.T, text []byte) any {
	t.Helper()
	v, err := template.DecodeJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return floats(v)
}

func floats(v any) any {
	switch v := v.(type) {
	case *template.Dict:
		if text, ok := v.Get("$float"); ok {
			var f float64
			fmt.Sscan(text.(string), &f)
			return f
		}
		for key, inner := range v.All() {
			v.Set(key.(string), floats(inner))
		}
	case []any:
		for i := range v {
			v[i] = floats(v[i])
		}
	}
	return v
}

// text is a value as JSON, with its types and the order of its keys.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := template.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// buildOne decodes and builds one component.
func buildOne[T any](t *testing.T, env *Env, config string) (T, error) {
	t.Helper()
	var none T
	doc, err := manifest.Parse("component.yaml", []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	var holder struct {
		Slot Of[T] `manifest:"slot"`
	}
	if err := manifest.Decode(doc, "Holder", &holder, Registry(), manifest.Options{Now: env.Now}).Err(); err != nil {
		return none, err
	}
	return holder.Slot.Build(env)
}

func testEnv() *Env {
	c := newClock()
	return &Env{Config: template.NewDict(0), Now: c.Now, Sleep: c.Sleep, tokens: newTokenStore(), parents: new(nameSet)}
}

func TestGoldenTransformations(t *testing.T) {
	t.Parallel()
	for i, v := range golden[struct {
		Type        string
		Args        map[string]any
		Record, Out json.RawMessage
		Error       string
	}](t, "transformations.json") {
		v.Args["type"] = v.Type
		config, err := json.Marshal(map[string]any{"slot": v.Args})
		if err != nil {
			t.Fatal(err)
		}
		transformation, err := buildOne[Transformation](t, testEnv(), string(config))
		if err != nil {
			t.Fatalf("%d: %s: %v", i, config, err)
		}
		record := value(t, v.Record).(*template.Dict)
		err = transformation.Transform(record, Slice{})
		if v.Error != "" {
			if err == nil {
				t.Errorf("%d: %s on %s: no error", i, config, v.Record)
			}
			continue
		}
		if got, want := text(t, record), text(t, value(t, v.Out)); err != nil || sortedJSON(t, got) != sortedJSON(t, want) {
			t.Errorf("%d: %s on %s: got %s, %v; want %s", i, config, v.Record, got, err, want)
		}
	}
}

// sortedJSON is JSON with its keys in order.
func sortedJSON(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGoldenNormalization(t *testing.T) {
	t.Parallel()
	for _, v := range golden[struct{ Schema, Record, Out json.RawMessage }](t, "schema_normalization.json") {
		record, schema := value(t, v.Record).(*template.Dict), value(t, v.Schema).(*template.Dict)
		normalizeObject(record, schema, schema)
		if got, want := text(t, record), text(t, value(t, v.Out)); got != want {
			t.Errorf("%s with %s: got %s, want %s", v.Record, v.Schema, got, want)
		}
	}
}

func TestGoldenURLs(t *testing.T) {
	t.Parallel()
	for _, v := range golden[struct {
		Base   string
		Path   string `json:"path_as_given_by_paginator_or_full_url"`
		Joined string
	}](t, "url_join.json") {
		if got := joinURL(v.Base, v.Path); got != v.Joined {
			t.Errorf("%q and %q: got %q, want %q", v.Base, v.Path, got, v.Joined)
		}
	}
}
