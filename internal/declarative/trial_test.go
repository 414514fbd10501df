package declarative

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// trialVector is a test read that the connector builder of the reference implementation did, and what it answered.
type trialVector struct {
	Name     string
	Manifest json.RawMessage
	Config   json.RawMessage
	Stream   string
	State    []*protocol.State
	Limits   struct{ Slices, Pages, Records int }
	API      []struct {
		Method, URL, Type string
		Status            int
		Headers           map[string]string
		Body              json.RawMessage
	}
	Want trialWant
}

type trialWant struct {
	Slices    []trialSlice
	Limit     bool
	Auxiliary []trialAuxiliary
	Schema    any
	Formats   any
	Errors    int
	Update    []string
}

type trialSlice struct {
	Descriptor any
	State      []any
	Pages      []trialPage
}

type trialPage struct {
	Exchange *trialExchange
	Records  []any
}

type trialAuxiliary struct {
	Title, Type, Description string
	Exchange                 *trialExchange
}

type trialExchange struct {
	Method, URL, Sent, Received string
	Headers                     map[string]string
	Status                      int
}

// serve answers as the API of a vector does. The order of parameters does not matter.
func (v *trialVector) serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, a := range v.API {
			u, err := url.Parse(a.URL)
			if err != nil || u.Path != r.URL.Path || u.Query().Encode() != r.URL.Query().Encode() || r.Method != orText(a.Method, http.MethodGet) {
				continue
			}
			for name, value := range a.Headers {
				w.Header().Set(name, value)
			}
			w.Header().Set("Content-Type", orText(a.Type, "application/json"))
			if a.Status != 0 {
				w.WriteHeader(a.Status)
			}
			body := string(a.Body)
			_ = json.Unmarshal(a.Body, &body) // what is no text is sent as it is
			io.WriteString(w, body)
			return
		}
		http.Error(w, "no such page: "+r.URL.String(), http.StatusNotFound)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (v *trialVector) try(t *testing.T) (config.BuilderStream, string) {
	t.Helper()
	base := v.serve(t)
	fill := func(text json.RawMessage) []byte { return []byte(strings.ReplaceAll(string(text), "{base}", base)) }
	source, err := NewSource(fill(v.Manifest), SourceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := source.Try(t.Context(), Trial{
		Config: fill(v.Config), Stream: v.Stream, State: v.State, Slices: v.Limits.Slices, Pages: v.Limits.Pages, Records: v.Limits.Records,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, base
}

// keptBack are the vectors whose state is not compared: the reference says of a stream without a cursor that it was read to its
// end even if it was not.
var keptBack = []string{
	"no more slices than the limit", "as many records as the limit", "a slice that fails",
	"a response that would be repeated", "a response that says to come back", "a parent within the limits",
}

// ahead are the vectors in which the reference knew more partitions than it had read, so that only the last state is compared.
var ahead = []string{"a partition's own cursor"}

// misnamed are the vectors in which the reference, which lists slices while it reads others, calls a slice by the name of another.
var misnamed = []string{"a slice for each record of a parent"}

// hidden are the vectors in which the reference shows what a login obtained.
var hidden = []string{"a login before the first page", "a token that is renewed"}

func TestTryAgreesWithReference(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/reference_trials.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []trialVector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 20 {
		t.Fatalf("there are %d vectors, which are too few", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			out, base := v.try(t)
			got := summary(t, out, base)
			ignore := func(w *trialWant) {
				for i := range w.Slices {
					if slices.Contains(keptBack, v.Name) || slices.Contains(ahead, v.Name) && i < len(w.Slices)-1 {
						w.Slices[i].State = nil
					}
					if slices.Contains(misnamed, v.Name) {
						w.Slices[i].Descriptor = nil
					}
				}
				for i := range w.Auxiliary {
					if slices.Contains(hidden, v.Name) {
						w.Auxiliary[i].Exchange.Received = ""
					}
				}
			}
			ignore(&v.Want)
			ignore(&got)
			if diff := cmp.Diff(v.Want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

// summary is what vectors hold of an answer.
func summary(t *testing.T, out config.BuilderStream, base string) trialWant {
	t.Helper()
	w := trialWant{
		Limit: out.TestReadLimitReached, Schema: anyOf(t, out.InferredSchema), Formats: anyOf(t, out.InferredDatetimeFormats),
		Slices: []trialSlice{}, Auxiliary: []trialAuxiliary{},
	}
	for _, s := range out.Slices {
		slice := trialSlice{Descriptor: anyOf(t, s.SliceDescriptor), State: []any{}}
		for _, state := range s.State {
			slice.State = append(slice.State, anyOf(t, state).(map[string]any)["stream"].(map[string]any)["stream_state"])
		}
		for _, p := range s.Pages {
			page := trialPage{Exchange: exchangeOf(p.Request, p.Response, base), Records: []any{}}
			for _, r := range p.Records {
				page.Records = append(page.Records, anyOf(t, r))
			}
			slice.Pages = append(slice.Pages, page)
		}
		w.Slices = append(w.Slices, slice)
	}
	for _, a := range out.AuxiliaryRequests {
		w.Auxiliary = append(w.Auxiliary, trialAuxiliary{a.Title, a.Type, a.Description, exchangeOf(a.Request, a.Response, base)})
	}
	for _, l := range out.Logs {
		if l.Level == string(protocol.LevelError) {
			w.Errors++
		}
	}
	if out.LatestConfigUpdate != nil {
		w.Update = slices.Sorted(maps.Keys(anyOf(t, out.LatestConfigUpdate).(map[string]any)))
	}
	return w
}

func exchangeOf(q *config.BuilderRequest, r *config.BuilderResponse, base string) *trialExchange {
	if q == nil {
		return nil
	}
	e := &trialExchange{
		Method: q.HTTPMethod, URL: strings.ReplaceAll(q.URL, base, "{base}"), Sent: q.Body, Received: r.Body, Status: r.Status,
		Headers: map[string]string{},
	}
	for _, name := range []string{"Authorization", "Content-Type", "X-Thing"} {
		if value, ok := q.Headers[name]; ok {
			e.Headers[name] = value
		}
	}
	return e
}

func anyOf(t *testing.T, text json.RawMessage) (v any) {
	t.Helper()
	if text == nil {
		return nil
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// trialSource is a source of one stream of the API at base, with more fields of the stream.
func trialSource(t *testing.T, base string, options SourceOptions, fields string) *Source {
	t.Helper()
	source, err := NewSource([]byte(`{"version": "6.0.0", "type": "DeclarativeSource", "check": {"type": "CheckStream", "stream_names": ["items"]},
		"streams": [{"type": "DeclarativeStream", "name": "items", "retriever": {"type": "SimpleRetriever",
			"requester": {"type": "HttpRequester", "url": "`+base+`/items", "authenticator": {"type": "BasicHttpAuthenticator",
				"username": "{{ config['user'] }}", "password": "{{ config['pass'] }}"},
				"request_parameters": {"key": "{{ config['key'] }}", "pin": "{{ config['pin'] }}"}},
			"paginator": {"type": "DefaultPaginator", "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"},
				"pagination_strategy": {"type": "PageIncrement", "start_from_page": 1, "page_size": 2}},
			"record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}}}`+fields+`}],
		"spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {"user": {"type": "string"},
			"pass": {"type": "string"}, "key": {"type": "string", "airbyte_secret": true}, "pin": {"type": "string", "airbyte_secret": true}}}}}`), options)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestTryShowsNoSecrets(t *testing.T) {
	t.Parallel()
	// The API tells everything it was told, in every way it can.
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		w.Header().Set("X-Seen", r.URL.RawQuery)
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "cookie-of-the-session"})
		seen := map[string]any{"id": 1, "key": r.URL.Query().Get("key"), "number": json.Number("987654"), "auth": r.Header.Get("Authorization"), "url": r.URL.String()}
		_ = json.NewEncoder(w).Encode([]any{seen})
	})
	const key, pin, pass = `a key/with "spaces" & more+`, "42", "correct horse"
	settings, err := json.Marshal(map[string]string{"user": "ann", "pass": pass, "key": key, "pin": pin})
	if err != nil {
		t.Fatal(err)
	}
	out, err := trialSource(t, a.URL, SourceOptions{}, "").Try(t.Context(), Trial{Config: settings, Stream: "items"})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Slices) != 1 || len(out.Slices[0].Pages) != 1 || len(out.Slices[0].Pages[0].Records) != 1 {
		t.Fatalf("the read shows %+v", out)
	}
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	basic := base64.StdEncoding.EncodeToString([]byte("ann:" + pass))
	for _, hidden := range []string{key, `a key`, url.QueryEscape(key), "a%20key", pass, basic, "pin=42", "cookie-of"} {
		if strings.Contains(string(text), hidden) {
			t.Errorf("the answer shows %q: %s", hidden, text)
		}
	}
	request := out.Slices[0].Pages[0].Request
	if want := a.URL + "/items?key=****&pin=****"; request.URL != want {
		t.Errorf("the URL is %s, want %s", request.URL, want)
	}
	if diff := cmp.Diff(`{"key":"****","pin":"****"}`, string(request.Parameters)); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	if got := request.Headers["Authorization"]; got != "Basic ****" {
		t.Errorf("Authorization is shown as %q", got)
	}
}

func TestTryStopsAtRecords(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		fmt.Fprintf(w, `[{"id": %d}, {"id": %d}]`, 2*n, 2*n+1)
	})
	out, err := trialSource(t, a.URL, SourceOptions{}, "").Try(t.Context(), Trial{Config: []byte(`{}`), Stream: "items", Records: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !out.TestReadLimitReached {
		t.Error("the limit is not said to be reached")
	}
	var records []int
	for _, p := range out.Slices[0].Pages {
		records = append(records, len(p.Records))
	}
	if diff := cmp.Diff([]int{2, 1}, records); diff != "" {
		t.Errorf("records of pages (-want +got):\n%s", diff)
	}
	if n := len(a.urls()); n != 2 {
		t.Errorf("%d requests were sent, want 2", n)
	}
}

func TestTryShowsRepetitions(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, `[{"id": 1}]`)
	})
	source := trialSource(t, a.URL, SourceOptions{Sleep: func(context.Context, time.Duration) error { return nil }}, "")
	out, err := source.Try(t.Context(), Trial{Config: []byte(`{}`), Stream: "items", Repeat: true})
	if err != nil {
		t.Fatal(err)
	}
	var statuses []int
	for _, p := range out.Slices[0].Pages {
		statuses = append(statuses, p.Response.Status)
	}
	if diff := cmp.Diff([]int{503, 200}, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestTryEndsInTime(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() })
	source := trialSource(t, a.URL, SourceOptions{}, "")
	out, err := source.Try(t.Context(), Trial{Config: []byte(`{}`), Stream: "items", Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Logs) != 1 || out.Logs[0].Message != "The read was stopped after 20ms." {
		t.Errorf("logs are %+v", out.Logs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.Try(ctx, Trial{Config: []byte(`{}`), Stream: "items"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read gives %v", err)
	}
}

func TestTryKeepsToPublicAddresses(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, `[]`) })
	source := trialSource(t, a.URL, SourceOptions{RefusePrivateAddresses: true}, "")
	out, err := source.Try(t.Context(), Trial{Config: []byte(`{}`), Stream: "items"})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.urls()) != 0 || len(out.Logs) != 1 || !strings.Contains(out.Logs[0].Message, "the address is private") {
		t.Errorf("requests %v, logs %+v", a.urls(), out.Logs)
	}
}

func TestTryRequiresKeys(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		io.WriteString(w, `[{"id": 1, "of": {"shop": "x"}}]`)
	})
	source := trialSource(t, a.URL, SourceOptions{}, `, "primary_key": [["of", "shop"], ["id"]]`)
	out, err := source.Try(t.Context(), Trial{Config: []byte(`{}`), Stream: "items"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"$schema": "http://json-schema.org/schema#", "type": "object", "required": []any{"of", "id"},
		"properties": map[string]any{
			"id": map[string]any{"type": "number"},
			"of": map[string]any{"type": "object", "required": []any{"shop"}, "properties": map[string]any{"shop": map[string]any{"type": "string"}}},
		},
	}
	if diff := cmp.Diff(any(want), anyOf(t, out.InferredSchema)); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
}
