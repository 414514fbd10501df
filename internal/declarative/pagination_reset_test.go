package declarative

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// paged is a stream that is read in pages, with an API that at times wants to begin anew.
func paged(more string) string {
	return requesting(`
      error_handler: {response_filters: [{http_codes: [410], action: RESET_PAGINATION}]}
`) + `
    paginator:
      type: DefaultPaginator
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
      pagination_strategy: {type: PageIncrement, page_size: 2}
` + more
}

const daily = `
  incremental_sync:
    type: DatetimeBasedCursor
    cursor_field: at
    datetime_format: "%Y-%m-%d"
    start_datetime: "2024-01-01"
    end_datetime: "2024-01-09"
    start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from}
    end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: to}
`

// expiring answers pages of two; page 1 is gone as often as gone says.
func expiring(t *testing.T, gone int) *api {
	t.Helper()
	return newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Query().Get("page") != "1" {
			io.WriteString(w, `[{"id": 1}, {"id": 2}]`)
			return
		}
		if gone > 0 {
			gone--
			w.WriteHeader(http.StatusGone)
			return
		}
		io.WriteString(w, `[{"id": 3}]`)
	})
}

func TestPaginationBeginsAnew(t *testing.T) {
	t.Parallel()
	for _, more := range []string{"", "    pagination_reset: {type: PaginationReset, action: RESET}\n", "    pagination_reset: {type: PaginationReset, action: SPLIT_USING_CURSOR}\n"} {
		a := expiring(t, 1)
		f := load(t, a, paged(more))
		if err := f.read(t, "items"); err != nil {
			t.Fatal(err)
		}
		equal(t, "requests", a.urls(), []string{"/items", "/items?page=1", "/items", "/items?page=1"})
		equal(t, "records", f.records("items"), []string{`{"id":1}`, `{"id":2}`, `{"id":1}`, `{"id":2}`, `{"id":3}`})

		a = expiring(t, 2)
		f = load(t, a, paged(more))
		if err := f.read(t, "items"); err == nil || !strings.Contains(err.Error(), errNoProgress.Error()) {
			t.Errorf("got %v", err)
		}
		equal(t, "requests", a.urls(), []string{"/items", "/items?page=1", "/items", "/items?page=1"})
	}
}

// days is an API of a record a day in January 2024, two to a page, of which it gives no more than some for one range.
func days(t *testing.T, most int) *api {
	t.Helper()
	return newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		q := r.URL.Query()
		page := 0
		fmt.Sscan(q.Get("page"), &page)
		if page*2 >= most {
			w.WriteHeader(http.StatusGone)
			return
		}
		var all []string
		for day := 1; day <= 9; day++ {
			if at := fmt.Sprintf("2024-01-%02d", day); at >= q.Get("from") && at <= q.Get("to") {
				all = append(all, fmt.Sprintf(`{"at":%q}`, at))
			}
		}
		io.WriteString(w, "["+strings.Join(all[min(len(all), page*2):min(len(all), page*2+2)], ",")+"]")
	})
}

// TestPaginationGoesOnFromCursor divides a slice where the API does not go on, and keeps its end.
func TestPaginationGoesOnFromCursor(t *testing.T) {
	t.Parallel()
	want := []string{
		"/items?from=2024-01-01&to=2024-01-09", "/items?from=2024-01-01&page=1&to=2024-01-09", "/items?from=2024-01-01&page=2&to=2024-01-09",
		"/items?from=2024-01-04&to=2024-01-09", "/items?from=2024-01-04&page=1&to=2024-01-09", "/items?from=2024-01-04&page=2&to=2024-01-09",
		"/items?from=2024-01-07&to=2024-01-09", "/items?from=2024-01-07&page=1&to=2024-01-09",
	}
	a := days(t, 4)
	f := load(t, a, paged("    pagination_reset: {type: PaginationReset, action: SPLIT_USING_CURSOR}\n"+daily))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", sortedQueries(t, a), want)
	equal(t, "records", len(f.records("items")), 4+4+3)
	states := f.states("items")
	equal(t, "last state", states[len(states)-1], `{"at":"2024-01-09"}`)
}

// sortedQueries are the addresses of requests, with the parameters in order.
func sortedQueries(t *testing.T, a *api) []string {
	t.Helper()
	var list []string
	for _, address := range a.urls() {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.RawQuery = u.Query().Encode()
		list = append(list, u.String())
	}
	return list
}

// TestPaginationLimit divides a slice before the API refuses to go on.
func TestPaginationLimit(t *testing.T) {
	t.Parallel()
	a := days(t, 100)
	f := load(t, a, paged("    pagination_reset: {type: PaginationReset, action: SPLIT_USING_CURSOR, limits: {type: PaginationResetLimits, number_of_records: 4}}\n"+daily))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", sortedQueries(t, a), []string{
		"/items?from=2024-01-01&to=2024-01-09", "/items?from=2024-01-01&page=1&to=2024-01-09",
		"/items?from=2024-01-04&to=2024-01-09", "/items?from=2024-01-04&page=1&to=2024-01-09",
		"/items?from=2024-01-07&to=2024-01-09", "/items?from=2024-01-07&page=1&to=2024-01-09",
	})
}

// TestPaginationWithoutProgress has more records of one day than the API gives.
func TestPaginationWithoutProgress(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Query().Get("page") != "" {
			w.WriteHeader(http.StatusGone)
			return
		}
		io.WriteString(w, `[{"at": "2024-01-01"}, {"at": "2024-01-01"}]`)
	})
	f := load(t, a, paged("    pagination_reset: {type: PaginationReset, action: SPLIT_USING_CURSOR}\n"+daily))
	if err := f.read(t, "items"); err == nil || !strings.Contains(err.Error(), errNoProgress.Error()) {
		t.Errorf("got %v", err)
	}
	equal(t, "requests", len(a.urls()), 2)
}

// TestPaginationOfPartitions keeps the partition's own parameters.
func TestPaginationOfPartitions(t *testing.T) {
	t.Parallel()
	a := days(t, 6)
	f := load(t, a, paged(`
    pagination_reset: {type: PaginationReset, action: SPLIT_USING_CURSOR}
    partition_router:
      type: ListPartitionRouter
      cursor_field: of
      values: [x]
      request_option: {type: RequestOption, inject_into: request_parameter, field_name: of}
`+daily))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", sortedQueries(t, a), []string{
		"/items?from=2024-01-01&of=x&to=2024-01-09", "/items?from=2024-01-01&of=x&page=1&to=2024-01-09",
		"/items?from=2024-01-01&of=x&page=2&to=2024-01-09", "/items?from=2024-01-01&of=x&page=3&to=2024-01-09",
		"/items?from=2024-01-06&of=x&to=2024-01-09", "/items?from=2024-01-06&of=x&page=1&to=2024-01-09", "/items?from=2024-01-06&of=x&page=2&to=2024-01-09",
	})
}

func TestPaginationResetMistakes(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]string{
		"    pagination_reset: {action: SOMETIMES}\n": "want RESET or SPLIT_USING_CURSOR",
		"    pagination_reset: {action: RESET, limits: {number_of_records: 5}}\n    record_selector: {extractor: {field_path: []}, record_filter: {condition: '{{ true }}'}}\n": "limits do not go with a record_filter",
	} {
		stream := strings.Replace(paged(more), "    record_selector: {extractor: {field_path: []}}\n", "", 1)
		if !strings.Contains(more, "record_selector") {
			stream = paged(more)
		}
		_, err := NewSource([]byte("version: 6.0.0\ncheck: {stream_names: [items]}\nstreams:\n"+stream), SourceOptions{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", more, err)
		}
	}
}

// TestRefreshOnce has an API that wants no token, old or new: the second rejection is the last.
func TestRefreshOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		renewal http.HandlerFunc
		urls    []string
		failure protocol.FailureType
	}{
		"renewed": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"access_token":"t"}`) },
			[]string{"/token", "/items", "/token", "/items"}, protocol.FailureConfig},
		"refused": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error":"invalid_grant"}`)
		}, []string{"/token", "/items", "/token"}, protocol.FailureConfig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tokens := 0
			a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				switch {
				case r.URL.Path != "/token":
					w.WriteHeader(http.StatusUnauthorized)
				case tokens == 0:
					tokens++
					io.WriteString(w, `{"access_token":"first"}`)
				default:
					test.renewal(w, r)
				}
			})
			f := load(t, a, requesting(refreshing+"      error_handler: {response_filters: [{http_codes: [401], action: REFRESH_TOKEN_THEN_RETRY}]}\n"))
			f.config["refresh"] = "r"
			if err := f.read(t, "items"); connector.FailureOf(err) != test.failure {
				t.Errorf("got %v", err)
			}
			equal(t, "requests", a.urls(), test.urls)
		})
	}
}

// TestRefreshLater has a token endpoint that is out of order for longer than we wait: the failure is one that may go away.
func TestRefreshLater(t *testing.T) {
	t.Parallel()
	tokens := 0
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Path == "/token" && tokens == 0 {
			tokens++
			io.WriteString(w, `{"access_token":"first"}`)
			return
		}
		w.WriteHeader(map[string]int{"/token": http.StatusBadGateway, "/items": http.StatusUnauthorized}[r.URL.Path])
	})
	f := load(t, a, requesting(refreshing+"      error_handler: {response_filters: [{http_codes: [401], action: REFRESH_TOKEN_THEN_RETRY}]}\n"))
	f.config["refresh"] = "r"
	if err := f.read(t, "items"); connector.FailureOf(err) != protocol.FailureTransient {
		t.Errorf("got %v", err)
	}
	if urls := a.urls(); urls[len(urls)-1] != "/items" {
		t.Errorf("the request was not repeated: %v", urls)
	}
}

// TestRefreshIsShared rejects requests that were sent at once: the token is renewed once for both, a refresh token for single use is
// used once, and the configuration that is given back is the latest.
func TestRefreshIsShared(t *testing.T) {
	t.Parallel()
	var rejected sync.WaitGroup // until both requests came with the old token
	rejected.Add(2)
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch {
		case r.URL.Path == "/token":
			if err := r.ParseForm(); err != nil || r.Form.Get("refresh_token") != "r0" {
				w.WriteHeader(http.StatusBadRequest)
				io.WriteString(w, `{"error":"invalid_grant"}`)
				return
			}
			io.WriteString(w, `{"access_token":"new","refresh_token":"r1"}`)
		case r.Header.Get("Authorization") != "Bearer new":
			rejected.Done()
			rejected.Wait()
			w.WriteHeader(http.StatusUnauthorized)
		default:
			io.WriteString(w, `{"id":1}`)
		}
	})
	one := requesting(`
      error_handler: {response_filters: [{http_codes: [401], action: REFRESH_TOKEN_THEN_RETRY}]}
      authenticator:
        type: OAuthAuthenticator
        token_refresh_endpoint: API/token
        client_id: me
        client_secret: s
        refresh_token: unused
        refresh_token_updater: {access_token_config_path: [a], refresh_token_config_path: [r], token_expiry_date_config_path: [e]}
`)
	f := load(t, a, one+strings.Replace(one, "name: items", "name: others", 1))
	f.options.Concurrency = 4
	f.config["a"], f.config["r"], f.config["e"] = "old", "r0", "2030-01-01T00:00:00Z"
	if err := f.read(t, "items", "others"); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, m := range f.messages {
		if m.Type == protocol.TypeControl {
			told = append(told, string(m.Control.ConnectorConfig.Config))
		}
	}
	equal(t, "configurations", told, []string{`{"a":"new","e":"2024-05-01T13:00:00+00:00","r":"r1"}`})
}
