package connector

import (
	"errors"
	"fmt"

	"github.com/airfielddev/airfield/protocol"
)

// Error is a failure that a connector explains, as a TRACE message of type ERROR does. Its type decides whether the platform
// tries again: a config_error ends the job at once.
type Error struct {
	Type     protocol.FailureType // "": system_error
	Message  string               // for the person who configured the connector
	Internal string               // for the one who looks after it; "": same as Message
	Stack    string
	Stream   *protocol.StreamDescriptor // nil: not about one stream
	Cause    error
}

// Error is the message, with the stream's name before it when there is one.
func (e *Error) Error() string {
	if e.Stream != nil {
		return fmt.Sprintf("stream %s: %s", e.Stream, e.Message)
	}
	return e.Message
}

// Unwrap is the error underneath.
func (e *Error) Unwrap() error { return e.Cause }

// ConfigError says that the configuration is at fault. The message is shown as it is.
func ConfigError(format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Type: protocol.FailureConfig, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// TransientError says that the same thing may work later.
func TransientError(format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Type: protocol.FailureTransient, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// FailureOf tells the type of any error: that of the [*Error] inside it, or system_error.
func FailureOf(err error) protocol.FailureType {
	var e *Error
	if errors.As(err, &e) && e.Type != "" {
		return e.Type
	}
	return protocol.FailureSystem
}

// FromTrace is the error that a TRACE message tells.
func FromTrace(t *protocol.TraceError) *Error {
	return &Error{Type: t.FailureType, Message: t.Message, Internal: t.InternalMessage, Stack: t.StackTrace, Stream: t.StreamDescriptor}
}

// Failed is the status of a check that found err.
func Failed(err error) protocol.ConnectionStatus {
	return protocol.ConnectionStatus{Status: protocol.StatusFailed, Message: err.Error()}
}

// Succeeded is the status of a check that found nothing wrong.
func Succeeded() protocol.ConnectionStatus {
	return protocol.ConnectionStatus{Status: protocol.StatusSucceeded}
}
