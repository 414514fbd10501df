package platform

import (
	"errors"
	"fmt"
)

// The conditions that callers tell apart.
var (
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("conflict") // the state of things does not allow it now
	ErrSyncRunning = errors.New("a sync is running")
	ErrInvalid     = errors.New("invalid request")
	ErrUnprocessed = errors.New("unprocessable") // well-formed, but breaks a connector's rules
	ErrForbidden   = errors.New("forbidden")
	ErrConnector   = errors.New("the connector failed") // while the caller waited for its answer
)

// Error is a refusal by the platform.
type Error struct {
	Condition error  // one of the sentinels of this package
	Problem   string // the API's name of the problem when it has one of its own, such as "error:tag-already-exists"
	Message   string // a sentence for the caller
	Resource  string // the kind of thing it is about: "source"
	ID        string
	Data      map[string]any // further members of the problem's data
}

// Error is the message.
func (e *Error) Error() string {
	if e.Message != "" {
		return e.Message
	}
	return fmt.Sprintf("%s %s: %v", e.Resource, e.ID, e.Condition)
}

// Unwrap is the condition, so that errors.Is finds it.
func (e *Error) Unwrap() error { return e.Condition }

// NotFound says that there is no such thing.
func NotFound(resource, id string) *Error {
	return &Error{Condition: ErrNotFound, Resource: resource, ID: id, Message: fmt.Sprintf("There is no %s %s.", resource, id)}
}

func refuse(condition error, format string, args ...any) *Error {
	return &Error{Condition: condition, Message: fmt.Sprintf(format, args...)}
}
