// Package conformance is the suite that every connector passes, whatever runs it.
//
// A connector's test calls [Source] or [Destination] with a case that says how to reach it; the suite holds it to the
// contract of package connector and of https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol.
package conformance

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// soon is how long a connector may take to notice that it was cancelled. It is generous because test machines are busy.
const soon = 20 * time.Second

// testSpec checks what sources and destinations have in common: a specification that forms can be made from and that accepts
// the configuration of the case.
func testSpec(t *testing.T, c connector.Connector, config json.RawMessage) protocol.Spec {
	t.Helper()
	spec, err := c.Spec(t.Context())
	if err != nil {
		t.Fatalf("Spec: %v", err)
	}
	schema := compile(t, "connectionSpecification", spec.ConnectionSpecification)
	var form struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(spec.ConnectionSpecification, &form); err != nil {
		t.Fatalf("connectionSpecification: %v", err)
	}
	if form.Type != "object" || form.Properties == nil {
		t.Errorf("connectionSpecification is not an object schema with properties: %s", spec.ConnectionSpecification)
	}
	if err := schema.Validate(decode(t, config)); err != nil {
		t.Errorf("the case's configuration does not fit the specification: %v", err)
	}
	return spec
}

func testCheck(t *testing.T, c connector.Connector, good json.RawMessage, bad map[string]json.RawMessage) {
	t.Helper()
	status, err := c.Check(t.Context(), good, connector.Discard)
	if err != nil || status.Status != protocol.StatusSucceeded {
		t.Errorf("Check of a good configuration: status %+v, error %v", status, err)
	}
	for name, config := range bad {
		status, err := c.Check(t.Context(), config, connector.Discard)
		if err != nil {
			t.Errorf("Check of bad configuration %q is an error, not a status: %v", name, err)
			continue
		}
		if status.Status != protocol.StatusFailed || status.Message == "" {
			t.Errorf("Check of bad configuration %q: got %+v, want FAILED with a message", name, status)
		}
	}
}

func compile(t *testing.T, name string, text json.RawMessage) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	// Airbyte's times may lack a zone or be before our era, which the formats of JSON schema do not allow.
	for _, format := range []string{"date", "date-time", "time"} {
		compiler.RegisterFormat(&jsonschema.Format{Name: format, Validate: func(any) error { return nil }})
	}
	if err := compiler.AddResource(name+".json", decode(t, text)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	schema, err := compiler.Compile(name + ".json")
	if err != nil {
		t.Fatalf("%s is not a valid JSON schema: %v", name, err)
	}
	return schema
}

func decode(t *testing.T, text json.RawMessage) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("decoding %s: %v", text, err)
	}
	return value
}
