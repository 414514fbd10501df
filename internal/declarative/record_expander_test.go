package declarative

import (
	"strings"
	"testing"
)

// expanding is a stream of the items of a list, by a record_expander with some fields.
func expanding(expander string) string {
	return `
- type: DeclarativeStream
  name: items
  retriever:
    requester: {url: API/items}
    record_selector: {extractor: {field_path: [], record_expander: {` + expander + `}}}
  transformations: [{type: AddFields, fields: [{path: [user, seen], value: "{{ true }}"}]}]
`
}

// TestExpandedRecords changes something deep inside of each record: neither its siblings nor its parent may see that.
func TestExpandedRecords(t *testing.T) {
	t.Parallel()
	const user = `"user":{"name":"a","seen":true}`
	for name, test := range map[string]struct {
		expander string
		want     []string
	}{
		"fields": {
			"expand_records_from_field: [in, list], parent_fields: [{parent_path: [user], record_path: [user]}, {parent_path: [none], record_path: [a, b]}]",
			[]string{`{"n":1,` + user + `,"a":{"b":null}}`, `{"value":2,` + user + `,"a":{"b":null}}`},
		},
		"merged": {
			"expand_records_from_field: [in, list], merge_parent: true",
			[]string{`{"n":1,` + user + `,"in":{"x":[3]}}`, `{"n":0,` + user + `,"in":{"x":[3]},"value":2}`},
		},
		"merged without any list": {
			`expand_records_from_field: [in, "*"], merge_parent: true`,
			[]string{`{"n":0,` + user + `,"in":{},"value":3}`, `{"n":1,` + user + `,"in":{}}`, `{"n":0,` + user + `,"in":{},"value":2}`},
		},
		"everything": {
			"expand_records_from_field: [in, list], merge_parent: true, remain_original_record: true, parent_fields: [{parent_path: [in, list, '-1'], record_path: [n]}]",
			[]string{
				`{"n":2,` + user + `,"in":{"x":[3]},"original_record":{"n":0,"user":{"name":"a"},"in":{"x":[3],"list":[{"n":1},2]}}}`,
				`{"n":2,` + user + `,"in":{"x":[3]},"value":2,"original_record":{"n":0,"user":{"name":"a"},"in":{"x":[3],"list":[{"n":1},2]}}}`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := pages(t, map[string]string{"/items": `{"n":0,"user":{"name":"a"},"in":{"x":[3],"list":[{"n":1},2]}}`})
			f := load(t, a, expanding(test.expander))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "records", f.records("items"), test.want)
		})
	}
}

const restOfList = `expand_records_from_field: [list], truncation_indicator_path: [more], truncated_list_retriever: {type: SimpleRetriever,
      requester: {url: "API/list/{{ stream_slice.parent_record.id }}"}, record_selector: {extractor: {field_path: []}}}`

// TestTruncatedLists reads the rest of those that have any, and the items at hand where there is none.
func TestTruncatedLists(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{
		"/items":  `[{"id":1,"list":[{"n":1}],"more":true,"total_count":3},{"id":2,"list":[{"n":2}],"more":false},{"id":3,"list":[{"n":3}],"more":true}]`,
		"/list/1": `[{"n":10},{"n":11}]`,
		"/list/3": `[]`,
	})
	seen := func(n string) string { return `{"n":` + n + `,"user":{"seen":true}}` }
	f := load(t, a, expanding(restOfList))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/items", "/list/1", "/list/3"})
	equal(t, "records", f.records("items"), []string{seen("10"), seen("11"), seen("2"), seen("3")})
	if !strings.Contains(f.logs(), "gave 2 records of a list that has 3") {
		t.Errorf("the log has no warning: %s", f.logs())
	}

	f = load(t, a, expanding("expand_records_from_field: [list], truncation_indicator_path: [more]"))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{seen("1"), seen("2"), seen("3")})
	if n := strings.Count(f.logs(), "only 1 of 3 elements"); n != 1 {
		t.Errorf("there are %d warnings: %s", n, f.logs())
	}
}

// TestTruncatedListFails ends the stream, as any request does.
func TestTruncatedListFails(t *testing.T) {
	t.Parallel()
	f := load(t, pages(t, map[string]string{"/items": `{"id":1,"list":[{"n":1}],"more":true}`}), expanding(restOfList))
	if err := f.read(t, "items"); err == nil || len(f.records("items")) > 0 {
		t.Errorf("got %v and %v", err, f.records("items"))
	}
}

func TestExpanderMistakes(t *testing.T) {
	t.Parallel()
	for expander, want := range map[string]string{
		strings.Replace(restOfList, "truncation_indicator_path: [more], ", "", 1):                     "goes with a truncation_indicator_path",
		strings.Replace(restOfList, "requester:", "pagination_reset: {action: RESET}, requester:", 1): "without partition_router, pagination_reset",
		"expand_records_from_field: [a], on_no_records: never":                                        "want skip or emit_parent",
		"expand_records_from_field: [a], parent_fields: [{parent_path: [], record_path: [a]}]":        "want at least one step",
	} {
		if problems := problemsOf(t, expanding(expander)).Errors(); len(problems) != 1 || !strings.Contains(problems[0].Message, want) {
			t.Errorf("%s: got %v", expander, problems)
		}
	}
	for expander, want := range map[string]string{
		strings.Replace(restOfList, "from_field: [list]", "from_field: ['{{ config.any }}']", 1):                 "expand_records_from_field has the wildcard *",
		"expand_records_from_field: [a], truncation_indicator_path: ['{{ config.any }}']":                        "truncation_indicator_path has the wildcard *",
		"expand_records_from_field: [a], parent_fields: [{parent_path: [a], record_path: ['{{ config.any }}']}]": "record_path has the wildcard *",
	} {
		f := load(t, pages(t, nil), expanding(expander))
		f.config["any"] = "*"
		if err := f.read(t, "items"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", expander, err)
		}
	}
}
