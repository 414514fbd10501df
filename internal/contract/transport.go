package contract

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Transport holds every request that goes through it, and the answers that are no refusals, to the document of their API.
type Transport struct {
	Public []*Document // the first that has an operation counts
	Config *Document
	Base   http.RoundTripper         // nil: http.DefaultTransport
	Report func(error)               // hears of everything that breaks the contract
	Heard  func(method, path string) // hears of every operation, by its path in the document; nil: nobody
}

// RoundTrip sends the request on and returns its answer, whatever the documents say.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := drain(&r.Body)
	if err != nil {
		return nil, err
	}
	document, template := t.request(r, sent)
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	answer, err := base.RoundTrip(r)
	if err != nil || template == "" || answer.StatusCode >= http.StatusBadRequest {
		return answer, err
	}
	got, err := drain(&answer.Body)
	if err != nil {
		return nil, err
	}
	if err := document.Answer(r.Method, template, answer.StatusCode, got); err != nil {
		t.Report(err)
	}
	return answer, nil
}

// request finds the operation; "" is none that could be found.
func (t *Transport) request(r *http.Request, sent string) (document *Document, template string) {
	path := r.URL.Path
	if _, below, ok := strings.Cut(path, "/api/public/v1"); ok {
		document, path = firstWith(t.Public, r.Method, below), below
	} else if _, below, ok := strings.Cut(path, "/api/v1"); ok {
		document, path = t.Config, "/v1"+below
	} else {
		t.Report(fmt.Errorf("%s %s belongs to neither API", r.Method, r.URL.Path))
		return nil, ""
	}
	template, err := document.Request(r.Method, path, r.URL.Query(), sent)
	if err != nil {
		t.Report(err)
	}
	if t.Heard != nil && template != "" {
		t.Heard(r.Method, template)
	}
	return document, template
}

func firstWith(documents []*Document, method, path string) *Document {
	for _, d := range documents {
		if _, err := d.template(method, path); err == nil {
			return d
		}
	}
	return documents[0]
}

// drain reads a body and leaves another one with the same text in its place.
func drain(body *io.ReadCloser) (string, error) {
	if *body == nil || *body == http.NoBody {
		return "", nil
	}
	text, err := io.ReadAll(*body)
	if err != nil {
		return "", err
	}
	(*body).Close()
	*body = io.NopCloser(bytes.NewReader(text))
	return string(text), nil
}
