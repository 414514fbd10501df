package server_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/platform/seal"
	"github.com/airfielddev/airfield/internal/platform/webhook"
	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/internal/store/sqlite"
)

// unknown names nothing.
const unknown = "99999999-9999-4999-8999-999999999999"

// signingKey is that of every deployment, so that tokens of one are good for another over the same store.
var signingKey = []byte(strings.Repeat("k", 32))

// deployment is a real server on loopback over SQLite, without an engine: its jobs wait.
type deployment struct {
	*server.Server
	url       string
	platform  *platform.Platform
	trusting  *platform.Platform // over the same store, may run programs
	workspace string
	id        string
	secret    string
	token     string
	log       *logLines
	faulty    bool         // some part of it is made to fail; without, no answer says that the server is at fault
	count     atomic.Int64 // of names that must not be given twice
}

func deploy(t testing.TB, change ...func(*server.Config)) *deployment {
	t.Helper()
	return deployWith(t, airfield.ConnectorOptions{}, change...)
}

func deployWith(t testing.TB, connectors airfield.ConnectorOptions, change ...func(*server.Config)) *deployment {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "airfield.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	box, err := seal.New([]byte(strings.Repeat("m", 32)))
	if err != nil {
		t.Fatal(err)
	}
	over := func(o airfield.ConnectorOptions) *platform.Platform {
		return platform.New(platform.Config{Store: store, Connectors: airfield.NewConnectors(o), Secrets: box, Poster: webhook.New(webhook.Config{})})
	}
	p := over(connectors)
	seed, err := p.Seed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := &deployment{platform: p, trusting: over(airfield.ConnectorOptions{AllowExec: true}), workspace: seed.WorkspaceID, id: seed.Application.ClientID, secret: seed.ClientSecret, log: &logLines{}}
	cfg := server.Config{Platform: p, SigningKey: signingKey, Logger: slog.New(slog.NewJSONHandler(d.log, nil))}
	for _, c := range change {
		c(&cfg)
	}
	if d.Server, err = server.New(cfg); err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(d)
	t.Cleanup(listener.Close)
	d.url = listener.URL
	d.token = d.call(t, "POST", "/v1/applications/token", `{"client_id":"`+d.id+`","client_secret":"`+d.secret+`"}`, "Authorization", "").text("access_token")
	return d
}

// answer is what a server said.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

// call sends a request with the deployment's token. Headers are names and values in turn; an empty value takes the header away.
func (d *deployment) call(t testing.TB, method, path, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Del(headers[i])
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{t, resp.StatusCode, resp.Header, string(text)}
	if a.status >= 500 && !d.faulty && (a.status != 501 || !strings.Contains(a.body, "error:implementation/not-implemented-in-oss")) {
		t.Errorf("%s %s: the server is at fault: %d %s", method, path, a.status, a.body)
	}
	return a
}

// trust makes a deployment whose definitions may be programs on this machine.
func trust(t *testing.T) *deployment {
	t.Helper()
	d := deploy(t)
	d.Server = must(server.New(server.Config{Platform: d.trusting, SigningKey: signingKey, Logger: slog.New(slog.NewJSONHandler(d.log, nil))}))(t)
	return d
}

// want checks the status.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// object is the body.
func (a answer) object() map[string]any {
	a.t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		a.t.Fatalf("%v in %q", err, a.body)
	}
	return out
}

// text is a member of the body, found by a path with dots: "data.message".
func (a answer) text(path string) string {
	a.t.Helper()
	s, _ := a.at(path).(string)
	return s
}

func (a answer) at(path string) any {
	a.t.Helper()
	var value any = a.object()
	for name := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			a.t.Fatalf("there is no %s in %s", path, a.body)
		}
		value = object[name]
	}
	return value
}

// problem checks that the answer is a refusal in the words of either API.
func (a answer) problem() {
	a.t.Helper()
	if kind := a.header.Get("Content-Type"); kind != "application/json" {
		a.t.Errorf("content type %q of %q", kind, a.body)
		return
	}
	p := a.object()
	if p["status"] != float64(a.status) || p["type"] == "" || p["title"] == "" || p["detail"] == "" {
		a.t.Errorf("no problem: %s", a.body)
	}
	if strings.Contains(a.body, "goroutine ") || strings.Contains(a.body, ".go:") {
		a.t.Errorf("the problem shows the inside of the server: %s", a.body)
	}
}

const fakerID = "dfd88b22-b603-4c3d-aad7-3701784586b1"

// source makes a source that counts to ten.
func (d *deployment) source(t testing.TB) string {
	t.Helper()
	body := `{"name":"people","workspaceId":"` + d.workspace + `","configuration":{"sourceType":"faker","count":10,"seed":1}}`
	return d.call(t, "POST", "/v1/sources", body).want(200).text("sourceId")
}

// destination makes a destination that drops everything.
func (d *deployment) destination(t testing.TB) string {
	t.Helper()
	body := `{"name":"nowhere","workspaceId":"` + d.workspace + `","configuration":{"destinationType":"dev-null","test_destination":{"test_destination_type":"SILENT"}}}`
	return d.call(t, "POST", "/v1/destinations", body).want(200).text("destinationId")
}

// connection makes a connection of all streams.
func (d *deployment) connection(t testing.TB) string {
	t.Helper()
	body := `{"sourceId":"` + d.source(t) + `","destinationId":"` + d.destination(t) + `"}`
	return d.call(t, "POST", "/v1/connections", body).want(200).text("connectionId")
}

// eventually calls until ok, and fails the test when it never is.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("waited too long for: %s", what)
		case <-tick.C:
		}
	}
}
