package declarative

import (
	"bytes"
	"io"
	"net/http"
	"sync"

	"github.com/airfielddev/airfield/internal/template"
)

// Response is an answer to a request.
type Response struct {
	Status int
	Method string // of the request
	Header http.Header
	URL    string
	Body   []byte        // nil when the body is read as a stream
	Stream io.ReadCloser // nil when the body was read
	json   any           // the body as JSON, once somebody asked
	parsed bool
	memory *bytes.Buffer // of the body, to be used again; nil: it is not
	spare  *sync.Pool    // of such memory
}

// deliver gives a body that was not read to whoever takes it.
func (r *Response) deliver(receive func(io.Reader) error) error {
	if r.Stream == nil {
		return nil
	}
	defer r.Close()
	return receive(r.Stream)
}

// Close gives the connection back.
func (r *Response) Close() {
	if r != nil && r.Stream != nil {
		r.Stream.Close()
	}
}

// Release gives the connection and the memory of the body back. The body is gone then.
func (r *Response) Release() {
	r.Close()
	if r != nil && r.memory != nil {
		r.spare.Put(r.memory)
		r.Body, r.memory = nil, nil
	}
}

// JSON is the body as JSON. A body that is none, or that is read as a stream, is an empty object.
func (r *Response) JSON() any {
	if !r.parsed {
		r.parsed = true
		v, err := template.DecodeLooseJSON(r.Body)
		if err != nil {
			v = template.NewDict(0)
		}
		r.json = v
	}
	return r.json
}
