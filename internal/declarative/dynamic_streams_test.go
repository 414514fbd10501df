package declarative

import (
	"slices"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

const dynamicTemplate = `
version: 6.0.0
check: {type: CheckStream, stream_names: [], dynamic_streams_check_configs: [{type: DynamicStreamCheckConfig, dynamic_stream_name: tables, stream_count: 1}]}
definitions:
  template:
    type: DeclarativeStream
    name: placeholder
    primary_key: []
    $parameters: {name: placeholder, entity: none}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {ABC: {type: string}}}}
    retriever:
      requester:
        url_base: API
        path: "/t/{{ parameters['entity'] }}"
        request_parameters: {limit: "1", a: "old", b: "old"}
      record_selector: {extractor: {field_path: []}}
`

const dynamicTables = dynamicTemplate + `
dynamic_streams:
- type: DynamicDeclarativeStream
  name: tables
  stream_template: {$ref: "#/definitions/template"}
  components_resolver:
    type: HttpComponentsResolver
    retriever:
      requester: {type: HttpRequester, url_base: API, path: /tables}
      record_selector: {extractor: {field_path: [tables]}}
      partition_router: {type: ListPartitionRouter, values: [x, y], cursor_field: base, request_option: {inject_into: request_parameter, field_name: base}}
    components_mapping:
    - {field_path: [name], value: "{{ stream_slice['base'] }}_{{ components_values['name'] }}"}
    - {field_path: ["$parameters", entity], value: "{{ components_values['id'] }}"}
    - {field_path: [retriever, requester, request_parameters, "*"], value: "{{ components_values['id'] }}", value_type: string}
    - {field_path: [retriever, requester, request_parameters, nope], value: never}
    - {field_path: [primary_key], value: "{{ [components_values['name']] }}"}
`

// TestDynamicStreamsOfAnAPI makes streams of the records of a request. What is wanted, here and below, is what the reference
// implementation does.
func TestDynamicStreamsOfAnAPI(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{
		"/tables?base=x": `{"tables":[{"name":"one","id":1},{"name":"two","id":2}]}`, "/tables?base=y": `{"tables":[{"name":"one","id":3}]}`,
		"/t/1": `[{"n":1}]`, "/t/2": `[{"n":2}]`, "/t/3": `[{"n":3}]`,
	})
	f := loadManifest(t, a, dynamicTables)
	catalog, err := f.Discover(t.Context(), f.json(t), f.emit)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range catalog.Streams {
		names = append(names, s.Name+" by "+s.SourceDefinedPrimaryKey[0][0])
	}
	equal(t, "streams", names, []string{"x_one by one", "x_two by two", "y_one by one"})
	tables := []string{"/tables?base=x", "/tables?base=y"}
	equal(t, "requests of discover", a.urls(), tables)
	f.check(t, "")
	equal(t, "requests of check", a.urls()[2:], append(slices.Clone(tables), "/t/1?limit=1&a=1&b=1"))
	if err := f.read(t, "y_one", "x_two"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests of read", slices.Sorted(slices.Values(a.urls()[5:])),
		[]string{"/t/2?limit=2&a=2&b=2", "/t/3?limit=3&a=3&b=3", tables[0], tables[1]})
	equal(t, "records", slices.Concat(f.records("y_one"), f.records("x_two")), []string{`{"n":3}`, `{"n":2}`})
}

// check wants a check to fail with a message, or to succeed.
func (f *fixture) check(t *testing.T, failure string) {
	t.Helper()
	status, err := f.Check(t.Context(), f.json(t), f.emit)
	switch {
	case err != nil:
		t.Fatal(err)
	case failure == "" && status.Status != protocol.StatusSucceeded:
		t.Errorf("the check failed: %s", status.Message)
	case failure != "" && (status.Status != protocol.StatusFailed || !strings.Contains(status.Message, failure)):
		t.Errorf("the check gave %s, %q, want a failure with %q", status.Status, status.Message, failure)
	}
}

// TestDynamicStreamsOfAConfiguration makes streams of each combination of two lists in the configuration.
func TestDynamicStreamsOfAConfiguration(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/r/t0": `[{"n":5}]`, "/r/t1": `[{"n":4}]`})
	f := loadManifest(t, a, dynamicTemplate+`
dynamic_streams:
- type: DynamicDeclarativeStream
  name: tables
  stream_template: {$ref: "#/definitions/template"}
  use_parent_parameters: false
  components_resolver:
    type: ConfigComponentsResolver
    stream_config:
    - {configs_pointer: ["{{ 'reports' }}"], default_values: [{name: default, tag: t0}]}
    - {configs_pointer: [zones]}
    components_mapping:
    - {field_path: [name], value: "{{ components_values['name'] }}_{{ components_values['source_config_1'][1] }}_{{ components_values['source_config_1'][0] }}"}
    - {field_path: [retriever, requester, path], value: "/r/{{ components_values['tag'] }}"}
    - {field_path: [retriever, requester, request_parameters], value: "{{ {'zone': components_values['source_config_1'][1]} }}"}
    - {field_path: [schema_loader, schema, properties, extra], value: "{type: [\"null\", integer]}", create_or_update: true}
    - {field_path: [schema_loader, schema, properties, other], value: "{type: integer}"}
    - field_path: [schema_loader, schema, properties, cond]
      value: "{type: boolean}"
      create_or_update: true
      condition: "{{ components_values['tag'] == 't0' }}"
    - {field_path: [primary_key], value: "[id]"}
`)
	f.config = map[string]any{"reports": []any{map[string]any{"name": "r1", "tag": "t1"}}, "zones": []any{"eu", "us"}}
	plain := fromJSON(t, `{"type": "object", "properties": {"ABC": {"type": "string"}, "extra": {"type": ["null", "integer"]}}}`)
	more := fromJSON(t, `{"type": "object", "properties": {"ABC": {"type": "string"}, "extra": {"type": ["null", "integer"]}, "cond": {"type": "boolean"}}}`)
	equal(t, "catalog", f.discovered(t), map[string]any{"r1_eu_0": plain, "r1_us_1": plain, "default_eu_0": more, "default_us_1": more})
	if err := f.read(t, "r1_us_1", "default_eu_0"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", slices.Sorted(slices.Values(a.urls())), []string{"/r/t0?zone=eu", "/r/t1?zone=us"})

	f.config["reports"] = []any{map[string]any{"name": "default", "tag": "t1"}}
	_, err := f.Discover(t.Context(), f.json(t), connector.Discard)
	if err == nil || connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), "two dynamic streams called default_eu_0") {
		t.Errorf("two streams of one name gave %v", err)
	}
	f.check(t, "two dynamic streams called default_eu_0")
}

// TestDynamicStreamsOfParameters makes streams that delegate, of a list in the manifest, and tells which parameters count.
func TestDynamicStreamsOfParameters(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/p/1": `[{"n":6}]`, "/p/2": `[{"n":7}]`, "/t/outer": `[{"n":1}]`, "/t/inner": `[{"n":2}]`, "/t/none": `[]`})
	f := loadManifest(t, a, dynamicTemplate+`
streams:
- {$ref: "#/definitions/template", name: p2}
dynamic_streams:
- type: DynamicDeclarativeStream
  name: tables
  stream_template:
    type: StateDelegatingStream
    name: x
    full_refresh_stream: {$ref: "#/definitions/template"}
    incremental_stream: {$ref: "#/definitions/template"}
  components_resolver:
    type: ParametrizedComponentsResolver
    stream_parameters: {list_of_parameters_for_stream: [{name: p1, path: /p/1}, {name: p2, path: /p/2}]}
    components_mapping:
    - {field_path: [name], value: "{{ components_values['name'] }}"}
    - {field_path: ["*", name], value: "{{ components_values['name'] }}"}
    - {field_path: ["**", requester, path], value: "{{ components_values['path'] }}"}
- &outer
  type: DynamicDeclarativeStream
  stream_template: &template
    $ref: "#/definitions/template"
    $parameters: {entity: outer}
    retriever:
      requester: {url_base: API, path: "/t/{{ parameters['entity'] }}", $parameters: {entity: inner}}
      record_selector: {extractor: {field_path: []}}
  components_resolver:
    type: ParametrizedComponentsResolver
    stream_parameters: {list_of_parameters_for_stream: [{name: outer}]}
    components_mapping: [{field_path: [name], value: "{{ components_values['name'] }}"}]
- type: DynamicDeclarativeStream
  use_parent_parameters: false
  stream_template: *template
  components_resolver:
    type: ParametrizedComponentsResolver
    stream_parameters: {list_of_parameters_for_stream: [{name: inner}]}
    components_mapping: [{field_path: [name], value: "{{ components_values['name'] }}"}]
`)
	if err := f.read(t, "p1", "p2", "outer", "inner"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", [][]string{f.records("p1"), f.records("p2"), f.records("outer"), f.records("inner")},
		[][]string{{`{"n":6}`}, {`{"n":7}`}, {`{"n":1}`}, {`{"n":2}`}})
	if n := len(f.discovered(t)); n != 4 {
		t.Errorf("there are %d streams, want 4: one of the manifest has the name of a dynamic one", n)
	}
	f.check(t, "")
	f.config["__airbyte_check_stream_names"] = []any{"missing"}
	f.check(t, "stream missing does not exist in the source; it has inner, outer, p1, p2")
}

// TestDynamicStreamsFail fills templates with what makes no stream.
func TestDynamicStreamsFail(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ tables, want string }{
		"a name that is no text": {`{"tables":[{"name":["a"],"id":1}]}`, "the name of a stream is not a text"},
		"the API refuses":        {``, "404"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bodies := map[string]string{}
			if c.tables != "" {
				bodies["/tables"] = c.tables
			}
			f := loadManifest(t, pages(t, bodies), strings.Replace(dynamicTables, "{{ stream_slice['base'] }}_{{ components_values['name'] }}", "{{ components_values['name'] }}", 1))
			_, err := f.Discover(t.Context(), f.json(t), connector.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if err := f.read(t, "x_one"); err == nil {
				t.Error("a read succeeded")
			}
		})
	}
}

// TestDynamicStreamsOutOfReach leaves out templates with Python code, and streams that need what is not there.
func TestDynamicStreamsOutOfReach(t *testing.T) {
	t.Parallel()
	a := pages(t, nil)
	f := loadManifest(t, a, dynamicTemplate+`
streams: [{$ref: "#/definitions/template", name: plain}]
dynamic_streams:
- type: DynamicDeclarativeStream
  stream_template: {$ref: "#/definitions/template", transformations: [{type: CustomTransformation, class_name: source.Code}]}
  components_resolver:
    type: ParametrizedComponentsResolver
    stream_parameters: {list_of_parameters_for_stream: [{name: p1}]}
    components_mapping: [{field_path: [name], value: "{{ components_values['name'] }}"}]
- type: DynamicDeclarativeStream
  stream_template: {$ref: "#/definitions/template"}
  components_resolver:
    type: ParametrizedComponentsResolver
    stream_parameters: {list_of_parameters_for_stream: [{name: q1}, {name: q2, uploader: {type: x}}]}
    components_mapping:
    - {field_path: [name], value: "{{ components_values['name'] }}"}
    - {field_path: [transformations], value: "{{ [{'type': 'CustomTransformation', 'class_name': 'a.B'}] if components_values['uploader'] else '' }}", create_or_update: true}
`)
	catalog := f.discovered(t)
	if len(catalog) != 2 || catalog["plain"] == nil || catalog["q1"] == nil {
		t.Errorf("got %v, want plain and q1", catalog)
	}
	for _, want := range []string{"dynamic_streams[0] are left out: manifest.yaml:21:71: dynamic_streams[0].stream_template.transformations[0]: it needs the Python class source.Code", "stream q2 is left out: manifest.yaml:6:5: dynamic_streams[1].stream_template.transformations[0]: it needs the Python class a.B"} {
		if !strings.Contains(f.logs(), want) {
			t.Errorf("the log does not say %q:\n%s", want, f.logs())
		}
	}
	if err := f.read(t, "q2"); err == nil || !strings.Contains(err.Error(), "a.B") {
		t.Errorf("reading a stream that cannot be read gave %v", err)
	}
}
