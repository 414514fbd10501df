package declarative

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/wire/config"
)

// shownBytes is how much of a body is shown of one exchange.
const shownBytes = 1 << 20

// exchange is a request that was sent, and what was answered.
type exchange struct {
	request  *http.Request
	sent     []byte
	response *http.Response
	received []byte // the beginning
}

// watchedTransport tells of every exchange before the response is given on.
type watchedTransport struct {
	http.RoundTripper
	most int64 // of a body that is told of, in bytes
	seen func(exchange)
}

// RoundTrip sends a request.
func (w *watchedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	sent, err := sentBody(req)
	if err != nil {
		return nil, err
	}
	e := exchange{request: req, sent: sent}
	response, err := w.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	var begun bytes.Buffer
	_, err = io.CopyN(&begun, response.Body, w.most)
	rest := io.Reader(response.Body)
	if err != nil && !errors.Is(err, io.EOF) {
		rest = failingReader{err}
	}
	e.response, e.received = response, begun.Bytes()
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(e.received), rest), response.Body}
	w.seen(e)
	return response, nil
}

// sentBody is the body of a request, which stays as it is.
func sentBody(req *http.Request) ([]byte, error) {
	if req.GetBody == nil {
		return nil, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(body)
}

// redirects tells an answer that only says where to ask.
func redirects(r *http.Response) bool {
	switch r.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return r.Header.Get("Location") != ""
	}
	return false
}

// failingReader is the rest of a body that could not be read.
type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// print is the exchange as the connector builder shows it, with its secrets.
func (e *exchange) print() (*config.BuilderRequest, *config.BuilderResponse) {
	return printRequest(e.request, e.sent), &config.BuilderResponse{
		Status: e.response.StatusCode, Headers: printHeader(e.response.Header), Body: strings.ToValidUTF8(string(e.unpacked()), "\uFFFD"),
	}
}

func printRequest(req *http.Request, sent []byte) *config.BuilderRequest {
	return &config.BuilderRequest{
		URL: req.URL.String(), HTTPMethod: req.Method, Headers: printHeader(req.Header), Body: strings.ToValidUTF8(string(sent), "\uFFFD"),
	}
}

func printHeader(h http.Header) map[string]string {
	printed := make(map[string]string, len(h))
	for name, values := range h {
		printed[name] = strings.Join(values, ", ")
	}
	return printed
}

// unpacked is the body. What cannot be unpacked, because only its beginning is there, is shown as far as it goes.
func (e *exchange) unpacked() []byte {
	body := e.received
	packed := *e.response
	packed.Body = io.NopCloser(bytes.NewReader(body))
	if unpacked, err := decompressed(&packed); err == nil && packed.Header.Get("Content-Encoding") != "" {
		// A body that ends too soon gives what there was of it.
		body, _ = io.ReadAll(io.LimitReader(unpacked, recordedBytes))
	}
	return body
}
