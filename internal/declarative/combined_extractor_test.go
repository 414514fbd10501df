package declarative

import (
	"strings"
	"testing"
)

// combinedStream is a stream of records that stand in two places of a response.
func combinedStream(extractor, strategy string) string {
	return `
- type: DeclarativeStream
  name: items
  retriever:
    requester: {url: API/items}
    record_selector:
      extractor:
        type: CombinedExtractor
        extractors: [{type: DpathExtractor, field_path: [a]}, {type: DpathExtractor, field_path: [b]}]
        ` + extractor + `
    paginator:
      type: DefaultPaginator
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
      pagination_strategy: ` + strategy + "\n"
}

// TestCombinedExtractor takes records of two places, and counts empty ones for paging.
func TestCombinedExtractor(t *testing.T) {
	t.Parallel()
	const first = `{"a": [null, {"n": 1}], "b": [{"n": 2}]}`
	cases := map[string]struct {
		extractor string
		bodies    map[string]string
		want      []string
		requests  []string
	}{
		"all": {
			"skip_empty_records: true", map[string]string{"/items?page=1": `{"b": [{"n": 3}, {}]}`, "/items": first},
			[]string{`{"n":1}`, `{"n":2}`, `{"n":3}`}, []string{"/items", "/items?page=1"},
		},
		"the first": {
			"{mode: first_match}", map[string]string{"/items?page=1": `{"a": [], "b": [{"n": 3}]}`, "/items": `{"a": [{"n": 1}, {"n": 4}], "b": [{"n": 2}]}`},
			[]string{`{"n":1}`, `{"n":4}`, `{"n":3}`}, []string{"/items", "/items?page=1"},
		},
		"the first that is not empty": {
			"{mode: first_match, skip_empty_records: true}", map[string]string{"/items?page=1": `{"a": [null, {}], "b": [{"n": 3}]}`, "/items": first},
			[]string{`{"n":1}`, `{"n":3}`}, []string{"/items", "/items?page=1"},
		},
		"none": {"skip_empty_records: true", map[string]string{"/items": `{"a": {}}`}, []string{}, []string{"/items"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.bodies["/items?page=2"] = "{}"
			a := pages(t, c.bodies)
			extractor := strings.NewReplacer("{", "", "}", "", ", ", "\n        ").Replace(c.extractor)
			f := load(t, a, combinedStream(extractor, "{type: PageIncrement, page_size: 2}"))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "records", f.records("items"), c.want)
			equal(t, "requests", a.urls()[:min(2, len(a.urls()))], c.requests)
		})
	}
}

// TestCombinedExtractorMisused refuses what would skip records, and what says nothing.
func TestCombinedExtractorMisused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ extractor, strategy, want string }{
		"offsets": {"", "{type: OffsetIncrement, page_size: 2}", "a union of records does not go with an OffsetIncrement"},
		"mode":    {"mode: some", "{type: PageIncrement}", "want union or first_match"},
	}
	for name, c := range cases {
		text := "version: 6.0.0\ncheck: {stream_names: [items]}\nstreams:" + strings.ReplaceAll(combinedStream(c.extractor, c.strategy), "API", "https://a.example")
		if _, err := NewSource([]byte(text), SourceOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}
