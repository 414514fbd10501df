package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/wire"
)

// Problem is the body of a refusal.
type Problem = wire.Problem

// Refusal is an error that is already a problem.
type Refusal struct{ Problem Problem }

// Error is the sentence for the caller.
func (r *Refusal) Error() string {
	var data wire.ProblemMessage
	if json.Unmarshal(r.Problem.Data, &data) == nil && data.Message != "" {
		return data.Message
	}
	return r.Problem.Detail
}

// BadRequest says what in a request must be changed.
func BadRequest(format string, args ...any) error {
	return refusal(badRequest, format, args...)
}

// Unprocessable says why a body was not understood.
func Unprocessable(format string, args ...any) error {
	return refusal(unprocessable, format, args...)
}

// NotImplemented says why there is no such operation on this server.
func NotImplemented(why string) error {
	p := notImplemented.problem(map[string]any{"message": why})
	p.Detail = why
	return &Refusal{p}
}

// TooLarge says how much a body may hold.
func TooLarge(limit int64) error {
	return refusal(kind{http.StatusRequestEntityTooLarge, wire.ProblemBadRequest, "bad-request", "The body of the request is too large."},
		"The body may have at most %d bytes. Send less at once.", limit)
}

// Encodings are the ways in which the body of a request may be packed.
func Encodings() []string { return []string{"gzip", "deflate", "zstd"} }

// UnknownEncoding says how a body may be packed.
func UnknownEncoding(encoding string) error {
	return refusal(kind{http.StatusUnsupportedMediaType, wire.ProblemBadRequest, "bad-request", "The body of the request is packed in an unknown way."},
		"The body is packed with %q. Send it as it is, or packed with one of %s.", encoding, strings.Join(Encodings(), ", "))
}

// Unauthorized says how to authenticate.
func Unauthorized(format string, args ...any) error { return refusal(unauthorized, format, args...) }

// NoSuchPath says that there is no operation at a path.
func NoSuchPath(method, path string) error {
	return refusal(notFound, "There is no operation %s %s. The operations are listed at https://reference.airbyte.com.", method, path)
}

// WrongMethod says that a path knows other methods only.
func WrongMethod(method, path string) error {
	return refusal(kind{http.StatusMethodNotAllowed, wire.ProblemBadRequest, "bad-request", "The method is not allowed here."},
		"%s cannot be used with %s. The header Allow lists what can.", method, path)
}

// StillRunning says that the same request is being worked on.
func StillRunning(format string, args ...any) error { return refusal(tryAgainLater, format, args...) }

// Conflict says what stands in the way.
func Conflict(format string, args ...any) error { return refusal(stateConflict, format, args...) }

// Locked says that a state cannot be written while a sync runs.
func Locked(message string) error {
	return refusal(kind{http.StatusLocked, wire.ProblemTryAgainLater, "try-again-later", "Please try again later."}, "%s", message)
}

// Crashed hides the reason of a fault.
func Crashed() error { return refusal(unexpected, "%s", crash) }

const crash = "Something went wrong inside the server. Its log tells more, under the request id that this answer carries in X-Request-Id."

func refusal(k kind, format string, args ...any) error {
	return &Refusal{k.problem(map[string]any{"message": fmt.Sprintf(format, args...)})}
}

// ProblemOf is the problem that tells err to a caller. What is neither a [Refusal] nor a refusal by the platform becomes a
// problem of status 500 that says nothing about the reason.
func ProblemOf(err error) Problem {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Problem
	}
	if e, ok := errors.AsType[*platform.Error](err); ok {
		return platformProblem(e)
	}
	if k, ok := kindOf(err); ok {
		return k.problem(map[string]any{"message": err.Error()})
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return timeout.problem(map[string]any{"message": "The work was stopped before it was done. Try again."})
	}
	return unexpected.problem(map[string]any{"message": crash})
}

func platformProblem(e *platform.Error) Problem {
	k, ok := kindOf(e.Condition)
	if named, found := namedKinds[e.Problem]; found {
		k, ok = named, true
	} else if e.Problem != "" {
		k.Type, k.Title = e.Problem, e.Problem
	}
	if !ok {
		k = unexpected
	}
	data := map[string]any{"message": e.Error()}
	if e.Resource != "" {
		data["resourceType"] = e.Resource
	}
	if e.ID != "" {
		data["resourceId"] = e.ID
	}
	for name, value := range e.Data {
		data[name] = value
	}
	return k.problem(data)
}

func kindOf(err error) (kind, bool) {
	switch {
	case errors.Is(err, platform.ErrNotFound):
		return notFound, true
	case errors.Is(err, platform.ErrSyncRunning):
		return tryAgainLater, true
	case errors.Is(err, platform.ErrConflict):
		return stateConflict, true
	case errors.Is(err, platform.ErrInvalid):
		return badRequest, true
	case errors.Is(err, platform.ErrUnprocessed):
		return unprocessable, true
	case errors.Is(err, platform.ErrForbidden):
		return forbidden, true
	case errors.Is(err, platform.ErrConnector):
		return connectorFailed, true
	}
	return kind{}, false
}

// RefusePublic prints a problem as the Public API does.
func RefusePublic(w http.ResponseWriter, p Problem) {
	// A problem holds strings, numbers and JSON made by this package: printing it cannot fail.
	_ = WriteJSON(w, p.Status, p)
}

// Unavailable says which part of the server does not work at the moment.
func Unavailable(format string, args ...any) error {
	return refusal(kind{http.StatusServiceUnavailable, wire.ProblemServiceUnavailable, "service-unavailable",
		"The server is currently unable to handle the request."}, format, args...)
}

// Forbidden says why a request is refused whoever makes it.
func Forbidden(format string, args ...any) error { return refusal(forbidden, format, args...) }
