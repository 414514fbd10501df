package declarative

import (
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// ruled is a source with rules about its configuration.
func ruled(rules string) string {
	return `
version: 6.0.0
check: {stream_names: [items]}
streams:` + requesting("") + `
spec:
  connection_specification: {type: object, properties: {limits: {type: string}, more: {type: array}, mode: {type: string}}}
  config_normalization_rules:
    type: ConfigNormalizationRules
    validations:
` + rules
}

const wholeNumbers = `
        type: ValidateAdheresToSchema
        base_schema: {type: object, required: [rows], properties: {rows: {type: integer, minimum: 1}}}
`

func TestConfigValidations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule   string
		config map[string]any
		err    string
	}{
		"fits":            {"path", map[string]any{"limits": `{"rows": 2}`}, ""},
		"is not there":    {"path", map[string]any{}, ""},
		"is no JSON":      {"path", map[string]any{"limits": "s3cr3t"}, "field limits: the text is not JSON"},
		"does not fit":    {"path", map[string]any{"limits": `{"rows": 0}`}, "rows must be at least 1"},
		"lacks something": {"path", map[string]any{"limits": `{}`}, "rows is required"},
		"all of a list":   {"list", map[string]any{"more": []any{map[string]any{"of": map[string]any{"rows": 1}}, map[string]any{}}}, ""},
		"one of a list":   {"list", map[string]any{"more": []any{map[string]any{"of": map[string]any{"rows": 1}}, map[string]any{"of": map[string]any{"rows": "x"}}}}, "field more.*.of"},
		"a good mode":     {"predicate", map[string]any{"mode": "fast"}, ""},
		"a bad mode":      {"predicate", map[string]any{"mode": "odd"}, `mode must be one of "fast", "slow"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, ok)
			f := loadManifest(t, a, ruled(map[string]string{
				"path":      "    - type: DpathValidator\n      field_path: [limits]\n      validation_strategy:" + wholeNumbers,
				"list":      "    - type: DpathValidator\n      field_path: [more, '*', of]\n      validation_strategy:" + wholeNumbers,
				"predicate": "    - type: PredicateValidator\n      value: \"{{ {'mode': config['mode']} }}\"\n      validation_strategy: {type: ValidateAdheresToSchema, base_schema: '{\"properties\": {\"mode\": {\"enum\": [\"fast\", \"slow\"]}}}'}\n",
			}[test.rule]))
			f.config = test.config
			err := f.read(t, "items")
			if (err == nil) != (test.err == "") || err != nil && (!strings.Contains(err.Error(), test.err) || connector.FailureOf(err) != protocol.FailureConfig) {
				t.Errorf("got %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cr3t") || len(a.urls()) > 0) {
				t.Errorf("got %v after %d requests", err, len(a.urls()))
			}
		})
	}
}

// TestCustomValidation leaves out what is Python code, and says so.
func TestCustomValidation(t *testing.T) {
	t.Parallel()
	f := loadManifest(t, newAPI(t, ok), ruled("    - type: DpathValidator\n      field_path: [limits]\n      validation_strategy: {type: CustomValidationStrategy, class_name: a.B}\n"))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	if len(f.Problems().Errors()) != 1 || !strings.Contains(f.logs(), "Python") {
		t.Errorf("got %v and %s", f.Problems(), f.logs())
	}
}

// TestConfigOverrides lays values over the configuration for a check, and for nothing else.
func TestConfigOverrides(t *testing.T) {
	t.Parallel()
	a := newAPI(t, ok)
	f := loadManifest(t, a, `
version: 6.0.0
check: {stream_names: [items], config_overrides: {size: 1, deep: {b: 2}, text: "{{ config.size }}"}}
streams:`+requesting(`      request_parameters: {size: "{{ config.size }}", a: "{{ config.deep.a }}", b: "{{ config.deep.b }}", text: "{{ config.text }}"}`))
	f.config = map[string]any{"size": 100, "deep": map[string]any{"a": 1}}
	status, err := f.Check(t.Context(), f.json(t), f.emit)
	if err != nil || status.Status != protocol.StatusSucceeded {
		t.Fatalf("got %+v, %v", status, err)
	}
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/items?size=1&b=2&text=%7B%7B+config.size+%7D%7D", "/items?size=100&a=1"})
}

func TestConfigOverrideMistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"check: {stream_names: [items], config_overrides: {__airbyte_check_stream_names: [x]}}\nstreams:" + requesting(""):                                              "config_overrides.__airbyte_check_stream_names: the key belongs to the platform",
		"check: {stream_names: [items], config_overrides: [1]}\nstreams:" + requesting(""):                                                                              "check.config_overrides: want an object",
		"check: {stream_names: [items], config_overrides: {a: 1}}\nstreams:" + requesting("      authenticator: {type: OAuthAuthenticator, refresh_token_updater: {}}"): "do not go with a refresh_token_updater",
	} {
		_, err := NewSource([]byte("version: 6.0.0\n"+text), SourceOptions{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}
