package declarative

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// asked is a stream that asks for properties. What is wanted of it is what the reference implementation does.
func asked(name, requester string) string {
	return `
- type: DeclarativeStream
  name: ` + name + `
  retriever:
    record_selector: {extractor: {field_path: [data]}}
    paginator:
      type: DefaultPaginator
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}
      pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.get('next', '') }}"}
    requester: ` + strings.ReplaceAll(requester, "\n", "\n      ")
}

const propertiesEndpoint = `
type: PropertiesFromEndpoint
property_field_path: [meta, name]
retriever: {type: SimpleRetriever, requester: {type: HttpRequester, url: API/props}, record_selector: {extractor: {field_path: []}}}`

// TestPropertiesInChunks asks for a page in two requests, and puts its records together.
func TestPropertiesInChunks(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{
		"/items?z=1&fields=id%2Ca%2Cbb":          `{"data":[{"id":"1","a":1,"n":{"x":1,"y":1}},{"id":"2","a":2},{"a":9}],"next":"of the first chunk"}`,
		"/items?z=1&fields=id%2Ccc%2Cd":          `{"data":[{"id":"2","cc":3},{"id":"1","d":4,"n":{"y":2}}],"next":"p2"}`,
		"/items?z=1&fields=id%2Ca%2Cbb&after=p2": `{"data":[{"id":"1","a":5}]}`,
		"/items?z=1&fields=id%2Ccc%2Cd&after=p2": `{"data":[{"id":"3","d":6}]}`,
	})
	f := load(t, a, asked("items", `
url: API/items
request_parameters:
  fields:
    type: QueryProperties
    property_list: [a, bb, cc, d]
    always_include_properties: [id]
    property_chunking: {property_limit_type: property_count, property_limit: 2, record_merge_strategy: {type: GroupByKeyMergeStrategy, key: [id]}}
  z: "1"`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{
		`{"a":9}`, `{"id":"1","a":1,"n":{"x":1,"y":2},"d":4}`, `{"id":"2","a":2,"cc":3}`, `{"id":"1","a":5}`, `{"id":"3","d":6}`,
	})
	equal(t, "requests", a.urls(), []string{
		"/items?z=1&fields=id%2Ca%2Cbb", "/items?z=1&fields=id%2Ccc%2Cd", "/items?z=1&fields=id%2Ca%2Cbb&after=p2", "/items?z=1&fields=id%2Ccc%2Cd&after=p2",
	})
	f.check(t, "")
}

// TestPropertiesOfAnEndpoint asks for the properties first, and divides them by their length or not at all.
func TestPropertiesOfAnEndpoint(t *testing.T) {
	t.Parallel()
	const props = `[{"meta":{"name":"alpha"}},{"meta":{"name":"be"}},{"meta":{"name":"ga"}},{"meta":{}}]`
	cases := map[string]struct {
		requester string
		want      []string
	}{
		"by length": {`
url: "API/chars/{{ stream_partition.extra_fields['query_properties'] | join('-') }}/{{ query_properties | length }}"
query_properties:
  type: QueryProperties
  property_list:` + strings.ReplaceAll(propertiesEndpoint, "\n", "\n    ") + `
  property_chunking: {property_limit_type: characters, property_limit: 10}`, []string{"/props", "/chars/alpha/1", "/chars/be-ga/2", "/chars/%5B%5D/1"}},
		"at once": {`
url: API/chars
request_parameters: {f: "{{ query_properties | join(';') }}"}
fetch_properties_from_endpoint:` + strings.ReplaceAll(propertiesEndpoint, "\n", "\n  "), []string{"/props", "/chars?f=alpha%3Bbe%3Bga%3B%5B%5D"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := pages(t, map[string]string{
				"/props": props, "/chars": `{"data":[{"id":"1"}]}`, "/chars/alpha/1": `{"data":[{"id":"1","alpha":true}]}`,
				"/chars/be-ga/2": `{"data":[{"id":7,"be":1}]}`, "/chars/%5B%5D/1": `{"data":[{"id":7,"ga":2}]}`,
			})
			f := load(t, a, asked("items", c.requester))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", a.urls(), c.want)
			if want := []string{`{"id":"1","alpha":true}`, `{"id":7,"be":1,"ga":2}`}; name == "by length" {
				equal(t, "records", f.records("items"), want)
			}
		})
	}
}

// TestPropertiesOfACatalog asks for those properties alone that the catalog of the read has.
func TestPropertiesOfACatalog(t *testing.T) {
	t.Parallel()
	const stream = `
url: API/plain
request_parameters:
  fields:
    type: QueryProperties
    property_list: [a, b, cc]
    always_include_properties: [id]
    property_selector: {type: JsonSchemaPropertySelector, transformations: [{type: KeysToLower}]}`
	cases := map[string]struct{ schema, requester, want string }{
		"some":            {`{"properties":{"A":{},"Cc":{},"other":{}}}`, stream, "/plain?fields=id%2Ca%2Ccc"},
		"some, in chunks": {`{"properties":{"A":{},"Cc":{}}}`, stream + "\n    property_chunking: {property_limit_type: property_count, property_limit: 5}", "/plain?fields=id%2Ca%2Ccc"},
		"none":            {`{"properties":{}}`, stream, "/plain?fields=id"},
		"nobody says":     {`{}`, stream, "/plain?fields=id%2Ca%2Cb%2Ccc"},
		"no limit":        {`{"properties":{}}`, stream + "\n    property_chunking: {property_limit_type: characters}", "/plain?fields=a%2Cb%2Ccc%2Cid"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := pages(t, map[string]string{"/plain": `{"data":[]}`})
			f := load(t, a, asked("items", c.requester))
			req := connector.ReadRequest{Config: f.json(t)}
			req.Catalog.Streams = []protocol.ConfiguredStream{{
				Stream: protocol.Stream{Name: "items", JSONSchema: json.RawMessage(c.schema)}, SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append,
			}}
			if err := f.Read(t.Context(), req, f.emit); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", a.urls(), []string{c.want})
		})
	}
}

// TestPropertiesMisused reports manifests that ask for properties in two places, or in a wrong way.
func TestPropertiesMisused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ requester, want string }{
		"twice":       {"{url: API, request_parameters: {a: {type: QueryProperties, property_list: [x]}, b: {type: QueryProperties, property_list: [y]}}}", "a request asks for properties in one parameter"},
		"two places":  {"{url: API, request_parameters: {a: {type: QueryProperties, property_list: [x]}}, fetch_properties_from_endpoint: {property_field_path: [a], retriever: {type: SimpleRetriever, requester: {url: API}, record_selector: {extractor: {field_path: []}}}}}", "properties of their own"},
		"some object": {"{url: API, request_parameters: {a: {b: c}}}", "want a text or QueryProperties"},
		"some limit":  {"{url: API, query_properties: {property_list: [x], property_chunking: {property_limit_type: bytes}}}", "want characters or property_count"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "version: 6.0.0\ncheck: {stream_names: [items]}\nstreams:" + asked("items", c.requester)
			_, err := NewSource([]byte(strings.ReplaceAll(text, "API", "https://api.example")), SourceOptions{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if _, ok := errors.AsType[manifest.Problems](err); !ok {
				t.Errorf("got %T, want problems", err)
			}
		})
	}
}
