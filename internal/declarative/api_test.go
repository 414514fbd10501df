package declarative

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// call is a request that the API of a test was sent.
type call struct {
	Method string
	URL    string // path and query
	Header http.Header
	Body   string
}

// api is an HTTP server that answers as a test tells it to, and remembers what it was asked.
type api struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
}

// newAPI serves answers. They may look at the number of the request, counted from 1.
func newAPI(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int)) *api {
	t.Helper()
	a := new(api)
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		a.mu.Lock()
		a.calls = append(a.calls, call{Method: r.Method, URL: r.URL.String(), Header: r.Header, Body: string(body)})
		n := len(a.calls)
		a.mu.Unlock()
		answer(w, r, n)
	}))
	t.Cleanup(a.Close)
	return a
}

// pages serves fixed bodies: of the path with its query, or of the path alone. What is not there is a 404.
func pages(t *testing.T, bodies map[string]string) *api {
	t.Helper()
	return newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		body, ok := bodies[r.URL.String()]
		if !ok {
			body, ok = bodies[r.URL.Path]
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, body)
	})
}

func (a *api) urls() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	urls := make([]string, len(a.calls))
	for i, c := range a.calls {
		urls[i] = c.URL
	}
	return urls
}

// clock is a clock that moves only when somebody sleeps.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// pass lets time go by without anybody waiting for it.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// heard is what a source said.
type heard struct {
	mu       sync.Mutex
	messages []protocol.Message
}

func (h *heard) emit(m protocol.Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	m.Record.Data = slices.Clone(m.Record.Data)
	h.messages = append(h.messages, m)
	return nil
}

// records are the records of a stream, as JSON.
func (h *heard) records(stream string) []string {
	list := []string{}
	for _, m := range h.messages {
		if m.Type == protocol.TypeRecord && m.Record.Stream == stream {
			list = append(list, string(m.Record.Data))
		}
	}
	return list
}

func (h *heard) states(stream string) []string {
	list := []string{}
	for _, m := range h.messages {
		if m.Type == protocol.TypeState && m.State.Stream.StreamDescriptor.Name == stream {
			list = append(list, string(m.State.Stream.StreamState))
		}
	}
	return list
}

func (h *heard) statuses(stream string) []protocol.StreamRunStatus {
	var list []protocol.StreamRunStatus
	for _, m := range h.messages {
		if m.Type == protocol.TypeTrace && m.Trace.StreamStatus != nil && m.Trace.StreamStatus.StreamDescriptor.Name == stream {
			list = append(list, m.Trace.StreamStatus.Status)
		}
	}
	return list
}

func (h *heard) logs() string {
	var b strings.Builder
	for _, m := range h.messages {
		if m.Type == protocol.TypeLog {
			b.WriteString(m.Log.Message + "\n")
		}
	}
	return b.String()
}

// fixture is a source made of a manifest in a test.
type fixture struct {
	*Source
	heard
	*clock
	config map[string]any
}

// load makes a source. The streams of the manifest are given as YAML; "API" in it stands for the address of the server.
func load(t *testing.T, a *api, streams string) *fixture {
	t.Helper()
	text := "version: 6.0.0\ncheck: {type: CheckStream, stream_names: [items]}\nstreams:\n" + streams
	if strings.Contains(streams, "\nstreams:") {
		text = streams
	}
	return loadManifest(t, a, text)
}

var address = regexp.MustCompile(`\bAPI\b`)

func loadManifest(t *testing.T, a *api, text string) *fixture {
	t.Helper()
	f := &fixture{clock: newClock(), config: map[string]any{}}
	if a != nil {
		text = address.ReplaceAllString(text, a.URL)
	}
	s, err := NewSource([]byte(text), SourceOptions{File: "manifest.yaml", Now: f.Now, Sleep: f.Sleep, Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	f.Source = s
	return f
}

// read reads streams in full, and gives the error.
func (f *fixture) read(t *testing.T, streams ...string) error {
	t.Helper()
	req := connector.ReadRequest{Config: f.json(t)}
	for _, name := range streams {
		req.Catalog.Streams = append(req.Catalog.Streams, protocol.ConfiguredStream{
			Stream: protocol.Stream{Name: name}, SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append,
		})
	}
	return f.Read(t.Context(), req, f.emit)
}

func (f *fixture) json(t *testing.T) json.RawMessage {
	t.Helper()
	config, err := json.Marshal(f.config)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
