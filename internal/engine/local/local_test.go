package local_test

import (
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/airfielddev/airfield/internal/engine/enginetest"
	"github.com/airfielddev/airfield/internal/engine/local"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) platform.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "airfield.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return s
}

func TestEngine(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, enginetest.Case{
		Store: open,
		Engine: func(_ *testing.T, p enginetest.Parts) enginetest.Engine {
			return local.New(local.Config{
				Platform: p.Platform, Connectors: p.Connectors, Clock: p.Clock, Workers: p.Workers, Grace: p.Grace,
				Limits: pipeline.Limits{Report: 10 * time.Millisecond, Patience: p.Patience},
			})
		},
	})
}
