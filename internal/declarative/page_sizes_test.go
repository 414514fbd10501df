package declarative

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

const tooLarge = "      error_handler: {response_filters: [{http_codes: [413], action: REDUCE_PAGE_SIZE, error_message: too large}]}\n"

// sized is a stream whose pages can become smaller, by a page_size_reduction with some fields.
func sized(reduction string) string {
	return requesting(tooLarge) + `
    paginator:
      type: DefaultPaginator
      page_size_option: {inject_into: request_parameter, field_name: size}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: offset}
      pagination_strategy: {type: OffsetIncrement, page_size: 8}
    page_size_reduction: {` + reduction + "}\n"
}

// heavy is an API of ten records that answers pages up to a size, by their offset.
func heavy(t *testing.T, most func(offset int) int) *api {
	t.Helper()
	return newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		size, _ := strconv.Atoi(r.URL.Query().Get("size"))
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		if size > most(offset) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		var page []string
		for id := offset; id < min(offset+size, 10); id++ {
			page = append(page, fmt.Sprintf(`{"id":%d}`, id))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(page, ","))
	})
}

func halfSeconds(list ...int) []time.Duration {
	var all []time.Duration
	for _, n := range list {
		all = append(all, time.Duration(n)*time.Second/2)
	}
	return all
}

// TestSmallerPages reads all records once, whatever the size of the pages.
func TestSmallerPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reduction string
		most      func(offset int) int
		urls      []string
		slept     []time.Duration
	}{
		"not needed": {"", func(int) int { return 8 }, []string{"size=8", "offset=8&size=8"}, nil},
		"kept": {"", func(offset int) int { return 4 + offset%8 },
			[]string{"size=8", "size=4", "offset=4&size=4", "offset=8&size=4"}, halfSeconds(1)},
		"smaller twice": {"reduction_factor: 1.5, backoff_seconds: 1", func(int) int { return 4 },
			[]string{"size=8", "size=5", "size=3", "offset=3&size=3", "offset=6&size=3", "offset=9&size=3"}, halfSeconds(2, 4)},
		"restored": {"reset_policy: AFTER_SUCCESSFUL_PAGE", func(int) int { return 4 },
			[]string{"size=8", "size=4", "offset=4&size=8", "offset=4&size=4", "offset=8&size=8", "offset=8&size=4"}, halfSeconds(1, 1, 1)},
		"not below the minimum": {"reduction_factor: 100, minimum_page_size: 5", func(int) int { return 5 },
			[]string{"size=8", "size=5", "offset=5&size=5", "offset=10&size=5"}, halfSeconds(1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := heavy(t, test.most)
			f := load(t, a, sized(test.reduction))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			for i := range test.urls {
				test.urls[i] = "/items?" + test.urls[i]
			}
			equal(t, "requests", sortedQueries(t, a), test.urls)
			equal(t, "slept", f.slept, test.slept)
			equal(t, "records", len(f.records("items")), 10)
		})
	}
}

// TestCursorKnowsSmallerPages ends where a page has fewer records than were asked for, not than were wanted at first.
func TestCursorKnowsSmallerPages(t *testing.T) {
	t.Parallel()
	a := heavy(t, func(int) int { return 4 })
	f := load(t, a, strings.Replace(sized(""), "{type: OffsetIncrement, page_size: 8}",
		`{type: CursorPagination, page_size: 8, cursor_value: "{{ last_record.id + 1 }}", stop_condition: "{{ last_page_size < page_size }}"}`, 1))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", sortedQueries(t, a), []string{"/items?size=8", "/items?size=4", "/items?offset=4&size=4", "/items?offset=8&size=4"})
	equal(t, "records", len(f.records("items")), 10)
}

// TestPagesAreNeverSmallEnough ends with what can be done about it.
func TestPagesAreNeverSmallEnough(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reduction string
		sizes     string
		failure   protocol.FailureType
		message   string
	}{
		"attempts":  {"max_attempts: 2, failure_message: Select less.", "8 4 2", protocol.FailureTransient, "of every size, down to 2 records. Select less."},
		"smallest":  {"minimum_page_size: 3, retries_at_minimum_page_size: 2", "8 4 3 3 3", protocol.FailureTransient, "of the smallest size, 3 records."},
		"from one":  {"reduction_factor: 9", "8 1", protocol.FailureTransient, "of the smallest size, 1 records."},
		"otherwise": {"", "8 4 2 1", protocol.FailureTransient, "of the smallest size, 1 records."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := heavy(t, func(int) int { return 0 })
			f := load(t, a, sized(test.reduction))
			err := f.read(t, "items")
			if connector.FailureOf(err) != test.failure || !strings.Contains(fmt.Sprint(err), test.message) {
				t.Errorf("got %v of type %s", err, connector.FailureOf(err))
			}
			var sizes []string
			for _, u := range a.urls() {
				sizes = append(sizes, strings.TrimPrefix(u, "/items?size="))
			}
			equal(t, "sizes", strings.Join(sizes, " "), test.sizes)
		})
	}
}

// TestSizeTooSmallToReduce has the size come from a configuration.
func TestSizeTooSmallToReduce(t *testing.T) {
	t.Parallel()
	stream := strings.Replace(sized("minimum_page_size: 5"), "page_size: 8", "page_size: '{{ config.size }}'", 1)
	f := load(t, heavy(t, func(int) int { return 0 }), stream)
	f.config["size"] = 5
	if err := f.read(t, "items"); connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), "smaller minimum_page_size") {
		t.Errorf("got %v", err)
	}
}

// TestReductionMistakes reads manifests whose pages cannot be reduced soundly.
func TestReductionMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, want string }{
		"factor":         {"", "reduction_factor: 1", "want a number greater than 1"},
		"policy":         {"", "reset_policy: SOMETIMES", "want NEVER or AFTER_SUCCESSFUL_PAGE"},
		"retries":        {"", "retries_at_minimum_page_size: -1", "not negative"},
		"nothing to do":  {"", "minimum_page_size: 8", "pages of 8 records cannot be reduced to 8"},
		"no reduction":   {"    page_size_reduction: {}\n", "", "goes with page_size_reduction"},
		"no size":        {", page_size: 8", "", "goes with a page_size"},
		"not sent":       {"page_size_option: {inject_into: request_parameter, field_name: size}", "", "has a page_size_option"},
		"address":        {"page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: offset}", "page_token_option: {type: RequestPath}", "RequestPath"},
		"page numbers":   {"OffsetIncrement", "PageIncrement", "would skip records"},
		"stops early":    {"type: OffsetIncrement", `type: CursorPagination, cursor_value: a, stop_condition: "{{ last_page_size < 8 }}"`, "compare last_page_size with page_size"},
		"properties":     {"      url: API/items", "      url: API/items\n      query_properties: {property_list: [a]}", "does not go with query properties"},
		"parents' pages": {"    paginator:", "    partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: [{parent_key: id, partition_field: id, lazy_read_pointer: [a], stream: {type: DeclarativeStream, name: p, retriever: {requester: {url: API/p}, record_selector: {extractor: {field_path: []}}}}}]}\n    paginator:", "lazy_read_pointer"},
		"login": {"      url: API/items", `      url: API/items
      authenticator: {type: SessionTokenAuthenticator, session_token_path: [t], request_authentication: {type: Bearer}, login_requester: {type: HttpRequester, url: API/l, error_handler: {response_filters: [{http_codes: [413], action: REDUCE_PAGE_SIZE}]}}}`, "goes with the requester of a SimpleRetriever alone"},
	} {
		stream := sized("")
		if test.old == "" {
			stream = sized(test.new)
		} else if stream = strings.Replace(stream, test.old, test.new, 1); stream == sized("") {
			t.Fatalf("%s: nothing is replaced", name)
		}
		if problems := problemsOf(t, stream).Errors(); len(problems) != 1 || !strings.Contains(problems[0].Message, test.want) {
			t.Errorf("%s: got %v", name, problems)
		}
	}
}

// TestReductionWarnings reads manifests that may be meant otherwise.
func TestReductionWarnings(t *testing.T) {
	t.Parallel()
	for want, stream := range map[string]string{
		"no response filter has the action":         strings.Replace(sized(""), "action: REDUCE_PAGE_SIZE", "action: FAIL", 1),
		"allows no pages smaller than 4":            sized("minimum_page_size: 2, max_attempts: 1"),
		"may end the stream at a page that is full": strings.Replace(sized(""), "type: OffsetIncrement", `type: CursorPagination, cursor_value: a, stop_condition: "{{ response | length < 8 }}"`, 1),
	} {
		problems := problemsOf(t, stream)
		if len(problems) != 1 || problems[0].Severity != manifest.Warning || !strings.Contains(problems[0].Message, want) {
			t.Errorf("want %s, got %v", want, []manifest.Problem(problems))
		}
	}
}

func problemsOf(t *testing.T, stream string) manifest.Problems {
	t.Helper()
	source, err := NewSource([]byte("version: 6.0.0\ncheck: {stream_names: [items]}\nstreams:\n"+stream), SourceOptions{})
	if problems, ok := errors.AsType[manifest.Problems](err); ok {
		return problems
	}
	if err != nil {
		t.Fatal(err)
	}
	return source.Problems()
}

// TestStopSafety has the verdicts of Airbyte's CDK, for pages of three records and more.
func TestStopSafety(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]safety{
		`{{ not response.next }}`:                                      stopsRight,
		`{{ last_page_size == 0 }}`:                                    stopsRight,
		`{{ 0 == last_page_size }}`:                                    stopsRight,
		`{{ last_page_size != 0 }}`:                                    stopsRight,
		`{{ last_page_size == 100 }}`:                                  stopsPerhaps,
		`{{ last_page_size < 100 }}`:                                   stopsEarly,
		`{{ 100 > last_page_size }}`:                                   stopsEarly,
		`{{ last_page_size <= 1 }}`:                                    stopsRight,
		`{{ last_page_size <= 2 }}`:                                    stopsRight,
		`{{ last_page_size < 3 }}`:                                     stopsRight,
		`{{ last_page_size > 3 }}`:                                     stopsRight,
		`{{ 3 <= last_page_size }}`:                                    stopsRight,
		`{{ last_page_size | int >= 3 }}`:                              stopsPerhaps,
		`{{ last_page_size | int < 3 }}`:                               stopsRight,
		`{{ last_page_size | int < 100 }}`:                             stopsEarly,
		`{{ last_page_size < page_size }}`:                             stopsRight,
		`{{ last_page_size < page_size | int }}`:                       stopsRight,
		`{{ last_page_size < page_size + 1 }}`:                         stopsPerhaps,
		`{{ last_page_size < [page_size, 100] | max }}`:                stopsPerhaps,
		`{{ last_page_size < config['page_size'] }}`:                   stopsEarly,
		`{{ last_page_size < config.page_size or not response.next }}`: stopsEarly,
		`{{ last_page_size - 100 < 0 }}`:                               stopsPerhaps,
		`{{ (last_page_size or 5) < 100 }}`:                            stopsPerhaps,
		`{{ not (last_page_size >= 100) }}`:                            stopsPerhaps,
		`{{ not last_page_size }}`:                                     stopsPerhaps,
		`{{ last_page_size in [1, 2] }}`:                               stopsPerhaps,
		`{{ last_page_size < last_page_size }}`:                        stopsPerhaps,
		`{{ 0 < last_page_size < 100 }}`:                               stopsEarly,
		`{% if last_page_size < 100 %}true{% endif %}`:                 stopsEarly,
		`{% if last_page_size < 100 %}false{% endif %}`:                stopsPerhaps,
		`{% if last_page_size < 100 %}true{% else %}1{% endif %}`:      stopsPerhaps,
		`{{ last_page_size < 100 }} yes`:                               stopsPerhaps,
		`{{ last_page_size < 100.0 }}`:                                 stopsEarly,
		`{{ last_page_size < true }}`:                                  stopsEarly,
		`{{ last_page_size == 0 and last_page_size < 100 }}`:           stopsEarly,
		`{{ last_page_size == 0 or not (last_page_size > 4) }}`:        stopsPerhaps,
		`{{ response['data'] | length < 100 }}`:                        stopsPerhaps,
		`{{ 100 > response['data'] | length }}`:                        stopsPerhaps,
		`{{ 100 < response['data'] | length }}`:                        stopsRight,
		`{{ response.page >= response.pages }}`:                        stopsPerhaps,
		`{{ not (response.count > 5) }}`:                               stopsPerhaps,
		`{{ not (5 > 3) }}`:                                            stopsPerhaps,
		`{{ response.count == 5 }}`:                                    stopsRight,
		`plain`:                                                        stopsRight,
		`{{ response.count < 5 if last_page_size else true }}`:         stopsPerhaps,
		`{{ 1 < 2 }}`: stopsRight,
		`{{ last_page_size >= page_size and last_page_size < 1 }}`: stopsRight,
	} {
		stop := manifest.NewTemplate(text)
		if got := stopSafety(&stop, 3); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}

// TestTryShowsRejectedPages shows them beside the pages, which are as many as records came in.
func TestTryShowsRejectedPages(t *testing.T) {
	t.Parallel()
	for action, test := range map[string]struct {
		stream string
		api    *api
		pages  int
	}{
		"a smaller page size": {sized(""), heavy(t, func(int) int { return 4 }), 3},
		"a smaller window":    {windowed(""), patient(t, 120*time.Hour), 2},
	} {
		f := load(t, test.api, test.stream)
		shown, err := f.Try(t.Context(), Trial{Config: []byte("{}"), Stream: "items"})
		if err != nil {
			t.Fatal(err)
		}
		if len(shown.Slices) != 1 || len(shown.Slices[0].Pages) != test.pages {
			t.Errorf("%s: got %d slices: %+v", action, len(shown.Slices), shown.Slices)
		}
		if list := shown.AuxiliaryRequests; len(list) != 1 || !strings.Contains(list[0].Title, action) || list[0].Response.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: got %+v", action, list)
		}
	}
}
