package declarative

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// windowed is a stream by day whose slices can be divided, by a request_window_splitting with some fields.
func windowed(splitting string) string {
	return requesting(`
      error_handler: {response_filters: [{http_codes: [413], action: SPLIT_REQUEST_WINDOW, error_message: too long}]}
    request_window_splitting: {`+splitting+"}\n") + daily + "    step: P1Y\n    cursor_granularity: P1D\n"
}

// patient is an API that has a record a day, and answers for some days at once.
func patient(t *testing.T, most time.Duration) *api {
	t.Helper()
	return newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		from, err := time.Parse(time.DateOnly, r.URL.Query().Get("from"))
		to, err2 := time.Parse(time.DateOnly, r.URL.Query().Get("to"))
		if err != nil || err2 != nil || to.Sub(from)+24*time.Hour > most {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		var page []string
		for ; !from.After(to); from = from.AddDate(0, 0, 1) {
			page = append(page, fmt.Sprintf(`{"at":%q}`, from.Format(time.DateOnly)))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(page, ","))
	})
}

// TestWindowIsDivided reads every day once, in one slice with one state.
func TestWindowIsDivided(t *testing.T) {
	t.Parallel()
	a := patient(t, 72*time.Hour)
	f := load(t, a, windowed(""))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", sortedQueries(t, a), []string{
		"/items?from=2024-01-01&to=2024-01-09",
		"/items?from=2024-01-01&to=2024-01-04", "/items?from=2024-01-01&to=2024-01-02", "/items?from=2024-01-03&to=2024-01-04",
		"/items?from=2024-01-05&to=2024-01-09", "/items?from=2024-01-05&to=2024-01-06", "/items?from=2024-01-07&to=2024-01-09",
	})
	equal(t, "records", len(f.records("items")), 9)
	equal(t, "states", f.states("items"), []string{`{"at":"2024-01-09"}`, `{"at":"2024-01-09"}`})
}

// TestWindowCannotBeDivided ends at the smallest slice, and says what can be done about it. No state says that the rest was read.
func TestWindowCannotBeDivided(t *testing.T) {
	t.Parallel()
	for splitting, requests := range map[string]int{
		"failure_message: Select less.":                            4,
		"failure_message: Select less., min_split_window: P3D":     2,
		"failure_message: Select less., min_split_window: PT9000H": 1,
	} {
		a := patient(t, 0)
		f := load(t, a, windowed(splitting))
		err := f.read(t, "items")
		if connector.FailureOf(err) != protocol.FailureTransient || !strings.Contains(fmt.Sprint(err), "cannot be divided any further. Select less.") {
			t.Errorf("%s: got %v", splitting, err)
		}
		equal(t, splitting+": requests", len(a.urls()), requests)
		states := f.states("items")
		equal(t, "last state", states[len(states)-1], `{"at":"2024-01-01"}`)
	}
}

// TestWindowsHaveAnEnd divides a slice of seconds no more than ten times.
func TestWindowsHaveAnEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusRequestEntityTooLarge) })
	stream := strings.NewReplacer(`"%Y-%m-%d"`, `"%s"`, `"2024-01-01"`, `"0"`, `"2024-01-09"`, `"1000000"`, "cursor_granularity: P1D", "cursor_granularity: PT1S").Replace(windowed(""))
	f := load(t, a, stream)
	if err := f.read(t, "items"); err == nil || !strings.Contains(err.Error(), "also after it was divided 10 times") {
		t.Errorf("got %v", err)
	}
	equal(t, "requests", len(a.urls()), 11)
}

// TestWindowIsDividedLate has the second page refused, after the first has given records.
func TestWindowIsDividedLate(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		q := r.URL.Query()
		switch {
		case q.Get("from") == "2024-01-01" && q.Get("to") == "2024-01-09" && q.Get("page") == "1":
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		case q.Get("page") == "":
			fmt.Fprintf(w, `[{"at":%q},{"at":%q}]`, q.Get("from"), q.Get("from"))
		default:
			io.WriteString(w, "[]")
		}
	})
	stream := strings.Replace(windowed(""), "    request_window_splitting", `    paginator:
      type: DefaultPaginator
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
      pagination_strategy: {type: PageIncrement, page_size: 2}
    request_window_splitting`, 1)
	f := load(t, a, stream)
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	first, fifth := `{"at":"2024-01-01"}`, `{"at":"2024-01-05"}`
	equal(t, "records", f.records("items"), []string{first, first, first, first, fifth, fifth})
	if !strings.Contains(f.logs(), "2 records come twice") {
		t.Errorf("the log says nothing of it: %s", f.logs())
	}
}

func TestWindowMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, want string }{
		"least":         {"request_window_splitting: {}", "request_window_splitting: {min_split_window: P1M}", "of days, hours, minutes and seconds, found"},
		"none":          {"request_window_splitting: {}", "", "goes with request_window_splitting"},
		"properties":    {"      url: API/items", "      url: API/items\n      query_properties: {property_list: [a]}", "does not go with query properties"},
		"granularity":   {"    step: P1Y\n    cursor_granularity: P1D\n", "", "cursor_granularity"},
		"calendar":      {"cursor_granularity: P1D", "cursor_granularity: P1M", "cursor_granularity of days"},
		"zero":          {"cursor_granularity: P1D", "cursor_granularity: PT0S", "greater than zero"},
		"too fine":      {"cursor_granularity: P1D", "cursor_granularity: PT1H", "datetime_format can write, 24h0m0s or more"},
		"in the client": {"    step:", "    is_client_side_incremental: true\n    step:", "is_client_side_incremental"},
		"files":         {"  incremental_sync:", "  file_uploader: {requester: {type: HttpRequester, url: API/f}, download_target_extractor: {type: DpathExtractor, field_path: [u]}}\n  incremental_sync:", "a file_uploader does not go"},
		"cursor":        {daily + "    step: P1Y\n    cursor_granularity: P1D\n", "\n  incremental_sync: {type: IncrementingCountCursor, cursor_field: n}\n", "goes with a DatetimeBasedCursor"},
	} {
		stream := strings.Replace(windowed(""), test.old, test.new, 1)
		if problems := problemsOf(t, stream).Errors(); len(problems) != 1 || !strings.Contains(problems[0].Message, test.want) {
			t.Errorf("%s: got %v", name, problems)
		}
	}
}

// TestCountIsReset goes on from the greatest number, where the API gives no more than so many pages.
func TestCountIsReset(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		above, page := 0, 0
		fmt.Sscan(r.URL.Query().Get("above"), &above)
		fmt.Sscan(r.URL.Query().Get("page"), &page)
		if page == 2 {
			w.WriteHeader(http.StatusGone)
			return
		}
		var numbers []string
		for n := above + 2*page + 1; n <= min(above+2*page+2, 7); n++ {
			numbers = append(numbers, fmt.Sprintf(`{"n":%d}`, n))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(numbers, ","))
	})
	f := load(t, a, paged(`    pagination_reset: {type: PaginationReset, action: SPLIT_USING_CURSOR}
  incremental_sync:
    type: IncrementingCountCursor
    cursor_field: n
    start_value_option: {type: RequestOption, inject_into: request_parameter, field_name: above}
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", sortedQueries(t, a), []string{
		"/items?above=0", "/items?above=0&page=1", "/items?above=0&page=2", "/items?above=4", "/items?above=4&page=1",
	})
	equal(t, "records", len(f.records("items")), 7)
	states := f.states("items")
	equal(t, "last state", states[len(states)-1], `{"n":7}`)
}
