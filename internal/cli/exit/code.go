package exit

import (
	"errors"
	"fmt"
)

// Code is what the process exits with.
type Code int

// The exit codes.
const (
	OK          Code = 0
	Failure     Code = 1   // anything without a code of its own
	Usage       Code = 2   // the command line, a configuration or a name is wrong
	Environment Code = 3   // the server, the network or this machine
	Auth        Code = 4   // credentials are missing, wrong, or do not reach that far
	Conflict    Code = 5   // the state of things does not allow it now
	JobFailed   Code = 6   // a job ended as failed
	JobCanceled Code = 7   // a job ended as cancelled
	Timeout     Code = 8   // it took longer than allowed
	PlanChanges Code = 9   // a plan was made and holds changes
	Interrupted Code = 130 // stopped by Ctrl-C
)

// Error is an error that knows its exit code, or what to do about it, or both.
type Error struct {
	Code Code   // 0: that of Err
	Hint string // "": that of Err
	Err  error

	misuse bool // made by Usagef
}

// Error is the text of the error inside.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap is the error inside.
func (e *Error) Unwrap() error { return e.Err }

// With gives an error an exit code.
func With(code Code, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: code, Err: err}
}

// Hint tells what to do about an error.
func Hint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Error{Hint: fmt.Sprintf(format, args...), Err: err}
}

// Usagef is an error about how the program was called, which the help of the command explains.
func Usagef(format string, args ...any) error {
	return &Error{Code: Usage, Err: fmt.Errorf(format, args...), misuse: true}
}

// Misuse tells whether an error was made with [Usagef].
func Misuse(err error) bool {
	for e := (*Error)(nil); errors.As(err, &e); err = e.Err {
		if e.misuse {
			return true
		}
	}
	return false
}

// chosen finds the outermost code and the outermost hint that were given to an error.
func chosen(err error) (code Code, hint string) {
	for e := (*Error)(nil); errors.As(err, &e); err = e.Err {
		if code == 0 {
			code = e.Code
		}
		if hint == "" {
			hint = e.Hint
		}
	}
	return code, hint
}
