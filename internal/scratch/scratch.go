// Package scratch makes temporary files and folders of which a process that is killed leaves as little as can be.
package scratch

import (
	"cmp"
	"os"
	"path/filepath"
)

// Folder makes a folder that only this user can read, in parent, which is made when absent; "": that of the system for temporary files.
// Its name begins with prefix, and its path is absolute, as container engines want it.
func Folder(parent, prefix string) (string, error) {
	parent, err := filepath.Abs(cmp.Or(parent, os.TempDir()))
	if err == nil {
		err = os.MkdirAll(parent, 0o700)
	}
	if err != nil {
		return "", err
	}
	return os.MkdirTemp(parent, prefix)
}

// File is a temporary file that has no name any more, so that it is gone with the process however that ends. Windows keeps the name until
// the file is closed.
type File struct{ *os.File }

// NewFile makes a file that can be written and read.
func NewFile() (File, error) {
	file, err := os.CreateTemp("", "airfield-*")
	if err != nil {
		return File{}, err
	}
	_ = os.Remove(file.Name())
	return File{file}, nil
}

// Close closes the file, and removes it where it still has its name. What cannot be removed is left to whoever cleans temporary files up.
func (f File) Close() error {
	err := f.File.Close()
	_ = os.Remove(f.Name())
	return err
}
