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
	received []byte // the beginning, shownBytes at most
}

// watchedTransport tells of every exchange before the response is given on. Redirects are not told of: what they lead to is.
type watchedTransport struct {
	http.RoundTripper
	seen func(exchange)
}

// RoundTrip sends a request.
func (w *watchedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	e := exchange{request: req}
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		if e.sent, err = io.ReadAll(body); err != nil {
			return nil, err
		}
	}
	response, err := w.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if redirects(response) {
		return response, nil
	}
	var begun bytes.Buffer
	_, err = io.CopyN(&begun, response.Body, shownBytes)
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
	request := &config.BuilderRequest{
		URL: e.request.URL.String(), HTTPMethod: e.request.Method, Headers: printHeader(e.request.Header), Body: strings.ToValidUTF8(string(e.sent), "\uFFFD"),
	}
	return request, &config.BuilderResponse{Status: e.response.StatusCode, Headers: printHeader(e.response.Header), Body: e.readable()}
}

func printHeader(h http.Header) map[string]string {
	printed := make(map[string]string, len(h))
	for name, values := range h {
		printed[name] = strings.Join(values, ", ")
	}
	return printed
}

// readable is the body as text. What cannot be unpacked, because only its beginning is there, is shown as far as it goes.
func (e *exchange) readable() string {
	body := e.received
	packed := *e.response
	packed.Body = io.NopCloser(bytes.NewReader(body))
	if unpacked, err := decompressed(&packed); err == nil && packed.Header.Get("Content-Encoding") != "" {
		// A body that ends too soon gives what there was of it.
		body, _ = io.ReadAll(io.LimitReader(unpacked, shownBytes))
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}
