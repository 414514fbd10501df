package file_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/internal/builtin/file"
	"github.com/airfielddev/airfield/protocol"
)

func save(tb testing.TB, name, content string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func config(format, url, options string) json.RawMessage {
	storage := "local"
	if strings.HasPrefix(url, "http") {
		storage = "HTTPS"
	}
	text, err := json.Marshal(map[string]any{"dataset_name": "things", "format": format, "url": url,
		"reader_options": options, "provider": map[string]any{"storage": storage}})
	if err != nil {
		panic(err)
	}
	return text
}

func discover(tb testing.TB, c json.RawMessage) protocol.Stream {
	tb.Helper()
	found, err := file.New(file.Options{}).Discover(tb.Context(), c, connector.Discard)
	if err != nil {
		tb.Fatalf("Discover: %v", err)
	}
	return found.Streams[0]
}

func read(tb testing.TB, c json.RawMessage) (records []string, err error) {
	tb.Helper()
	return readAs(tb, c, discover(tb, c))
}

func readAs(tb testing.TB, c json.RawMessage, stream protocol.Stream, state ...*protocol.State) (records []string, err error) {
	tb.Helper()
	req := connector.ReadRequest{Config: c, State: state}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: stream, SyncMode: protocol.FullRefresh}}
	err = file.New(file.Options{}).Read(tb.Context(), req, func(m protocol.Message) error {
		if m.Type == protocol.TypeRecord {
			records = append(records, string(m.Record.Data))
		}
		return nil
	})
	return records, err
}

// properties are the columns of a stream with their types.
func properties(tb testing.TB, s protocol.Stream) map[string]string {
	tb.Helper()
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(s.JSONSchema, &schema); err != nil {
		tb.Fatal(err)
	}
	out := map[string]string{}
	for name, text := range schema.Properties {
		out[name] = string(text)
	}
	return out
}

func TestConformance(t *testing.T) {
	t.Parallel()
	var table, lines, array strings.Builder
	table.WriteString("id,name,at\n")
	array.WriteString("[")
	for i := range 60 {
		fmt.Fprintf(&table, "%d,\"na,me %d\",2024-01-01 00:00:%02d\n", i, i, i)
		fmt.Fprintf(&lines, "{\"id\":%d,\"deep\":{\"list\":[%d]}}\n", i, i)
		fmt.Fprintf(&array, "%s\n  {\"id\": %d,\n   \"name\": \"x\"}", strings.Repeat(",", min(i, 1)), i)
	}
	array.WriteString("\n]\n")
	for format, content := range map[string]string{"csv": table.String(), "jsonl": lines.String(), "json": array.String(), "parquet": parquetFile(t, 60)} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			path := save(t, "things", content)
			conformance.Source(t, conformance.SourceCase{
				Source: file.NewEvery(file.Options{}, 7),
				Config: config(format, path, ""),
				BadConfigs: map[string]json.RawMessage{
					"no such file":       config(format, path+".gone", ""),
					"a directory":        config(format, filepath.Dir(path), ""),
					"unsupported format": config("excel", path, ""),
					"no name":            json.RawMessage(`{"format":"csv","url":"x","provider":{"storage":"local"}}`),
					"unsupported place":  json.RawMessage(`{"dataset_name":"x","format":"csv","url":"x","provider":{"storage":"S3"}}`),
					"unknown option":     config(format, path, `{"colour": "red"}`),
					"options no JSON":    config(format, path, `{'sep': ';'}`),
					"other encoding":     config(format, path, `{"encoding": "latin-1"}`),
				},
			})
		})
	}
}

// TestCSV reads files as people have them.
func TestCSV(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, content, options string
		want                   []string
	}{
		{"quotes, line breaks and commas in cells", "a,b\r\n\"x, \"\"y\"\"\",\"line\r\nbreak\"\r\n", ``, []string{`{"a":"x, \"y\"","b":"line\u000abreak"}`}},
		{"byte order mark and other scripts", "\ufeffnäme,城\nZürich,東京\n", ``, []string{`{"näme":"Zürich","城":"東京"}`}},
		{"no line break at the end", "a,b\n1,2", ``, []string{`{"a":1,"b":2}`}},
		{"empty cells", "a,b\n,x\n1,\n", ``, []string{`{"a":null,"b":"x"}`, `{"a":1,"b":null}`}},
		{"short rows", "a,b,c\n1\n", ``, []string{`{"a":1,"b":null,"c":null}`}},
		{"huge integers", "a,b\n9223372036854775807,123456789012345678901234567890\n", ``, []string{`{"a":9223372036854775807,"b":123456789012345678901234567890}`}},
		{"zeros in front", "zip\n01234\n99999\n", ``, []string{`{"zip":"01234"}`, `{"zip":"99999"}`}},
		{"integers and decimals", "a\n1\n-2.50\n1e3\n", ``, []string{`{"a":1}`, `{"a":-2.50}`, `{"a":1e3}`}},
		{"mixed", "a\n1\nx\n", ``, []string{`{"a":"1"}`, `{"a":"x"}`}},
		{"booleans", "a\nTrue\nFALSE\n", ``, []string{`{"a":true}`, `{"a":false}`}},
		{"times", "a,b\n2024-02-29 12:00:00,2024-02-29T12:00:00.5+02:00\n", ``, []string{`{"a":"2024-02-29T12:00:00","b":"2024-02-29T12:00:00.5+02:00"}`}},
		{"same names", "a,a,\n1,2,3\n", ``, []string{`{"a":1,"a.1":2,"Unnamed: 2":3}`}},
		{"invalid UTF-8", "a\nx\xffy\n", ``, []string{`{"a":"x\ufffdy"}`}},
		{"tab", "a\tb\n1\t2\n", `{"sep": "\t"}`, []string{`{"a":1,"b":2}`}},
		{"tab as an escape", "a\tb\n1\t2\n", `{"sep": "\\t"}`, []string{`{"a":1,"b":2}`}},
		{"no header", "1,2\n3,4\n", `{"header": null}`, []string{`{"0":1,"1":2}`, `{"0":3,"1":4}`}},
		{"names", "1,2\n", `{"names": ["x", "y"]}`, []string{`{"x":1,"y":2}`}},
		{"names instead of the header", "a,b\n1,2\n", `{"header": 0, "names": ["x", "y"]}`, []string{`{"x":1,"y":2}`}},
		{"some rows", "junk\n\"junk\na\n1\n2\n3\n", `{"skiprows": 2, "nrows": 2}`, []string{`{"a":1}`, `{"a":2}`}},
		{"comments", "a\n# no\n1\n", `{"comment": "#"}`, []string{`{"a":1}`}},
		{"missing values", "a\nNA\n1\n", `{"na_values": "NA"}`, []string{`{"a":null}`, `{"a":1}`}},
		{"Namibia", "country\nNA\n", ``, []string{`{"country":"NA"}`}},
		{"text on request", "a,b\n1,2\n", `{"dtype": {"a": "str"}}`, []string{`{"a":"1","b":2}`}},
		{"long rows skipped", "a\n1,2\n3\n", `{"on_bad_lines": "skip"}`, []string{`{"a":3}`}},
		{"bare quotes allowed", "a\n5\" pipe\n", `{"lazy_quotes": true}`, []string{`{"a":"5\" pipe"}`}},
		{"header alone", "a,b\n", ``, nil},
	} {
		got, err := read(t, config("csv", save(t, "things.csv", c.content), c.options))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTypesOfCSV(t *testing.T) {
	t.Parallel()
	stream := discover(t, config("csv", save(t, "things.csv", "i,n,b,d,t,z,s,e\n1,1.5,true,2024-01-01,2024-01-01 10:00:00,2024-01-01T10:00:00Z,x,\n"), ""))
	want := map[string]string{
		"i": `{"type":["null","integer"]}`, "n": `{"type":["null","number"]}`, "b": `{"type":["null","boolean"]}`,
		"d": `{"type":["null","string"],"format":"date"}`,
		"t": `{"type":["null","string"],"format":"date-time","airbyte_type":"timestamp_without_timezone"}`,
		"z": `{"type":["null","string"],"format":"date-time","airbyte_type":"timestamp_with_timezone"}`,
		"s": `{"type":["null","string"]}`, "e": `{"type":["null","string"]}`,
	}
	if diff := cmp.Diff(want, properties(t, stream)); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// TestMisfits reads a file that has changed since its types were found out: rows are never lost to a type.
func TestMisfits(t *testing.T) {
	t.Parallel()
	path := save(t, "things.csv", "id,ok\n1,true\n")
	c := config("csv", path, "")
	stream := discover(t, c)
	if err := os.WriteFile(path, []byte("id,ok,new\n1.5,maybe,x\nn/a,false,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readAs(t, c, stream)
	if want := []string{`{"id":1.5,"ok":"maybe","new":"x"}`, `{"id":"n/a","ok":false,"new":"1"}`}; err != nil || !cmp.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, format, content string
		want                  []string
	}{
		{"array", "json", "[\n {\"a\": 9007199254740993},\r\n {\"a\": null, \"b\": [1]}\n]", []string{`{"a": 9007199254740993}`, `{"a": null, "b": [1]}`}},
		{"one object over lines", "json", "{\n\"a\": \"x y\"\n}", []string{`{"a":"x y"}`}},
		{"empty array", "json", " [ ] ", nil},
		{"lines", "jsonl", "{\"a\":1}\r\n\n  {\"a\":2}", []string{`{"a":1}`, `{"a":2}`}},
		{"mark", "jsonl", "\ufeff{\"a\":1}\n", []string{`{"a":1}`}},
		{"long line", "jsonl", `{"a":"` + strings.Repeat("x", 1<<20) + `"}` + "\n{}\n", []string{`{"a":"` + strings.Repeat("x", 1<<20) + `"}`, `{}`}},
	} {
		got, err := read(t, config(c.format, save(t, "things", c.content), ""))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	stream := discover(t, config("jsonl", save(t, "things", `{"i":1,"m":1,"o":{},"l":[],"n":null}`+"\n"+`{"i":2.5,"m":"x"}`), ""))
	want := map[string]string{
		"i": `{"type":["null","number"]}`, "m": `{"type":["null","string","number","boolean","object","array"]}`,
		"o": `{"type":["null","object"],"additionalProperties":true}`, "l": `{"type":["null","array"],"items":{}}`, "n": `{"type":["null","string"]}`,
	}
	if diff := cmp.Diff(want, properties(t, stream)); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// TestBroken reads files that are not what they should be. The error says where.
func TestBroken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ format, content, want string }{
		{"csv", "", "the file is empty"},
		{"csv", "a,b\n1,2,3\n", "line 2 has 3 cells, but there are 2 columns"},
		{"csv", "a\n\"x\n", "lazy_quotes"},
		{"csv", "\xff\xfea\x00", "UTF-16"},
		{"csv", "PK\x03\x04....", "ZIP"},
		{"csv", "\x1f\x8b\x08broken", "decompressing"},
		{"json", "[{\"a\":1},2]", "element 2 is not a JSON object"},
		{"json", "[{\"a\":1}", "behind element 1"},
		{"json", "[{\"a\":1}{", "behind element 1"},
		{"jsonl", "{}\n{\"a\":\n", "line 2 is not a JSON object"},
		{"parquet", "a,b\n1,2\n3,4\n5,6\n", "does not end as parquet does"},
		{"parquet", "PAR1\x15\x06\x15 \x15\xb3\x15\xf2PAR1", "longer than the file"},
		{"parquet", parquetFile(t, 3)[:200], "parquet"},
	} {
		path := save(t, "things", c.content)
		stream := protocol.Stream{Name: "things", JSONSchema: json.RawMessage(`{}`)}
		_, err := readAs(t, config(c.format, path, ""), stream)
		if connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(fmt.Sprint(err), c.want) || !strings.Contains(fmt.Sprint(err), path) {
			t.Errorf("%s of %q: %v, want a config_error that says %q", c.format, c.content, err, c.want)
		}
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write([]byte("id\n1\n2\n"))
	_ = zip.Close()
	agents := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agents <- r.Header.Get("User-Agent")
		switch r.URL.Path {
		case "/things.csv.gz":
			w.Header().Set("ETag", `"v1"`)
			_, _ = w.Write(packed.Bytes())
		case "/things.parquet":
			_, _ = w.Write([]byte(parquetFile(t, 3)))
		case "/short":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("id\n1\n"))
		case "/private":
			w.WriteHeader(http.StatusForbidden)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	got, err := read(t, config("csv", server.URL+"/things.csv.gz", ""))
	if want := []string{`{"id":1}`, `{"id":2}`}; err != nil || !cmp.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if agent := <-agents; agent != "airfield" {
		t.Errorf("User-Agent %q", agent)
	}
	if !discover(t, config("csv", server.URL+"/things.csv.gz", "")).IsResumable {
		t.Error("a file with an ETag is not resumable")
	}
	if got, err := read(t, config("parquet", server.URL+"/things.parquet", "")); err != nil || len(got) != 3 {
		t.Errorf("Parquet over HTTP: %d rows, %v", len(got), err)
	}
	stream := protocol.Stream{Name: "things", JSONSchema: json.RawMessage(`{}`)}
	for path, want := range map[string]protocol.FailureType{"/private": protocol.FailureConfig, "/gone": protocol.FailureConfig, "/busy": protocol.FailureTransient, "/short": protocol.FailureTransient} {
		_, err := readAs(t, config("csv", server.URL+path+"?signature=secret", ""), stream)
		if connector.FailureOf(err) != want || strings.Contains(fmt.Sprint(err), "secret") || !strings.Contains(fmt.Sprint(err), path) {
			t.Errorf("%s: %v, want a %s", path, err, want)
		}
	}
	server.Close()
	_, err = readAs(t, config("csv", server.URL+"/x?signature=secret", ""), stream)
	if connector.FailureOf(err) != protocol.FailureTransient || strings.Contains(err.Error(), "secret") {
		t.Errorf("no server: %v, want a transient_error without the query", err)
	}
}

// TestRoot tries to leave the directory that files may be read from.
func TestRoot(t *testing.T) {
	t.Parallel()
	root, outside := t.TempDir(), save(t, "secret.csv", "a\n1\n")
	for _, path := range []string{"in.csv", "sub/deep.csv"} {
		full := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte("a\n1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(root, "link.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(root, "way")); err != nil {
		t.Fatal(err)
	}
	source := file.New(file.Options{Root: root})
	for path, allowed := range map[string]bool{
		"in.csv": true, "./sub/../in.csv": true, "sub/deep.csv": true, "/local/sub/deep.csv": true, "/local/../etc/passwd": false, filepath.Join(root, "in.csv"): true, "file://" + filepath.Join(root, "in.csv"): true,
		outside: false, "../" + filepath.Base(filepath.Dir(outside)) + "/secret.csv": false, "link.csv": false, "way/secret.csv": false,
		root + "/../../etc/passwd": false, "/etc/passwd": false, "sub": false,
	} {
		_, err := source.Discover(t.Context(), config("csv", path, ""), connector.Discard)
		if (err == nil) != allowed || err != nil && connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("%s: %v, allowed should be %t", path, err, allowed)
		}
	}
}

// TestChangedFile goes on with a file that was replaced half way: rows of two versions must not be mixed.
func TestChangedFile(t *testing.T) {
	t.Parallel()
	path := save(t, "things.csv", "a\n1\n2\n")
	c := config("csv", path, "")
	stream := discover(t, c)
	state := protocol.NewStreamState(protocol.StreamDescriptor{Name: "things"}, json.RawMessage(`{"rows":1,"fingerprint":"other"}`))
	if got, err := readAs(t, c, stream, state); connector.FailureOf(err) != protocol.FailureConfig || len(got) != 0 {
		t.Errorf("got %q, %v, want a config_error and no rows", got, err)
	}
}

func BenchmarkCSV(b *testing.B) {
	var content strings.Builder
	content.WriteString("id,name,email,age,score,at,active\n")
	for i := range b.N {
		fmt.Fprintf(&content, "%d,name of %d,person%d@example.com,%d,%g,%s,true\n", i, i, i, i%90, float64(i)/7, time.Unix(int64(i), 0).UTC().Format(time.RFC3339))
	}
	c := config("csv", save(b, "things.csv", content.String()), "")
	stream := discover(b, c)
	req := connector.ReadRequest{Config: c}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: stream, SyncMode: protocol.FullRefresh}}
	b.SetBytes(int64(content.Len() / b.N))
	b.ReportAllocs()
	b.ResetTimer()
	if err := file.New(file.Options{}).Read(b.Context(), req, connector.Discard); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
