package declarative

import (
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// misspelt has a template that cannot be read in what two of three streams have in common.
const misspelt = `version: 6.0.0
check: {type: CheckStream, stream_names: [good]}
definitions:
  broken:
    type: DeclarativeStream
    retriever:
      requester: {url: API/bad, request_parameters: {key: "{{ config['key' }}"}}
      record_selector: {extractor: {field_path: []}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object}}
streams:
- {$ref: "#/definitions/broken", name: first}
- type: DeclarativeStream
  name: good
  retriever: {requester: {url: API/good}, record_selector: {extractor: {field_path: []}}}
  schema_loader: {type: InlineSchemaLoader, schema: {type: object}}
- {$ref: "#/definitions/broken", name: second}
`

// TestMisspeltTemplates uses what is left of a manifest.
func TestMisspeltTemplates(t *testing.T) {
	t.Parallel()
	const at = "manifest.yaml:7:78: streams[0].retriever.requester.request_parameters.key: the template cannot be read, at its line 1, column 17: unexpected '}'"
	f := loadManifest(t, smallAPI(t), misspelt)
	if n := len(f.Problems().Errors()); n != 2 || f.Whole() {
		t.Errorf("%d errors for two streams, whole %t", n, f.Whole())
	}
	catalog, err := f.Discover(t.Context(), f.json(t), f.emit)
	if err != nil || len(catalog.Streams) != 1 || catalog.Streams[0].Name != "good" {
		t.Errorf("discovered %v, %v", catalog.Streams, err)
	}
	if !strings.Contains(f.logs(), "stream first is left out: "+at) {
		t.Errorf("what is left out is not told: %s", f.logs())
	}
	if status, err := f.Check(t.Context(), f.json(t), f.emit); err != nil || status.Status != protocol.StatusSucceeded {
		t.Errorf("checked: %+v, %v", status, err)
	}
	err = f.read(t, "first", "good")
	if want := "stream first: stream first cannot be read: " + at; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	equal(t, "failure", connector.FailureOf(err), protocol.FailureConfig)
	equal(t, "records", f.records("good"), []string{`{"id":1}`, `{"id":2}`})
	equal(t, "statuses", f.statuses("first"), []protocol.StreamRunStatus{protocol.StreamStarted, protocol.StreamIncomplete})
}

// mistakes are the errors of a manifest, whether it can be used in part or not at all.
func mistakes(text string) error {
	source, err := NewSource([]byte(text), SourceOptions{})
	if err != nil {
		return err
	}
	return source.Problems().Err()
}

// TestMisspeltTemplatesOfAll refuses a manifest for templates that are not those of a stream, each in its place.
func TestMisspeltTemplatesOfAll(t *testing.T) {
	t.Parallel()
	stream := "streams: [{type: DeclarativeStream, name: items, retriever: {requester: {url: API/items}, record_selector: {extractor: {field_path: []}}}}]\n"
	for text, want := range map[string]string{
		stream + "concurrency_level: {type: ConcurrencyLevel, default_concurrency: '{{ 1'}":              "concurrency_level.default_concurrency",
		stream + "max_concurrent_async_job_count: '{{ 1'":                                                "max_concurrent_async_job_count",
		strings.Replace(stream, "[", "[{type: ConditionalStreams, condition: '{{ 1', streams: []}, ", 1): "streams[0].condition",
		stream + "spec: {connection_specification: {}, config_normalization_rules: {validations: [{type: DpathValidator, field_path: ['{{ 1'], validation_strategy: {type: ValidateAdheresToSchema, base_schema: {}}}]}}": "spec.config_normalization_rules.validations[0].field_path[0]",
	} {
		_, err := NewSource([]byte("version: 6.0.0\ncheck: {type: CheckStream, stream_names: [items]}\n"+text), SourceOptions{})
		problems, _ := err.(manifest.Problems) //nolint:errorlint // it is of that type
		if len(problems) != 1 || problems[0].Path != want || problems[0].Code != manifest.CodeTemplate {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

// TestMisspeltTemplateOfStreams leaves out the streams of one resolver, and tells a check of them why.
func TestMisspeltTemplateOfStreams(t *testing.T) {
	t.Parallel()
	checked := strings.Replace(misspelt, "stream_names: [good]", "stream_names: [good], dynamic_streams_check_configs: [{dynamic_stream_name: made}]", 1)
	f := loadManifest(t, smallAPI(t), checked+`dynamic_streams:
- type: DynamicDeclarativeStream
  name: made
  stream_template: {$ref: "#/streams/1", name: made}
  components_resolver:
    type: ConfigComponentsResolver
    stream_config: {type: StreamConfig, configs_pointer: [list]}
    components_mapping: [{type: ComponentMappingDefinition, field_path: [name], value: "{{ components_values.name"}]
`)
	const at = "dynamic_streams[0].components_resolver.components_mapping[0].value: the template cannot be read"
	if err := f.read(t, "good"); err != nil || !strings.Contains(f.logs(), at) {
		t.Errorf("read: %v, said %s", err, f.logs())
	}
	status, err := f.Check(t.Context(), f.json(t), f.emit)
	if err != nil || status.Status != protocol.StatusFailed || !strings.Contains(status.Message, at) {
		t.Errorf("checked: %+v, %v", status, err)
	}
}
