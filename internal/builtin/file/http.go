package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/airfielddev/airfield/connector"
)

// How long a server may take. A download as a whole may take as long as it likes, as long as it moves.
const (
	dialTimeout   = 30 * time.Second
	answerTimeout = time.Minute
	stallTimeout  = 2 * time.Minute
)

// address is the URL with its scheme.
func (c *config) address() string {
	if strings.Contains(c.URL, "://") {
		return c.URL
	}
	return "https://" + c.URL
}

// fetch asks for the file. Its version is known when the server names it.
func (in *input) fetch(ctx context.Context, c config) (io.Reader, error) {
	address, err := url.Parse(c.address())
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, connector.ConfigError("url is not an address of the form https://host/path")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		cancel(nil)
		return nil, connector.ConfigError("url is not an address of the form https://host/path")
	}
	request.Header.Set("User-Agent", "airfield")
	if c.Provider.UserAgent {
		request.Header.Set("User-Agent", "Mozilla/5.0 (compatible; airfield)")
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: answerTimeout,
		ForceAttemptHTTP2:     true,
	}
	in.closers = append(in.closers, func() error { cancel(nil); transport.CloseIdleConnections(); return nil })
	response, err := (&http.Client{Transport: transport}).Do(request) //nolint:bodyclose // it is closed with the input
	if err != nil {
		_ = in.Close()
		return nil, explainFetch(c, err)
	}
	in.closers = append(in.closers, response.Body.Close)
	if err := checkStatus(c, response); err != nil {
		_ = in.Close()
		return nil, err
	}
	in.fingerprint = version(response)
	return &moving{body: response.Body, where: c.where(), stalled: time.AfterFunc(stallTimeout, func() { cancel(errStalled) }), cause: func() error { return context.Cause(ctx) }}, nil
}

// version is what the server says that changes with the file.
func version(r *http.Response) string {
	if tag := r.Header.Get("ETag"); tag != "" {
		return tag
	}
	if modified := r.Header.Get("Last-Modified"); modified != "" {
		return fmt.Sprintf("%s-%d", modified, r.ContentLength)
	}
	return ""
}

// explainFetch leaves out the address in the error, since its query may hold a secret.
func explainFetch(c config, err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return connector.TransientError("fetching %s: %w", c.where(), err)
}

func checkStatus(c config, r *http.Response) error {
	switch code := r.StatusCode; {
	case code == http.StatusOK:
		return nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return connector.ConfigError("fetching %s: the server does not let anyone read it (%s)", c.where(), r.Status)
	case code == http.StatusNotFound || code == http.StatusGone:
		return connector.ConfigError("fetching %s: there is no such file (%s)", c.where(), r.Status)
	case code == http.StatusTooManyRequests || code >= 500:
		return connector.TransientError("fetching %s: the server answers %s", c.where(), r.Status)
	}
	return connector.ConfigError("fetching %s: the server answers %s", c.where(), r.Status)
}

var errStalled = errors.New("the server has sent nothing for two minutes")

// moving gives a download up when nothing comes any more.
type moving struct {
	body    io.Reader
	where   string
	stalled *time.Timer
	cause   func() error
}

func (m *moving) Read(p []byte) (int, error) {
	m.stalled.Reset(stallTimeout)
	n, err := m.body.Read(p)
	m.stalled.Stop()
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if cause := m.cause(); cause != nil {
		err = cause
	}
	return n, connector.TransientError("fetching %s: the download broke off: %w", m.where, err)
}
