package declarative

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// event is a record of the API below.
type event struct {
	ID      int    `json:"id"`
	Account int    `json:"account"`
	At      string `json:"updated_at"`
}

// books is an API with accounts and their events. An account counts as changed when the last of its events happened.
type books struct {
	mu     sync.Mutex
	events []event
	fails  func() bool // decides for each request; nil: none fails
	clock  *clock      // moves with every request
}

const bookLayout = "2006-01-02T15:04:05Z"

func (b *books) add(r *rand.Rand, n int, from time.Time, days int) {
	for range n {
		at := from.Add(time.Duration(r.IntN(days*24)) * time.Hour)
		b.events = append(b.events, event{ID: len(b.events) + 1, Account: 1 + r.IntN(9), At: at.Format(bookLayout)})
	}
}

// serve answers /accounts?since=, /events?from=&to= and, for one account or several, /events?account=&from=&to=.
func (b *books) serve(w http.ResponseWriter, r *http.Request, _ int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.clock != nil {
		_ = b.clock.Sleep(r.Context(), 11*time.Minute)
	}
	q := r.URL.Query()
	if b.fails != nil && b.fails() {
		http.Error(w, "{}", http.StatusBadRequest)
		return
	}
	if r.URL.Path == "/accounts" {
		b.reply(w, b.accounts(q.Get("since")))
		return
	}
	accounts := strings.Split(q.Get("account"), ",")
	found := []event{}
	for _, e := range b.events {
		mine := q.Get("account") == "" || slices.Contains(accounts, fmt.Sprint(e.Account))
		if mine && e.At >= q.Get("from") && e.At <= q.Get("to") {
			found = append(found, e)
		}
	}
	b.reply(w, found)
}

func (b *books) reply(w http.ResponseWriter, v any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"data": v})
}

func (b *books) accounts(since string) []event {
	last := map[int]string{}
	for _, e := range b.events {
		last[e.Account] = max(last[e.Account], e.At)
	}
	found := []event{}
	for id, at := range last {
		if at >= since {
			found = append(found, event{ID: id, At: at})
		}
	}
	slices.SortFunc(found, func(a, b event) int { return strings.Compare(a.At, b.At) })
	return found
}

// sync reads a stream incrementally from a state.
func (f *fixture) sync(t *testing.T, stream string, state json.RawMessage) error {
	t.Helper()
	d := protocol.StreamDescriptor{Name: stream}
	req := connector.ReadRequest{Config: f.json(t)}
	req.Catalog.Streams = []protocol.ConfiguredStream{{
		Stream: protocol.Stream{Name: stream}, SyncMode: protocol.Incremental, DestinationSyncMode: protocol.Append,
	}}
	if state != nil {
		req.State = []*protocol.State{protocol.NewStreamState(d, state)}
	}
	return f.Read(t.Context(), req, f.emit)
}

const eventCursor = `{type: DatetimeBasedCursor, cursor_field: updated_at, datetime_format: "%Y-%m-%dT%H:%M:%SZ",
    start_datetime: "2024-01-01T00:00:00Z", end_datetime: "2024-06-01T00:00:00Z", SETTINGS
    start_time_option: {inject_into: request_parameter, field_name: from},
    end_time_option: {inject_into: request_parameter, field_name: to}}`

func eventStream(settings, router string) string {
	return `
- type: DeclarativeStream
  name: events
  incremental_sync: ` + strings.ReplaceAll(eventCursor, "SETTINGS", settings) + `
  retriever:
    type: SimpleRetriever
    requester: {type: HttpRequester, url_base: API, path: /events, REQUEST}
    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
    ` + router
}

const accountParent = `
      parent_stream_configs:
        - parent_key: id
          partition_field: account
          incremental_dependency: DEPENDS
          request_option: OPTION
          stream:
            type: DeclarativeStream
            name: accounts
            incremental_sync:
              type: DatetimeBasedCursor
              cursor_field: updated_at
              datetime_format: "%Y-%m-%dT%H:%M:%SZ"
              start_datetime: "2024-01-01T00:00:00Z"
              start_time_option: {inject_into: request_parameter, field_name: since}
            retriever:
              type: SimpleRetriever
              requester: {type: HttpRequester, url_base: API, path: /accounts}
              record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
`

func accountRouter(depends bool) string {
	r := strings.NewReplacer("DEPENDS", fmt.Sprint(depends), "OPTION", "{inject_into: request_parameter, field_name: account}")
	return r.Replace("partition_router:\n      type: SubstreamPartitionRouter" + accountParent)
}

// TestResumeFromEveryState interrupts syncs in which requests fail at random, goes on from each state they left behind, and looks
// for records that were never given.
func TestResumeFromEveryState(t *testing.T) {
	t.Parallel()
	const step = "step: P20D, cursor_granularity: PT1S,"
	grouped := "partition_router:\n      type: GroupingPartitionRouter\n      group_size: 2\n" +
		"      underlying_partition_router:\n        type: SubstreamPartitionRouter" +
		strings.NewReplacer("DEPENDS", "true", "OPTION", "null", "\n      ", "\n        ").Replace(accountParent)
	for name, streams := range map[string]string{
		"one slice":                eventStream("", ""),
		"steps":                    eventStream(step, ""),
		"lookback":                 eventStream(step+"lookback_window: P2D,", ""),
		"list":                     eventStream(step, "partition_router: {type: ListPartitionRouter, cursor_field: account, values: [1,2,3,4,5,6,7,8,9], request_option: {inject_into: request_parameter, field_name: account}}"),
		"substreams":               eventStream("", accountRouter(false)),
		"substreams with steps":    eventStream(step, accountRouter(false)),
		"dependent substreams":     eventStream(step, accountRouter(true)),
		"one state for all":        eventStream("global_substream_cursor: true,", accountRouter(false)),
		"one state with dependent": eventStream("global_substream_cursor: true,", accountRouter(true)),
		"groups":                   eventStream("", grouped),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := "http_method: GET"
			if name == "groups" {
				request = `request_parameters: {account: "{{ stream_partition.account | join(',') }}"}`
			}
			streams := strings.ReplaceAll(streams, "REQUEST", request)
			for seed := range uint64(4) {
				resumeEverywhere(t, streams, seed)
			}
		})
	}
}

func resumeEverywhere(t *testing.T, streams string, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	b := new(books)
	b.add(r, 60, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), 100)
	a := newAPI(t, b.serve)
	first := load(t, a, streams)
	first.options.Concurrency = 1 + int(seed)
	b.clock = first.clock
	if seed > 0 {
		b.fails = func() bool { return r.IntN(6) == 0 }
	}
	err := first.sync(t, "events", nil)
	if seed == 0 && err != nil {
		t.Fatal(err)
	}
	b.fails = nil
	b.add(r, 15, time.Date(2024, 4, 15, 0, 0, 0, 0, time.UTC), 14)
	given := map[string]bool{}
	states := first.states("events")
	if len(states) == 0 {
		t.Fatal("no states")
	}
	for i, m := range first.messages {
		switch m.Type {
		case protocol.TypeRecord:
			given[string(m.Record.Data)] = true
		case protocol.TypeState:
			if r.IntN(len(states)) < 6 || i == len(first.messages)-2 {
				checkResumed(t, a, b, streams, given, m.State.Stream.StreamState)
			}
		}
	}
}

// checkResumed goes on from a state, and expects every event that was not given before.
func checkResumed(t *testing.T, a *api, b *books, streams string, given map[string]bool, state json.RawMessage) {
	t.Helper()
	next := load(t, a, streams)
	if err := next.sync(t, "events", state); err != nil {
		t.Fatalf("resuming from %s: %v", state, err)
	}
	all := map[string]bool{}
	for _, record := range next.records("events") {
		all[record] = true
	}
	var missing []string
	for _, e := range b.events {
		record, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if !all[string(record)] && !given[string(record)] {
			missing = append(missing, string(record))
		}
	}
	if d := cmp.Diff([]string(nil), missing); d != "" {
		t.Errorf("resuming from %s misses:\n%s", state, d)
	}
}
