package declarative

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
)

// pageReader is a retriever of pages whose records are at a path, and whose paging looks at some members.
func pageReader(t *testing.T, path, paging string) *simpleRetriever {
	t.Helper()
	source := fmt.Sprintf(`
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [items]}
streams:
  - type: DeclarativeStream
    name: items
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url: "http://localhost/items"}
      paginator: %s
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, %s}}
`, paging, path)
	s, err := NewSource([]byte(source), SourceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.begin([]byte("{}"), connector.Discard)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := r.find(list, "items")
	if err != nil {
		t.Fatal(err)
	}
	return stream.Retriever.(*simpleRetriever)
}

const (
	cursorPaging = `{type: DefaultPaginator, pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.meta.next }}", stop_condition: "{{ not response.get('data') }}"}}`
	blindPaging  = `{type: DefaultPaginator, pagination_strategy: {type: CursorPagination, cursor_value: "{{ response | length }}"}}`
)

// readPage reads a page, and tells all that came of it.
func readPage(t *testing.T, r *simpleRetriever, body string) string {
	t.Helper()
	page := Page{Response: &Response{Status: http.StatusOK, Header: http.Header{}, Body: []byte(body)}}
	var records []any
	err := r.records(t.Context(), Query{}, &page, func(record *template.Dict) error {
		records = append(records, record)
		return nil
	})
	text, jsonErr := template.AppendJSON(nil, records)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	next, nextErr := r.paginator.Next(page)
	return fmt.Sprintf("%s; %d raw, %d emitted, %v; next %v, %v", text, page.Raw, page.Emitted, err, next, nextErr)
}

func TestOutlineGivesWhatTheWholePageGives(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"field_path: [data]", "field_path: [data, items]", `field_path: ["{{ 'da' + 'ta' }}"]`, "field_path: [data, '0']", `field_path: ["dä\"ta"]`,
		"field_path: [data], record_expander: {type: RecordExpander, expand_records_from_field: [items], remain_original_record: true, on_no_records: emit_parent}",
	} {
		lazy, whole := pageReader(t, path, cursorPaging), pageReader(t, path, cursorPaging)
		if lazy.outline == nil {
			t.Fatalf("%s: pages are decoded as a whole", path)
		}
		whole.outline = nil
		for _, body := range []string{
			`{"data":[{"id":1},{"id":2.50,"x":"\u00e4"}],"meta":{"next":"n"}}`, `{"data":[{"items":[{"a":1},{"b":2}]},{"items":[]},{"c":3}],"meta":{"next":2}}`,
			`{"data":{"items":[{"id":1}]},"meta":{}}`, `{"data":{"items":{"id":1}},"meta":null}`, `{"data":{"items":null}}`, `{"data":null}`, `{"data":{}}`, `{"data":""}`,
			`{"data":[]}`, `{}`, `{"other":1}`, `{"data":[1]}`, `{"data":["x",{"id":1}]}`, `{"data":[{"id":1},[{"id":2}]]}`, `{"data":[null]}`, `{"data":7}`, `{"data":"text"}`,
			`{"data":[{"id":1}],"meta":{"next":1},"data":[{"id":2}],"meta":{"next":2}}`, `{"d\u0061ta":[{"id":1}],"met\u0061":{"next":5}}`, `{"d\u00e4\"ta":[{"id":1}]}`,
			`[{"data":[{"id":1}]},{"data":[{"id":2}]}]`, `[]`, `7`, `null`, ``, ` `, `{"data":[{"id":1}`, `{"data":[{"id":1}]} x`, `{"data":[{"id":1},]}`, `{"data":[{"id":01}]}`,
			`<html>`, "{\"data\":[{\"id\":\"\xff\"}]}", ` { "data" : [ { "id" : 1 } ] } `,
		} {
			if got, want := readPage(t, lazy, body), readPage(t, whole, body); got != want {
				t.Errorf("%s of %s:\n got %s\nwant %s", path, body, got, want)
			}
		}
	}
}

func TestOutlineIsForPagesOfWhichPartsAreKnown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path, paging string
		want         bool
	}{
		{"field_path: [data]", "{type: NoPagination}", true},
		{"field_path: [data]", cursorPaging, true},
		{"field_path: [data]", "{type: DefaultPaginator, pagination_strategy: {type: PageIncrement, page_size: '{{ response.size }}'}}", true},
		{"field_path: [data]", blindPaging, false},
		{"field_path: [data, '*']", cursorPaging, false},
		{"field_path: []", cursorPaging, false},
	} {
		if r := pageReader(t, test.path, test.paging); (r.outline != nil) != test.want {
			t.Errorf("%s with %s: outline %t", test.path, test.paging, !test.want)
		}
	}
}

// Decoded, a page takes many times the memory of its text.
func TestPageIsNotHeldDecoded(t *testing.T) {
	for _, body := range []struct{ path, before, after string }{
		{"field_path: [data]", `{"data":[`, `],"meta":{"next":"n"}}`}, {"field_path: []", "[", "]"},
	} {
		const records = 100_000
		text := body.before + strings.TrimSuffix(strings.Repeat(`{"a":1,"b":[2,"x"],"c":{"d":null,"e":"text"}},`, records), ",") + body.after
		r := pageReader(t, body.path, "{type: NoPagination}")
		page := Page{Response: &Response{Status: http.StatusOK, Header: http.Header{}, Body: []byte(text)}}
		base, most := heap(), uint64(0)
		err := r.records(t.Context(), Query{}, &page, func(*template.Dict) error {
			if page.Emitted%20_000 == 0 {
				most = max(most, heap())
			}
			return nil
		})
		if err != nil || page.Emitted != records {
			t.Fatalf("%d records, %v", page.Emitted, err)
		}
		if grown := int64(most) - int64(base); grown > int64(len(text)) {
			t.Errorf("%s: a page of %d bytes takes %d more while it is read", body.path, len(text), grown)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
