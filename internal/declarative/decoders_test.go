package declarative

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func archive(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, text := range files {
		f, err := w.Create(string(rune('a'+i)) + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDecoders(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		decoder, body string
		want          []string
	}{
		"json":             {"{type: JsonDecoder}", `{"a":1.0,"b":123456789012345678901234567890}`, []string{`{"a":1.0,"b":123456789012345678901234567890}`}},
		"json list":        {"{type: JsonDecoder}", `[{"b":1,"a":2},{},{"c":null}]`, []string{`{"b":1,"a":2}`, `{"c":null}`}},
		"json with a mark": {"{type: JsonDecoder}", "\ufeff{\"a\":1}", []string{`{"a":1}`}},
		"json of Python":   {"{type: JsonDecoder}", `[{"a":NaN,"b":-Infinity,"c":[Infinity],"d":1e400,"e":2}]`, []string{`{"a":null,"b":null,"c":[null],"d":null,"e":2}`}},
		"json lines":       {"{type: JsonlDecoder}", "{\"a\":1}\n\nnot json\n{\"a\":2}", []string{`{"a":1}`, `{"a":2}`}},
		"lines":            {"{type: IterableDecoder}", "x,1\ny,2\n", []string{`{"record":"x,1"}`, `{"record":"y,2"}`}},
		"csv":              {"{type: CsvDecoder}", "\ufeffa,b\n1,\"x\ny\"\n2\n", []string{`{"a":"1","b":"x\ny"}`, `{"a":"2","b":null}`}},
		"csv with options": {`{type: CsvDecoder, delimiter: "\\t", encoding: latin-1, set_values_to_none: ["-"]}`, "a\tb\n\xe9\t-\n", []string{`{"a":"é","b":null}`}},
		"gzip":             {"{type: GzipDecoder, decoder: {type: CsvDecoder}}", zipped(t, "a\n1\n"), []string{`{"a":"1"}`}},
		"gzip that is not": {"{type: GzipDecoder, decoder: {type: JsonDecoder}}", `{"a":1}`, []string{`{"a":1}`}},
		"zip":              {"{type: ZipfileDecoder, decoder: {type: JsonlDecoder}}", archive(t, "{\"a\":1}\n{\"a\":2}", `{"a":3}`), []string{`{"a":1}`, `{"a":2}`, `{"a":3}`}},
		"xml": {"{type: XmlDecoder}", `<?xml version="1.0"?><r k="v"><i>1</i><i a="b">two</i><e/><n><m>3</m></n></r>`,
			[]string{`{"r":{"@k":"v","i":["1",{"@a":"b","#text":"two"}],"e":null,"n":{"m":"3"}}}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, test.body) })
			f := load(t, a, requesting("    decoder: "+test.decoder+"\n"))
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "records", f.records("items"), test.want)
		})
	}
}

// TestWhatIsNoRecordIsTold says what an API gave instead.
func TestWhatIsNoRecordIsTold(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"<html>log in</html>": "a response is not JSON but a page of HTML or XML; it has no records",
		`[true]`:              "a record is not an object but a boolean; see whether field_path leads to the records",
		`["s3cret"]`:          "a record is not an object but a text",
		`[1.5]`:               "a record is not an object but a number",
	} {
		a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, body) })
		f := load(t, a, requesting("    decoder: {type: JsonDecoder}\n"))
		err := f.read(t, "items")
		told := f.logs()
		if err != nil {
			told += err.Error()
		}
		if !strings.Contains(told, want) || strings.Contains(told, "s3cret") {
			t.Errorf("%s: got %s", body, told)
		}
	}
}

// TestContentEncoding asks for an encoding itself, which turns the client's own handling of it off.
func TestContentEncoding(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		w.Header().Set("Content-Encoding", r.Header.Get("Accept-Encoding"))
		io.WriteString(w, zipped(t, `{"id":1}`))
	})
	f := load(t, a, requesting("      request_headers: {Accept-Encoding: gzip}\n"))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
}

// TestLongExports reads a response far beyond the limit on those that are held as a whole.
func TestLongExports(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("x", 1000) + "\n"
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		io.WriteString(w, "a\n")
		for range 200 {
			io.WriteString(w, line)
		}
	})
	f := load(t, a, requesting("    decoder: {type: CsvDecoder}\n"))
	f.options.MaxResponseBytes = 10_000
	if err := f.read(t, "items"); err != nil || len(f.records("items")) != 200 {
		t.Errorf("got %d records, %v", len(f.records("items")), err)
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		selector, body string
		want           []string
	}{
		"types of computed fields": {`
    transformations:
    - type: AddFields
      fields:
      - {path: [v], value: "{{ record.zip }}"}
      - {path: [s], value: "{{ record.zip }}", value_type: string}
`, `[{"zip":"12345"},{"zip":"1e5"},{"zip":"007"},{"zip":"true"},{"zip":"1,2"}]`, []string{
			`{"zip":"12345","v":12345,"s":"12345"}`, `{"zip":"1e5","v":100000.0,"s":"1e5"}`, `{"zip":"007","v":"007","s":"007"}`,
			`{"zip":"true","v":"true","s":"true"}`, `{"zip":"1,2","v":[1,2],"s":"1,2"}`,
		}},
		"none is false": {`
    retriever:
      record_selector: {extractor: {field_path: []}, record_filter: {condition: "{{ record.get('x') }}"}}
`, `[{"i":1},{"i":2,"x":null},{"i":3,"x":""},{"i":4,"x":0},{"i":5,"x":"no"},{"i":6,"x":"false"}]`,
			[]string{`{"i":5,"x":"no"}`}},
		"filter before transformation": {`
    transformations: [{type: RemoveFields, field_pointers: [[x]]}]
    retriever:
      record_selector: {extractor: {field_path: []}, record_filter: {condition: "{{ record.x }}"}}
`, `[{"i":1,"x":true},{"i":2,"x":false}]`, []string{`{"i":1}`}},
		"transformation before filter": {`
    transformations: [{type: AddFields, fields: [{path: [y], value: "{{ record.i > 1 }}"}]}]
    retriever:
      record_selector: {extractor: {field_path: []}, record_filter: {condition: "{{ record.y }}"}, transform_before_filtering: true}
`, `[{"i":1},{"i":2}]`, []string{`{"i":2,"y":true}`}},
		"wildcard": {`
    retriever: {record_selector: {extractor: {field_path: [data, "*", "{{ config.field }}"]}}}
`, `{"data":{"a":{"x":{"i":1}},"b":{"x":{"i":2}},"c":{}}}`, []string{`{"i":1}`, `{"i":2}`}},
		"expanded": {`
    retriever:
      record_selector: {extractor: {field_path: [], record_expander: {expand_records_from_field: [lines], remain_original_record: true, on_no_records: emit_parent}}}
`, `[{"id":1,"lines":[{"n":1}]},{"id":2}]`, []string{`{"n":1,"original_record":{"id":1,"lines":[{"n":1}]}}`, `{"id":2}`}},
		"normalized": {`
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {a: {type: string}, b: {type: [integer, "null"]}}}}
    retriever: {record_selector: {extractor: {field_path: []}, schema_normalization: Default}}
`, `[{"a":1,"b":"2"}]`, []string{`{"a":"1","b":2}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, test.body) })
			stream := "definitions:\n  base: {requester: {url: API/x}, record_selector: {extractor: {field_path: []}}}\nversion: 1.0.0\ncheck: {stream_names: [items]}\nstreams:\n  - name: items\n"
			if strings.Contains(test.selector, "retriever:") {
				stream += strings.Replace(strings.Replace(test.selector, "retriever: {", "retriever: {$ref: '#/definitions/base', ", 1),
					"retriever:\n", "retriever:\n      $ref: '#/definitions/base'\n", 1)
			} else {
				stream += "    retriever: {$ref: '#/definitions/base'}\n" + test.selector
			}
			f := loadManifest(t, a, stream)
			f.config["field"] = "x"
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			equal(t, "records", f.records("items"), test.want)
		})
	}
}
