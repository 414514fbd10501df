package embed_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/secret"
)

// TestAnotherKeyIsRefused starts servers over a store with a key that is not the one of the store.
func TestAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		refuseAnotherKey(t, config(t.TempDir()))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		cfg := config(t.TempDir())
		cfg.Store = secret.String(emptySchema(t))
		refuseAnotherKey(t, cfg)
	})
}

func refuseAnotherKey(t *testing.T, cfg embed.Config) {
	t.Helper()
	first, stop := serve(t, cfg)
	_, err := workspaceOf(t, first).DeploySource(t.Context(), "people", cloud.Configuration{"sourceType": "faker"})
	stop()
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(cfg.Dir, "secret.key")
	if err := os.Rename(key, key+".right"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first of these starts makes a new key
		s, err := embed.Open(t.Context(), cfg)
		if !errors.Is(err, platform.ErrWrongKey) || !strings.Contains(err.Error(), key) {
			t.Fatalf("%v, %v", s, err)
		}
	}
	if err := os.Rename(key+".right", key); err != nil {
		t.Fatal(err)
	}
	again, stop := serve(t, cfg)
	defer stop()
	if _, err := cloud.Collect(workspaceOf(t, again).Sources(t.Context())); err != nil {
		t.Error(err)
	}
}
