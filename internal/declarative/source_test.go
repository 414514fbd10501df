package declarative

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

const small = `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [good]}
definitions:
  requester: {type: HttpRequester, url_base: API, http_method: GET}
  stream:
    type: DeclarativeStream
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester: {$ref: "#/definitions/requester", path: "{{ parameters['path'] }}"}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
streams:
- {$ref: "#/definitions/stream", name: good, $parameters: {path: /good}}
- {$ref: "#/definitions/stream", name: bad, $parameters: {path: /bad}}
- $ref: "#/definitions/stream"
  name: custom
  retriever: {type: CustomRetriever, class_name: source_x.components.Retriever}
- {type: ConditionalStreams, condition: "{{ config.more }}", streams: [{$ref: "#/definitions/stream", name: more, $parameters: {path: /good}}]}
spec:
  type: Spec
  documentation_url: https://example.com/docs
  connection_specification: {type: object, properties: {key: {type: string, airbyte_secret: true}}}
  advanced_auth: {auth_flow_type: oauth2.0, predicate_key: [a]}
`

func smallAPI(t *testing.T) *api {
	t.Helper()
	return pages(t, map[string]string{"/good": `[{"id":1},{"id":2}]`})
}

func TestSpec(t *testing.T) {
	t.Parallel()
	f := loadManifest(t, nil, small)
	spec, err := f.Spec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "schema", string(spec.ConnectionSpecification), `{"type":"object","properties":{"key":{"type":"string","airbyte_secret":true}}}`)
	equal(t, "advanced_auth", string(spec.AdvancedAuth), `{"auth_flow_type":"oauth2.0","predicate_key":["a"]}`)
	equal(t, "documentation", spec.DocumentationURL, "https://example.com/docs")
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	f := loadManifest(t, nil, small)
	catalog, err := f.Discover(t.Context(), f.json(t), f.emit)
	if err != nil {
		t.Fatal(err)
	}
	want := protocol.Stream{
		Name: "good", JSONSchema: []byte(`{"type":"object","properties":{"id":{"type":"integer"}}}`),
		SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh}, SourceDefinedPrimaryKey: [][]string{{"id"}},
	}
	if len(catalog.Streams) != 2 {
		t.Fatalf("got %d streams", len(catalog.Streams))
	}
	equal(t, "stream", catalog.Streams[0], want)
	if !strings.Contains(f.logs(), "custom") || !strings.Contains(f.logs(), "source_x.components.Retriever") {
		t.Errorf("nothing is said about the stream that is left out: %s", f.logs())
	}
	f.config["more"] = true
	if catalog, err = f.Discover(t.Context(), f.json(t), connector.Discard); err != nil || len(catalog.Streams) != 3 {
		t.Errorf("with the condition: %d streams, %v", len(catalog.Streams), err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		names []any
		want  string
		calls int
	}{
		"of the manifest": {nil, "", 1},
		"that fails":      {[]any{"good", "bad"}, "Not found", 2},
		"of Python code":  {[]any{"custom"}, "source_x.components.Retriever", 0},
		"that is not":     {[]any{"goood"}, "does not exist", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := smallAPI(t)
			f := loadManifest(t, a, small)
			if test.names != nil {
				f.config["__airbyte_check_stream_names"] = test.names
			}
			status, err := f.Check(t.Context(), f.json(t), f.emit)
			if err != nil {
				t.Fatal(err)
			}
			if failed := status.Status == protocol.StatusFailed; failed != (test.want != "") || !strings.Contains(status.Message, test.want) {
				t.Errorf("got %+v", status)
			}
			equal(t, "requests", len(a.calls), test.calls)
		})
	}
}

func TestCheckOfNothing(t *testing.T) {
	t.Parallel()
	a := smallAPI(t)
	f := loadManifest(t, a, strings.Replace(small, "stream_names: [good]", "", 1))
	status, err := f.Check(t.Context(), f.json(t), f.emit)
	if err != nil || status.Status != protocol.StatusFailed || !strings.Contains(status.Message, "neither stream_names") || len(a.calls) > 0 {
		t.Errorf("got %+v, %v after %d calls", status, err, len(a.calls))
	}
}

// TestOneStreamFails reads the others, and their states.
func TestOneStreamFails(t *testing.T) {
	t.Parallel()
	a := smallAPI(t)
	f := loadManifest(t, a, small)
	err := f.read(t, "bad", "custom", "good", "absent")
	equal(t, "records", f.records("good"), []string{`{"id":1}`, `{"id":2}`})
	equal(t, "good", f.statuses("good"), []protocol.StreamRunStatus{protocol.StreamStarted, protocol.StreamRunning, protocol.StreamComplete})
	equal(t, "state", f.states("good"), []string{`{"__ab_no_cursor_state_message":true}`})
	for _, name := range []string{"bad", "custom", "absent"} {
		equal(t, name, f.statuses(name), []protocol.StreamRunStatus{protocol.StreamStarted, protocol.StreamIncomplete})
		equal(t, name, f.states(name), []string{})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not tell of %s: %v", name, err)
		}
	}
	for _, m := range f.messages {
		if m.Type == protocol.TypeState && m.State.SourceStats.RecordCount != 2 {
			t.Errorf("the state counts %d records", m.State.SourceStats.RecordCount)
		}
	}
}

func TestReadStops(t *testing.T) {
	t.Parallel()
	a := smallAPI(t)
	f := loadManifest(t, a, small)
	gone := errors.New("nobody listens")
	err := f.Read(t.Context(), connector.ReadRequest{Config: f.json(t), Catalog: selected("good")}, func(m protocol.Message) error {
		if m.Type == protocol.TypeRecord {
			return gone
		}
		return nil
	})
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}

func TestBrokenManifests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"version: 1\ncheck: {stream_names: [a]}\n":                                                        "the manifest has no streams",
		"check: {stream_names: [a]}\nstreams: [{name: a}]\n":                                              "streams[0].retriever: required field is missing",
		"version: 1\ncheck: {stream_names: [a]}\nstreams: [{name: a, retriever: {type: AsyncRetreiver}}]": `no Retriever is called "AsyncRetreiver"`,
		"version: 1\ncheck: {stream_names: [a]}\nstreams: [{name: a, retriever: {requester: {url: x}, record_selector: {extractor: {field_path: []}}}, schema_loader: {type: InlineSchemaLoader, schema: []}}]": "streams[0].schema_loader.schema: want a JSON schema",
	} {
		_, err := NewSource([]byte(text), SourceOptions{})
		var problems manifest.Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// TestParentsAreFetchedOnce reads a stream and two that are partitioned by it.
func TestParentsAreFetchedOnce(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/parents": `[{"id":1},{"id":2}]`, "/a/1": `{"n":1}`, "/a/2": `{"n":2}`, "/b/1": `{"n":3}`, "/b/2": `{"n":4}`})
	child := func(name string) string {
		return `
- name: ` + name + `
  retriever:
    requester: {url: "API/` + name + `/{{ stream_slice.parent }}"}
    record_selector: {extractor: {field_path: []}}
    partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [{stream: "#/definitions/parents", parent_key: id, partition_field: parent}]}`
	}
	f := loadManifest(t, a, `
version: 1.0.0
check: {stream_names: [parents]}
definitions:
  parents:
    type: DeclarativeStream
    name: parents
    retriever: {requester: {url: API/parents}, record_selector: {extractor: {field_path: []}}}
streams:
- "#/definitions/parents"`+child("a")+child("b"))
	if err := f.read(t, "a", "parents", "b"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests for parents", strings.Count(strings.Join(a.urls(), " "), "/parents"), 1)
	equal(t, "records", append(f.records("a"), f.records("b")...), []string{`{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":4}`})
}

func FuzzNewSource(f *testing.F) {
	f.Add([]byte(strings.ReplaceAll(small, "API", "http://127.0.0.1:1")))
	f.Add([]byte(`{"version":"1","check":{"stream_names":["a"]},"streams":[{"name":"a","retriever":{"requester":{"url":"x"},"record_selector":{"extractor":{"field_path":["*"]}}}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := NewSource(text, SourceOptions{Transport: refuse{}, Sleep: newClock().Sleep})
		if err != nil {
			return
		}
		if _, err := s.Discover(t.Context(), []byte(`{"key":"x"}`), connector.Discard); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

type refuse struct{}

func (refuse) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
