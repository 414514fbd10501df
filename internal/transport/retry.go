package transport

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// Retry says how often and how fast a failed call is tried again. Calls that may be made twice are tried again after 429,
// 502, 503 and 504 and after a broken connection; the others only when they cannot have been carried out: the
// connection was never made, or the server refused with 429 or 503 and said when to come back.
type Retry struct {
	// Attempts is how often a call is made at most. 0: 5. 1: never again.
	Attempts int
	// Base is the first wait, doubled each time and spread by chance between half and the whole. 0: 250 ms.
	Base time.Duration
	// Max is the longest wait, also when the server asks for a longer one. 0: 30 s.
	Max time.Duration
}

func (r Retry) withDefaults() Retry {
	if r.Attempts == 0 {
		r.Attempts = 5
	}
	if r.Base == 0 {
		r.Base = 250 * time.Millisecond
	}
	if r.Max == 0 {
		r.Max = 30 * time.Second
	}
	return r
}

// next tells whether to try again after fault, and when.
func (r Retry) next(req Request, fault *Error, attempt int) (time.Duration, bool) {
	if attempt >= r.Attempts || !mayRepeat(req, fault) {
		return 0, false
	}
	if fault.hasRetryAfter {
		return min(fault.RetryAfter, r.Max), fault.RetryAfter <= r.Max
	}
	wait := min(r.Base<<(attempt-1), r.Max)
	return wait/2 + rand.N(wait/2+1), true
}

func mayRepeat(req Request, fault *Error) bool {
	switch {
	case canceled(fault.Err) || fault.Token:
		return false
	case fault.unsent:
		return true
	case fault.Lost:
		return req.repeatable()
	case fault.Status == http.StatusTooManyRequests || fault.Status == http.StatusServiceUnavailable:
		return req.repeatable() || fault.hasRetryAfter
	}
	return false
}
