package declarative

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// DefaultErrorHandler asks its filters, in order, and then a table of statuses. Filters see good responses too.
type DefaultErrorHandler struct {
	MaxRetries manifest.Template    `manifest:"max_retries,holds=whole"`
	Filters    []HTTPResponseFilter `manifest:"response_filters,default=HttpResponseFilter"`
	Backoffs   []Of[Backoff]        `manifest:"backoff_strategies"`
}

const defaultRetries = 5

// Build makes the handler.
func (c *DefaultErrorHandler) Build(env *Env) (ErrorHandler, error) {
	h := &defaultErrors{filters: c.Filters, config: env}
	var err error
	if h.backoffs, err = buildAll(env, c.Backoffs); err != nil {
		return nil, err
	}
	retries, given, err := c.MaxRetries.Int(env.Vars())
	if err != nil {
		return nil, err
	}
	if given {
		h.retries = &retries
	}
	return h, nil
}

type defaultErrors struct {
	filters  []HTTPResponseFilter
	backoffs []Backoff
	retries  *int64 // nil: the default
	config   *Env
}

func (h *defaultErrors) Judge(r *Response, failure error) (Verdict, error) {
	if r == nil {
		return judgeFailure(failure), nil
	}
	table := judgeStatus(r)
	for i := range h.filters {
		verdict, matches, err := h.filters[i].judge(r, table, h.config.Config)
		if err != nil || matches {
			return verdict, err
		}
	}
	return table, nil
}

func (h *defaultErrors) Retries() int {
	if h.retries == nil {
		return defaultRetries
	}
	return int(*h.retries)
}

func (h *defaultErrors) Backoff(r *Response, attempt int) (time.Duration, error) {
	return firstWait(h.backoffs, r, attempt)
}

func firstWait(backoffs []Backoff, r *Response, attempt int) (time.Duration, error) {
	for _, b := range backoffs {
		if wait, err := b.Wait(r, attempt); err != nil || wait > 0 {
			return wait, err
		}
	}
	return 0, nil
}

// judgeFailure is the verdict on an error of the network.
func judgeFailure(err error) Verdict {
	return Verdict{Action: Retry, Failure: protocol.FailureTransient, Message: "The request failed: " + err.Error() + "."}
}

// statusTable is what is done about a status when no filter says otherwise. Statuses that are not here are tried again.
var statusTable = map[int]Verdict{
	http.StatusBadRequest:          {Fail, protocol.FailureSystem, "Bad request. Please check your request parameters."},
	http.StatusUnauthorized:        {Fail, protocol.FailureConfig, "Unauthorized. Please ensure you are authenticated correctly."},
	http.StatusForbidden:           {Fail, protocol.FailureConfig, "Forbidden. You don't have permission to access this resource."},
	http.StatusNotFound:            {Fail, protocol.FailureSystem, "Not found. The requested resource was not found on the server."},
	http.StatusMethodNotAllowed:    {Fail, protocol.FailureSystem, "Method not allowed. Please check your request method."},
	http.StatusRequestTimeout:      {Retry, protocol.FailureTransient, "Request timeout."},
	http.StatusTooManyRequests:     {RateLimited, protocol.FailureTransient, "Too many requests."},
	http.StatusInternalServerError: {Retry, protocol.FailureTransient, "Internal server error."},
	http.StatusBadGateway:          {Retry, protocol.FailureTransient, "Bad gateway."},
	http.StatusServiceUnavailable:  {Retry, protocol.FailureTransient, "Service unavailable."},
	http.StatusGatewayTimeout:      {Retry, protocol.FailureTransient, "Gateway timeout."},
}

func judgeStatus(r *Response) Verdict {
	if r.Status < http.StatusBadRequest {
		return Verdict{Action: Succeed}
	}
	v, known := statusTable[r.Status]
	if !known {
		return Verdict{
			Action: Retry, Failure: protocol.FailureSystem,
			Message: fmt.Sprintf("HTTP Status Code: %d from %s.%s", r.Status, publicURL(r.URL), said(r)),
		}
	}
	v.Message = "HTTP Status Code: " + strconv.Itoa(r.Status) + ". Error: " + v.Message
	return v
}

// said is what a response says about its failure.
func said(r *Response) string {
	const longest = 500
	text := errorMessage(r)
	if text == "" {
		return ""
	}
	if len(text) > longest {
		text = text[:longest] + "..."
	}
	return " The response says: " + text
}

// CompositeErrorHandler asks several handlers, in order. The first that takes a response for good, or for worth repeating,
// decides; otherwise the last one does.
type CompositeErrorHandler struct {
	Handlers []Of[ErrorHandler] `manifest:"error_handlers,required,default=DefaultErrorHandler"`
}

// Build makes the handler.
func (c *CompositeErrorHandler) Build(env *Env) (ErrorHandler, error) {
	list, err := buildAll(env, c.Handlers)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, connector.ConfigError("a CompositeErrorHandler needs at least one handler")
	}
	return compositeErrors(list), nil
}

type compositeErrors []ErrorHandler

func (h compositeErrors) Judge(r *Response, failure error) (Verdict, error) {
	var last Verdict
	for _, handler := range h {
		verdict, err := handler.Judge(r, failure)
		if err != nil {
			return verdict, err
		}
		switch verdict.Action {
		case Succeed, Retry, Ignore, ResetPagination, ReducePageSize, SplitWindow:
			return verdict, nil
		}
		last = verdict
	}
	return last, nil
}

func (h compositeErrors) Retries() int { return h[0].Retries() }

func (h compositeErrors) Backoff(r *Response, attempt int) (time.Duration, error) {
	for _, handler := range h {
		if wait, err := handler.Backoff(r, attempt); err != nil || wait > 0 {
			return wait, err
		}
	}
	return 0, nil
}
