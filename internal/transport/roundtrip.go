package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/airfielddev/airfield/secret"
)

// prepared is a request whose URL and body are ready to be sent any number of times.
type prepared struct {
	Request
	url     *url.URL
	body    []byte
	headers map[string]string
}

// answer is a good answer, read to its end.
type answer struct {
	status      int
	contentType string
	body        []byte
	requestID   string
}

// ErrBadRequest means that a call cannot even be written down: an identifier is empty, the root is no URL, the body
// is no JSON.
var ErrBadRequest = errors.New("invalid request")

func (c *Client) prepare(req Request) (*prepared, error) {
	p := &prepared{Request: req}
	u, err := url.Parse(req.Root)
	if err != nil {
		return nil, fmt.Errorf("%s: reading API root: %w", req.Op, errors.Join(ErrBadRequest, err))
	}
	for _, segment := range req.Path {
		if segment == "" || segment == "." || segment == ".." {
			return nil, fmt.Errorf("%s: path segment %q is no identifier: %w", req.Op, segment, ErrBadRequest)
		}
	}
	p.url = u.JoinPath(escapeAll(req.Path)...)
	p.url.RawQuery = req.Query.Encode()
	if req.Body == nil {
		return p, nil
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(req.Body); err != nil {
		return nil, fmt.Errorf("%s: writing JSON: %w", req.Op, errors.Join(ErrBadRequest, err))
	}
	p.body = bytes.TrimSuffix(body.Bytes(), []byte("\n"))
	return p, nil
}

func escapeAll(segments []string) []string {
	escaped := make([]string, len(segments))
	for i, s := range segments {
		escaped[i] = url.PathEscape(s)
	}
	return escaped
}

// once sends the request once and reads the answer.
func (c *Client) once(ctx context.Context, p *prepared, attempt int) (*answer, *Error) {
	resp, fault := c.open(ctx, p, attempt)
	if fault != nil {
		return nil, fault
	}
	defer resp.Body.Close()
	body, err := readAll(resp, c.maxBody)
	if err != nil {
		return nil, c.broken(p, fmt.Errorf("reading the answer: %w", err))
	}
	return &answer{resp.StatusCode, resp.Header.Get("Content-Type"), body, requestID(resp)}, nil
}

// open sends the request once. The caller closes the body of a good answer.
func (c *Client) open(ctx context.Context, p *prepared, attempt int) (*http.Response, *Error) {
	if err := c.wait(ctx, p.Op); err != nil {
		return nil, c.fault(p, err)
	}
	token, fault := c.token(ctx, p)
	if fault != nil {
		return nil, fault
	}
	req, err := c.request(ctx, p, token)
	if err != nil {
		return nil, c.fault(p, err)
	}
	start := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		fault := c.broken(p, err)
		c.log(ctx, p, attempt, start, slog.String("error", fault.Err.Error()))
		return nil, fault
	}
	c.log(ctx, p, attempt, start, slog.Int("status", resp.StatusCode), slog.String("request_id", requestID(resp)))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		fault := c.refusal(p, resp)
		if resp.StatusCode == http.StatusUnauthorized && token != "" {
			fault.renewable = c.tokens.Renew(token)
		}
		return nil, fault
	}
	return resp, nil
}

// Stream makes a call whose answer is read while it comes: the caller reads the body and closes it. It is sent once. Headers are added to
// those of other calls.
func (c *Client) Stream(ctx context.Context, req Request, headers map[string]string) (*http.Response, error) {
	p, err := c.prepare(req)
	if err != nil {
		return nil, err
	}
	p.headers = headers
	resp, fault := c.open(ctx, p, 0)
	if fault != nil {
		return nil, fault
	}
	return resp, nil
}

func (c *Client) token(ctx context.Context, p *prepared) (secret.String, *Error) {
	if c.tokens == nil || p.Anonymous {
		return "", nil
	}
	token, err := c.tokens.Token(ctx)
	if err == nil {
		return token, nil
	}
	if fault, ok := errors.AsType[*Error](err); ok {
		return "", fault.during(p.Op)
	}
	return "", c.fault(p, err)
}

func (c *Client) request(ctx context.Context, p *prepared, token secret.String) (*http.Request, error) {
	var body io.Reader
	if p.body != nil {
		body = bytes.NewReader(p.body)
	}
	req, err := http.NewRequestWithContext(ctx, p.Method, p.url.String(), body)
	if err != nil {
		return nil, errors.Join(ErrBadRequest, err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if p.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	for name, value := range p.headers {
		req.Header.Set(name, value)
	}
	return req, nil
}

func (c *Client) log(ctx context.Context, p *prepared, attempt int, start time.Time, more ...any) {
	if !c.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []any{
		slog.String("method", p.Method), slog.String("url", c.blank(secret.URL(p.url))),
		slog.Int("attempt", attempt), slog.Duration("duration", time.Since(start)),
	}
	c.logger.DebugContext(ctx, "called the API", append(attrs, more...)...)
}

func requestID(resp *http.Response) string { return resp.Header.Get("X-Request-Id") }

// errTooLarge means that an answer is larger than the client is willing to hold.
var errTooLarge = errors.New("the answer is too large")

func readAll(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", errTooLarge, resp.ContentLength, limit)
	}
	var buf bytes.Buffer
	if resp.ContentLength > 0 {
		buf.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, fmt.Errorf("%w: the limit is %d bytes", errTooLarge, limit)
	}
	return buf.Bytes(), nil
}

func (c *Client) decode(p *prepared, a *answer, out any) error {
	if out == nil || a == nil || a.status == http.StatusNoContent {
		return nil
	}
	media, _, _ := mime.ParseMediaType(a.contentType)
	if media == "text/html" {
		fault := c.newError(p, a.status)
		fault.Detail = "the answer is a web page, not JSON: is the API root right?"
		return fault
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		fault := c.newError(p, a.status)
		fault.RequestID = a.requestID
		fault.Err = fmt.Errorf("reading the answer as JSON: %w", err)
		fault.Detail = strings.TrimSpace(c.blank(firstBytes(a.body)))
		return fault
	}
	return nil
}
