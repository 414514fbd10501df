package declarative

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/airfielddev/airfield/connector"
)

const groupedStreams = `
version: 6.0.0
check: {stream_names: [a]}
concurrency_level: {default_concurrency: 8}
definitions:
  a: {type: DeclarativeStream, name: a, retriever: {requester: {url: API/one}, record_selector: {extractor: {field_path: []}}}}
  b: {$ref: "#/definitions/a", name: b}
  free: {type: DeclarativeStream, name: free, retriever: {requester: {url: API/free}, record_selector: {extractor: {field_path: []}}}}
  child:
    type: DeclarativeStream
    name: child
    retriever:
      requester: {url: "API/one?of={{ stream_slice.id }}"}
      record_selector: {extractor: {field_path: []}}
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs: [{parent_key: id, partition_field: id, stream: {$ref: "#/definitions/b"}}]
streams: [{$ref: "#/definitions/a"}, {$ref: "#/definitions/b"}, {$ref: "#/definitions/child"}, {$ref: "#/definitions/free"}]
stream_groups:
  session:
    streams: STREAMS
    action: {type: BlockSimultaneousSyncsAction}
`

// TestStreamGroups reads streams of a group, and one that is partitioned by one of them, while no other reads. A stream outside of
// the group does not wait: the API answers nobody else before it has asked.
func TestStreamGroups(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	inside, most := 0, 0
	free := make(chan struct{})
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Path == "/free" {
			io.WriteString(w, `[{"id":0}]`)
			close(free)
			return
		}
		mu.Lock()
		inside++
		most = max(most, inside)
		mu.Unlock()
		<-free
		io.WriteString(w, `[{"id":1}]`)
		mu.Lock()
		inside--
		mu.Unlock()
	})
	f := loadManifest(t, a, strings.Replace(groupedStreams, "STREAMS", `[{$ref: "#/definitions/a"}, {$ref: "#/definitions/b"}]`, 1))
	f.options.Concurrency = 8
	if err := f.read(t, "a", "b", "child", "free"); err != nil {
		t.Fatal(err)
	}
	if most != 1 {
		t.Errorf("%d requests were sent at once, want 1", most)
	}
	for _, name := range []string{"a", "b", "child", "free"} {
		if n := len(f.records(name)); n != 1 {
			t.Errorf("stream %s has %d records, want 1", name, n)
		}
	}
}

// TestStreamGroupOfAFamily refuses a stream in one group with its parent.
func TestStreamGroupOfAFamily(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/one": `[{"id":1}]`, "/free": "[]"})
	f := loadManifest(t, a, strings.Replace(groupedStreams, "STREAMS", `[{$ref: "#/definitions/child"}, {$ref: "#/definitions/b"}]`, 1))
	_, err := f.Discover(t.Context(), f.json(t), connector.Discard)
	const want = "stream child and its parent stream b are both in the group session"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("discover gave %v, want %s", err, want)
	}
	if err := f.read(t, "child", "a"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("read gave %v, want %s", err, want)
	}
	equal(t, "requests", a.urls(), []string{"/one"})
}

// TestStreamGroupsMisused reports groups that say nothing.
func TestStreamGroupsMisused(t *testing.T) {
	t.Parallel()
	cases := map[string][2]string{
		"no name":   {"streams: STREAMS", "streams: [{type: DeclarativeStream}]"},
		"no list":   {"streams: STREAMS", "streams: a"},
		"no action": {"action: {type: BlockSimultaneousSyncsAction}", "action: {type: Other}"},
	}
	wants := map[string]string{"no name": "want a stream with a name", "no list": "want a list", "no action": "want a BlockSimultaneousSyncsAction"}
	for name, c := range cases {
		text := strings.Replace(groupedStreams, c[0], c[1], 1)
		_, err := NewSource([]byte(strings.Replace(text, "STREAMS", "[]", 1)), SourceOptions{})
		if err == nil || !strings.Contains(err.Error(), wants[name]) {
			t.Errorf("%s: got %v, want %s", name, err, wants[name])
		}
	}
}
