package declarative

import (
	"fmt"
	"io"
	"net/http"
	"testing"
)

// items is a stream that asks for /items, with more fields of its retriever.
func items(retriever string) string {
	return `
- type: DeclarativeStream
  name: items
  primary_key: id
  retriever:
    type: SimpleRetriever
    requester: {type: HttpRequester, url_base: API/v1, path: /items, http_method: GET}
    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
` + retriever
}

func TestPageIncrement(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		strategy string
		want     []string
	}{
		"first page unasked": {
			"{type: PageIncrement, page_size: 2, start_from_page: 1}",
			[]string{"/v1/items?limit=2", "/v1/items?page=2&limit=2", "/v1/items?page=3&limit=2"},
		},
		"first page asked": {
			"{type: PageIncrement, page_size: 2, start_from_page: 1, inject_on_first_request: true}",
			[]string{"/v1/items?page=1&limit=2", "/v1/items?page=2&limit=2", "/v1/items?page=3&limit=2"},
		},
		"offsets": {
			"{type: OffsetIncrement, page_size: 2, inject_on_first_request: true}",
			[]string{"/v1/items?page=0&limit=2", "/v1/items?page=2&limit=2", "/v1/items?page=4&limit=2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
				io.WriteString(w, []string{``, `{"data":[{"id":1},{"id":2}]}`, `{"data":[{"id":3},{"id":4}]}`, `{"data":[{"id":5}]}`}[n])
			})
			f := load(t, a, items(`
    paginator:
      type: DefaultPaginator
      pagination_strategy: `+test.strategy+`
      page_size_option: {inject_into: request_parameter, field_name: limit}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
`))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", a.urls(), test.want)
			equal(t, "records", f.records("items"), []string{`{"id":1}`, `{"id":2}`, `{"id":3}`, `{"id":4}`, `{"id":5}`})
		})
	}
}

// TestPagesAreCountedBeforeFilters has a filter that leaves nothing of the first page.
func TestPagesAreCountedBeforeFilters(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		io.WriteString(w, []string{``, `{"data":[{"id":1},{"id":2}]}`, `{"data":[{"id":3},{"id":4}]}`, `{"data":[]}`}[n])
	})
	f := load(t, a, `
- type: DeclarativeStream
  name: items
  retriever:
    requester: {url_base: API, path: items}
    record_selector:
      extractor: {field_path: [data]}
      record_filter: {condition: "{{ record.id > 2 }}"}
    paginator:
      type: DefaultPaginator
      pagination_strategy: {type: OffsetIncrement, page_size: 2}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: offset}
`)
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/items", "/items?offset=2", "/items?offset=4"})
	equal(t, "records", f.records("items"), []string{`{"id":3}`, `{"id":4}`})
}

func TestCursorPagination(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		paginator string
		answer    func(w http.ResponseWriter, url string, n int)
		want      []string
	}{
		"token of the body": {
			`pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}", stop_condition: "{{ not response.get('next') }}"}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}`,
			func(w http.ResponseWriter, _ string, n int) {
				fmt.Fprintf(w, `{"data":[{"id":%d}],"next":%s}`, n, []string{"", `"a b"`, `null`}[n])
			},
			[]string{"/v1/items", "/v1/items?after=a+b"},
		},
		"link header": {
			`pagination_strategy: {type: CursorPagination, cursor_value: "{{ headers['link']['next']['url'] }}", stop_condition: "{{ 'next' not in headers['link'] }}"}
      page_token_option: {type: RequestPath}`,
			func(w http.ResponseWriter, url string, n int) {
				if n < 3 {
					w.Header().Set("Link", fmt.Sprintf(`<%s/v1/items?page=%d>; rel="next", <x>; rel="last"`, url, n+1))
				}
				fmt.Fprintf(w, `{"data":[{"id":%d}]}`, n)
			},
			[]string{"/v1/items", "/v1/items?page=2", "/v1/items?page=3"},
		},
		"path that replaces the base's": {
			`pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}
      page_token_option: {type: RequestPath}`,
			func(w http.ResponseWriter, _ string, n int) {
				fmt.Fprintf(w, `{"data":[{"id":%d}],"next":%q}`, n, []string{"", "/v2/items?page=2", "?page=3", ""}[n])
			},
			[]string{"/v1/items", "/v2/items?page=2", "/v1/?page=3"},
		},
		"last record and its page's size": {
			`pagination_strategy: {type: CursorPagination, cursor_value: "{{ last_record['id'] }}", stop_condition: "{{ last_page_size < 1 }}"}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: since}`,
			func(w http.ResponseWriter, _ string, n int) {
				io.WriteString(w, []string{"", `{"data":[{"id":7},{"id":9}]}`, `{"data":[]}`}[n])
			},
			[]string{"/v1/items", "/v1/items?since=9"},
		},
		"header in the case a template asks for": {
			`pagination_strategy: {type: CursorPagination, cursor_value: "{{ headers['X-NextPage'] }}"}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: p}`,
			func(w http.ResponseWriter, _ string, n int) {
				if n == 1 {
					w.Header()["x-nextpage"] = []string{"2"}
				}
				io.WriteString(w, `{"data":[]}`)
			},
			[]string{"/v1/items", "/v1/items?p=2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var a *api
			a = newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) { test.answer(w, a.URL, n) })
			f := load(t, a, items(`
    paginator:
      type: DefaultPaginator
      `+test.paginator+"\n"))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", a.urls(), test.want)
		})
	}
}

// TestPagingSeesUnchangedRecords removes from records what paging needs.
func TestPagingSeesUnchangedRecords(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		io.WriteString(w, []string{"", `{"data":[{"id":1,"at":"a"}]}`, `{"data":[]}`}[n])
	})
	f := load(t, a, items(`
    paginator:
      type: DefaultPaginator
      pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.data[-1].at }}", stop_condition: "{{ not response.data }}"}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}
  transformations: [{type: RemoveFields, field_pointers: [[at]]}]
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/v1/items", "/v1/items?after=a"})
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
}

// TestNextPageRepeatsParameters follows a URL that has the requester's parameters in it already.
func TestNextPageRepeatsParameters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ limit, want string }{
		{"10", "/items?limit=10&after=5"},
		{"20", "/items?limit=10&after=5&limit=20"},
	} {
		var a *api
		a = newAPI(t, func(w http.ResponseWriter, _ *http.Request, n int) {
			next := ""
			if n == 1 {
				next = a.URL + "/items?limit=10&after=5"
			}
			fmt.Fprintf(w, `{"data":[],"next":%q}`, next)
		})
		f := load(t, a, `
- type: DeclarativeStream
  name: items
  retriever:
    requester: {url: API/items, request_parameters: {limit: "`+test.limit+`"}}
    record_selector: {extractor: {field_path: [data]}}
    paginator:
      type: DefaultPaginator
      pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}
      page_token_option: {type: RequestPath}
`)
		if err := f.read(t, "items"); err != nil {
			t.Fatal(err)
		}
		equal(t, "second request", a.urls()[1], test.want)
	}
}
