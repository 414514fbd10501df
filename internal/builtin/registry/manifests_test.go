package registry_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/builtin/registry"
)

// store is a registry whose answer can be changed.
type store struct {
	*httptest.Server
	status atomic.Int64
	text   atomic.Value
	asked  atomic.Int64
}

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{}
	s.status.Store(http.StatusOK)
	s.text.Store("version: 6.0.0\n")
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.asked.Add(1)
		w.WriteHeader(int(s.status.Load()))
		_, _ = w.Write([]byte(s.text.Load().(string)))
	}))
	t.Cleanup(s.Close)
	return s
}

func TestManifestIsFetchedOnceADay(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t), t.TempDir()
	get := func() string {
		t.Helper()
		text, err := registry.NewManifests(s.URL+"/", dir).Get(t.Context(), "source-x")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	get()
	s.text.Store("version: 7.0.0\n")
	if got := get(); got != "version: 6.0.0\n" || s.asked.Load() != 1 {
		t.Errorf("a new copy was not used: %q after %d requests", got, s.asked.Load())
	}
	old := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "source-x.yaml"), old, old); err != nil {
		t.Fatal(err)
	}
	s.status.Store(http.StatusBadGateway)
	if got := get(); got != "version: 6.0.0\n" || s.asked.Load() != 2 {
		t.Errorf("without the registry: %q after %d requests", got, s.asked.Load())
	}
	s.status.Store(http.StatusOK)
	if got := get(); got != "version: 7.0.0\n" {
		t.Errorf("an old copy was used: %q", got)
	}
}

func TestManifestThatCannotBeHad(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status    int
		text      string
		connector string
		missing   bool
		asked     int64
		want      string
	}{
		"not there":      {http.StatusNotFound, "", "source-x", true, 1, "no manifest is published of source-x"},
		"hidden":         {http.StatusForbidden, "", "source-x", true, 1, "no manifest is published"},
		"broken":         {http.StatusInternalServerError, "", "source-x", false, 1, "500"},
		"not a manifest": {http.StatusOK, "<html>\n<a: [", "source-x", false, 1, "reading what the registry has"},
		"another path":   {http.StatusOK, "version: 1", "source-../../etc", true, 0, "no manifest is published"},
		"a destination":  {http.StatusOK, "version: 1", "destination-x", true, 0, "no manifest is published"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, dir := newStore(t), t.TempDir()
			s.status.Store(int64(c.status))
			s.text.Store(c.text)
			manifests := registry.NewManifests(s.URL, dir)
			for range 2 { // the second time without asking
				_, err := manifests.Get(t.Context(), c.connector)
				if err == nil || errors.Is(err, registry.ErrNotPublished) != c.missing || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v", err)
				}
			}
			if got := s.asked.Load(); got != c.asked {
				t.Errorf("%d requests, want %d", got, c.asked)
			}
			if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
				t.Errorf("kept %v, %v", files, err)
			}
		})
	}
}
