package declarative

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
)

// errTooLarge is returned for a response beyond the limit.
var errTooLarge = errors.New("the response is too large")

func (e *Env) readResponse(answer *http.Response, stream bool, limit int64) (*Response, error) {
	response := &Response{Status: answer.StatusCode, Method: answer.Request.Method, Header: answer.Header, URL: answer.Request.URL.String()}
	body, err := decompressed(answer)
	if err != nil {
		answer.Body.Close()
		return nil, err
	}
	if stream {
		response.Stream = body
		return response, nil
	}
	defer answer.Body.Close()
	buffer, ok := e.bodies.Get().(*bytes.Buffer)
	if !ok {
		buffer = new(bytes.Buffer)
	}
	buffer.Reset()
	if answer.ContentLength > 0 && answer.ContentLength < limit {
		buffer.Grow(int(answer.ContentLength) + bytes.MinRead)
	}
	if err := fill(buffer, io.LimitReader(body, limit+1)); err != nil {
		return nil, fmt.Errorf("reading response: %w", err)
	}
	if int64(buffer.Len()) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	buffer = fitting(buffer)
	response.Body, response.memory, response.spare = buffer.Bytes(), buffer, e.bodies
	return response, nil
}

// piece is how much of a response is read at a time once the buffer is full, manyPieces what is worth collecting at once; in bytes.
const (
	piece      = 4 << 20
	manyPieces = 8 * piece
)

// fill reads everything. What the buffer has no room for comes in pieces that are joined at the end: a large response of unknown length is
// in memory twice then, where a buffer that doubles would hold it three or four times.
func fill(buffer *bytes.Buffer, body io.Reader) error {
	_, err := io.CopyN(buffer, body, int64(max(piece, buffer.Available())))
	var rest [][]byte
	for err == nil {
		next := bytes.NewBuffer(make([]byte, 0, piece+bytes.MinRead))
		_, err = io.CopyN(next, body, piece)
		rest = append(rest, next.Bytes())
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	size := 0
	for _, p := range rest {
		size += len(p)
	}
	if size > buffer.Available() {
		joined := bytes.NewBuffer(make([]byte, 0, buffer.Len()+size)) // where a buffer that grows may double
		joined.Write(buffer.Bytes())
		*buffer = *joined
	}
	for _, p := range rest {
		buffer.Write(p)
	}
	if size > manyPieces {
		runtime.GC() // or as much memory as the response takes stays unused until the records that come of it have filled it
	}
	return nil
}

// fitting is a buffer with no more memory than what is in it needs, and what the next page may need on top: one that grows does so in
// steps that leave half of it empty.
func fitting(b *bytes.Buffer) *bytes.Buffer {
	const small = 64 << 10
	if b.Cap() <= max(small, 2*b.Len()) {
		return b
	}
	fit := bytes.NewBuffer(make([]byte, 0, b.Len()+b.Len()/4+bytes.MinRead))
	fit.Write(b.Bytes())
	return fit
}

// decompressed undoes a Content-Encoding that the transport left, as it does when a manifest asks for one itself.
func decompressed(answer *http.Response) (io.ReadCloser, error) {
	var inner io.Reader
	var err error
	switch answer.Header.Get("Content-Encoding") {
	case "gzip":
		inner, err = gzip.NewReader(answer.Body)
	case "deflate":
		inner, err = zlib.NewReader(answer.Body)
	default:
		return answer.Body, nil
	}
	if err != nil {
		return nil, fmt.Errorf("decompressing response: %w", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{inner, answer.Body}, nil
}
