package declarative

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// last is the last state of a stream.
func (h *heard) last(t *testing.T, stream string) string {
	t.Helper()
	states := h.states(stream)
	if len(states) == 0 {
		t.Fatalf("stream %s has no states", stream)
	}
	return states[len(states)-1]
}

// changing is a stream with a cursor on updated_at and more fields of both.
func changing(cursor, retriever string) string {
	return items(retriever) + `
  incremental_sync:
    type: DatetimeBasedCursor
    cursor_field: updated_at
    datetime_format: "%Y-%m-%d"
    start_datetime: "2024-01-01"
` + cursor
}

func TestSlicesBecomeRequests(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/v1/items": `{"data":[{"id":1,"updated_at":"2024-01-05"}]}`})
	stream := strings.Replace(changing(`
    end_datetime: {datetime: "{{ now_utc().strftime('%Y-%m-%d') }}", max_datetime: "{{ config.get('until', '') }}"}
    step: "P{{ config['days'] }}D"
    cursor_granularity: P1D
    start_time_option: {inject_into: request_parameter, field_name: "{{ parameters['from'] }}"}
    end_time_option: {inject_into: header, field_name: X-Until}
    partition_field_start: since
    $parameters: {from: after}
`, ""), "http_method: GET", `request_parameters: {w: "{{ stream_interval.since }}", u: "{{ stream_slice['end_time'] }}"}`, 1)
	f := load(t, a, stream)
	f.config["days"], f.config["until"] = 60, "2024-03-10"
	if err := f.sync(t, "items", nil); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{
		"/v1/items?w=2024-01-01&u=2024-02-29&after=2024-01-01", "/v1/items?w=2024-03-01&u=2024-03-10&after=2024-03-01",
	})
	equal(t, "header", a.calls[1].Header.Get("X-Until"), "2024-03-10")
	equal(t, "states", f.states("items"), []string{
		`{"updated_at":"2024-01-05"}`, `{"updated_at":"2024-01-05"}`, `{"updated_at":"2024-01-05"}`,
	})
}

func TestDataFeed(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{
		"/v1/items":        `{"data":[{"id":9,"updated_at":"2024-01-20"},{"id":8,"updated_at":"2024-01-18"}]}`,
		"/v1/items?page=1": `{"data":[{"id":7,"updated_at":"2024-01-16"},{"id":6,"updated_at":"2024-01-14"}]}`,
		"/v1/items?page=2": `{"data":[{"id":5,"updated_at":"2024-01-13"}]}`,
	})
	f := load(t, a, changing("    is_data_feed: true\n", `
    paginator:
      type: DefaultPaginator
      pagination_strategy: {type: PageIncrement}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
`))
	if err := f.sync(t, "items", json.RawMessage(`{"updated_at":"2024-01-15"}`)); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/v1/items", "/v1/items?page=1"})
	equal(t, "records", f.records("items"), []string{
		`{"id":9,"updated_at":"2024-01-20"}`, `{"id":8,"updated_at":"2024-01-18"}`, `{"id":7,"updated_at":"2024-01-16"}`,
	})
	equal(t, "state", f.last(t, "items"), `{"updated_at":"2024-01-20"}`)
}

func TestClientSideFilter(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/v1/items": `{"data":[
		{"id":1,"at":"2024-01-09"},{"id":2,"at":"2024-01-12"},{"id":3,"at":"2024-01-16"},{"id":4},{"id":5,"at":"2030-01-01"}]}`})
	f := load(t, a, changing("    is_client_side_incremental: true\n    lookback_window: P4D\n", `
`)+`
  transformations:
    - {type: AddFields, fields: [{type: AddedFieldDefinition, path: [updated_at], value: "{{ record.get('at', '') }}"}]}
`)
	if err := f.sync(t, "items", json.RawMessage(`{"updated_at":"2024-01-15"}`)); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{
		`{"id":2,"at":"2024-01-12","updated_at":"2024-01-12"}`,
		`{"id":3,"at":"2024-01-16","updated_at":"2024-01-16"}`,
		`{"id":4,"updated_at":""}`,
	})
	equal(t, "state", f.last(t, "items"), `{"updated_at":"2024-01-16"}`)
	if !strings.Contains(f.logs(), "unreadable cursor field updated_at") {
		t.Errorf("the record without a time was not logged: %s", f.logs())
	}
}

func TestCountCursor(t *testing.T) {
	t.Parallel()
	stream := items("") + `
  incremental_sync:
    type: IncrementingCountCursor
    cursor_field: id
    start_value: "{{ config.get('first', 0) }}"
    start_value_option: {inject_into: request_parameter, field_name: after}
`
	for name, test := range map[string]struct {
		state, body, url, want string
	}{
		"first":        {"", `{"data":[{"id":3},{"id":12},{"id":7}]}`, "/v1/items?after=5", `{"id":12}`},
		"resumed":      {`{"id":12,"other":1}`, `{"data":[{"id":14}]}`, "/v1/items?after=12", `{"id":14,"other":1}`},
		"nothing":      {`{"id":12}`, `{"data":[]}`, "/v1/items?after=12", `{"id":12}`},
		"before start": {`{"id":2}`, `{"data":[]}`, "/v1/items?after=5", `{"id":5}`},
		"intervals": {
			`{"state_type":"integer","slices":[{"start":0,"end":9,"most_recent_cursor_value":8}]}`, `{"data":[]}`, "/v1/items?after=8", `{"id":8}`,
		},
		"unreadable": {"", `{"data":[{"id":"x"},{"id":6}]}`, "/v1/items?after=5", `{"id":6}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := pages(t, map[string]string{"/v1/items": test.body})
			f := load(t, a, stream)
			f.config["first"] = 5
			if err := f.sync(t, "items", json.RawMessage(test.state)); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", a.urls(), []string{test.url})
			equal(t, "state", f.last(t, "items"), test.want)
		})
	}
}

func TestFieldFromCatalog(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/v1/items": `{"data":[{"id":1,"updated_at":"2024-01-20","created":"2024-01-10"}]}`})
	for allowed, want := range map[string]string{"true": `{"created":"2024-01-10"}`, "false": `{"updated_at":"2024-01-20"}`} {
		f := load(t, a, changing("    allow_catalog_defined_cursor_field: "+allowed+"\n", ""))
		err := f.Read(t.Context(), connector.ReadRequest{Config: f.json(t), Catalog: protocol.ConfiguredCatalog{
			Streams: []protocol.ConfiguredStream{{
				Stream: protocol.Stream{Name: "items"}, SyncMode: protocol.Incremental, DestinationSyncMode: protocol.Append,
				CursorField: []string{"created"},
			}},
		}}, f.emit)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "state when it is "+allowed, f.last(t, "items"), want)
	}
}

func TestFailedSliceFreezesState(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		from := r.URL.Query().Get("from")
		if from == "2024-01-04" {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		io.WriteString(w, `{"data":[{"id":1,"updated_at":"`+from+`"}]}`)
	})
	f := load(t, a, changing(`
    end_datetime: "2024-01-10"
    step: P3D
    cursor_granularity: P1D
    start_time_option: {inject_into: request_parameter, field_name: from}
    end_time_option: {inject_into: request_parameter, field_name: to}
`, ""))
	if err := f.sync(t, "items", nil); err == nil {
		t.Error("the failure was not reported")
	}
	equal(t, "requests", a.urls(), []string{
		"/v1/items?from=2024-01-01&to=2024-01-03", "/v1/items?from=2024-01-04&to=2024-01-06", "/v1/items?from=2024-01-07&to=2024-01-10",
	})
	equal(t, "state", f.last(t, "items"), `{"updated_at":"2024-01-01"}`)
	equal(t, "statuses", f.statuses("items"), []protocol.StreamRunStatus{
		protocol.StreamStarted, protocol.StreamRunning, protocol.StreamIncomplete,
	})
}
