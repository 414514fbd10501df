package declarative

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/airfielddev/airfield/protocol"
)

// staging is the folder that files wait in until the destination takes them. Nothing is written beside it, whatever files are called.
type staging struct {
	path string
	root *os.Root
}

// openStaging opens a folder; "" is none.
func openStaging(path string) (*staging, error) {
	if path == "" {
		return nil, nil
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("opening the folder for files: %w", err)
	}
	return &staging{path: path, root: root}, nil
}

func (s *staging) close() {
	if s != nil {
		_ = s.root.Close()
	}
}

// errFileName is returned for a file that would not lie below the folder of its stream.
var errFileName = errors.New("a file cannot be called so")

// file is a file of a stream that is yet to be written.
func (s *staging) file(stream, name string) (*stagedFile, error) {
	relative := stream + "/" + strings.TrimLeft(name, "/")
	clean := path.Clean(relative)
	if slices.Contains(strings.Split(relative, "/"), "..") || !filepath.IsLocal(clean) || clean == path.Clean(stream) {
		return nil, fmt.Errorf("%w: %q of stream %s", errFileName, name, stream)
	}
	return &stagedFile{staging: s, reference: protocol.FileReference{SourceFileRelativePath: clean}}, nil
}

// stagedFile is a file on its way.
type stagedFile struct {
	staging   *staging
	place     string // below the folder; "": it is not there
	reference protocol.FileReference
}

// fill writes the file anew. What remains incomplete is removed.
func (f *stagedFile) fill(body io.Reader, limit int64) error {
	if err := f.discard(); err != nil {
		return err
	}
	opened, err := f.open()
	if err != nil {
		return fmt.Errorf("creating a file: %w", err)
	}
	size, err := download(opened, body, limit)
	if err := errors.Join(err, opened.Close()); err != nil {
		return errors.Join(err, f.discard())
	}
	f.reference.StagingFileURL = filepath.Join(f.staging.path, filepath.FromSlash(f.place))
	f.reference.FileSizeBytes = size
	return nil
}

// open makes the file. Where the destination has yet to take another of the same name, it goes into a folder of its own.
func (f *stagedFile) open() (*os.File, error) {
	opened, err := f.openAt(f.reference.SourceFileRelativePath)
	if errors.Is(err, fs.ErrExist) {
		return f.openAt(path.Join(uuid.NewString(), f.reference.SourceFileRelativePath))
	}
	return opened, err
}

func (f *stagedFile) openAt(place string) (*os.File, error) {
	root := f.staging.root
	if err := root.MkdirAll(path.Dir(place), 0o755); err != nil {
		return nil, err
	}
	opened, err := root.OpenFile(place, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err == nil {
		f.place = place
	}
	return opened, err
}

// discard removes the file, if it is there.
func (f *stagedFile) discard() error {
	if f.place == "" {
		return nil
	}
	place := f.place
	f.place = ""
	return f.staging.root.Remove(place)
}
