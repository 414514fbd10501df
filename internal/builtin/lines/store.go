package lines

import (
	"context"
	"errors"
)

// store appends chunks to files.
type store struct {
	dir   string
	files []*file
	taken *takenFiles // nil: no record has a file
}

// Write appends a chunk of whole lines with one call, so that lines of two syncs do not mix.
func (s *store) Write(_ context.Context, stream int, chunk []byte, release func()) error {
	defer release()
	f := s.files[stream]
	f.dirty = true
	_, err := f.f.Write(chunk)
	return err
}

// Commit puts the lines of all files on disk.
func (s *store) Commit(context.Context) error {
	for _, f := range s.files {
		if err := f.sync(); err != nil {
			return err
		}
	}
	return s.taken.sync()
}

// Complete makes a new generation the stream's file.
func (s *store) Complete(_ context.Context, stream int) error {
	return s.files[stream].publish()
}

func (s *store) close() error {
	errs := []error{s.taken.close()}
	for _, f := range s.files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}
