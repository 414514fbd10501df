// Package transport makes one HTTP call to an Airbyte deployment: it adds credentials, waits and tries again where that is
// safe, turns every refusal into an [Error], bounds what it reads, and keeps secrets out of errors and logs.
package transport

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"github.com/airfielddev/airfield/secret"
)

// Config says how to talk. The zero value talks without credentials, retries as [Retry] says and does not limit itself.
type Config struct {
	// HTTPClient makes the requests. nil: a client with the timeouts of [http.DefaultTransport].
	HTTPClient *http.Client
	// Tokens gives the bearer token. nil: no Authorization header.
	Tokens TokenSource
	// Logger is told every call at debug level. nil: nobody is.
	Logger *slog.Logger
	// UserAgent names the program. "": airfield.
	UserAgent string
	// Retry says how often and how fast failed calls are tried again.
	Retry Retry
	// RequestsPerSecond limits this client. 0: no limit.
	RequestsPerSecond float64
	// MaxBody is the size in bytes above which an answer is refused. 0: 256 MiB.
	MaxBody int64
	// Secrets are blanked out of every error, whoever wrote them there.
	Secrets []secret.String
}

// A TokenSource gives bearer tokens to any number of goroutines.
type TokenSource interface {
	// Token returns a token that is good for at least some seconds.
	Token(ctx context.Context) (secret.String, error)
	// Renew tells that token was refused. It reports whether another one may be had.
	Renew(token secret.String) bool
}

// A Client makes calls. It is safe for concurrent use.
type Client struct {
	http      *http.Client
	tokens    TokenSource
	logger    *slog.Logger
	userAgent string
	retry     Retry
	limiter   *rate.Limiter
	maxBody   int64
	blank     func(text string) string
}

const defaultMaxBody = 256 << 20

// New returns a client that talks as cfg says.
func New(cfg Config) *Client {
	c := &Client{
		http:      withSafeRedirects(cfg.HTTPClient),
		tokens:    cfg.Tokens,
		logger:    cfg.Logger,
		userAgent: cfg.UserAgent,
		retry:     cfg.Retry.withDefaults(),
		maxBody:   cfg.MaxBody,
		blank:     func(text string) string { return secret.Redact(text, cfg.Secrets...) },
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.userAgent == "" {
		c.userAgent = "airfield"
	}
	if c.maxBody == 0 {
		c.maxBody = defaultMaxBody
	}
	if cfg.RequestsPerSecond > 0 {
		c.limiter = rate.NewLimiter(rate.Limit(cfg.RequestsPerSecond), max(1, int(cfg.RequestsPerSecond)))
	}
	return c
}

// withSafeRedirects returns a copy of hc that follows redirects of reads alone, and never from https to http: a
// redirected POST would become a GET, and a token would travel in the open.
func withSafeRedirects(hc *http.Client) *http.Client {
	if hc == nil {
		hc = &http.Client{Transport: http.DefaultTransport}
	}
	safe := *hc
	if safe.CheckRedirect == nil {
		safe.CheckRedirect = func(req *http.Request, via []*http.Request) error {
			first := via[0]
			read := first.Method == http.MethodGet || first.Method == http.MethodHead
			if !read || len(via) >= 5 || (first.URL.Scheme == "https" && req.URL.Scheme != "https") {
				return http.ErrUseLastResponse
			}
			return nil
		}
	}
	return &safe
}

// Repeat tells whether a call may be made twice when nobody knows whether the first one was heard.
type Repeat int

// Whether a call may be made twice.
const (
	// RepeatByMethod repeats GET, HEAD, PUT and DELETE.
	RepeatByMethod Repeat = iota
	// RepeatSafe repeats the call whatever its method: it only reads, or sets values that do not depend on what was there.
	RepeatSafe
	// RepeatNever does not repeat the call, unless the server said that it refused it.
	RepeatNever
)

// A Request is one call.
type Request struct {
	// Op says what is being done, in the -ing form: "getting source 1f9c".
	Op string
	// Method is the HTTP method.
	Method string
	// Root is the URL that Path is below.
	Root string
	// Path is segments, escaped on their own, so that no identifier can reach another resource.
	Path []string
	// Query is the parameters.
	Query url.Values
	// Body becomes JSON. nil: no body.
	Body any
	// Repeat tells whether the call may be made twice.
	Repeat Repeat
	// Anonymous leaves out the bearer token.
	Anonymous bool
}

func (r Request) repeatable() bool {
	switch r.Repeat {
	case RepeatSafe:
		return true
	case RepeatNever:
		return false
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// Call makes the request and reads its JSON answer into a T. When there is no answer to read use [Client.Do].
func Call[T any](ctx context.Context, c *Client, req Request) (T, error) {
	var answer T
	err := c.Do(ctx, req, &answer)
	return answer, err
}

// Do makes the request and reads its JSON answer into out, unless out is nil. A refusal or a broken connection is an
// *[Error].
func (c *Client) Do(ctx context.Context, req Request, out any) error {
	prepared, err := c.prepare(req)
	if err != nil {
		return err
	}
	answer, err := c.withRetries(ctx, prepared)
	if err != nil {
		return err
	}
	return c.decode(prepared, answer, out)
}

func (c *Client) withRetries(ctx context.Context, p *prepared) (*answer, error) {
	renewed, lost := false, false
	for attempt := 1; ; attempt++ {
		answer, fault := c.once(ctx, p, attempt)
		if fault == nil {
			return answer, nil
		}
		if lost && p.Method == http.MethodDelete && fault.Status == http.StatusNotFound {
			return nil, nil // the delete whose answer was lost did happen
		}
		lost = lost || fault.Lost
		if fault.Status == http.StatusUnauthorized && !renewed && fault.renewable {
			renewed = true
			continue
		}
		wait, again := c.retry.next(p.Request, fault, attempt)
		if !again || pause(ctx, wait) != nil {
			return nil, fault
		}
	}
}

// pause waits for d, or returns the error of ctx. It returns at once when ctx would end before.
func pause(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (c *Client) wait(ctx context.Context, op string) error {
	if c.limiter == nil {
		return nil
	}
	if err := c.limiter.Wait(ctx); err != nil {
		return fmt.Errorf("%s: waiting for the rate limit: %w", op, context.Cause(ctx))
	}
	return nil
}
