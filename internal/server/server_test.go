package server_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/server"
)

func TestTokenEndpoints(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	form := "grant_type=client_credentials&client_id=" + d.id + "&client_secret=" + d.secret
	for _, path := range []string{"/api/public/v1/applications/token", "/v1/applications/token", "/applications/token", "/v1//applications/token", "/api/public/v1//applications/token"} {
		a := d.call(t, "POST", path, form, "Authorization", "", "Content-Type", "application/x-www-form-urlencoded").want(200)
		if a.text("token_type") != "Bearer" || a.at("expires_in") != 900.0 || a.text("access_token") == "" {
			t.Errorf("%s: %s", path, a.body)
		}
		d.call(t, "GET", "/v1/workspaces", "", "Authorization", "Bearer "+a.text("access_token")).want(200)
	}
	body := `{"client_id":"` + d.id + `","client_secret":"` + d.secret + `"}`
	a := d.call(t, "POST", "/api/v1/applications/token", body, "Authorization", "").want(200)
	if len(a.object()) != 1 || a.text("access_token") == "" {
		t.Errorf("the Config API answers %s, want the token alone", a.body)
	}
	a = d.call(t, "POST", "/v1/applications/token", strings.Replace(body, d.secret, "wrong", 1), "Authorization", "").want(401)
	a.problem()
}

func TestUnknownPaths(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	for _, path := range []string{"/api/public/v1/nothing", "/v1/nothing", "/api/v1/nothing", "/api/nothing", "/api/airfield/v1/nothing", "/nothing", "/"} {
		d.call(t, "GET", path, "").want(404).problem()
	}
}

func TestLargeBodiesAreRefused(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	body := `{"name":"` + strings.Repeat("x", 10<<20) + `"}`
	for _, path := range []string{"/v1/sources", "/api/v1/sources/create"} {
		d.call(t, "POST", path, body).want(413).problem()
	}
	d.call(t, "POST", "/v1/tags", body, "Idempotency-Key", "large").want(413).problem()
}

func TestAddressesThatCannotBeStoredAreRefused(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	for _, path := range []string{"/v1/sources/a%00b", "/v1/sources/%ff", "/v1/sources?workspaceIds=%00", "/v1/sources?workspaceIds=%fe", "/v1/jobs?orderBy=%zz"} {
		d.call(t, "GET", path, "").want(400).problem()
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	if got := d.call(t, "GET", "/v1/health", "", "X-Request-Id", "mine-7").header.Get("X-Request-Id"); got != "mine-7" {
		t.Errorf("got %q, want the caller's", got)
	}
	bad := d.call(t, "GET", "/v1/health", "", "X-Request-Id", "no spaces").header.Get("X-Request-Id")
	if bad == "" || bad == "no spaces" {
		t.Errorf("got %q, want a new one", bad)
	}
	a := d.call(t, "POST", "/api/v1/sources/get", `{"sourceId":"`+unknown+`"}`, "X-Request-Id", "mine-8").want(404)
	if a.text("errorId") != "mine-8" || a.text("message") == "" {
		t.Errorf("got %s, want the request's id as errorId and a message", a.body)
	}
}

func TestPanicsAreAnsweredAndLogged(t *testing.T) {
	t.Parallel()
	d := deploy(t, func(c *server.Config) {
		c.Pages = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the roof is on fire") })
	})
	d.faulty = true
	a := d.call(t, "GET", "/page", "", "X-Request-Id", "boom").want(500)
	a.problem()
	if strings.Contains(a.body, "roof") {
		t.Errorf("the answer tells the reason: %s", a.body)
	}
	if log := d.log.String(); !strings.Contains(log, "roof") || !strings.Contains(log, `"request_id":"boom"`) {
		t.Errorf("the log does not tell: %s", log)
	}
}

func TestAccessLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	d.call(t, "GET", "/v1/sources?workspaceIds="+d.workspace+"&token=canary-query", "").want(200)
	d.call(t, "POST", "/v1/sources", `{"name":"canary-body"`).want(422)
	log := d.log.String()
	for _, secret := range []string{d.secret, d.token, "canary"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(log, `"operation":"listSources"`) || !strings.Contains(log, `"status":422`) {
		t.Errorf("the log misses requests: %s", log)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	body := `{"name":"once","color":"aabbcc","workspaceId":"` + d.workspace + `"}`
	first := d.call(t, "POST", "/v1/tags", body, "Idempotency-Key", "k1").want(200)
	again := d.call(t, "POST", "/v1/tags", body, "Idempotency-Key", "k1").want(200)
	if first.text("tagId") != again.text("tagId") || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the second answer is another: %s and %s", first.body, again.body)
	}
	if n := len(d.call(t, "GET", "/v1/tags", "").object()["data"].([]any)); n != 1 {
		t.Errorf("there are %d tags, want 1", n)
	}
	other := strings.Replace(body, "once", "twice", 1)
	d.call(t, "POST", "/v1/tags", other, "Idempotency-Key", "k1").want(409).problem()
	d.call(t, "POST", "/v1/tags", other, "Idempotency-Key", "k2").want(200)
	d.call(t, "POST", "/v1/tags", body, "Idempotency-Key", strings.Repeat("k", 256)).want(400).problem()
}

func TestRequestsFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	body := `{"name":"evil"}`
	d.call(t, "POST", "/v1/workspaces", body, "Sec-Fetch-Site", "cross-site").want(403).problem()
	d.call(t, "POST", "/v1/workspaces", body, "Origin", "https://evil.example").want(403).problem()
	d.call(t, "POST", "/v1/workspaces", body, "Sec-Fetch-Site", "same-origin").want(200)
}

func TestOpenServer(t *testing.T) {
	t.Parallel()
	d := deploy(t, func(c *server.Config) { c.Auth = server.AuthNone })
	d.call(t, "GET", "/v1/workspaces", "", "Authorization", "").want(200)
	if mode := d.call(t, "GET", "/api/v1/instance_configuration", "").text("auth.mode"); mode != "none" {
		t.Errorf("the mode is %q", mode)
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", d.url+"/v1/workspaces", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 403 {
		t.Errorf("a request under another host's name got %d, want 403", resp.StatusCode)
	}
}

func TestCheckAddress(t *testing.T) {
	t.Parallel()
	f := func(auth server.Auth, address string, ok bool) {
		t.Helper()
		if err := server.CheckAddress(auth, address); (err == nil) != ok {
			t.Errorf("%s on %s: %v", auth, address, err)
		}
	}
	f(server.AuthNone, "127.0.0.1:8000", true)
	f(server.AuthNone, "[::1]:0", true)
	f(server.AuthNone, "localhost:8000", true)
	f(server.AuthNone, "127.9.9.9:1", true)
	f(server.AuthNone, "0.0.0.0:8000", false)
	f(server.AuthNone, ":8000", false)
	f(server.AuthNone, "[::]:8000", false)
	f(server.AuthNone, "10.0.0.1:8000", false)
	f(server.AuthNone, "example.com:8000", false)
	f(server.AuthNone, "8000", false)
	f(server.AuthCredentials, "0.0.0.0:8000", true)
	f("", "0.0.0.0:8000", true)
	f("magic", "127.0.0.1:8000", false)
}

func TestServeDrains(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	d := deploy(t, func(c *server.Config) {
		c.Pages = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-release
			w.Write([]byte("finished"))
		})
	})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- d.Serve(ctx, listener) }()
	d.url = "http://" + listener.Addr().String()
	slow := make(chan answer, 1)
	go func() { slow <- d.call(t, "GET", "/slow", "") }()
	<-entered
	stop()
	eventually(t, "the listener to close", func() bool {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	close(release)
	if a := <-slow; a.status != 200 || a.body != "finished" {
		t.Errorf("the request in flight got %d %q", a.status, a.body)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve returned %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := server.New(server.Config{SigningKey: make([]byte, 32)}); err == nil {
		t.Error("a server without a platform was made")
	}
	if _, err := server.New(server.Config{Platform: deploy(t).platform, SigningKey: make([]byte, 8)}); err == nil {
		t.Error("a server with a short key was made")
	}
}
