package server_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestMethodsOfPaths asks which methods there are, and takes others.
func TestMethodsOfPaths(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	f := func(method, path string, status int, allow string) {
		t.Helper()
		a := d.call(t, method, path, "").want(status)
		if got := a.header.Get("Allow"); got != allow {
			t.Errorf("%s %s: Allow is %q, want %q", method, path, got, allow)
		}
		if method == "HEAD" && a.body != "" || status == http.StatusNoContent && a.body != "" {
			t.Errorf("%s %s: the body is %q", method, path, a.body)
		}
		if status == http.StatusMethodNotAllowed && method != "HEAD" {
			a.problem()
		}
	}
	for _, prefix := range []string{"/v1", "/api/public/v1"} {
		f("OPTIONS", prefix+"/sources", 204, "GET, HEAD, POST, OPTIONS")
		f("OPTIONS", prefix+"/sources/"+unknown, 204, "DELETE, GET, HEAD, PATCH, PUT, OPTIONS")
		f("PATCH", prefix+"/sources", 405, "GET, HEAD, POST, OPTIONS")
		f("TRACE", prefix+"/jobs", 405, "GET, HEAD, POST, OPTIONS")
		f("HEAD", prefix+"/sources", 200, "")
		f("HEAD", prefix+"/sources/"+unknown, 404, "")
	}
	f("OPTIONS", "/api/v1/sources/get", 204, "POST, OPTIONS")
	f("HEAD", "/api/v1/sources/get", 405, "POST, OPTIONS")
	f("GET", "/api/v1/sources/get", 405, "POST, OPTIONS")
	f("OPTIONS", "/v1/nothing", 404, "")
}

// TestSlashesAndEscapes writes paths as clients do that put them together from pieces.
func TestSlashesAndEscapes(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.source(t)
	for _, path := range []string{
		"/v1/sources/", "/v1//sources//", "/api/public/v1/sources/" + id + "/", "/v1/sources/" + strings.ReplaceAll(id, "-", "%2D"),
		"/v1/sources/" + strings.ToUpper(id), "/v1/health/", "/api/v1/health/", "/v1/sources/?limit=1",
	} {
		d.call(t, "GET", path, "").want(200)
	}
	d.call(t, "POST", "/api/v1/sources/get/", quote("sourceId", id)).want(200)
	d.call(t, "POST", "/api/public/v1/applications/token/", quote("client_id", d.id, "client_secret", d.secret)).want(200)
	for _, path := range []string{"/v1/sources/a%2Fb", "/v1/sources/%7B" + id + "%7D", "/V1/sources", "/api/v2/sources/", "/v1/sources/" + id + "/x"} {
		d.call(t, "GET", path, "").want(404).problem()
	}
	d.call(t, "GET", "/v1/", "").want(302)
}

// TestHeadersOfOthers sends headers that say the same in other words, and some that say nothing.
func TestHeadersOfOthers(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	body := quote("name", "w", "organizationId", "00000000-0000-0000-0000-000000000000")
	for _, kind := range []string{"", "application/json; charset=utf-8", "application/json;charset=UTF-8", "application/vnd.api+json", "text/plain", "application/x-www-form-urlencoded", ";;"} {
		d.call(t, "POST", "/v1/workspaces", body, "Content-Type", kind).want(200)
	}
	for _, accept := range []string{"", "*/*", "text/html", "application/xml", "application/json;q=0", ";;"} {
		if a := d.call(t, "GET", "/v1/workspaces", "", "Accept", accept).want(200); a.header.Get("Content-Type") != "application/json" {
			t.Errorf("Accept %q is answered with %s", accept, a.header.Get("Content-Type"))
		}
	}
	d.call(t, "GET", "/v1/workspaces", "", "Authorization", "bearer "+d.token).want(200)
	d.call(t, "GET", "/v1/workspaces", "", "Authorization", "Bearer Bearer "+d.token).want(401).problem()
	d.call(t, "GET", "/v1/workspaces", `{"a":1}`).want(200)
	form := "client_id=" + d.id + "&client_secret=" + d.secret
	d.call(t, "POST", "/v1/applications/token", form, "Authorization", "", "Content-Type", "application/x-www-form-urlencoded; charset=utf-8").want(200)
}

func packed(t *testing.T, text string) string {
	t.Helper()
	return packedWith(t, text, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
}

func packedWith(t *testing.T, text string, with func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var out bytes.Buffer
	w := with(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPackedBodies(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	body := packed(t, `{"name":"packed"}`)
	if a := d.call(t, "POST", "/v1/workspaces", body, "Content-Encoding", "GZIP").want(200); a.text("name") != "packed" {
		t.Errorf("got %s", a.body)
	}
	d.call(t, "POST", "/v1/workspaces", `{"name":"plain"}`, "Content-Encoding", "identity").want(200)
	d.call(t, "POST", "/v1/workspaces", `{"name":"plain"}`, "Content-Encoding", "gzip").want(400).problem()
	d.call(t, "POST", "/v1/workspaces", body[:len(body)-9], "Content-Encoding", "gzip").want(400).problem()
	d.call(t, "POST", "/v1/workspaces", body).want(422).problem()
	a := d.call(t, "POST", "/v1/workspaces", body, "Content-Encoding", "br").want(415)
	a.problem()
	if got := a.header.Get("Accept-Encoding"); got != "gzip, deflate, zstd" || !strings.Contains(a.body, got) {
		t.Errorf("Accept-Encoding is %q in %s", got, a.body)
	}
	bomb := packed(t, `{"name":"`+strings.Repeat("x", 64<<20)+`"}`)
	d.call(t, "POST", "/v1/workspaces", bomb, "Content-Encoding", "gzip").want(413).problem()
	d.call(t, "GET", "/v1/workspaces", "", "Content-Encoding", "gzip").want(200)
}

// TestEncodingsOfBodies sends bodies packed in the other ways, whole, cut off, and far too large.
func TestEncodingsOfBodies(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	for encoding, with := range map[string]func(io.Writer) io.WriteCloser{
		"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w)
			if err != nil {
				t.Fatal(err)
			}
			return z
		},
	} {
		post := func(body string) answer {
			return d.call(t, "POST", "/v1/workspaces", body, "Content-Encoding", encoding)
		}
		body := packedWith(t, `{"name":"`+encoding+`"}`, with)
		if a := post(body).want(200); a.text("name") != encoding {
			t.Errorf("%s: got %s", encoding, a.body)
		}
		post(body[:len(body)-3]).want(400).problem()
		post(`{"name":"plain"}`).want(400).problem()
		post("").want(400).problem()
		post(packedWith(t, `{"name":"`+strings.Repeat("x", 64<<20)+`"}`, with)).want(413).problem()
	}
}

// TestOddBodies sends JSON that is hardly any.
func TestOddBodies(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	post := func(body string) answer { t.Helper(); return d.call(t, "POST", "/v1/workspaces", body) }
	nested := func(n int) string {
		return `{"name":"n","notifications":` + strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) + "}"
	}
	if a := post("\ufeff" + `{"name":"after a mark"}`).want(200); a.text("name") != "after a mark" {
		t.Errorf("got %s", a.body)
	}
	post(nested(5000)).want(200)
	for _, body := range []string{
		nested(50_000), "{\"name\":\"a\xffb\"}", "{\"name\":\"a\x00b\"}", `{"name":"a\u0000b"}`, `{"name":"a`, `{"name":'a'}`, `{name:"a"}`, `{"name":NaN}`,
		`{"name":"a",}`, `{"name":"a"}{"name":"b"}`, `null`, `true`, `17`, "\xfe\xff\x00{", strings.Repeat("[", 100_000),
	} {
		post(body).want(422).problem()
	}
	for _, body := range []string{`{}`, ``, ` `, `{"name":null}`, `{"name":"  "}`} {
		post(body).want(400).problem()
	}
}

// TestBoundsOfPages asks for pages far away.
func TestBoundsOfPages(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	d.source(t)
	for _, query := range []string{"offset=2147483647", "limit=100&offset=2147483647", "limit=1&limit=zzz", "limit=1&offset=0&offset=9"} {
		for _, path := range []string{"/v1/sources?", "/v1/jobs?", "/v1/connections?"} {
			d.call(t, "GET", path+query, "").want(200)
		}
	}
	for _, query := range []string{"offset=2147483648", "limit=1;offset=2", "limit=1e2", "limit=٣"} {
		d.call(t, "GET", "/v1/sources?"+query, "").want(400).problem()
	}
	huge := `"pagination":{"pageSize":9223372036854775807,"rowOffset":9223372036854775807}}`
	for path, body := range map[string]string{
		"/sources/list_paginated": `{"workspaceIds":["` + d.workspace + `"],` + huge, "/jobs/list": `{"configTypes":["sync"],` + huge,
		"/workspaces/list_paginated": `{"workspaceIds":[],` + huge, "/connections/list_paginated": `{"workspaceIds":[],` + huge,
	} {
		d.call(t, "POST", "/api/v1"+path, body).want(200)
		d.call(t, "POST", "/api/v1"+path, strings.ReplaceAll(body, "9223372036854775807", "9223372036854775808")).want(422).problem()
		d.call(t, "POST", "/api/v1"+path, strings.ReplaceAll(body, "9223372036854775807", "-1")).want(400).problem()
	}
	for _, path := range []string{"/sources/list", "/destinations/list", "/web_backend/connections/list"} {
		d.call(t, "POST", "/api/v1"+path, `{"workspaceId":"`+d.workspace+`","pageSize":-1}`).want(400).problem()
	}
}

// TestTimeZonesOfSchedules sets one as Airbyte's Terraform provider does, at the address of the Public API.
func TestTimeZonesOfSchedules(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.connection(t)
	for _, prefix := range []string{"/v1", "/api/public/v1", "/api/v1"} {
		d.call(t, "PATCH", "/v1/connections/"+id, `{"schedule":{"scheduleType":"cron","cronExpression":"0 0 12 * * ?"}}`).want(200)
		body := `{"connectionId":"` + id + `","scheduleType":"cron","scheduleData":{"cron":{"cronExpression":"0 0 12 * * ?","cronTimeZone":"Asia/Tokyo"}}}`
		a := d.call(t, "POST", prefix+"/connections/update", body).want(200)
		if a.text("scheduleData.cron.cronTimeZone") != "Asia/Tokyo" {
			t.Errorf("%s: got %s", prefix, a.body)
		}
		if a := d.call(t, "GET", "/v1/connections/"+id, "").want(200); a.text("schedule.cronExpression") != "0 0 12 * * ? Asia/Tokyo" {
			t.Errorf("%s: the Public API shows %s", prefix, a.body)
		}
		d.call(t, "POST", prefix+"/connections/update", body, "Authorization", "").want(401).problem()
		d.call(t, "POST", prefix+"/connections/update", strings.Replace(body, id, unknown, 1)).want(404).problem()
	}
}
