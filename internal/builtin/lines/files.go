package lines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/airfielddev/airfield/internal/builtin/batch"
	"github.com/airfielddev/airfield/protocol"
)

// FilePath is the member that tells in the data of a record where its file is, below the directory of the lines. It is called as
// Airbyte's destinations call it.
const FilePath = "_airbyte_file_path"

const (
	filesFolder   = "files"
	partialFolder = filesFolder + "/.partial" // of files that are not whole yet; no stream's folder has a dot in its name
)

// takenFiles puts the files that records are about beside the lines. Paths that come with records lead neither out of the staging
// folder nor out of the directory.
type takenFiles struct {
	path    string // of the staging folder
	staging *os.Root
	dir     *os.Root

	mu    sync.Mutex
	dirty map[string]bool // folders with names that no fsync has covered
}

func openFiles(staging, dir string) (*takenFiles, error) {
	f := &takenFiles{path: staging, dirty: map[string]bool{}}
	var err error
	if f.staging, err = os.OpenRoot(staging); err != nil {
		return nil, fmt.Errorf("opening the folder of files: %w", err)
	}
	if f.dir, err = os.OpenRoot(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("opening directory: %w", err), f.staging.Close())
	}
	return f, nil
}

func (f *takenFiles) close() error {
	if f == nil {
		return nil
	}
	return errors.Join(f.staging.Close(), f.dir.Close())
}

// encoder is an encoder of a stream whose records have files, which go into a folder of the name.
func (f *takenFiles) encoder(inner batch.Encoder, name string) (batch.Encoder, error) {
	left, err := fs.Glob(f.dir.FS(), partialFolder+"/"+name+"-*")
	for _, place := range left {
		err = errors.Join(err, f.dir.Remove(place))
	}
	if err != nil {
		return nil, fmt.Errorf("removing files that are not whole: %w", err)
	}
	return &filing{inner: inner, files: f, name: name}, nil
}

// filing takes the file of each record before its line is written.
type filing struct {
	inner batch.Encoder
	files *takenFiles
	name  string
	data  []byte
}

// Append takes the file, and adds the line.
func (e *filing) Append(dst []byte, record *protocol.Record) ([]byte, error) {
	if record.File == nil {
		return e.inner.Append(dst, record)
	}
	place, err := e.files.take(e.name, record.File)
	if err != nil {
		return dst, fmt.Errorf("taking file %q: %w", record.File.SourceFileRelativePath, err)
	}
	text, err := json.Marshal(place)
	if err != nil {
		return dst, fmt.Errorf("encoding the path of a file: %w", err)
	}
	filed := *record
	e.data = appendMember(e.data[:0], record.Data, FilePath, text)
	filed.Data = e.data
	return e.inner.Append(dst, &filed)
}

// appendMember adds an object with one more member at its end.
func appendMember(dst, object []byte, name string, value []byte) []byte {
	inside := bytes.TrimRight(object, " \t\r\n")
	inside = bytes.TrimRight(inside[:len(inside)-1], " \t\r\n")
	dst = append(dst, inside...)
	if len(inside) > 1 {
		dst = append(dst, ',')
	}
	dst = append(append(append(dst, '"'), name...), '"', ':')
	return append(append(dst, value...), '}')
}

var (
	errNotStaged = errors.New("it does not lie in the folder for files")
	errBadPath   = errors.New("its path leads out of the folder of the stream")
)

// take moves a file to where it belongs, and tells where that is. It takes the place of an earlier one of the same path.
func (f *takenFiles) take(name string, file *protocol.FileReference) (place string, err error) {
	staged, err := filepath.Rel(f.path, file.StagingFileURL)
	if err != nil || !filepath.IsLocal(staged) {
		return "", errNotStaged
	}
	relative := path.Clean(strings.TrimLeft(file.SourceFileRelativePath, "/"))
	if relative == "." || !filepath.IsLocal(filepath.FromSlash(relative)) {
		return "", errBadPath
	}
	place = path.Join(filesFolder, name, relative)
	info, err := f.staging.Lstat(staged)
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.has(place, file.FileSizeBytes):
		return place, nil // it came with an earlier record, which named the same file
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errNotStaged
	}
	if err := f.move(staged, place, path.Join(partialFolder, name+"-"+uuid.NewString())); err != nil {
		return "", err
	}
	return place, f.staging.Remove(staged)
}

// has tells whether there is a file of a size.
func (f *takenFiles) has(place string, size int64) bool {
	info, err := f.dir.Lstat(place)
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}

// move copies a file, since folders may be on different disks. It is there whole or not at all.
func (f *takenFiles) move(staged, place, partial string) error {
	for _, folder := range []string{partialFolder, path.Dir(place)} {
		if err := f.dir.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	err := f.copy(staged, partial)
	if err == nil {
		err = f.dir.Rename(partial, place)
	}
	if err != nil {
		_ = f.dir.Remove(partial) // whatever keeps it from being removed is what went wrong
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for folder := path.Dir(place); folder != "."; folder = path.Dir(folder) {
		f.dirty[folder] = true
	}
	f.dirty["."] = true
	return nil
}

func (f *takenFiles) copy(from, to string) error {
	in, err := f.staging.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // nothing was written to it
	out, err := f.dir.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// sync makes the names of files durable; what is in them is already.
func (f *takenFiles) sync() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for folder := range f.dirty {
		if err := f.syncFolder(folder); err != nil {
			return fmt.Errorf("putting the names of files on disk: %w", err)
		}
		delete(f.dirty, folder)
	}
	return nil
}

func (f *takenFiles) syncFolder(folder string) error {
	opened, err := f.dir.Open(folder)
	if err != nil {
		return err
	}
	defer func() { _ = opened.Close() }() // nothing was written to it
	return opened.Sync()
}
