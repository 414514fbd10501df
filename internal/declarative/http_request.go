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
		name, text := template.Str(key), strings.TrimSpace(template.Str(value))
		if strings.ContainsAny(name, "\r\n:") || strings.ContainsAny(text, "\r\n\x00") {
			return nil, connector.ConfigError("the header %q of the request has a line break in it", name)
		}
		if strings.EqualFold(name, "Host") {
			req.Host = text
			continue
		}
		req.Header.Set(name, text)
	}
	return req, nil
}

func encodeBody(o Options, text string) (body []byte, kind string, err error) {
	form := o.Form != nil && o.Form.Len() > 0
	hasJSON := o.JSON != nil && o.JSON.Len() > 0
	switch {
	case hasJSON && (form || text != ""):
		return nil, "", errors.New("the request has two bodies, a form and JSON")
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
