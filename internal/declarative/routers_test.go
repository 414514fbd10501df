package declarative

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// routed is a stream at /items/{path} with a partition router; the path may use the partition.
func routed(path, router string) string {
	return `
- type: DeclarativeStream
  name: items
  retriever:
    type: SimpleRetriever
    requester: {type: HttpRequester, url_base: API, path: "` + path + `"}
    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
    partition_router:` + strings.ReplaceAll(router, "\n", "\n      ") + "\n"
}

// parent is a configuration of a parent stream at /name, partitioned in turn by more.
func parent(name, config, more string) string {
	return `
type: SubstreamPartitionRouter
parent_stream_configs:
- parent_key: id
  partition_field: ` + name + config + `
  stream:
    type: DeclarativeStream
    name: ` + name + `
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: API, path: "/` + name + `"}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}` + more
}

func TestGrandparents(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{
		"/org":       `{"data":[{"id":1},{"id":2}]}`,
		"/team?o=1":  `{"data":[{"id":"a","lead":{"name":"Ada"}},{"lead":{}},{"id":null}]}`,
		"/team?o=2":  `{"data":[{"id":0}]}`,
		"/items/1/a": `{"data":[{"x":1}]}`,
		"/items/2/0": `{"data":[{"x":2}]}`,
	})
	inner := strings.ReplaceAll(parent("org", "\n  request_option: {inject_into: request_parameter, field_name: o}", ""), "\n", "\n        ")
	stream := routed("/items/{{ stream_slice.parent_slice.org }}/{{ stream_slice['team'] }}",
		parent("team", "\n  request_option: {inject_into: request_parameter, field_name: t}\n  extra_fields: [[lead, name], [lead, age]]",
			"\n      partition_router:"+inner)) + `
  transformations:
    - type: AddFields
      fields:
        - {type: AddedFieldDefinition, path: [lead], value: "{{ stream_slice.extra_fields['lead.name'] }}"}
        - {type: AddedFieldDefinition, path: [age], value: "{{ stream_slice.extra_fields['lead.age'] is none }}"}
`
	f := load(t, a, stream)
	err := f.read(t, "items")
	// The partition of team 0 is falsy, so it is not sent as a parameter; team a is. Parents are read while slices are.
	equal(t, "requests", slices.Sorted(slices.Values(a.urls())), []string{"/items/1/a?t=a", "/items/2/0", "/org", "/team?o=1", "/team?o=2"})
	equal(t, "records", f.records("items"), []string{`{"x":1,"lead":"Ada","age":true}`, `{"x":2,"lead":null,"age":true}`})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "state", f.last(t, "items"), `{"__ab_no_cursor_state_message":true}`)
	if !strings.Contains(f.logs(), "without a team") {
		t.Errorf("records without a key were not logged: %s", f.logs())
	}
}

// TestParentOfTheSameName reads a stream whose parent is called as it is, which mappings to all names make.
func TestParentOfTheSameName(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/items": `{"data":[{"id":1},{"id":2}]}`, "/items/1": `{"data":[{"x":1}]}`, "/items/2": `{"data":[{"x":2}]}`})
	f := load(t, a, routed("/items/{{ stream_partition['items'] }}", parent("items", "", "")))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/items", "/items/1", "/items/2"})
	equal(t, "records", f.records("items"), []string{`{"x":1}`, `{"x":2}`})
}

func TestPartitionRouters(t *testing.T) {
	t.Parallel()
	const path = "/{{ stream_partition.a }}{{ stream_partition.b }}"
	letters := "{type: ListPartitionRouter, cursor_field: a, values: \"{{ config['letters'] }}\", request_option: {inject_into: request_parameter, field_name: q}}"
	for name, test := range map[string]struct {
		path, router string
		want         []string
	}{
		"list": {path, " " + letters, []string{"/x?q=x", "/y?q=y", "/x?q=x"}},
		"product": {
			path, "\n- " + letters + "\n- {type: ListPartitionRouter, cursor_field: b, values: [1, 2], request_option: {inject_into: request_parameter, field_name: q}}",
			[]string{"/x1?q=x", "/x2?q=x", "/y1?q=y", "/y2?q=y", "/x1?q=x", "/x2?q=x"},
		},
		"groups": {
			"/{{ stream_partition.a | join('-') }}",
			" {type: GroupingPartitionRouter, group_size: 2, underlying_partition_router: {type: ListPartitionRouter, cursor_field: a, values: [1, 2, 1, 3]}}",
			[]string{"/1-2", "/3"},
		},
		"groups with doubles": {
			"/{{ stream_partition.a | join('-') }}",
			" {type: GroupingPartitionRouter, group_size: 3, deduplicate: false, underlying_partition_router: {type: ListPartitionRouter, cursor_field: a, values: [1, 2, 1, 3]}}",
			[]string{"/1-2-1", "/3"},
		},
		"union": {
			path, ` {type: UnionPartitionRouter, partition_field: a, partition_routers: [
        {type: ListPartitionRouter, cursor_field: a, values: [1, 2]}, {type: ListPartitionRouter, cursor_field: a, values: [2, 3]}]}`,
			[]string{"/1", "/2", "/3"},
		},
		"several parents": {
			"/{{ stream_partition.a }}", parent("a", "", "") + strings.Replace(parent("a", "\n  request_option: {inject_into: header, field_name: A}", ""),
				"\ntype: SubstreamPartitionRouter\nparent_stream_configs:", "", 1),
			[]string{"/a", "/7", "/7"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				if r.URL.Path == "/a" {
					io.WriteString(w, `{"data":[{"id":7}]}`)
					return
				}
				io.WriteString(w, `{"data":[]}`)
			})
			f := load(t, a, routed(test.path, test.router))
			f.config["letters"] = []string{"x", "y", "x"}
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "requests", a.urls(), test.want)
		})
	}
}

func TestRoutersThatCannotWork(t *testing.T) {
	t.Parallel()
	const option = ", request_option: {inject_into: header, field_name: A}"
	list := func(field, more string) string {
		return "{type: ListPartitionRouter, cursor_field: " + field + ", values: [1]" + more + "}"
	}
	for name, test := range map[string]struct{ router, want string }{
		"no list":         {" {type: ListPartitionRouter, cursor_field: a, values: text}", "want a list"},
		"group options":   {" {type: GroupingPartitionRouter, group_size: 2, underlying_partition_router: " + list("a", option) + "}", "request_option is not supported"},
		"union options":   {" {type: UnionPartitionRouter, partition_field: a, partition_routers: [" + list("a", option) + "," + list("a", "") + "]}", "request_option is not supported"},
		"union of others": {" {type: UnionPartitionRouter, partition_field: a, partition_routers: [" + list("a", "") + "," + list("b", "") + "]}", "gives the field b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := load(t, pages(t, nil), routed("/x", test.router))
			if err := f.read(t, "items"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestLazyFirstPage(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{
		"/order":                `{"data":[{"id":1,"lines":{"data":[{"n":1}],"next":"2"}},{"id":2,"lines":{"data":[{"n":3}]}},{"id":3}]}`,
		"/order/1/lines?page=2": `{"data":[{"n":2}]}`,
		"/order/2/lines":        `{"data":[{"n":4,"updated_at":"2024-02-01"}]}`,
		"/order/1/lines":        `{"data":[]}`,
		"/order/3/lines":        `{"data":[]}`,
	})
	stream := strings.Replace(routed("/order/{{ stream_partition.order }}/lines", parent("order", "\n  lazy_read_pointer: [lines]", "")),
		"    partition_router:", `    paginator:
      type: DefaultPaginator
      pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.get('next') }}"}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
    partition_router:`, 1) + `
  incremental_sync: {type: DatetimeBasedCursor, cursor_field: updated_at, datetime_format: "%Y-%m-%d", start_datetime: "2024-01-01"}
`
	f := load(t, a, stream)
	if err := f.sync(t, "items", nil); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/order", "/order/1/lines?page=2"})
	equal(t, "records", f.records("items"), []string{`{"n":1}`, `{"n":2}`, `{"n":3}`})

	// With a state, the pages in the parent's records may be too old a view: all are asked for.
	again := load(t, a, stream)
	if err := again.sync(t, "items", json.RawMessage(f.last(t, "items"))); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls()[2:], []string{"/order", "/order/1/lines", "/order/2/lines", "/order/3/lines"})
}
