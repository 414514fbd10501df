package declarative

import (
	"testing"

	"github.com/airfielddev/airfield/protocol"
)

func TestConfigRules(t *testing.T) {
	t.Parallel()
	a := newAPI(t, ok)
	f := loadManifest(t, a, `
version: 1.0.0
check: {stream_names: [items]}
streams:`+requesting(`
      request_parameters: {key: "{{ config.auth.key }}", mode: "{{ config.mode }}", old: "{{ config.api_key }}", host: "{{ config.host }}"}
`)+`
spec:
  connection_specification: {type: object}
  config_normalization_rules:
    type: ConfigNormalizationRules
    config_migrations:
    - type: ConfigMigration
      transformations:
      - {type: ConfigAddFields, fields: [{path: [auth, key], value: "{{ config.api_key }}", value_type: string}], condition: "{{ config.api_key is defined }}"}
      - {type: ConfigRemoveFields, field_pointers: [[api_key]]}
    transformations:
    - {type: ConfigRemapField, map: {slow: 1, fast: 2}, field_path: [mode]}
    - {type: ConfigAddFields, fields: [{path: [host], value: "h-{{ config.mode }}"}]}
`)
	f.config["api_key"], f.config["mode"] = "0123", "fast"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "request", a.urls()[0], "/items?key=0123&mode=2&host=h-2")
	kept := ""
	for _, m := range f.messages {
		if m.Type == protocol.TypeControl {
			kept = string(m.Control.ConnectorConfig.Config)
		}
	}
	equal(t, "configuration", kept, `{"mode":"fast","auth":{"key":"0123"}}`)

	// The migrated configuration needs no more migration.
	f.messages = nil
	f.config = map[string]any{"mode": "slow", "auth": map[string]any{"key": "0123"}}
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "second request", a.urls()[1], "/items?key=0123&mode=1&host=h-1")
	for _, m := range f.messages {
		if m.Type == protocol.TypeControl {
			t.Errorf("the configuration was given back: %s", m.Control.ConnectorConfig.Config)
		}
	}
}
