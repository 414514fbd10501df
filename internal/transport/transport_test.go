package transport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/secret"
)

// fast makes retries take no noticeable time.
var fast = transport.Retry{Base: time.Microsecond, Max: time.Millisecond}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

type thing struct {
	Name string `json:"name"`
}

func TestRequestOnTheWire(t *testing.T) {
	t.Parallel()
	type seen struct{ Method, Path, Query, Body, Auth, Type, Accept, Agent string }
	var got seen
	root := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = seen{
			r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Get("Authorization"),
			r.Header.Get("Content-Type"), r.Header.Get("Accept"), r.Header.Get("User-Agent"),
		}
		fmt.Fprint(w, `{"name":"answer"}`)
	})
	c := transport.New(transport.Config{Tokens: transport.Static("tok1"), UserAgent: "test/1"})
	answer, err := transport.Call[thing](t.Context(), c, transport.Request{
		Op: "testing", Method: "POST", Root: root + "/base/", Path: []string{"a/b", "c?d", "e f"},
		Query: url.Values{"q": {"x y", "z"}}, Body: map[string]string{"html": "<a&b>"},
	})
	if err != nil || answer.Name != "answer" {
		t.Fatalf("answer = %+v, %v", answer, err)
	}
	want := seen{
		"POST", "/base/a%2Fb/c%3Fd/e%20f", "q=x+y&q=z", `{"html":"<a&b>"}`, "Bearer tok1",
		"application/json", "application/json", "test/1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPathsCannotEscape(t *testing.T) {
	t.Parallel()
	root := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the server was asked for %s", r.URL) })
	c := transport.New(transport.Config{})
	for _, id := range []string{"", ".", ".."} {
		err := c.Do(t.Context(), transport.Request{Op: "getting", Method: "GET", Root: root, Path: []string{"sources", id}}, nil)
		if !errors.Is(err, transport.ErrBadRequest) {
			t.Errorf("id %q: %v", id, err)
		}
	}
	err := c.Do(t.Context(), transport.Request{Op: "putting", Method: "PUT", Root: root, Path: []string{"x"}, Body: func() {}}, nil)
	if !errors.Is(err, transport.ErrBadRequest) {
		t.Errorf("a body that is no JSON: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	f := func(status int, contentType, body string, want transport.Error) {
		t.Helper()
		root := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("X-Request-Id", "r1")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		})
		c := transport.New(transport.Config{Retry: transport.Retry{Attempts: 1}})
		err := c.Do(t.Context(), transport.Request{Op: "getting thing 1", Method: "GET", Root: root, Path: []string{"things", "1"}}, new(thing))
		got, ok := errors.AsType[*transport.Error](err)
		if !ok {
			t.Fatalf("%d %s: error is %T: %v", status, body, err, err)
		}
		if got.Status != status || got.Type != want.Type || got.Detail != want.Detail || got.Title != want.Title {
			t.Errorf("%d %s:\n got %+v\nwant %+v", status, body, *got, want)
		}
		if got.Op != "getting thing 1" || got.Method != "GET" || got.URL != root+"/things/1" || got.RequestID == "" {
			t.Errorf("request is told as %+v", *got)
		}
	}
	const ref = "https://reference.airbyte.com/reference/errors"
	f(404, "application/json", `{"status":404,"type":"`+ref+`#resource-not-found","title":"resource-not-found","detail":"The requested resource could not be found.","documentationUrl":null,"data":{"resourceType":"source","resourceId":"7"}}`,
		transport.Error{Type: ref + "#resource-not-found", Title: "resource-not-found", Detail: "The requested resource could not be found. source 7"})
	f(409, "application/json", `{"type":"`+ref+`#try-again-later","title":"try-again-later","detail":"Please try again later.","data":{"message":"A sync is already running for: 7"}}`,
		transport.Error{Type: ref + "#try-again-later", Title: "try-again-later", Detail: "A sync is already running for: 7"})
	f(400, "application/json", `{"title":"value-not-found","detail":"The value is not known.","data":{"value":"fakr"}}`,
		transport.Error{Title: "value-not-found", Detail: "The value is not known. fakr"})
	f(422, "application/json", `{"message":"does not fulfill the specification","exceptionClassName":"x","data":null}`,
		transport.Error{Detail: "does not fulfill the specification"})
	f(500, "application/json", `{"errorId":"e1"}`, transport.Error{})
	f(404, "application/json", `"Object not found."`, transport.Error{Detail: "Object not found."})
	f(502, "text/html", "<html><body>Bad Gateway</body></html>", transport.Error{Detail: "the answer is a web page"})
	f(502, "", "<!doctype html>", transport.Error{Detail: "the answer is a web page"})
	f(503, "text/plain", "down\n", transport.Error{Detail: "down"})
	f(403, "application/json", `[1]`, transport.Error{Detail: "[1]"})
	f(400, "text/plain", strings.Repeat("x", 500), transport.Error{Detail: strings.Repeat("x", 200) + "..."})
	f(401, "application/json", "", transport.Error{})
}

func TestAnswersThatAreNoJSON(t *testing.T) {
	t.Parallel()
	f := func(contentType, body, want string) {
		t.Helper()
		root := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			fmt.Fprint(w, body)
		})
		_, err := transport.Call[thing](t.Context(), transport.New(transport.Config{}), transport.Request{Op: "getting", Method: "GET", Root: root})
		if fault, ok := errors.AsType[*transport.Error](err); !ok || fault.Status != 200 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s %s: %v", contentType, body, err)
		}
	}
	f("text/html; charset=utf-8", "<html>", "is the API root right?")
	f("application/json", `{"name":`, "reading the answer as JSON")
	f("application/json", ``, "reading the answer as JSON")
}

// cut breaks the connection after a part of the answer.
func cut(t *testing.T, w http.ResponseWriter, after string) {
	t.Helper()
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	buf.WriteString(after)
	buf.Flush()
	conn.Close()
}

const halfAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"name\":\"ha"

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	f := func(method string, repeat transport.Repeat, after string, wantCalls int32) {
		t.Helper()
		var calls atomic.Int32
		root := serve(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if calls.Add(1) < 3 {
				cut(t, w, after)
				return
			}
			fmt.Fprint(w, `{"name":"whole"}`)
		})
		c := transport.New(transport.Config{Retry: fast})
		answer, err := transport.Call[thing](t.Context(), c, transport.Request{Op: "x", Method: method, Root: root, Repeat: repeat, Body: thing{}})
		if got := calls.Load(); got != wantCalls {
			t.Errorf("%s %d after %q: %d calls, want %d", method, repeat, after, got, wantCalls)
		}
		if wantCalls == 3 {
			if err != nil || answer.Name != "whole" {
				t.Errorf("%s: %+v, %v", method, answer, err)
			}
			return
		}
		if fault, ok := errors.AsType[*transport.Error](err); !ok || !fault.Lost || fault.Status != 0 {
			t.Errorf("%s: error %+v", method, err)
		}
	}
	for _, after := range []string{"", halfAnswer} {
		f("PUT", transport.RepeatByMethod, after, 3)
		f("POST", transport.RepeatSafe, after, 3)
		f("POST", transport.RepeatByMethod, after, 1)
		f("PATCH", transport.RepeatByMethod, after, 1)
		f("DELETE", transport.RepeatNever, after, 1)
	}
}

func TestDeleteThatHappened(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	root := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			cut(t, w, "")
			return
		}
		w.WriteHeader(http.StatusNotFound)
	})
	c := transport.New(transport.Config{Retry: fast})
	if err := c.Do(t.Context(), transport.Request{Op: "deleting", Method: "DELETE", Root: root}, nil); err != nil {
		t.Errorf("a delete that had happened: %v", err)
	}
	if err := c.Do(t.Context(), transport.Request{Op: "deleting", Method: "DELETE", Root: root}, nil); err == nil {
		t.Error("a delete of what is not there: no error")
	}
}

func TestStatusesThatAreRetried(t *testing.T) {
	t.Parallel()
	f := func(method string, status int, retryAfter string, want int32) {
		t.Helper()
		var calls atomic.Int32
		root := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if calls.Add(1) > 1 {
				fmt.Fprint(w, `{}`)
				return
			}
			if retryAfter != "" {
				w.Header().Set("Retry-After", retryAfter)
			}
			w.WriteHeader(status)
		})
		c := transport.New(transport.Config{Retry: fast})
		err := c.Do(t.Context(), transport.Request{Op: "x", Method: method, Root: root}, nil)
		if calls.Load() != want || (err == nil) != (want == 2) {
			t.Errorf("%s %d Retry-After %q: %d calls, %v", method, status, retryAfter, calls.Load(), err)
		}
	}
	for _, status := range []int{429, 502, 503, 504} {
		f("GET", status, "", 2)
		f("POST", status, "", 1)
	}
	for _, status := range []int{400, 401, 403, 404, 409, 422, 423, 500, 501} {
		f("GET", status, "0", 1)
	}
	f("POST", 429, "0", 2)
	f("POST", 503, "0", 2)
	f("POST", 502, "0", 1)
	f("POST", 504, "0", 1)
	f("GET", 503, "3600", 1) // longer than anybody waits
}

// handler answers without a network, so that time can be a bubble's.
type handler func(*http.Request) (int, http.Header, string)

func (h handler) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header, body := h(r)
	if header == nil {
		header = http.Header{"Content-Type": {"application/json"}}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: r}, nil
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		c := transport.New(transport.Config{
			Retry: transport.Retry{Attempts: 5, Base: time.Second, Max: 4 * time.Second},
			HTTPClient: &http.Client{Transport: handler(func(*http.Request) (int, http.Header, string) {
				at = append(at, time.Since(start))
				return 503, nil, ""
			})},
		})
		err := c.Do(t.Context(), transport.Request{Op: "x", Method: "GET", Root: "http://h"}, nil)
		if fault, ok := errors.AsType[*transport.Error](err); !ok || fault.Status != 503 || len(at) != 5 {
			t.Fatalf("%d attempts, %v", len(at), err)
		}
		for i, limit := range []time.Duration{1, 2, 4, 4} {
			wait := at[i+1] - at[i]
			if limit *= time.Second; wait < limit/2 || wait > limit+time.Nanosecond {
				t.Errorf("wait %d is %s, want from %s to %s", i+1, wait, limit/2, limit)
			}
		}
	})
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	f := func(header func() string, want time.Duration) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			start := time.Now()
			c := transport.New(transport.Config{HTTPClient: &http.Client{Transport: handler(func(*http.Request) (int, http.Header, string) {
				if calls++; calls > 1 {
					return 200, nil, "{}"
				}
				return 429, http.Header{"Retry-After": {header()}}, ""
			})}})
			if err := c.Do(t.Context(), transport.Request{Op: "x", Method: "POST", Root: "http://h"}, nil); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(start); got != want {
				t.Errorf("waited %s, want %s", got, want)
			}
		})
	}
	f(func() string { return "7" }, 7*time.Second)
	f(func() string { return time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat) }, 20*time.Second)
}

func TestDeadlineEndsRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := transport.New(transport.Config{
			Retry: transport.Retry{Attempts: 100, Base: time.Minute},
			HTTPClient: &http.Client{Transport: handler(func(*http.Request) (int, http.Header, string) {
				calls++
				return 503, nil, ""
			})},
		})
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := c.Do(ctx, transport.Request{Op: "x", Method: "GET", Root: "http://h"}, nil)
		fault, ok := errors.AsType[*transport.Error](err)
		if !ok || fault.Status != 503 || calls != 1 || time.Since(start) != 0 {
			t.Errorf("%d calls in %s: %v", calls, time.Since(start), err)
		}
	})
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := transport.New(transport.Config{
			RequestsPerSecond: 2,
			HTTPClient:        &http.Client{Transport: handler(func(*http.Request) (int, http.Header, string) { return 204, nil, "" })},
		})
		start := time.Now()
		for range 12 {
			if err := c.Do(t.Context(), transport.Request{Op: "x", Method: "GET", Root: "http://h"}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Since(start); got != 5*time.Second {
			t.Errorf("12 calls at 2 a second took %s, want 5s after the first two", got)
		}
	})
}

func TestLargeAnswersAreRefused(t *testing.T) {
	t.Parallel()
	for _, chunked := range []bool{true, false} {
		root := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if chunked {
				http.NewResponseController(w).Flush()
			}
			fmt.Fprintf(w, `{"name":%q}`, strings.Repeat("x", 2000))
		})
		c := transport.New(transport.Config{MaxBody: 1000, Retry: fast})
		_, err := transport.Call[thing](t.Context(), c, transport.Request{Op: "x", Method: "GET", Root: root})
		if err == nil || !strings.Contains(err.Error(), "too large") {
			t.Errorf("chunked %v: %v", chunked, err)
		}
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	var posts atomic.Int32
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" {
			posts.Add(1)
		}
		fmt.Fprint(w, `{"name":"there"}`)
	})
	root := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target+"/x?access_token=canary1", http.StatusFound)
	})
	c := transport.New(transport.Config{})
	answer, err := transport.Call[thing](t.Context(), c, transport.Request{Op: "x", Method: "GET", Root: root})
	if err != nil || answer.Name != "there" {
		t.Errorf("GET: %+v, %v", answer, err)
	}
	err = c.Do(t.Context(), transport.Request{Op: "x", Method: "POST", Root: root, Body: thing{}}, nil)
	if fault, ok := errors.AsType[*transport.Error](err); !ok || fault.Status != 302 || posts.Load() != 0 {
		t.Errorf("POST: %v, %d posts arrived", err, posts.Load())
	}
	if !strings.Contains(err.Error(), "redirected to "+target) || strings.Contains(err.Error(), "canary") {
		t.Errorf("the error says %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	c := transport.New(transport.Config{Retry: fast})
	err = c.Do(t.Context(), transport.Request{Op: "x", Method: "POST", Root: "http://" + address}, nil)
	if fault, ok := errors.AsType[*transport.Error](err); !ok || fault.Lost {
		t.Errorf("a request that was never sent counts as lost: %v", err)
	}
}

func TestCanceledCallsAreNotRepeated(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	arrived := make(chan struct{}, 8)
	root := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	err := transport.New(transport.Config{Retry: fast}).Do(ctx, transport.Request{Op: "x", Method: "GET", Root: root}, nil)
	if !errors.Is(err, context.Canceled) || calls.Load() != 1 {
		t.Errorf("%d calls: %v", calls.Load(), err)
	}
}

func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	const canary = "canary-9x8y7z"
	root := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusBadRequest)
		body, _ := io.ReadAll(r.Body)
		text, _ := json.Marshal(fmt.Sprintf("bad %s with %s at %s", body, r.Header.Get("Authorization"), r.URL))
		fmt.Fprintf(w, `{"title":"t %s","detail":%s,"data":{"message":%s}}`, canary, text, text)
	})
	var log bytes.Buffer
	c := transport.New(transport.Config{
		Tokens: transport.Static(canary), Secrets: []secret.String{canary},
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	err := c.Do(t.Context(), transport.Request{
		Op: "posting", Method: "POST", Root: root, Path: []string{"p", canary},
		Query: url.Values{"api_key": {"other-" + canary}, "q": {canary}}, Body: map[string]string{"password": canary},
	}, nil)
	fault, ok := errors.AsType[*transport.Error](err)
	if !ok {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"error": err.Error(), "detail": fault.Detail, "title": fault.Title, "URL": fault.URL, "log": log.String(),
	} {
		if strings.Contains(text, "canary") {
			t.Errorf("%s leaks: %s", name, text)
		}
	}
	if !strings.Contains(log.String(), "status=400") || !strings.Contains(log.String(), "method=POST") {
		t.Errorf("log = %s", log.String())
	}

	// A broken connection names the URL too.
	dead := serve(t, func(w http.ResponseWriter, _ *http.Request) { cut(t, w, "") })
	err = c.Do(t.Context(), transport.Request{Op: "posting", Method: "POST", Root: dead, Query: url.Values{"token": {canary}}}, nil)
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a broken connection: %v", err)
	}
}
