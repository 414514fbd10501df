package declarative

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
)

const userAgent = "airfield"

// newHTTPRequest makes a request of its parts. The query is part of the address already.
func newHTTPRequest(ctx context.Context, method, address string, o Options, text string) (*http.Request, error) {
	body, kind, err := encodeBody(o, text)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		// The error would show the address, and with it what may be a secret.
		return nil, connector.ConfigError("the URL of the request cannot be read")
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" || req.URL.Host == "" {
		return nil, connector.ConfigError("the URL of the request is not an http or https address: %s", publicURL(address))
	}
	// A redirect to the same host in other letters is not one to another host, which gets no credentials.
	req.URL.Host = strings.ToLower(req.URL.Host)
	req.Host = req.URL.Host
	if len(body) > 0 {
		req.Body, req.ContentLength = newBody(body), int64(len(body))
		req.GetBody = func() (io.ReadCloser, error) { return newBody(body), nil }
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "*/*")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if o.Header == nil {
		return req, nil
	}
	for key, value := range o.Header.All() {
		if err := setHeader(req, template.Str(key), strings.TrimSpace(template.Str(value))); err != nil {
			return nil, err
		}
	}
	return req, nil
}

// notOfNames are the characters, of those that print, that the name of a header cannot have.
const notOfNames = "\"(),/:;<=>?@[\\]{}"

// setHeader refuses what cannot be sent, since sending it would look like a failure of the network.
func setHeader(req *http.Request, name, value string) error {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(notOfNames, r) }) {
		return connector.ConfigError("the request cannot have a header called %q", name)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return connector.ConfigError("the header %q of the request has a line break or another control character in it", name)
	}
	if strings.EqualFold(name, "Host") {
		req.Host = value
		return nil
	}
	req.Header.Set(name, latin1(value))
	return nil
}

// latin1 is how a header is written. What has no letter there stays as it is.
func latin1(text string) string {
	letters := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return text
		}
		letters = append(letters, byte(r))
	}
	return string(letters)
}

func encodeBody(o Options, text string) (body []byte, kind string, err error) {
	form := o.Form != nil && o.Form.Len() > 0
	hasJSON := o.JSON != nil && o.JSON.Len() > 0
	switch {
	case hasJSON && (form || text != ""):
		return nil, "", errors.New("the request has two bodies, a form and JSON")
	case form && text != "":
		return nil, "", errors.New("the request has two bodies, a form and a text")
	case hasJSON:
		if body, err = template.AppendJSON(nil, o.JSON); err != nil {
			return nil, "", fmt.Errorf("encoding the body of a request: %w", err)
		}
		return body, "application/json", nil
	case form:
		return []byte(encodeForm(o.Form)), "application/x-www-form-urlencoded", nil
	}
	return []byte(text), "", nil
}

func newBody(body []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }
