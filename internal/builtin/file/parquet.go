package file

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/parquet-go/parquet-go"

	"github.com/airfielddev/airfield/internal/scratch"
)

// parquetFormat is Apache Parquet: https://parquet.apache.org/docs/file-format/.
type parquetFormat struct{}

// openParquet needs a file that can be read at any place. What comes over the network is put on the disk first.
func openParquet(in *input) (f *parquet.File, err error) {
	defer recoverCorrupt(&err)
	file := in.file
	if file == nil {
		if file, err = in.spool(); err != nil {
			return nil, err
		}
	}
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("looking at the file: %w", err)
	}
	if err := checkFooter(file, info.Size()); err != nil {
		return nil, err
	}
	if f, err = parquet.OpenFile(file, info.Size()); err != nil {
		return nil, &contentError{err}
	}
	return f, nil
}

// checkFooter compares the footer's length, the four bytes before the last four, with the file's: the library allocates what
// they say, which in a damaged file may be gigabytes.
func checkFooter(file io.ReaderAt, size int64) error {
	var end [8]byte
	if size < int64(len("PAR1")+len(end)) {
		return &contentError{errors.New("the file is too short for parquet")}
	}
	if _, err := file.ReadAt(end[:], size-int64(len(end))); err != nil {
		return fmt.Errorf("reading the end of the file: %w", err)
	}
	if string(end[4:]) != "PAR1" {
		return &contentError{errors.New("the file does not end as parquet does")}
	}
	if length := int64(binary.LittleEndian.Uint32(end[:4])); length > size-int64(len("PAR1")+len(end)) {
		return &contentError{fmt.Errorf("the file is damaged: its footer of %d bytes is longer than the file", length)}
	}
	return nil
}

// spool copies the input to a file that is gone once it is closed.
func (in *input) spool() (*os.File, error) {
	file, err := scratch.NewFile()
	if err != nil {
		return nil, fmt.Errorf("making a file for the download: %w", err)
	}
	in.closers = append(in.closers, file.Close)
	if _, err := io.Copy(file, in.Reader); err != nil {
		return nil, fmt.Errorf("downloading: %w", err)
	}
	return file.File, nil
}

// recoverCorrupt makes an error of a panic of the library, which files with broken pages cause.
func recoverCorrupt(err *error) {
	if reason := recover(); reason != nil {
		*err = &contentError{fmt.Errorf("the file is corrupt: %v", reason)}
	}
}

func (parquetFormat) infer(in *input, _ readerOptions, _ int64) ([]column, error) {
	f, err := openParquet(in)
	if err != nil {
		return nil, err
	}
	root := newNode(f.Root())
	columns := make([]column, len(root.children))
	for i, child := range root.children {
		columns[i] = column{name: child.name, schema: child.schema()}
	}
	return columns, nil
}

func (parquetFormat) rows(in *input, _ readerOptions, _ []column) (rows, error) {
	f, err := openParquet(in)
	if err != nil {
		return nil, err
	}
	r := &parquetRows{groups: f.RowGroups(), root: newNode(f.Root()), batch: make([]parquet.Row, 64)}
	r.assembly.leaves = make([]leaf, r.root.last)
	return r, nil
}

// parquetRows reads one group of rows after the other.
type parquetRows struct {
	groups   []parquet.RowGroup
	current  parquet.Rows // nil: none open
	root     *node
	batch    []parquet.Row
	ready    []parquet.Row // the part of batch that is still to be given out
	assembly assembly
	buffer   []byte
}

func (r *parquetRows) next() (data []byte, err error) {
	defer recoverCorrupt(&err)
	for len(r.ready) == 0 {
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
	r.assembly.start(r.ready[0])
	r.ready = r.ready[1:]
	r.buffer = r.assembly.object(r.buffer[:0], r.root)
	return r.buffer, nil
}

// fill reads the next batch. It may come back with nothing at the end of a group.
func (r *parquetRows) fill() error {
	if r.current == nil {
		if len(r.groups) == 0 {
			return io.EOF
		}
		r.current, r.groups = r.groups[0].Rows(), r.groups[1:]
	}
	n, err := r.current.ReadRows(r.batch)
	r.ready = r.batch[:n]
	switch {
	case errors.Is(err, io.EOF):
		err = r.current.Close()
		r.current = nil
		return err
	case err != nil:
		return &contentError{err}
	}
	return nil
}
