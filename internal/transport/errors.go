package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/secret"
)

// Error is a call that gave no good answer: the server refused it, the connection broke, or the answer could not be read.
// It holds no secret.
type Error struct {
	Op         string          // what was being done
	Method     string          // of the request
	URL        string          // of the request, without user and secret parameters
	Status     int             // HTTP status, 0 when there was no answer
	Type       string          // the type of the problem, if the server named one
	Title      string          // the title of the problem, if the server gave one
	Detail     string          // a sentence for people, or the start of a body that is no problem
	Data       json.RawMessage // the data of the problem, as sent; it may quote what was sent and is not for printing
	RequestID  string          // the server's name for the request, if it gave one
	RetryAfter time.Duration   // how long the server asked to wait, 0 when it did not
	Lost       bool            // the request may have been carried out although no answer came from the server itself
	Repeatable bool            // the request may be made again whether it was carried out or not
	Token      bool            // the call was for an access token
	Err        error           // the cause, where there was no refusal

	hasRetryAfter bool
	renewable     bool
	unsent        bool
}

// Error says what was being done and what became of it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Token {
		b.WriteString(": getting an access token")
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	fmt.Fprintf(&b, " (%s %s", e.Method, e.URL)
	if e.RequestID != "" {
		b.WriteString(", request " + e.RequestID)
	}
	b.WriteString(")")
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// during returns the error of a call for a token as one of the call that needed the token.
func (e *Error) during(op string) *Error {
	outer := *e
	outer.Op, outer.Token = op, true
	return &outer
}

func (c *Client) newError(p *prepared, status int) *Error {
	return &Error{
		Op: p.Op, Method: p.Method, URL: c.blank(secret.URL(p.url)), Status: status, Repeatable: p.repeatable(),
		Lost: status == http.StatusBadGateway || status == http.StatusGatewayTimeout,
	}
}

// fault is an error from before anything was sent.
func (c *Client) fault(p *prepared, err error) *Error {
	fault := c.newError(p, 0)
	fault.Err = err
	return fault
}

// broken is an error of the connection. What http.Client adds, the method and the URL, is taken off again.
func (c *Client) broken(p *prepared, err error) *Error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	fault := c.newError(p, 0)
	fault.Err = blanked(err, c.blank)
	op, ok := errors.AsType[*net.OpError](err)
	fault.unsent = ok && op.Op == "dial"
	fault.Lost = !fault.unsent && !errors.Is(err, errTooLarge)
	return fault
}

// blankedError shows a cause without secrets and keeps its chain.
type blankedError struct {
	text string
	err  error
}

func (e *blankedError) Error() string { return e.text }
func (e *blankedError) Unwrap() error { return e.err }

func blanked(err error, blank func(string) string) error {
	if text := blank(err.Error()); text != err.Error() {
		return &blankedError{text, err}
	}
	return err
}

const maxErrorBody = 64 << 10

// refusal builds the error of an answer that is not 2xx, whatever its body is.
func (c *Client) refusal(p *prepared, resp *http.Response) *Error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // the status stands, however much of its body arrives
	fault := c.newError(p, resp.StatusCode)
	fault.RequestID = requestID(resp)
	fault.RetryAfter, fault.hasRetryAfter = retryAfter(resp.Header, time.Now())
	fault.readBody(body, resp.Header.Get("Content-Type"))
	if fault.Detail == "" && resp.StatusCode >= 300 && resp.StatusCode < 400 {
		fault.Detail = "redirected to " + redactLocation(resp)
	}
	fault.Detail = c.blank(fault.Detail)
	fault.Title = c.blank(fault.Title)
	return fault
}

func redactLocation(resp *http.Response) string {
	location, err := resp.Location()
	if err != nil {
		return "an unreadable place"
	}
	return secret.URL(location)
}

// body is the members of the bodies of both APIs, and of the framework below them.
type body struct {
	Type    string          `json:"type"`
	Title   string          `json:"title"`
	Detail  string          `json:"detail"`
	Data    json.RawMessage `json:"data"`
	Message string          `json:"message"`
	ErrorID string          `json:"errorId"`
}

// readBody takes what it can from a body: a problem, an exception of the Config API, a JSON string, or any text.
func (e *Error) readBody(text []byte, contentType string) {
	var b body
	if err := json.Unmarshal(text, &b); err == nil {
		e.Type, e.Title, e.Data = b.Type, b.Title, b.Data
		e.Detail = b.sentence()
		if e.RequestID == "" {
			e.RequestID = b.ErrorID
		}
		return
	}
	var sentence string
	if err := json.Unmarshal(text, &sentence); err == nil {
		e.Detail = sentence
		return
	}
	if strings.Contains(contentType, "html") || strings.HasPrefix(strings.TrimSpace(string(text)), "<") {
		e.Detail = "the answer is a web page"
		return
	}
	e.Detail = strings.TrimSpace(firstBytes(text))
}

// sentence is the most telling of what a body says: the message in its data, its own message, or its detail.
func (b body) sentence() string {
	var data wire.ProblemMessage
	if json.Unmarshal(b.Data, &data) == nil && data.Message != "" {
		return data.Message
	}
	var resource wire.ProblemResource
	if json.Unmarshal(b.Data, &resource) == nil && resource.ResourceID != "" {
		return strings.TrimSpace(b.Detail + " " + strings.TrimSpace(resource.ResourceType+" "+resource.ResourceID))
	}
	var value wire.ProblemValue
	if json.Unmarshal(b.Data, &value) == nil && value.Value != "" {
		return strings.TrimSpace(b.Detail + " " + value.Value)
	}
	for _, s := range []string{b.Message, b.Detail, b.Title} {
		if s != "" {
			return s
		}
	}
	return ""
}

func firstBytes(text []byte) string {
	const limit = 200
	if len(text) > limit {
		return strings.ToValidUTF8(string(text[:limit]), "") + "..."
	}
	return strings.ToValidUTF8(string(text), "")
}

// retryAfter reads the header of that name, in seconds or as a date.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := h.Get("Retry-After")
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return time.Duration(max(0, seconds)) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// canceled tells whether the caller gave up, which is no reason to try again.
func canceled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
