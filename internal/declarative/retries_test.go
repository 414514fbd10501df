package declarative

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

func durations(seconds ...int) []time.Duration {
	list := make([]time.Duration, len(seconds))
	for i, s := range seconds {
		list[i] = time.Duration(s) * time.Second
	}
	return list
}

// TestRetries counts requests and the waiting between them, for an API that fails at first, or always.
func TestRetries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler string
		status  int // of the first failures
		times   int // how many there are
		header  string
		slept   []time.Duration
		failure protocol.FailureType // "": it works in the end
	}{
		"not worth it":            {"", 404, 1, "", nil, protocol.FailureSystem},
		"credentials":             {"", 401, 1, "", nil, protocol.FailureConfig},
		"unknown status":          {"", 409, 2, "", durations(1, 2), ""},
		"for ever":                {"", 500, 99, "", durations(1, 2, 4, 8, 16), protocol.FailureTransient},
		"rate limit":              {"", 429, 99, "", durations(1, 2, 4, 8, 16), protocol.FailureTransient},
		"retries of a template":   {"{max_retries: \"{{ 1 + 1 }}\"}", 503, 99, "", durations(1, 2), protocol.FailureTransient},
		"constant":                {"{backoff_strategies: [{type: ConstantBackoffStrategy, backoff_time_in_seconds: 5}]}", 500, 2, "", durations(6, 6), ""},
		"constant zero":           {"{backoff_strategies: [{type: ConstantBackoffStrategy, backoff_time_in_seconds: 0}]}", 500, 2, "", durations(1, 2), ""},
		"exponential":             {"{backoff_strategies: [{type: ExponentialBackoffStrategy}]}", 500, 3, "", durations(11, 21, 41), ""},
		"exponential with factor": {"{backoff_strategies: [{type: ExponentialBackoffStrategy, factor: 1}]}", 500, 3, "", durations(3, 5, 9), ""},
		"header":                  {"{backoff_strategies: [{type: WaitTimeFromHeader, header: X-Wait}]}", 429, 1, "7", durations(8), ""},
		"header with text":        {"{backoff_strategies: [{type: WaitTimeFromHeader, header: X-Wait, regex: '[0-9]+'}]}", 429, 1, "9 seconds", durations(10), ""},
		"header too long":         {"{backoff_strategies: [{type: WaitTimeFromHeader, header: X-Wait, max_waiting_time_in_seconds: 60}]}", 429, 1, "60", nil, protocol.FailureTransient},
		"header missing":          {"{backoff_strategies: [{type: WaitTimeFromHeader, header: X-Wait}]}", 429, 1, "", durations(1), ""},
		"until":                   {"{backoff_strategies: [{type: WaitUntilTimeFromHeader, header: X-Wait}]}", 429, 1, "1714564830", durations(31), ""},
		"until with a least":      {"{backoff_strategies: [{type: WaitUntilTimeFromHeader, header: X-Wait, min_wait: 45}]}", 429, 1, "1714564830", durations(46), ""},
		"until without a header":  {"{backoff_strategies: [{type: WaitUntilTimeFromHeader, header: X-Wait, min_wait: 10}]}", 429, 1, "", durations(11), ""},
		"until too long":          {"{backoff_strategies: [{type: WaitUntilTimeFromHeader, header: X-Wait, min_wait: 60, max_waiting_time_in_seconds: 60}]}", 429, 1, "1714564830", nil, protocol.FailureTransient},
		"response":                {"{backoff_strategies: [{type: WaitTimeFromResponse, wait_time_in_seconds: \"{{ response.wait or headers['X-Wait'] | int + 2 }}\"}]}", 429, 1, "7", durations(10), ""},
		"response too long":       {"{backoff_strategies: [{type: WaitTimeFromResponse, wait_time_in_seconds: \"{{ headers['X-Wait'] }}\", max_waiting_time_in_seconds: 7}]}", 429, 1, "7", nil, protocol.FailureTransient},
		"response never waits":    {"{backoff_strategies: [{type: WaitTimeFromResponse, wait_time_in_seconds: 1, max_waiting_time_in_seconds: 0}]}", 429, 1, "", nil, protocol.FailureTransient},
		"response without a say":  {"{backoff_strategies: [{type: WaitTimeFromResponse, wait_time_in_seconds: \"{{ response.no.where }}\", max_waiting_time_in_seconds: 0}]}", 429, 1, "", durations(1), ""},
		"response with a text":    {"{backoff_strategies: [{type: WaitTimeFromResponse, wait_time_in_seconds: \"{{ headers['X-Wait'] }}\"}]}", 429, 1, "soon", durations(1), ""},
		"response with a list":    {"{backoff_strategies: [{type: WaitTimeFromResponse, wait_time_in_seconds: \"{{ headers['X-Wait'] }}\"}]}", 429, 1, "[5]", durations(1), ""},
		"response of a past time": {"{backoff_strategies: [{type: WaitTimeFromResponse, wait_time_in_seconds: \"{{ headers['X-Wait'] }}\"}]}", 429, 1, "-5", durations(1), ""},
		"first that has a say": {"{backoff_strategies: [{type: WaitTimeFromHeader, header: X-Wait}, {type: ConstantBackoffStrategy, backoff_time_in_seconds: 3}]}",
			500, 1, "", durations(4), ""},
		"filter": {"{response_filters: [{http_codes: [403], action: RETRY}]}", 403, 1, "", durations(1), ""},
		"sibling's strategy": {`
        type: CompositeErrorHandler
        error_handlers:
        - {response_filters: [{http_codes: [400], action: RETRY}]}
        - {backoff_strategies: [{type: ConstantBackoffStrategy, backoff_time_in_seconds: 2}]}`, 400, 1, "", durations(3), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
				if n > test.times {
					io.WriteString(w, `{"id":1}`)
					return
				}
				if test.header != "" {
					w.Header().Set("X-Wait", test.header)
				}
				w.WriteHeader(test.status)
			})
			handler := ""
			if test.handler != "" {
				handler = "      error_handler: " + test.handler + "\n"
			}
			f := load(t, a, requesting(handler))
			err := f.read(t, "items")
			equal(t, "slept", f.slept, test.slept)
			equal(t, "requests", len(a.calls), len(test.slept)+1)
			if test.failure == "" {
				if err != nil || len(f.records("items")) != 1 {
					t.Errorf("got %v", err)
				}
				return
			}
			if err == nil || connector.FailureOf(err) != test.failure {
				t.Errorf("got %v of type %s, want %s", err, connector.FailureOf(err), test.failure)
			}
		})
	}
}

// TestTemplatesOfMissingVariables are told of when the manifest is read, where they would do nothing or harm when they are evaluated.
func TestTemplatesOfMissingVariables(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"error_handler: {backoff_strategies: [{type: WaitTimeFromResponse, wait_time_in_seconds: '{{ resposne.wait }}'}]}": "there is no variable resposne here",
		"error_handler: {backoff_strategies: [{type: WaitTimeFromResponse}]}":                                              "wait_time_in_seconds",
	} {
		if err := mistakes("version: 6.0.0\ncheck: {stream_names: [items]}\nstreams:\n" + requesting("      "+field+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", field, err)
		}
	}
	err := mistakes("version: 6.0.0\ncheck: {stream_names: [items]}\nstreams:\n" + items(`
    paginator: {type: DefaultPaginator, pagination_strategy: {type: CursorPagination, cursor_value: a, stop_condition: "{{ last_page_size < page_size }}"}}
`))
	if err == nil || !strings.Contains(err.Error(), "needs the field page_size") {
		t.Errorf("got %v", err)
	}
}

func TestNetworkErrorsAreRetried(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n > 1 {
			io.WriteString(w, `{"id":1}`)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		conn.Close()
	})
	f := load(t, a, requesting("      http_method: POST\n"))
	if err := f.read(t, "items"); err != nil || len(a.calls) != 2 {
		t.Errorf("got %v after %d requests", err, len(a.calls))
	}
}

// TestStalledResponse has a response stop in its middle, and the next be whole.
func TestStalledResponse(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		io.WriteString(w, `{"id":`)
		if n == 1 {
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return
		}
		io.WriteString(w, `1}`)
	})
	f := load(t, a, requesting(""))
	f.options.patience = 2 * time.Second
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", len(a.urls()), 2)
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
}

// TestPredicateSeesGoodResponses retries a 200 that says that it is none.
func TestPredicateSeesGoodResponses(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		io.WriteString(w, []string{"", `{"error":"later"}`, `{"error":"later"}`, `{"id":1}`}[n])
	})
	f := load(t, a, requesting(`
      error_handler: {response_filters: [{predicate: "{{ 'error' in response }}", action: RETRY}]}
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
}

func TestFilterExplainsFailure(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"why":"no plan"}`)
	})
	f := load(t, a, requesting(`
      error_handler:
        response_filters: [{http_codes: [400], action: FAIL, failure_type: config_error, error_message: "Upgrade: {{ response.why }}."}]
`))
	err := f.read(t, "items")
	var e *connector.Error
	if !errors.As(err, &e) || e.Message != "Upgrade: no plan." || e.Type != protocol.FailureConfig || e.Stream.Name != "items" {
		t.Errorf("got %#v", err)
	}
}

// TestIgnoredErrorEndsTheSlice ignores a 404 on a second page.
func TestIgnoredErrorEndsTheSlice(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 2 {
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"id":99}`)
			return
		}
		io.WriteString(w, `{"id":1}`)
	})
	f := load(t, a, requesting(`
      error_handler: {response_filters: [{http_codes: [404], action: IGNORE}]}
    paginator: {type: DefaultPaginator, pagination_strategy: {type: PageIncrement}}
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
	equal(t, "requests", len(a.calls), 2)
	equal(t, "statuses", f.statuses("items"), []protocol.StreamRunStatus{protocol.StreamStarted, protocol.StreamRunning, protocol.StreamComplete})
}

// TestNotJSON has no records and no error, but a warning.
func TestNotJSON(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, "<html>") })
	f := load(t, a, requesting(""))
	if err := f.read(t, "items"); err != nil || len(f.records("items")) != 0 || !strings.Contains(f.logs(), "not JSON") {
		t.Errorf("got %v, %v, %s", err, f.records("items"), f.logs())
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 7 {
			io.WriteString(w, `[]`)
			return
		}
		io.WriteString(w, `[{"id":1}]`)
	})
	for name, test := range map[string]struct {
		policy string
		slept  []time.Duration
	}{
		"moving":          {"{type: MovingWindowCallRatePolicy, rates: [{limit: 3, interval: PT1M}], matchers: []}", durations(60, 60)},
		"of another path": {"{type: MovingWindowCallRatePolicy, rates: [{limit: 1, interval: PT1M}], matchers: [{url_path_pattern: /other}]}", nil},
		"unlimited first": {"{type: UnlimitedCallRatePolicy, matchers: [{method: GET}]}", nil},
		"heavy":           {"{type: MovingWindowCallRatePolicy, rates: [{limit: 4, interval: PT10S}], matchers: [{weight: 2}]}", durations(10, 10, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			a.mu.Lock()
			a.calls = nil
			a.mu.Unlock()
			f := loadManifest(t, a, "version: 1.0.0\ncheck: {stream_names: [items]}\napi_budget: {type: HTTPAPIBudget, policies: ["+test.policy+"]}\nstreams:"+requesting(`
    paginator: {type: DefaultPaginator, pagination_strategy: {type: PageIncrement}}
`))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", len(a.calls), 7)
			equal(t, "slept", f.slept, test.slept)
		})
	}
}

// TestRequestMatcher compares paths as they are sent, but for slashes at their end.
func TestRequestMatcher(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{"/items": 1, "/items/": 1, "/items//?a=1": 1, "/items/1": 0, "/items%2F1": 0, "/old/items": 0} {
		m, err := newMatchers(new(Env), []RequestMatcher{{Path: `(?<!old)/items\Z`}})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, path, m.Fits(httptest.NewRequest(http.MethodGet, "http://example.com"+path, nil)), want)
	}
}

// One budget counts the requests of all streams, of parents too.
func TestBudgetIsOneForAllStreams(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, `[{"id":1},{"id":2}]`) })
	f := loadManifest(t, a, `
version: 1.0.0
check: {stream_names: [users]}
api_budget: {type: HTTPAPIBudget, policies: [{type: MovingWindowCallRatePolicy, rates: [{limit: 3, interval: PT1M}], matchers: []}]}
definitions:
  selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
  teams: {type: DeclarativeStream, name: teams, retriever: {type: SimpleRetriever, requester: {type: HttpRequester, url: API/teams}, record_selector: {$ref: "#/definitions/selector"}}}
streams:
  - {type: DeclarativeStream, name: users, retriever: {type: SimpleRetriever, requester: {type: HttpRequester, url: API/users}, record_selector: {$ref: "#/definitions/selector"}}}
  - type: DeclarativeStream
    name: members
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url: "API/teams/{{ stream_slice.team }}"}
      record_selector: {$ref: "#/definitions/selector"}
      partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [{type: ParentStreamConfig, stream: {$ref: "#/definitions/teams"}, parent_key: id, partition_field: team}]}
`)
	if err := f.read(t, "users", "members"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", len(a.urls()), 4) // users, teams, and the members of two teams
	equal(t, "slept", f.slept, durations(60))
}

func TestFixedWindow(t *testing.T) {
	t.Parallel()
	now := newClock().Now()
	p := &fixedWindow{limit: 3, left: 3, period: time.Minute, reset: now.Add(firstPeriod)}
	p.Observe(1, now.Add(30*time.Second))
	if wait := p.Take(now, 1); wait != 0 {
		t.Errorf("the one that is left waits %s", wait)
	}
	if wait := p.Take(now, 1); wait != 30*time.Second {
		t.Errorf("the next waits %s", wait)
	}
	now = now.Add(30 * time.Second)
	for range 3 {
		if wait := p.Take(now, 1); wait != 0 {
			t.Errorf("in the next period one waits %s", wait)
		}
	}
	if wait := p.Take(now, 1); wait != time.Minute {
		t.Errorf("the fourth waits %s", wait)
	}
}
