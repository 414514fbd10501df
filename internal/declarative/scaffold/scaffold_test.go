package scaffold_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/declarative/scaffold"
	"github.com/airfielddev/airfield/internal/template"
)

// page is the records of a page of two, of five in all.
func page(n int) string {
	var records []string
	for id := 2*n - 1; id <= min(2*n, 5); id++ {
		records = append(records, fmt.Sprintf(`{"name": "same", "uuid": "u%d", "updated_at": "2026-01-0%dT00:00:00Z", "ref_id": 1}`, id, id))
	}
	return "[" + strings.Join(records, ",") + "]"
}

// serve answers pages by a parameter of the query, with what around says beside the records.
func serve(t *testing.T, param string, around func(w http.ResponseWriter, n int, records string) string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := 1
		if value := r.URL.Query().Get(param); value != "" {
			var err error
			if n, err = strconv.Atoi(strings.TrimPrefix(value, "t")); err != nil {
				t.Errorf("%s is %q", param, value)
			}
			if param == "offset" {
				n = n/2 + 1
			}
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, around(w, n, page(n)))
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1/things"
}

// next is n+1 as a format says, nothing on the last page.
func next(format string, n int) string {
	if n == 3 {
		return "null"
	}
	return fmt.Sprintf(format, n+1)
}

func TestManifestReadsWhatItLearned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		param  string
		around func(w http.ResponseWriter, n int, records string) string
		want   scaffold.Findings
	}{
		"a list, with links": {"p", func(w http.ResponseWriter, n int, records string) string {
			if n < 3 {
				w.Header().Set("Link", fmt.Sprintf(`<http://%s/v1/things?p=%d>; rel="next"`, "HOST", n+1))
			}
			return records
		}, scaffold.Findings{Pages: scaffold.Pages{Kind: scaffold.LinkHeader}}},
		"the next address": {"p", func(_ http.ResponseWriter, n int, records string) string {
			return `{"result": {"items": ` + records + `}, "links": {"prev": null, "next": ` + next(`"http://HOST/v1/things?p=%d"`, n) + `}}`
		}, scaffold.Findings{RecordPath: []string{"result", "items"}, Pages: scaffold.Pages{Kind: scaffold.NextURL, Path: []string{"links", "next"}}}},
		"the next path": {"p", func(_ http.ResponseWriter, n int, records string) string {
			return `{"next": ` + next(`"/v1/things?p=%d"`, n) + `, "data": ` + records + `, "tags": [{"x": 1}]}`
		}, scaffold.Findings{RecordPath: []string{"data"}, Pages: scaffold.Pages{Kind: scaffold.NextURL, Path: []string{"next"}, Relative: true}}},
		"a token": {"cursor", func(_ http.ResponseWriter, n int, records string) string {
			return `{"meta": {"next_cursor": ` + next(`"t%d"`, n) + `}, "data": ` + records + `}`
		}, scaffold.Findings{RecordPath: []string{"data"}, Pages: scaffold.Pages{Kind: scaffold.NextToken, Path: []string{"meta", "next_cursor"}, Param: "cursor"}}},
		"numbers": {"page", func(_ http.ResponseWriter, n int, records string) string {
			return `{"has_more": ` + strconv.FormatBool(n < 3) + `, "data": ` + records + `}`
		}, scaffold.Findings{RecordPath: []string{"data"}, Pages: scaffold.Pages{Kind: scaffold.ByNumber, Path: []string{"has_more"}, Param: "page"}}},
		"offsets": {"offset", func(_ http.ResponseWriter, _ int, records string) string {
			return `{"total": 5, "offset": 0, "data": ` + records + `}`
		}, scaffold.Findings{RecordPath: []string{"data"}, Pages: scaffold.Pages{Kind: scaffold.ByOffset, Path: []string{"offset"}, Param: "offset"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var address string
			address = serve(t, c.param, func(w http.ResponseWriter, n int, records string) string {
				host := strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/v1/things")
				body := strings.ReplaceAll(c.around(w, n, records), "HOST", host)
				if link := w.Header().Get("Link"); link != "" {
					w.Header().Set("Link", strings.ReplaceAll(link, "HOST", host))
				}
				return body
			})
			plan := scaffold.Plan{URL: address, Auth: scaffold.None}
			first, _ := read(t, plan)
			got, err := scaffold.Learn([]byte(first.Body), first.Headers["Link"])
			if err != nil {
				t.Fatal(err)
			}
			plan.Findings = &got
			c.want.Records, c.want.Key, c.want.Cursor, c.want.Format = 2, "uuid", "updated_at", "%Y-%m-%dT%H:%M:%SZ"
			findings := got
			findings.Schema = nil
			if diff := cmp.Diff(c.want, findings); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if required, _ := got.Schema.Get("required"); !cmp.Equal(required, any([]any{"uuid"})) {
				t.Errorf("the schema requires %v", required)
			}
			if _, records := read(t, plan); records != 5 {
				t.Errorf("the manifest reads %d records, want 5", records)
			}
		})
	}
}

// read reads the stream of a plan's manifest: the first answer, and how many records there were.
func read(t *testing.T, plan scaffold.Plan) (first declarative.GivenAnswer, records int) {
	t.Helper()
	text, err := scaffold.Manifest(plan)
	if err != nil {
		t.Fatal(err)
	}
	source, err := declarative.NewSource(text, declarative.SourceOptions{Strict: true})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	recording, err := source.Record(t.Context(), declarative.Trial{Config: []byte(`{}`), Stream: "things"})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range recording.Read.Logs {
		t.Errorf("%s %s", l.Level, l.Message)
	}
	for _, s := range recording.Read.Slices {
		for _, p := range s.Pages {
			records += len(p.Records)
		}
	}
	return recording.Exchanges[0].Response, records
}

// TestMarkedCursorWorks takes the marks away, as the comment says, for each way in which APIs write times.
func TestMarkedCursorWorks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ at, since string }{
		"a time":           {`"2026-01-02T00:00:00Z"`, "2026-01-01T00:00:00Z"},
		"a date":           {`"2026-01-02"`, "2026-01-01"},
		"a number":         {`1767312000`, "1767225600"},
		"parts of seconds": {`"2026-01-02T00:00:00.123Z"`, "2026-01-01T00:00:00.000000Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var since []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				since = append(since, r.URL.Query().Get("since"))
				fmt.Fprintf(w, `[{"id": 1, "updated_at": %s}]`, c.at)
			}))
			defer server.Close()
			plan := scaffold.Plan{URL: server.URL + "/v1/things", Auth: scaffold.None}
			first, _ := read(t, plan)
			findings, err := scaffold.Learn([]byte(first.Body), "")
			if err != nil {
				t.Fatal(err)
			}
			plan.Findings = &findings
			text, err := scaffold.Manifest(plan)
			if err != nil {
				t.Fatal(err)
			}
			source, err := declarative.NewSource(unmarked(string(text)), declarative.SourceOptions{})
			if err != nil {
				t.Fatal(err)
			}
			recording, err := source.Record(t.Context(), declarative.Trial{Config: []byte(`{"start_date": "2026-01-01T00:00:00Z"}`), Stream: "things"})
			if err != nil || len(recording.Read.Logs) > 0 {
				t.Fatalf("%v, %v in\n%s", err, recording.Read.Logs, text)
			}
			if diff := cmp.Diff([]string{"", c.since}, since); diff != "" {
				t.Errorf("since (-want +got):\n%s", diff)
			}
		})
	}
}

// unmarked is a manifest whose cursor is no comment any more, with a user who is asked for the first day.
func unmarked(text string) []byte {
	before, rest, _ := strings.Cut(text, "    # incremental_sync:\n")
	marked, after, _ := strings.Cut(rest, "    schema_loader:")
	cursor := strings.ReplaceAll("    # incremental_sync:\n"+marked, "    # ", "    ")
	after = strings.ReplaceAll(after, "properties: {}\n", "properties: {start_date: {type: string}}\n")
	return []byte(before + cursor + "    schema_loader:" + after)
}

func TestManifestOfEachAuth(t *testing.T) {
	t.Parallel()
	for _, auth := range scaffold.Auths() {
		for _, param := range []string{"", `k "e" y`} {
			text, err := scaffold.Manifest(scaffold.Plan{URL: `https://api.example.com/?a="b"&c=%0Ad`, Stream: `odd: "name"`, Auth: auth, Param: param})
			if err != nil {
				t.Fatal(err)
			}
			source, err := declarative.NewSource(text, declarative.SourceOptions{Strict: true})
			if err != nil {
				t.Errorf("%s: %v in\n%s", auth, err, text)
				continue
			}
			if len(source.Problems()) > 0 {
				t.Errorf("%s: %v", auth, source.Problems())
			}
		}
	}
	for _, bad := range []scaffold.Plan{{URL: "ftp://example.com", Auth: scaffold.None}, {URL: "/x", Auth: scaffold.None}, {URL: "https://example.com", Auth: "magic"}} {
		if _, err := scaffold.Manifest(bad); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}

// TestSettingsOfEachAuth looks at what a user is asked for, and what of it is a secret.
func TestSettingsOfEachAuth(t *testing.T) {
	t.Parallel()
	for auth, want := range map[scaffold.Auth]string{
		scaffold.None: "", scaffold.Bearer: "api_key*", scaffold.APIKey: "api_key*", scaffold.Basic: "username password*",
		scaffold.OAuth: "client_id client_secret* refresh_token*",
	} {
		text, err := scaffold.Manifest(scaffold.Plan{URL: "https://api.example.com/v1/things", Auth: auth})
		if err != nil {
			t.Fatal(err)
		}
		if oauth := strings.Contains(string(text), "https://api.example.com/oauth/token"); oauth != (auth == scaffold.OAuth) {
			t.Errorf("%s: the manifest gets tokens: %v", auth, oauth)
		}
		_, spec, _ := strings.Cut(string(text), "connection_specification:")
		var got []string
		for _, m := range setting.FindAllStringSubmatch(spec, -1) {
			if strings.Contains(m[2], "airbyte_secret: true") {
				m[1] += "*"
			}
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: a user is asked for %v, want %s", auth, got, want)
		}
	}
}

// setting is a line of a specification.
var setting = regexp.MustCompile(`(?m)^      (\w+): (\{.*)$`)

func TestLearnTypesOfKeys(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`[{"id": 1}, {"id": 2}]`:     `"integer"`,
		`[{"id": 1}, {"id": "b"}]`:   `["number","string"]`,
		`[{"id": "a"}, {"id": "b"}]`: `"string"`,
	} {
		findings, err := scaffold.Learn([]byte(answer), "")
		if err != nil || findings.Key != "id" {
			t.Fatalf("%s: %v, %+v", answer, err, findings)
		}
		schema, err := template.AppendJSON(nil, findings.Schema)
		if err != nil || !strings.Contains(string(schema), `"id":{"type":`+want+`}`) {
			t.Errorf("%s: %s, %v; want %s", answer, schema, err, want)
		}
	}
}

func FuzzLearn(f *testing.F) {
	f.Add(`{"data": [{"id": 1}, {"id": 2}], "next": "/x"}`)
	f.Add(`[[{"a": {"b": [{}]}}]]`)
	f.Add(`{"n\"ext": "x", "o'dd\\": [{"id": "\u0000"}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		findings, err := scaffold.Learn([]byte(body), "")
		if err != nil {
			return
		}
		text, err := scaffold.Manifest(scaffold.Plan{URL: "https://example.com/x", Auth: scaffold.None, Findings: &findings})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := template.DecodeJSON([]byte(body)); err != nil {
			t.Fatal("what is no JSON was learned from")
		}
		if _, err := declarative.NewSource(text, declarative.SourceOptions{}); err != nil {
			t.Errorf("%v of %s in\n%s", err, body, text)
		}
	})
}
