package attempt

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
)

func TestPersist(t *testing.T) {
	t.Parallel()
	locked := errors.New("database is locked")
	refused := platform.NotFound("job", "7")
	for name, c := range map[string]struct {
		answers   []error
		want      error
		wantCalls int
	}{
		"at once":   {[]error{nil}, nil, 1},
		"after two": {[]error{locked, locked, nil}, nil, 3},
		"refused":   {[]error{locked, refused, nil}, refused, 2},
		"never":     {[]error{locked, locked, locked, locked, locked, locked}, locked, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls, began := 0, time.Now()
				err := persist(t.Context(), func(context.Context) error {
					calls++
					return c.answers[calls-1]
				})
				if !errors.Is(err, c.want) || calls != c.wantCalls {
					t.Errorf("error %v after %d calls, want %v after %d", err, calls, c.want, c.wantCalls)
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}
