package declarative

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/airfielddev/airfield/connector/conformance"
)

// TestConformance holds a manifest to what is asked of every source.
func TestConformance(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.Header.Get("X-Key") != "right" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		io.WriteString(w, "[")
		for i := range 50 {
			if i > 0 {
				io.WriteString(w, ",")
			}
			fmt.Fprintf(w, `{"id":%d,"at":"2024-01-%02dT00:00:00Z"}`, i, i%28+1)
		}
		io.WriteString(w, "]")
	})
	f := loadManifest(t, a, `
version: 6.0.0
check: {stream_names: [users]}
definitions:
  stream:
    type: DeclarativeStream
    primary_key: id
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}, at: {type: string}}}}
    retriever:
      requester:
        url: "API/{{ parameters.name }}"
        authenticator: {type: ApiKeyAuthenticator, api_token: "{{ config.key }}", inject_into: {type: RequestOption, inject_into: header, field_name: X-Key}}
      record_selector: {extractor: {field_path: []}}
streams:
- {$ref: "#/definitions/stream", $parameters: {name: users}}
- $ref: "#/definitions/stream"
  $parameters: {name: events}
  incremental_sync:
    type: DatetimeBasedCursor
    cursor_field: at
    datetime_format: "%Y-%m-%dT%H:%M:%SZ"
    start_datetime: "2024-01-01T00:00:00Z"
spec:
  connection_specification:
    $schema: http://json-schema.org/draft-07/schema#
    title: Test
    type: object
    required: [key]
    properties: {key: {type: string, title: Key, airbyte_secret: true}}
`)
	conformance.Source(t, conformance.SourceCase{
		Source: f.Source, Config: json.RawMessage(`{"key":"right"}`),
		BadConfigs: map[string]json.RawMessage{"no key": json.RawMessage(`{}`), "no text": json.RawMessage(`{"key":1}`)},
	})
}
