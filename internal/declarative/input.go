package declarative

import "errors"

// ErrInput is matched by errors about what a run was given, which were found before any stream was read: a configuration, the name
// of a stream, or a state.
var ErrInput = errors.New("the input cannot be used")

// inputError is an error that matches [ErrInput].
type inputError struct{ error }

func (e inputError) Unwrap() error { return e.error }

func (inputError) Is(target error) bool { return target == ErrInput }

// ofInput says that an error is about what was given.
func ofInput(err error) error {
	if err == nil {
		return nil
	}
	return inputError{err}
}
