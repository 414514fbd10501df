package declarative

import (
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"
)

// TestReadTimeout has an answer that does not begin, one that does not go on, and one that is whole.
func TestReadTimeout(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch n {
		case 2:
			io.WriteString(w, `{"id":`)
			http.NewResponseController(w).Flush()
			fallthrough
		case 1:
			<-r.Context().Done()
		default:
			io.WriteString(w, `{"id":1}`)
		}
	})
	f := load(t, a, requesting("      read_timeout_in_seconds: 2\n"))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", len(a.urls()), 3)
	equal(t, "slept", f.slept, durations(1, 2))
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
}

// TestConnectTimeout connects to what says nothing when a connection is to be encrypted.
func TestConnectTimeout(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	f := load(t, pages(t, nil), strings.Replace(requesting("      connect_timeout_in_seconds: 1\n      error_handler: {max_retries: 1}\n"),
		"API/items", "https://"+listener.Addr().String(), 1))
	began := time.Now()
	if err := f.read(t, "items"); err == nil || !strings.Contains(err.Error(), "handshake timeout") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > connectTimeout/2 {
		t.Errorf("it took %s", took)
	}
	equal(t, "slept", f.slept, durations(1))
}

// TestConnectionsAreShared makes one for requests of the same patience, and another for others.
func TestConnectionsAreShared(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/": "{}"})
	n := newNetwork(false)
	defer n.CloseIdleConnections()
	var fresh []bool
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { fresh = append(fresh, !info.Reused) }}
	for _, p := range []patience{{}, {}, {answer: time.Minute}, {answer: time.Minute}, {}} {
		req, err := http.NewRequestWithContext(httptrace.WithClientTrace(withPatience(t.Context(), p), trace), http.MethodGet, a.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := n.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	equal(t, "new connections", fresh, []bool{true, false, true, false, false})
}

func TestTimeoutMistakes(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"connect_timeout_in_seconds: 0", "read_timeout_in_seconds: -1"} {
		problems := problemsOf(t, requesting("      "+field+"\n")).Errors()
		if len(problems) != 1 || !strings.Contains(problems[0].Message, "greater than 0") {
			t.Errorf("%s: got %v", field, problems)
		}
	}
}
