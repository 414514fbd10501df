package infer_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/declarative/infer"
	"github.com/airfielddev/airfield/internal/template"
)

// vectors reads what the reference implementation concluded from records.
func vectors[T any](t *testing.T, file string) []T {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var list []T
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 50 {
		t.Fatalf("%s has %d vectors, which are too few", file, len(list))
	}
	return list
}

func decode(t *testing.T, text json.RawMessage) *template.Dict {
	t.Helper()
	v, err := template.DecodeJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return v.(*template.Dict)
}

func plain(t *testing.T, d *template.Dict) (v any) {
	t.Helper()
	text, err := template.AppendJSON(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaAgreesWithReference(t *testing.T) {
	t.Parallel()
	type vector struct {
		Records  []json.RawMessage
		Required [][]string
		Schema   any
		Missing  int
	}
	for i, v := range vectors[vector](t, "reference_schemas.json") {
		var s infer.Schema
		for _, r := range v.Records {
			s.Add(decode(t, r))
		}
		schema, missing := s.JSON(v.Required...)
		if diff := cmp.Diff(v.Schema, plain(t, schema)); diff != "" {
			t.Errorf("schema %d of %s (-want +got):\n%s", i, v.Records, diff)
		}
		if len(missing) != v.Missing {
			t.Errorf("schema %d: paths %v are missing, want %d of them", i, missing, v.Missing)
		}
	}
}

func TestFormatsAgreeWithReference(t *testing.T) {
	t.Parallel()
	type vector struct {
		Records []json.RawMessage
		Formats any
	}
	for i, v := range vectors[vector](t, "reference_datetimes.json") {
		var f infer.Formats
		for _, r := range v.Records {
			f.Add(decode(t, r))
		}
		if diff := cmp.Diff(v.Formats, plain(t, f.JSON())); diff != "" {
			t.Errorf("formats %d of %s (-want +got):\n%s", i, v.Records, diff)
		}
	}
}

func TestSchemaOfNullsIsValid(t *testing.T) {
	t.Parallel()
	var s infer.Schema
	s.Add(decode(t, json.RawMessage(`{"list": [null], "never": null}`)))
	schema, _ := s.JSON()
	want := map[string]any{
		"$schema": "http://json-schema.org/schema#", "type": "object",
		"properties": map[string]any{"list": map[string]any{"type": []any{"array", "null"}, "items": map[string]any{"type": "null"}}},
	}
	if diff := cmp.Diff(any(want), plain(t, schema)); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
}
