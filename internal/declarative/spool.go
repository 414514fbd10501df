package declarative

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/airfielddev/airfield/internal/scratch"
)

// diskFactor is how much larger a response may be that goes to disk than one that is kept in memory.
const diskFactor = 64

// diskLimit is how large a response may be that goes to disk, in bytes.
func (e *Env) diskLimit() int64 { return e.limit * diskFactor }

// spooled is a temporary file with what was downloaded.
type spooled struct {
	scratch.File

	Size int64 // bytes
}

// spool writes everything there is to a temporary file, and opens it at its beginning.
func spool(body io.Reader, limit int64) (*spooled, error) {
	file, err := scratch.NewFile()
	if err != nil {
		return nil, fmt.Errorf("creating temporary file: %w", err)
	}
	s := &spooled{File: file}
	if s.Size, err = download(file.File, body, limit); err != nil {
		s.discard()
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		s.discard()
		return nil, fmt.Errorf("reading temporary file: %w", err)
	}
	return s, nil
}

// discard closes the file, which nobody writes to any more.
func (s *spooled) discard() { _ = s.Close() }

// download writes everything there is to a file. The limit is in bytes; 0: none.
func download(file *os.File, body io.Reader, limit int64) (size int64, err error) {
	if limit > 0 {
		body = io.LimitReader(body, limit+1)
	}
	if size, err = io.Copy(file, body); err != nil {
		return size, fmt.Errorf("downloading response: %w", err)
	}
	if limit > 0 && size > limit {
		return size, fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	return size, nil
}

// inMemory is the rest of what is in memory already; nil for anything else.
func inMemory(body io.Reader) *bytes.Reader {
	if b, ok := body.(*bytes.Buffer); ok {
		return bytes.NewReader(b.Bytes())
	}
	return nil
}
