package file

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/airfielddev/airfield/connector"
)

// How much of a file is looked at to find out its types. The disk is cheap to read; other people's servers are not.
const (
	localSample  = 64 << 20
	remoteSample = 4 << 20
)

// input is an open file. Bytes come decompressed and without a byte order mark.
type input struct {
	*bufio.Reader
	fingerprint string   // changes with the file; "": cannot be told
	file        *os.File // nil: not on the local disk
	closers     []func() error
}

func (in *input) sample() int64 {
	if in.file != nil {
		return localSample
	}
	return remoteSample
}

// Close gives everything back, last things first.
func (in *input) Close() error {
	var err error
	for i := len(in.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, in.closers[i]())
	}
	return err
}

func (src source) open(ctx context.Context, c config) (*input, error) {
	in := &input{}
	raw, err := src.raw(ctx, c, in)
	if err != nil {
		return nil, err
	}
	if err := in.unwrap(raw); err != nil {
		_ = in.Close()
		return nil, c.explain(ctx, err)
	}
	return in, nil
}

func (src source) raw(ctx context.Context, c config, in *input) (io.Reader, error) {
	if c.Provider.Storage == "HTTPS" {
		return in.fetch(ctx, c)
	}
	file, err := src.local(c)
	if err != nil {
		return nil, err
	}
	in.file, in.closers = file, append(in.closers, file.Close)
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("looking at %s: %w", c.where(), err)
	}
	in.fingerprint = fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())
	return file, nil
}

// local opens a path. Nothing but a regular file is opened: others may block for ever or never end.
func (src source) local(c config) (*os.File, error) {
	path := strings.TrimPrefix(c.URL, "file://")
	if src.options.Root == "" {
		info, err := os.Stat(path)
		if err := checkRegular(c, info, err); err != nil {
			return nil, err
		}
		file, err := os.Open(path)
		return file, explainLocal(c, err)
	}
	root, err := os.OpenRoot(src.options.Root)
	if err != nil {
		return nil, fmt.Errorf("opening directory of local files: %w", err)
	}
	defer func() { _ = root.Close() }()
	if path, err = within(src.options.Root, path); err != nil {
		return nil, err
	}
	info, err := root.Stat(path)
	if err := checkRegular(c, info, err); err != nil {
		return nil, err
	}
	file, err := root.Open(path)
	return file, explainLocal(c, err)
}

// mount is where Airbyte's containers see the directory of local files.
const mount = "/local/"

// within makes a path relative to the root.
func within(root, path string) (string, error) {
	if !filepath.IsAbs(path) {
		return path, nil
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return "", fmt.Errorf("finding directory of local files: %w", err)
	}
	if relative, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(relative) {
		return relative, nil
	}
	if inside, ok := strings.CutPrefix(filepath.Clean(path), mount); ok {
		return inside, nil
	}
	return "", connector.ConfigError("path %s is not in the directory that local files may be read from", path)
}

func checkRegular(c config, info fs.FileInfo, err error) error {
	if err == nil && !info.Mode().IsRegular() {
		return connector.ConfigError("%s is not a regular file", c.where())
	}
	return explainLocal(c, err)
}

// explainLocal leaves out the path in the error of the system: it may tell of directories that are not the user's.
func explainLocal(c config, err error) error {
	var path *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return connector.ConfigError("file %s does not exist", c.where())
	case errors.As(err, &path):
		return connector.ConfigError("opening %s: %w", c.where(), path.Err)
	}
	return connector.ConfigError("opening %s: %w", c.where(), err)
}

// where names the file without what may be secret in an address: the user, the password and the query.
func (c *config) where() string {
	if c.Provider.Storage == "local" {
		return c.URL
	}
	address, err := url.Parse(c.address())
	if err != nil {
		return "the address"
	}
	return address.Scheme + "://" + address.Host + address.Path
}

// unwrap looks at the first bytes to find compression and byte order marks.
func (in *input) unwrap(raw io.Reader) error {
	in.Reader = bufio.NewReaderSize(raw, 256<<10)
	start, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		decompressed, err := gzip.NewReader(in.Reader)
		if err != nil {
			return &contentError{fmt.Errorf("decompressing: %w", err)}
		}
		return in.decompressed(decompressed)
	case bytes.HasPrefix(start, []byte("BZh")):
		return in.decompressed(bzip2.NewReader(in.Reader))
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return &contentError{errors.New("the file is a ZIP archive, which is not supported: unpack it, or compress it with gzip")}
	}
	return in.skipMark()
}

func (in *input) decompressed(r io.Reader) error {
	in.Reader = bufio.NewReaderSize(r, 256<<10)
	return in.skipMark()
}

func (in *input) skipMark() error {
	start, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return &contentError{fmt.Errorf("reading the first bytes: %w", err)}
	}
	switch {
	case bytes.Equal(start, []byte("\xef\xbb\xbf")):
		_, err = in.Discard(3)
		return err
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return &contentError{errors.New("the file is UTF-16, which is not supported: convert it to utf-8")}
	}
	return nil
}

// maxRecord bounds the memory that one row can take: a quote that is never closed would swallow the rest of the file.
const maxRecord = 64 << 20

var errTooLong = &contentError{fmt.Errorf("a row is longer than %d MiB; is a quote or bracket never closed?", maxRecord>>20)}

// rationed is a reader that gives out a bounded number of bytes until it is renewed, once for each row.
type rationed struct {
	io.Reader
	left int
}

func (r *rationed) renew() { r.left = maxRecord }

func (r *rationed) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errTooLong
	}
	n, err := r.Reader.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}
