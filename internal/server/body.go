package server

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// plain lets a request's body be read as it was before it was packed. It holds no more than a body may, packed or not.
func plain(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, endpoint.MaxBody)
	switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return nil
	case "gzip", "x-gzip":
		r.Body = &unpacked{packed: r.Body, left: endpoint.MaxBody}
		r.Header.Del("Content-Encoding")
		r.ContentLength = -1
		return nil
	default:
		w.Header().Set("Accept-Encoding", "gzip")
		return endpoint.UnknownEncoding(encoding)
	}
}

// unpacked is what a body was before it was packed with gzip.
type unpacked struct {
	packed io.ReadCloser
	open   *gzip.Reader // nil until something is read
	left   int64        // bytes that may still come out
}

// Read gives the next part. Where more comes out than a body may have, it ends with an [http.MaxBytesError].
func (u *unpacked) Read(p []byte) (n int, err error) {
	if u.open == nil {
		if u.open, err = gzip.NewReader(u.packed); errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // an empty body is not packed
		}
		if err != nil {
			return 0, err
		}
	}
	n, err = u.open.Read(p)
	if u.left -= int64(n); u.left < 0 {
		return 0, &http.MaxBytesError{Limit: endpoint.MaxBody}
	}
	return n, err
}

// Close closes the packed body.
func (u *unpacked) Close() error { return u.packed.Close() }
