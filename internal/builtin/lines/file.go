package lines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/airfielddev/airfield/connector"
)

// file is where the lines of one stream go.
type file struct {
	final string
	aside string // "": lines go to final
	f     *os.File
	dirty bool // it has lines that no fsync has covered
}

func (f *file) path() string {
	if f.aside != "" {
		return f.aside
	}
	return f.final
}

// open makes the file or repairs the end of it, and stands at its end.
func (f *file) open(header []byte) error {
	opened, err := os.OpenFile(f.path(), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if errors.Is(err, fs.ErrPermission) {
		return connector.ConfigError("opening the file: %w", err)
	}
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	f.f = opened
	if err := f.repair(); err != nil {
		return fmt.Errorf("repairing the end of %s: %w", f.path(), err)
	}
	return f.ensureHeader(header)
}

// repair cuts off a line that a crash tore: it was never committed, so its record comes again.
func (f *file) repair() error {
	info, err := f.f.Stat()
	if err != nil {
		return err
	}
	end, err := lastLineBreak(f.f, info.Size())
	if err != nil || end == info.Size() {
		return err
	}
	return f.f.Truncate(end)
}

// lastLineBreak is the place after the last line break.
func lastLineBreak(r io.ReaderAt, size int64) (int64, error) {
	buf := make([]byte, 64<<10)
	for end := size; end > 0; {
		n := min(end, int64(len(buf)))
		if _, err := r.ReadAt(buf[:n], end-n); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return end - n + int64(i) + 1, nil
		}
		end -= n
	}
	return 0, nil
}

// ensureHeader begins an empty file, and refuses one that begins otherwise.
func (f *file) ensureHeader(header []byte) error {
	if header == nil {
		return nil
	}
	begin := make([]byte, len(header))
	n, err := f.f.ReadAt(begin, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if n == 0 {
		f.dirty = true
		_, err := f.f.Write(header)
		return err
	}
	if !bytes.Equal(begin, header) {
		return connector.ConfigError("%s exists and begins with another header or delimiter; use another path", f.path())
	}
	return nil
}

// adopt takes over the lines that wait aside when the stream no longer truncates. They are of its generation, so a refresh was
// given up before it was complete and the source goes on from the states that were echoed for these lines.
func (f *file) adopt(aside string, header int) error {
	left := &file{final: aside}
	if err := left.open(nil); err != nil {
		return err
	}
	defer func() { _ = left.close() }() // nothing was written to it
	if _, err := left.f.Seek(int64(header), io.SeekStart); err != nil {
		return err
	}
	f.dirty = true
	if _, err := io.Copy(f.f, left.f); err != nil {
		return fmt.Errorf("taking over the lines of a refresh that was given up: %w", err)
	}
	if err := f.sync(); err != nil {
		return err
	}
	return os.Remove(aside)
}

func (f *file) sync() error {
	if !f.dirty {
		return nil
	}
	f.dirty = false
	return f.f.Sync()
}

// publish renames the file that waits aside over the final one.
func (f *file) publish() error {
	if f.aside == "" {
		return nil
	}
	if err := os.Rename(f.aside, f.final); err != nil {
		return fmt.Errorf("putting the new generation in place: %w", err)
	}
	f.aside = ""
	return syncDir(filepath.Dir(f.final))
}

func (f *file) close() error {
	if f.f == nil {
		return nil
	}
	return f.f.Close()
}

// syncDir makes names in a directory durable.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }() // nothing was written to it
	return dir.Sync()
}

// firstRecord is the first line after the header.
func firstRecord(path string, header int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written to it
	if _, err := f.Seek(int64(header), io.SeekStart); err != nil {
		return nil, err
	}
	return bufio.NewReader(f).ReadBytes('\n')
}
