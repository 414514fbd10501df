package declarative

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// diskFactor is how much larger a response may be that goes to disk than one that is kept in memory.
const diskFactor = 64

// diskLimit is how large a response may be that goes to disk, in bytes.
func (e *Env) diskLimit() int64 { return e.limit * diskFactor }

// spooled is a temporary file that has no name any more, so that it is gone with the process however that ends. Windows keeps the
// name until the file is discarded.
type spooled struct {
	*os.File

	Size int64 // bytes
}

// spool writes everything there is to a temporary file, and opens it at its beginning.
func spool(body io.Reader, limit int64) (*spooled, error) {
	file, err := os.CreateTemp("", "airfield-*.download")
	if err != nil {
		return nil, fmt.Errorf("creating temporary file: %w", err)
	}
	_ = os.Remove(file.Name())
	s := &spooled{File: file}
	if err := s.fill(body, limit); err != nil {
		s.discard()
		return nil, err
	}
	return s, nil
}

func (s *spooled) fill(body io.Reader, limit int64) (err error) {
	if limit > 0 {
		body = io.LimitReader(body, limit+1)
	}
	if s.Size, err = io.Copy(s.File, body); err != nil {
		return fmt.Errorf("downloading response: %w", err)
	}
	if limit > 0 && s.Size > limit {
		return fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	if _, err := s.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading temporary file: %w", err)
	}
	return nil
}

// discard closes the file, and removes it where it still has its name. What cannot be removed is left to whoever cleans temporary
// files up.
func (s *spooled) discard() {
	_ = s.Close()
	_ = os.Remove(s.Name())
}

// inMemory is the rest of what is in memory already; nil for anything else.
func inMemory(body io.Reader) *bytes.Reader {
	if b, ok := body.(*bytes.Buffer); ok {
		return bytes.NewReader(b.Bytes())
	}
	return nil
}
