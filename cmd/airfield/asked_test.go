package main_test

import (
	"encoding/json"
	"flag"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write down anew which operations the clients call")

// wroteDown keeps the list of the operations that a client has called with success. The table of operations in the documentation
// names the client beside each. The file of requests has those that the script has sent without the client.
func (c client) wroteDown(t *testing.T, s *server, requests string) {
	t.Helper()
	path := filepath.Join("testdata", "interop", strings.ReplaceAll(c.name, " ", "-")+".operations")
	want := strings.Join(s.asked(t, requests), "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what %s called; run go test ./cmd/airfield -run TestPythonClients -update (-called +written down):\n%s", path, c.name, diff)
	}
}

var succeeded = regexp.MustCompile(`request_duration_seconds_count\{operation="([^"]+)",code="[23]\d\d"\} (\d+)`)

// asked are the operations that the server was asked for and did, but for those of its health and for what a script has asked itself.
func (s *server) asked(t *testing.T, requests string) []string {
	t.Helper()
	counts := map[string]int{}
	for _, match := range succeeded.FindAllStringSubmatch(string(s.text(t, "/metrics")), -1) {
		n, err := strconv.Atoi(match[2])
		if err != nil {
			t.Fatal(err)
		}
		counts[match[1]] += n
	}
	delete(counts, "health")
	delete(counts, "getHealthCheck")
	for _, operation := range s.operationsOf(t, requests) {
		counts[operation]--
	}
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
	return slices.Sorted(maps.Keys(counts))
}

// operationsOf are the operations of requests, of which a file has the method and the address, one to a line.
func (s *server) operationsOf(t *testing.T, requests string) (out []string) {
	t.Helper()
	text, err := os.ReadFile(requests)
	if err != nil {
		t.Fatal(err)
	}
	mux, operations := s.routes(t)
	for line := range strings.Lines(string(text)) {
		method, address, _ := strings.Cut(strings.TrimSpace(line), " ")
		r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, pattern := mux.Handler(r)
		if operations[pattern] == "" {
			t.Fatalf("no operation is known for %s", line)
		}
		out = append(out, operations[pattern])
	}
	return out
}

// routes are what the server says that it answers: patterns, and the operation of each.
func (s *server) routes(t *testing.T) (*http.ServeMux, map[string]string) {
	t.Helper()
	var list struct {
		Operations []struct {
			Method    string   `json:"method"`
			Paths     []string `json:"paths"`
			Operation string   `json:"operation"`
		} `json:"operations"`
	}
	if err := json.Unmarshal(s.text(t, "/api/airfield/v1/operations"), &list); err != nil {
		t.Fatal(err)
	}
	mux, operations := http.NewServeMux(), map[string]string{}
	for _, o := range list.Operations {
		for _, path := range o.Paths {
			mux.Handle(o.Method+" "+path, http.NotFoundHandler())
			operations[o.Method+" "+path] = o.Operation
		}
	}
	return mux, operations
}

// text is what the server answers at a path.
func (s *server) text(t *testing.T, path string) []byte {
	t.Helper()
	known, err := s.credentials()
	if err != nil {
		t.Fatal(err)
	}
	address, _, _ := strings.Cut(known.APIRoot, "/api/")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(known.ClientID, known.ClientSecret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s is %d %s, %v", path, resp.StatusCode, text, err)
	}
	return text
}
