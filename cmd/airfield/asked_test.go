package main_test

import (
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write down anew which operations the clients call")

// wroteDown keeps the list of the operations that a client has called with success. The table of operations in the documentation
// names the client beside each.
func (c client) wroteDown(t *testing.T, s *server) {
	t.Helper()
	path := filepath.Join("testdata", "interop", strings.ReplaceAll(c.name, " ", "-")+".operations")
	want := strings.Join(s.asked(t), "\n") + "\n"
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

var succeeded = regexp.MustCompile(`request_duration_seconds_count\{operation="([^"]+)",code="[23]`)

// asked are the operations that the server was asked for and did, but for those of its health.
func (s *server) asked(t *testing.T) (operations []string) {
	t.Helper()
	known, err := s.credentials()
	if err != nil {
		t.Fatal(err)
	}
	address, _, _ := strings.Cut(known.APIRoot, "/api/")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/metrics", nil)
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
		t.Fatalf("the metrics are %d %s, %v", resp.StatusCode, text, err)
	}
	for _, match := range succeeded.FindAllStringSubmatch(string(text), -1) {
		if name := match[1]; name != "health" && name != "getHealthCheck" {
			operations = append(operations, name)
		}
	}
	return slices.Compact(operations) // they come in order
}
