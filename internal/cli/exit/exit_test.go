package exit_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/declarative"
)

func TestOf(t *testing.T) {
	t.Parallel()
	f := func(err error, want exit.Code) {
		t.Helper()
		if got := exit.Of(err); got != want {
			t.Errorf("Of(%v) = %d, want %d", err, got, want)
		}
		if err == nil {
			return
		}
		if got := exit.Of(fmt.Errorf("deploying source x: %w", err)); got != want {
			t.Errorf("Of(wrapped %v) = %d, want %d", err, got, want)
		}
	}
	status := func(code int) error { return &cloud.Error{Op: "calling", Method: "GET", Status: code} }
	f(nil, 0)
	f(errors.New("odd"), 1)
	f(cloud.ErrUnsupported, 1)
	f(exit.Usagef("no"), 2)
	f(status(http.StatusBadRequest), 2)
	f(status(http.StatusUnprocessableEntity), 2)
	f(status(http.StatusNotFound), 2)
	f(cloud.ErrSafeMode, 2)
	f(cloud.ErrMultipleFound, 2)
	f(cloud.ErrWorkspaceMismatch, 2)
	f(airfield.ErrUnknownStream, 2)
	f(declarative.ErrInput, 2)
	f(status(http.StatusInternalServerError), 3)
	f(status(http.StatusBadGateway), 3)
	f(status(http.StatusTooManyRequests), 3)
	f(&cloud.Error{Method: "GET", Err: syscall.ECONNREFUSED}, 3)
	f(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, 3)
	f(&fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, 3)
	f(status(http.StatusUnauthorized), 4)
	f(status(http.StatusForbidden), 4)
	f(cloud.ErrMissingSecret, 4)
	f(status(http.StatusConflict), 5)
	f(status(http.StatusLocked), 5)
	f(cloud.ErrSyncActive, 5)
	f(cloud.ErrDuplicateName, 5)
	f(cloud.ErrWorkspaceNotEmpty, 5)
	f(&cloud.Error{JobStatus: cloud.JobFailed, Err: cloud.ErrSyncFailed}, 6)
	f(&cloud.Error{JobStatus: cloud.JobCancelled, Err: cloud.ErrSyncFailed}, 7)
	f(&cloud.Error{JobStatus: cloud.JobRunning, Err: errors.Join(cloud.ErrTimeout, context.DeadlineExceeded)}, 8)
	f(context.DeadlineExceeded, 8)
	f(status(http.StatusGatewayTimeout), 8)
	f(exit.With(exit.PlanChanges, errors.New("3 changes")), 9)
	f(context.Canceled, 130)
	f(exit.With(exit.Environment, exit.Usagef("inner")), 3)
	f(exit.Hint(exit.Usagef("inner"), "try this"), 2)
	f(exit.Hint(cloud.ErrSyncActive, "try this"), 5)
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	f := func(err error, want bool) {
		t.Helper()
		if got := exit.Misuse(err); got != want {
			t.Errorf("Misuse(%v) = %v, want %v", err, got, want)
		}
	}
	f(nil, false)
	f(errors.New("odd"), false)
	f(exit.With(exit.Usage, errors.New("what a file says")), false)
	f(&cloud.Error{Op: "calling", Method: "GET", Status: http.StatusBadRequest}, false)
	f(exit.Usagef("no"), true)
	f(fmt.Errorf("reading: %w", exit.With(exit.Environment, exit.Usagef("inner"))), true)
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	f := func(err error, want string) {
		t.Helper()
		if got := exit.Advice(err); got != want {
			t.Errorf("Advice(%v) = %q, want %q", err, got, want)
		}
	}
	f(nil, "")
	f(errors.New("odd"), "")
	f(exit.Hint(exit.Hint(errors.New("x"), "inner"), "outer"), "outer")
	f(exit.With(exit.Auth, exit.Hint(errors.New("x"), "under a code")), "under a code")
	f(exit.Hint(cloud.ErrSafeMode, "mine"), "mine")
	f(fmt.Errorf("deleting: %w", cloud.ErrRateLimited), "try again later")
}
