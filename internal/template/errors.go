package template

import (
	"errors"
	"fmt"
	"strconv"
)

// What can go wrong, for errors.Is. Every error of this package is an [Error] that wraps one of them.
var (
	// ErrSyntax marks a template that cannot be read.
	ErrSyntax = errors.New("template syntax")
	// ErrUndefined marks the use of something that is not there: an attribute, item, call or arithmetic on an
	// undefined value. Printing or testing an undefined value is not an error.
	ErrUndefined = errors.New("undefined value")
	// ErrType marks an operation on a value of a type that does not have it. Rendering does not report it: as in
	// the reference, a template that fails this way stands for its own source text.
	ErrType = errors.New("type mismatch")
	// ErrValue marks every other failure of evaluation: a date that does not parse, a division by zero, a
	// variable nobody supplied.
	ErrValue = errors.New("evaluation failure")
	// ErrLimit marks an evaluation stopped because it took too many steps or too much memory.
	ErrLimit = errors.New("evaluation limit")
)

// Error is a failure to read or evaluate a template. Its message names types and places, never the values a
// template was given, which may be secrets.
type Error struct {
	Kind    error // one of the sentinels of this package
	Line    int   // counted from 1; 0 when the place is not known
	Column  int   // counted from 1, in bytes
	Message string
}

// Error gives the place and the message.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return "line " + strconv.Itoa(e.Line) + ", column " + strconv.Itoa(e.Column) + ": " + e.Message
}

// Unwrap gives the sentinel.
func (e *Error) Unwrap() error { return e.Kind }

func typeErr(format string, args ...any) error {
	return &Error{Kind: ErrType, Message: fmt.Sprintf(format, args...)}
}

func valueErr(format string, args ...any) error {
	return &Error{Kind: ErrValue, Message: fmt.Sprintf(format, args...)}
}

func limitErr(what string) error {
	return &Error{Kind: ErrLimit, Message: what}
}

// place gives line and column, both from 1, of a byte offset.
func place(source string, offset int) (line, column int) {
	line, column = 1, 1
	for i := range min(offset, len(source)) {
		column++
		if source[i] == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}

// locate completes an error that does not know its place yet.
func locate(err error, source string, offset int) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Line == 0 {
		e.Line, e.Column = place(source, offset)
	}
	return err
}
