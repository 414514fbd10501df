package cloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/internal/wire"
)

// Conditions that callers act on. Test for them with errors.Is; the detail is in the *[Error] that matches them.
var (
	// ErrNotFound means that there is no such thing, or that the caller may not know of it.
	ErrNotFound = errors.New("not found")
	// ErrUnauthorized means that the credentials were refused.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden means that the caller may not do this. Some deployments answer so for unknown IDs.
	ErrForbidden = errors.New("forbidden")
	// ErrConflict means that the state of the thing does not allow this now.
	ErrConflict = errors.New("conflict")
	// ErrDuplicateName means that the name is taken in this workspace.
	ErrDuplicateName = errors.New("the name is taken")
	// ErrMultipleFound means that a name stands for several things where one is needed.
	ErrMultipleFound = errors.New("several found")
	// ErrSafeMode means that safe mode kept something from being deleted.
	ErrSafeMode = errors.New("safe mode")
	// ErrInvalidInput means that an argument, or a value in it, is not acceptable.
	ErrInvalidInput = errors.New("invalid input")
	// ErrMissingSecret means that credentials are needed and none were found. It matches ErrInvalidInput too.
	ErrMissingSecret = fmt.Errorf("missing credentials: %w", ErrInvalidInput)
	// ErrRateLimited means that the server still refused for too many requests after waiting and trying again.
	ErrRateLimited = errors.New("rate limited")
	// ErrSyncFailed means that a sync ran and did not succeed: it failed or was cancelled.
	ErrSyncFailed = errors.New("sync failed")
	// ErrSyncActive means that a sync is running and this cannot be done meanwhile. It matches ErrConflict too.
	ErrSyncActive = fmt.Errorf("a sync is running: %w", ErrConflict)
	// ErrTimeout means that the time to wait was over before the outcome was known.
	ErrTimeout = errors.New("timeout")
	// ErrWorkspaceMismatch means that the thing exists and belongs to another workspace.
	ErrWorkspaceMismatch = errors.New("workspace mismatch")
	// ErrWorkspaceNotEmpty means that a workspace still has connections. It matches ErrConflict too.
	ErrWorkspaceNotEmpty = fmt.Errorf("the workspace is not empty: %w", ErrConflict)
	// ErrUnsupported means that the deployment, or this client, cannot do this.
	ErrUnsupported = errors.New("unsupported")
	// ErrUnreachable means that no answer came from the server: it is down, the address is wrong, or the connection broke.
	ErrUnreachable = errors.New("unreachable")
)

// Error is a call that did not do what was asked. It matches the conditions of this package with errors.Is, and its text
// and fields hold no secret. Reach it with errors.AsType[*cloud.Error].
type Error struct {
	Op         string        // what was being done, such as "getting source 1f9c"
	Resource   string        // the kind of thing, such as "source"
	ID         string        // its ID or name, where known
	Status     int           // HTTP status, 0 when no answer was refused
	Type       string        // the problem's type (https://reference.airbyte.com/reference/errors), if the server named one
	Title      string        // the problem's title, if the server gave one
	Detail     string        // a sentence for people
	Method     string        // HTTP method of the request
	URL        string        // URL of the request, without secrets
	RequestID  string        // the server's name for the request, if it gave one
	RetryAfter time.Duration // how long the server asked to wait, 0 when it did not
	JobStatus  JobStatus     // where the job was, in errors that match ErrSyncFailed or ErrTimeout
	MayBeDone  bool          // no answer came, so what was asked may have been done all the same
	Err        error         // the cause or condition
}

// Error says what was being done and what became of it.
func (e *Error) Error() string {
	parts := []string{e.Op}
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	}
	if e.Err != nil && (e.Detail == "" || !isCondition(e.Err)) {
		parts = append(parts, e.Err.Error())
	}
	if e.Detail != "" {
		parts = append(parts, e.Detail)
	}
	if e.MayBeDone {
		parts = append(parts, "it may have been done all the same")
	}
	text := strings.Join(parts, ": ")
	if e.Method == "" {
		return text
	}
	text += fmt.Sprintf(" (%s %s", e.Method, e.URL)
	if e.RequestID != "" {
		text += ", request " + e.RequestID
	}
	return text + ")"
}

// isCondition tells whether err is one of this package's own, which a Detail says better.
func isCondition(err error) bool {
	return slices.Contains([]error{
		ErrNotFound, ErrConflict, ErrDuplicateName, ErrMultipleFound, ErrSafeMode, ErrInvalidInput, ErrMissingSecret,
		ErrSyncFailed, ErrSyncActive, ErrTimeout, ErrWorkspaceMismatch, ErrWorkspaceNotEmpty, ErrUnsupported,
	}, err)
}

// Unwrap returns the cause or condition.
func (e *Error) Unwrap() error { return e.Err }

// Is tells whether the error is of the given condition.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Status == http.StatusNotFound || e.Status == http.StatusGone
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrConflict:
		return e.Status == http.StatusConflict || e.Status == http.StatusLocked
	case ErrSyncActive:
		return e.Status == http.StatusLocked || (e.Status == http.StatusConflict && e.Type == wire.ProblemTryAgainLater)
	case ErrDuplicateName:
		return strings.HasSuffix(e.Type, "-already-exists")
	case ErrInvalidInput:
		return e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	case ErrTimeout:
		return e.Status == http.StatusRequestTimeout || e.Status == http.StatusGatewayTimeout ||
			errors.Is(e.Err, context.DeadlineExceeded)
	case ErrUnsupported:
		return e.Status == http.StatusNotImplemented
	case ErrUnreachable:
		return e.Status == 0 && e.Method != "" && e.Err != nil && !interrupted(e.Err)
	}
	return false
}

// interrupted tells whether a call ended because the caller's context did.
func interrupted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// failure turns the error of a call into an *Error about a resource.
func failure(err error, resource, id string) error {
	if err == nil {
		return nil
	}
	fault, ok := errors.AsType[*transport.Error](err)
	if !ok {
		return ofRequest(err, resource, id)
	}
	e := &Error{
		Op: fault.Op, Resource: resource, ID: id, Status: fault.Status, Type: fault.Type, Title: fault.Title,
		Detail: fault.Detail, Method: fault.Method, URL: fault.URL, RequestID: fault.RequestID,
		RetryAfter: fault.RetryAfter, MayBeDone: mayBeDone(fault), Err: fault.Err,
	}
	if fault.Token {
		e.Op += ": getting an access token"
		e.MayBeDone = false
		e.ofToken()
	}
	return e
}

// mayBeDone tells whether a call that got no answer may have changed something. A POST that may be repeated only reads, or sets
// what it will set again.
func mayBeDone(fault *transport.Error) bool {
	switch fault.Method {
	case http.MethodGet, http.MethodHead:
		return false
	case http.MethodPost:
		return fault.Lost && !fault.Repeatable
	}
	return fault.Lost
}

// ofToken makes every refusal of credentials look alike: servers answer wrong ones with 400, 401 or 403.
func (e *Error) ofToken() {
	if e.Status == http.StatusBadRequest || e.Status == http.StatusForbidden {
		e.Err = errors.Join(e.Err, ErrUnauthorized)
	}
}

// ofRequest is the error of a request that could not be written down.
func ofRequest(err error, resource, id string) error {
	if errors.Is(err, transport.ErrBadRequest) {
		return &Error{Op: "preparing a request", Resource: resource, ID: id, Detail: err.Error(), Err: ErrInvalidInput}
	}
	return err
}

// refuse is an error of this side: nothing was asked of the server.
func refuse(condition error, op, resource, id, format string, args ...any) error {
	return &Error{Op: op, Resource: resource, ID: id, Detail: fmt.Sprintf(format, args...), Err: condition}
}
