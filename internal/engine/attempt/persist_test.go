package attempt

import (
	"context"
	"errors"
	"slices"
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
		"never":     {slices.Repeat([]error{locked}, mostTries), locked, mostTries},
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
				if took := time.Since(began); took > time.Minute {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}
