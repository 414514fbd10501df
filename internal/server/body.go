package server

import (
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// plain lets a request's body be read as it was before it was packed. It holds no more than a body may, packed or not.
func plain(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, endpoint.MaxBody)
	encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding")))
	if encoding == "" || encoding == "identity" {
		return nil
	}
	open := unpacker(encoding)
	if open == nil {
		w.Header().Set("Accept-Encoding", strings.Join(endpoint.Encodings(), ", "))
		return endpoint.UnknownEncoding(encoding)
	}
	r.Body = &unpacked{packed: r.Body, open: open, left: endpoint.MaxBody}
	r.Header.Del("Content-Encoding")
	r.ContentLength = -1
	return nil
}

// unpacker unpacks one of the [endpoint.Encodings], whose names are those of
// https://www.iana.org/assignments/http-parameters; nil for any other.
func unpacker(encoding string) func(io.Reader) (io.ReadCloser, error) {
	switch encoding {
	case "gzip", "x-gzip":
		return func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }
	case "deflate":
		return zlib.NewReader
	case "zstd":
		return func(r io.Reader) (io.ReadCloser, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(endpoint.MaxBody))
			if err != nil {
				return nil, err
			}
			return d.IOReadCloser(), nil
		}
	}
	return nil
}

// unpacked is what a body was before it was packed.
type unpacked struct {
	packed io.ReadCloser
	open   func(io.Reader) (io.ReadCloser, error)
	from   io.ReadCloser // nil until something is read
	left   int64         // bytes that may still come out
}

// Read gives the next part. Where more comes out than a body may have, it ends with an [http.MaxBytesError].
func (u *unpacked) Read(p []byte) (n int, err error) {
	if u.from == nil {
		if u.from, err = u.open(u.packed); errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // an empty body is not packed
		}
		if err != nil {
			return 0, err
		}
	}
	n, err = u.from.Read(p)
	if u.left -= int64(n); u.left < 0 {
		return 0, &http.MaxBytesError{Limit: endpoint.MaxBody}
	}
	return n, err
}

// Close closes the packed body.
func (u *unpacked) Close() error {
	if u.from == nil {
		return u.packed.Close()
	}
	return errors.Join(u.from.Close(), u.packed.Close())
}
