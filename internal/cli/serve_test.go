package cli_test

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestServer(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	first := start(t, home, "server", "--port", "0", "-o", "json")
	told := first.object(t)
	secret, _ := told["client_secret"].(string)
	if len(secret) < 20 {
		t.Fatalf("the first start tells no secret: %v", told)
	}
	code, out, stderr := run(t, home, "workspace", "get", "--jq", ".workspaceId")
	if code != 0 || strings.TrimSpace(out) != told["workspace_id"] {
		t.Errorf("another command: code %d, %q, %s", code, out, stderr)
	}
	code, _, stderr = run(t, home, "server", "--port", "0")
	if code != 5 || !strings.Contains(stderr, "in use") || !strings.Contains(stderr, "--data-dir") {
		t.Errorf("a second server with the same data: code %d, %s", code, stderr)
	}
	first.signal()
	if code, rest := first.end(t); code != 0 || strings.TrimSpace(rest) != "" {
		t.Errorf("after a signal: code %d, %q, %s", code, rest, first.stderr)
	}

	again := start(t, home, "server", "--port", "0", "-o", "json")
	retold := again.object(t)
	if _, ok := retold["client_secret"]; ok || retold["workspace_id"] != told["workspace_id"] || retold["client_id"] != told["client_id"] {
		t.Errorf("the second start tells %v after %v", retold, told)
	}
	if strings.Contains(again.stderr.String()+first.stderr.String(), secret) {
		t.Error("the secret is in the log")
	}
	if code, _, stderr := run(t, home, "source", "list"); code != 0 {
		t.Errorf("the credentials do not lead to the new port: code %d, %s", code, stderr)
	}
	again.signal()
	again.end(t)
	code, _, stderr = run(t, home, "source", "list")
	if code != 3 || !strings.Contains(stderr, "airfield server") {
		t.Errorf("after the server: code %d, %s", code, stderr)
	}
}

func TestServerMakesLostCredentialsAnew(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	file := filepath.Join(home, "data", "airfield", "credentials.json")
	for range 2 {
		p := start(t, home, "server", "--port", "0", "-o", "json")
		if told := p.object(t); told["client_secret"] == nil {
			t.Errorf("no new credentials: %v", told)
		}
		if code, _, stderr := run(t, home, "source", "list"); code != 0 {
			t.Errorf("the credentials are not good: code %d, %s", code, stderr)
		}
		if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("credentials.json: %v, %v", info, err)
		}
		p.signal()
		p.end(t)
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServerText(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	p := start(t, home, "server", "--port", "0", "--data-dir", filepath.Join(home, "here"))
	if line := p.line(t); !strings.HasPrefix(line, "Airfield listens on http://127.0.0.1:") {
		t.Errorf("the first line is %q", line)
	}
	p.signal()
	if _, rest := p.end(t); !strings.Contains(rest, "CLIENT SECRET") || !strings.Contains(rest, filepath.Join(home, "here", "credentials.json")) {
		t.Errorf("stdout goes on:\n%s", rest)
	}
}

func TestServerRefuses(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f := func(want int, text string, args ...string) {
		t.Helper()
		home := t.TempDir()
		code, _, stderr := run(t, home, append([]string{"server", "--port", "0"}, args...)...)
		if code != want || !strings.Contains(stderr, text) {
			t.Errorf("%v: code %d, want %d and %q in:\n%s", args, code, want, text, stderr)
		}
	}
	f(2, "loopback", "--auth", "none", "--host", "0.0.0.0")
	f(2, "loopback", "--auth", "none", "--host", "example.com")
	f(2, "--auth", "--auth", "maybe")
	f(2, "not available in this build", "--engine", "temporal")
	f(2, "percent-encoded", "--store", "postgres://u:pass/word@127.0.0.1/airfield")
	f(2, "NO_SUCH_VARIABLE", "--store", "env:NO_SUCH_VARIABLE")
	f(2, "no/such/file", "--store", "file:/no/such/file")
	f(2, "not allowed", "--store", "exec:true")
	f(3, "lets this user in", "--store", "postgres://u@127.0.0.1:1/airfield")
	f(3, "shows in the list of processes", "--store", "postgres://u:secret@127.0.0.1:1/airfield")
	f(2, "--store", "--store", "oracle")
	f(2, "--port", "--port", "70000")
	f(2, "--public-url", "--public-url", "data.example.com/airfield")
	f(2, "--public-url", "--public-url", "https://data.example.com/airfield?x=1")
	f(3, "choose another port", "--port", port)
}

func TestSecondSignalKills(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	p := start(t, home, "server", "--port", "0", "-o", "json")
	server := p.object(t)
	// A request that has not ended keeps the server from stopping in order.
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(server["url"].(string), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	head := "POST /v1/applications/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n"
	if _, err := conn.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the server does not wait for the rest: %q, %v", line, err)
	}
	p.signal()
	p.signal()
	if code := <-p.killed; code != 130 {
		t.Errorf("killed with %d", code)
	}
	conn.Close()
	p.end(t)
}
