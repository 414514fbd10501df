package world

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ReadFile reads a file; "-" is stdin.
func (w World) ReadFile(name string) ([]byte, error) {
	if name == "-" {
		text, err := io.ReadAll(w.Stdin)
		if err != nil {
			return nil, fmt.Errorf("reading stdin: %w", err)
		}
		return text, nil
	}
	return os.ReadFile(w.Path(name))
}

// HasFile tells whether there is a file of that name.
func (w World) HasFile(name string) bool {
	info, err := os.Stat(w.Path(name))
	return err == nil && info.Mode().IsRegular()
}

// WritePrivate writes a file that only its owner can read, and the directories above it. A reader sees the old content or the new one,
// never half of either.
func (w World) WritePrivate(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone already when the rename worked
	if err := fill(f, content); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return os.Rename(f.Name(), name)
}

// WriteFile writes a file that everybody may read, and the directories above it.
func (w World) WriteFile(name string, content []byte) error {
	name = w.Path(name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil { //nolint:gosec // there is nothing private in it
		return err
	}
	return os.WriteFile(name, content, 0o644) //nolint:gosec // there is nothing private in it
}

// Files lists the files of a directory whose names end in a suffix, in the order of their names. A directory that is not there has
// none.
func (w World) Files(dir, suffix string) ([]string, error) {
	entries, err := os.ReadDir(w.Path(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), suffix) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, nil
}

// fill relies on CreateTemp giving files of mode 0600.
func fill(f *os.File, content []byte) error {
	_, err := f.Write(content)
	if syncErr := f.Sync(); err == nil {
		err = syncErr
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// TempDir makes a new directory for what need not outlive the program: below $TMPDIR, or where the system has such things.
func (w World) TempDir(pattern string) (dir string, remove func() error, err error) {
	dir, err = os.MkdirTemp(w.Env("TMPDIR"), pattern)
	if err != nil {
		return "", nil, err
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}
