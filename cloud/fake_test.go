package cloud_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
)

// The IDs that the tests use.
const (
	workspaceID   = "11111111-0000-4000-8000-000000000001"
	sourceID      = "22222222-0000-4000-8000-000000000001"
	destinationID = "33333333-0000-4000-8000-000000000001"
	connectionID  = "44444444-0000-4000-8000-000000000001"
	definitionID  = "55555555-0000-4000-8000-000000000001"
	projectID     = "66666666-0000-4000-8000-000000000001"
)

// call is a request as it came over the wire.
type call struct {
	Method string
	Path   string // escaped
	Query  url.Values
	Header http.Header
	Body   string
}

func (c call) String() string { return c.Method + " " + c.Path }

// reply is the answer to a call. A status of 0 breaks the connection.
type reply struct {
	status int
	body   string
	kind   string // content type; "": JSON
}

func ok(body string) reply { return reply{200, body, ""} }

type handler func(call) reply

func always(r reply) handler { return func(call) reply { return r } }

// inTurn gives the replies one after the other, and the last one for ever.
func inTurn(replies ...reply) handler {
	n := 0
	return func(call) reply {
		n++
		return replies[min(n, len(replies))-1]
	}
}

// fake is a deployment that answers what a test says and remembers what it was asked. What it was not told to answer fails the
// test.
type fake struct {
	t        testing.TB
	url      string
	mu       sync.Mutex
	routes   map[string]handler
	fallback handler // answers what routes do not
	calls    []call
}

// below is the base path that the fake lives at, so that addresses made without it are noticed.
const below = "/some/base"

const (
	publicBase = below + "/api/public/v1"
	configBase = below + "/api/v1"
)

func serve(tb testing.TB, routes map[string]handler) *fake {
	tb.Helper()
	f := &fake{t: tb, routes: routes}
	s := httptest.NewServer(f)
	tb.Cleanup(s.Close)
	f.url = s.URL + below
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c := call{r.Method, r.URL.EscapedPath(), r.URL.Query(), r.Header, string(body)}
	c.Path = strings.Replace(c.Path, publicBase, "", 1)
	c.Path = strings.Replace(c.Path, configBase, "config", 1)
	f.mu.Lock()
	f.calls = append(f.calls, c)
	answer := f.routes[c.String()]
	if answer == nil {
		answer = f.fallback
	}
	var a reply
	if answer != nil {
		a = answer(c)
	}
	f.mu.Unlock()
	switch {
	case answer == nil:
		f.t.Errorf("nobody expected %s %s", c, c.Body)
		w.WriteHeader(http.StatusTeapot)
	case a.status == 0:
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			fmt.Fprint(conn, a.body)
			conn.Close()
		}
	default:
		kind := a.kind
		if kind == "" {
			kind = "application/json"
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(a.status)
		fmt.Fprint(w, a.body)
	}
}

// RoundTrip answers without a network, for tests whose time is a bubble's.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	f.ServeHTTP(w, r)
	return w.Result(), nil
}

func (f *fake) httpClient() *http.Client { return &http.Client{Transport: f} }

func (f *fake) config() cloud.Config {
	return cloud.Config{BearerToken: "token-1", APIRoot: f.url, RetryWait: time.Microsecond}
}

func (f *fake) client() *cloud.Client {
	f.t.Helper()
	c, err := cloud.NewClient(f.config())
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (f *fake) workspace() *cloud.Workspace { return f.client().Workspace(workspaceID) }

func (f *fake) connection() *cloud.Connection { return f.workspace().Connection(connectionID) }

// asked lists the calls so far.
func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []string
	for _, c := range f.calls {
		list = append(list, c.String())
	}
	return list
}

func (f *fake) wants(calls ...string) {
	f.t.Helper()
	if diff := cmp.Diff(calls, f.asked()); diff != "" {
		f.t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// last is the newest call of this method and path.
func (f *fake) last(what string) call {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range slices.Backward(f.calls) {
		if c.String() == what {
			return c
		}
	}
	f.t.Fatalf("nobody called %s", what)
	return call{}
}

// body asserts the JSON of the newest call of this method and path.
func (f *fake) body(what, want string) {
	f.t.Helper()
	sameJSON(f.t, what, want, f.last(what).Body)
}

func sameJSON(tb testing.TB, what, want, got string) {
	tb.Helper()
	var w, g any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		tb.Fatalf("%s: the test wants no JSON: %v", what, err)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		tb.Fatalf("%s: %q is no JSON: %v", what, got, err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// The bodies that the tests answer with.
func sourceJSON(id, name string) string {
	return fmt.Sprintf(`{"sourceId":%q,"name":%q,"sourceType":"faker","definitionId":"d1","workspaceId":%q,
		"configuration":{"count":100,"token":"**********"},"createdAt":1767225600}`, id, name, workspaceID)
}

func destinationJSON(id, name, kind, configuration string) string {
	return fmt.Sprintf(`{"destinationId":%q,"name":%q,"destinationType":%q,"definitionId":"d2","workspaceId":%q,
		"configuration":%s,"createdAt":1767225600}`, id, name, kind, workspaceID, configuration)
}

func connectionJSON(id, name, streams string) string {
	return fmt.Sprintf(`{"connectionId":%q,"name":%q,"sourceId":%q,"destinationId":%q,"workspaceId":%q,"status":"active",
		"schedule":{"scheduleType":"cron","cronExpression":"0 30 4 * * ? UTC"},"namespaceDefinition":"destination","prefix":"p_",
		"nonBreakingSchemaUpdatesBehavior":"ignore","createdAt":1767225600,"tags":[{"tagId":"t1","workspaceId":"w","name":"red","color":"ff0000"}],
		"configurations":{"streams":%s}}`, id, name, sourceID, destinationID, workspaceID, streams)
}

func jobJSON(id int, status string) string {
	return fmt.Sprintf(`{"jobId":%d,"status":%q,"jobType":"sync","startTime":"2026-01-02T03:04Z","connectionId":%q,
		"lastUpdatedAt":"2026-01-02T03:06:10Z","duration":"PT26H3M1S","bytesSynced":52341,"rowsSynced":1000}`, id, status, connectionID)
}

func pageJSON(items ...string) string {
	next := ""
	if len(items) > 0 {
		next = "https://api.airbyte.com/v1/more"
	}
	return fmt.Sprintf(`{"previous":"","next":%q,"data":[%s]}`, next, strings.Join(items, ","))
}

const problem404 = `{"status":404,"type":"https://reference.airbyte.com/reference/errors#resource-not-found","title":"resource-not-found",
	"detail":"The requested resource could not be found.","documentationUrl":null,"data":{"resourceType":"thing","resourceId":"7"}}`

func conflict(message string) reply {
	return reply{status: 409, body: fmt.Sprintf(`{"status":409,"type":"https://reference.airbyte.com/reference/errors#try-again-later",
		"title":"try-again-later","detail":"Please try again later.","data":{"message":%q}}`, message)}
}
