package declarative

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestParentStateComesFromTheChild(t *testing.T) {
	t.Parallel()
	stream := strings.ReplaceAll(eventStream("", accountRouter(true)), "REQUEST", "http_method: GET")
	for name, test := range map[string]struct{ state, since string }{
		"none":                  {``, "2024-01-01T00:00:00Z"},
		"its own":               {`{"states":[],"parent_state":{"accounts":{"updated_at":"2024-02-02T00:00:00Z"}},"state":{"updated_at":"2024-03-03T00:00:00Z"}}`, "2024-02-02T00:00:00Z"},
		"of all partitions":     {`{"states":[],"parent_state":{},"state":{"updated_at":"2024-03-03T00:00:00Z"}}`, "2024-03-03T00:00:00Z"},
		"of an early version":   {`{"some_field":"2024-04-04T00:00:00Z"}`, "2024-04-04T00:00:00Z"},
		"of several partitions": {`{"states":[{"partition":{"account":1,"parent_slice":{}},"cursor":{"updated_at":"2024-03-03T00:00:00Z"}}]}`, "2024-01-01T00:00:00Z"},
		"of a full refresh":     {`{"__ab_no_cursor_state_message":true}`, "2024-01-01T00:00:00Z"},
		"a full parent's":       {`{"states":[],"parent_state":{"accounts":{"__ab_no_cursor_state_message":true}}}`, "2024-01-01T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, new(books).serve)
			f := load(t, a, stream)
			if err := f.sync(t, "events", json.RawMessage(test.state)); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", a.urls(), []string{"/accounts?since=" + strings.ReplaceAll(test.since, ":", "%3A")})
		})
	}
}

// TestParentStateWaits fails a request for a partition in the middle: the parent must not be said to be read beyond it.
func TestParentStateWaits(t *testing.T) {
	t.Parallel()
	parents := strings.Replace(accountRouter(true), `start_datetime: "2024-01-01T00:00:00Z"`,
		`start_datetime: "2024-01-01T00:00:00Z"
              end_datetime: "2024-01-10T00:00:00Z"
              step: P3D
              cursor_granularity: PT1S
              end_time_option: {inject_into: request_parameter, field_name: till}`, 1)
	stream := strings.ReplaceAll(eventStream("", parents), "REQUEST", "http_method: GET")
	b := new(books)
	for day := 1; day <= 9; day++ {
		b.events = append(b.events, event{ID: day, Account: day, At: fmt.Sprintf("2024-01-%02dT05:00:00Z", day)})
	}
	broken := true
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Path == "/accounts" {
			answer := httptest.NewRecorder()
			b.serve(answer, r, n)
			writeBefore(w, answer.Body.Bytes(), r.URL.Query().Get("till"))
			return
		}
		if broken && r.URL.Query().Get("account") == "5" {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		b.serve(w, r, n)
	})
	f := load(t, a, stream)
	b.clock = f.clock
	if err := f.sync(t, "events", nil); err == nil {
		t.Fatal("the failure was not reported")
	}
	var last struct {
		Parents map[string]map[string]string `json:"parent_state"`
		State   any                          `json:"state"`
		States  []any                        `json:"states"`
	}
	if err := json.Unmarshal([]byte(f.last(t, "events")), &last); err != nil {
		t.Fatal(err)
	}
	equal(t, "parent's state", last.Parents["accounts"]["updated_at"], "2024-01-03T05:00:00Z")
	equal(t, "state of all", last.State, any(nil))
	equal(t, "partitions", len(last.States), 9)

	broken = false
	before := len(a.urls())
	again := load(t, a, stream)
	if err := again.sync(t, "events", json.RawMessage(f.last(t, "events"))); err != nil {
		t.Fatal(err)
	}
	equal(t, "parent's request", a.urls()[before], "/accounts?since=2024-01-03T05%3A00%3A00Z&till=2024-01-06T04%3A59%3A59Z")
	if !strings.Contains(strings.Join(again.records("events"), ""), `"account":5`) {
		t.Error("the record of the partition that failed is missing")
	}
}

// writeBefore answers with the accounts that changed before a moment.
func writeBefore(w http.ResponseWriter, body []byte, till string) {
	var reply struct {
		Data []event `json:"data"`
	}
	_ = json.Unmarshal(body, &reply)
	found := []event{}
	for _, e := range reply.Data {
		if e.At <= till {
			found = append(found, e)
		}
	}
	new(books).reply(w, found)
}

func TestStateDelegatingStream(t *testing.T) {
	t.Parallel()
	one := func(path, more string) string {
		return `
    type: DeclarativeStream
    name: items
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: API, path: ` + path + `}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}` + more
	}
	const cursor = `
    incremental_sync: {type: DatetimeBasedCursor, cursor_field: updated_at, datetime_format: "%Y-%m-%d", start_datetime: "2024-01-01"}`
	stream := func(retention, full string) string {
		return "\n- type: StateDelegatingStream\n  name: items\n" + retention + "  full_refresh_stream:" + one("/all", full) +
			"\n  incremental_stream:" + one("/events", cursor) + "\n"
	}
	const month = "  api_retention_period: \"P{{ config.get('days', 30) }}D\"\n"
	for name, test := range map[string]struct{ manifest, state, url, want string }{
		"first":             {stream("", cursor), ``, "/all", `{"updated_at":"2024-04-20"}`},
		"then":              {stream("", cursor), `{"updated_at":"2024-01-05"}`, "/events", `{"updated_at":"2024-04-20"}`},
		"full without":      {stream("", ""), ``, "/all", `{"__ab_no_cursor_state_message":true}`},
		"after that":        {stream(month, ""), `{"__ab_no_cursor_state_message":true}`, "/events", `{"updated_at":"2024-04-20"}`},
		"young enough":      {stream(month, cursor), `{"updated_at":"2024-04-10"}`, "/events", `{"updated_at":"2024-04-20"}`},
		"too old":           {stream(month, cursor), `{"updated_at":"2024-03-10"}`, "/all", `{"updated_at":"2024-04-20"}`},
		"of another format": {stream(month, cursor), `{"updated_at":"x"}`, "/all", `{"updated_at":"2024-04-20"}`},
		"intervals": {
			stream(month, cursor), `{"state_type":"date-range","slices":[{"start":"2024-01-01","end":"2024-04-10"}]}`, "/events", `{"updated_at":"2024-04-20"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const body = `{"data":[{"id":1,"updated_at":"2024-04-20"}]}`
			a := pages(t, map[string]string{"/all": body, "/events": body})
			f := load(t, a, test.manifest)
			if err := f.sync(t, "items", json.RawMessage(test.state)); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", a.urls(), []string{test.url})
			equal(t, "state", f.last(t, "items"), test.want)
		})
	}
	t.Run("as a parent", func(t *testing.T) {
		t.Parallel()
		parts := `
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs: [{type: ParentStreamConfig, stream: "#/streams/0", parent_key: id, partition_field: of, incremental_dependency: true}]`
		child := strings.Replace(one("'/parts/{{ stream_slice.of }}'", parts+cursor), "name: items", "name: parts", 1)
		const body = `{"data":[{"id":1,"updated_at":"2024-04-20"}]}`
		a := pages(t, map[string]string{"/all": body, "/parts/1": body})
		f := load(t, a, stream("", cursor)+"-   "+strings.TrimSpace(child)+"\n")
		if err := f.sync(t, "parts", nil); err != nil {
			t.Fatal(err)
		}
		equal(t, "requests", a.urls(), []string{"/all", "/parts/1"})
		if got, want := f.last(t, "parts"), `"parent_state":{"items":{"updated_at":"2024-04-20"}}`; !strings.Contains(got, want) {
			t.Errorf("the state is %s, without %s", got, want)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { http.Error(w, "{}", http.StatusBadRequest) })
		f := load(t, a, stream("", ""))
		if err := f.sync(t, "items", nil); err == nil {
			t.Error("the failure was not reported")
		}
		equal(t, "states", f.states("items"), []string{})
	})
}

func TestLegacyPartitionStates(t *testing.T) {
	t.Parallel()
	stream := strings.ReplaceAll(eventStream("", accountRouter(false)), "REQUEST", "http_method: GET") +
		"\n  state_migrations: [{type: LegacyToPerPartitionStateMigration}]\n"
	b := new(books)
	for id, at := range []string{"2024-01-05", "2024-02-05", "2024-03-05"} {
		b.events = append(b.events, event{ID: id, Account: 1 + id%2, At: at + "T00:00:00Z"})
	}
	a := newAPI(t, b.serve)
	f := load(t, a, stream)
	if err := f.sync(t, "events", json.RawMessage(`{"1":{"updated_at":"2024-03-01T00:00:00Z"}}`)); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("events"), []string{
		`{"id":1,"account":2,"updated_at":"2024-02-05T00:00:00Z"}`, `{"id":2,"account":1,"updated_at":"2024-03-05T00:00:00Z"}`,
	})
	equal(t, "state", f.last(t, "events"), `{"use_global_cursor":false,"states":[`+
		`{"partition":{"account":1,"parent_slice":{}},"cursor":{"updated_at":"2024-03-05T00:00:00Z"}},`+
		`{"partition":{"account":2,"parent_slice":{}},"cursor":{"updated_at":"2024-02-05T00:00:00Z"}}],`+
		`"state":{"updated_at":"2024-03-05T00:00:00Z"},"lookback_window":1,"parent_state":{}}`)
}

func TestLookbackRoundsUp(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]time.Duration{
		{0, time.Second}, {time.Millisecond, time.Second}, {time.Second, time.Second}, {1500 * time.Millisecond, 2 * time.Second},
	} {
		equal(t, test[0].String(), wholeSeconds(test[0]), test[1])
	}
}
