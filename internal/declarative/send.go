package declarative

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

const (
	// maxRetryTime bounds the waiting for one request.
	maxRetryTime = 10 * time.Minute
	// strategySlack is added to what a backoff strategy asks for, since servers round their answers down.
	strategySlack = time.Second
)

// sending is a request, and what was done to have it answered.
type sending struct {
	*request

	attempt int // counted from 1
	began   time.Time
	renewal renewal
	waits   waits
}

// waits counts how often a request was repeated in a row, by who says how long to wait before. A wait of the usual kind begins the
// other counts anew, and one for a limit that nobody knows the end of begins that of strategies anew.
type waits struct{ usual, limited, asked int }

// next counts one more, for which a strategy asked to wait unless that is zero. It tells how many of the kind there were, and how
// long to wait.
func (w *waits) next(asked time.Duration, limited bool) (int, time.Duration) {
	switch {
	case asked > 0:
		w.asked++
		return w.asked, asked + strategySlack
	case limited:
		w.limited++
		w.asked = 0
		return w.limited, time.Second << min(w.limited-1, 10)
	}
	w.usual++
	w.limited, w.asked = 0, 0
	return w.usual, time.Second << min(w.usual-1, 10)
}

// renewal is what came of renewing the credentials of a request.
type renewal int

const (
	notRenewed renewal = iota
	renewed
	renewalFailed // for the time being
)

// Send repeats a request until its error handler is content.
func (r *httpRequester) Send(ctx context.Context, call Call) (*Response, error) {
	req, err := r.prepare(&call)
	if err != nil {
		return nil, err
	}
	s := &sending{request: req, began: r.env.Now()}
	for s.attempt = 1; ; s.attempt++ {
		response, failure, err := r.attempt(ctx, req, call.Stream || call.Receive != nil)
		if err != nil {
			return nil, err
		}
		verdict, err := r.errors.Judge(response, failure)
		if err != nil {
			response.Close()
			return nil, err
		}
		if verdict.Action == Succeed || verdict.Action == Ignore {
			r.noteIgnored(response, verdict)
			return response, nil
		}
		err = r.again(ctx, s, response, verdict)
		response.Close()
		if err != nil {
			return nil, err
		}
	}
}

func (r *httpRequester) noteIgnored(response *Response, verdict Verdict) {
	if verdict.Action == Ignore && response.Status >= http.StatusBadRequest {
		r.env.Log(protocol.LevelInfo, "stream %s: ignoring a response with status %d. %s", r.env.stream, response.Status, verdict.Message)
	}
}

// again waits until a request may be repeated, or says why it may not.
func (r *httpRequester) again(ctx context.Context, s *sending, response *Response, v Verdict) error {
	switch v.Action {
	case Fail:
		return failed(v)
	case ResetPagination:
		return errResetPagination
	case ReducePageSize, SplitWindow:
		if _, auxiliary := purposeOf(ctx); !auxiliary && r.env.rejected != nil {
			r.env.rejected(v.Action)
		}
		return &lessWanted{v.Action, v.Message}
	case RefreshToken:
		if err := r.renew(ctx, s); err != nil {
			return err
		}
	}
	n, wait, err := r.wait(s, response, v)
	if err != nil {
		return err
	}
	if n > r.errors.Retries() || r.env.bounds.sendsOnce() || r.env.Now().Sub(s.began) >= maxRetryTime {
		return exhausted(v, response, publicURL(s.url))
	}
	r.env.Log(protocol.LevelInfo, "stream %s: repeating a request in %s. %s", r.env.stream, wait.Round(time.Millisecond), v.Message)
	return r.env.Sleep(ctx, wait)
}

// wait is how long to wait before a request is repeated, and how often that was so.
func (r *httpRequester) wait(s *sending, response *Response, v Verdict) (int, time.Duration, error) {
	if signer, ok := r.auth.(Signer); ok && v.Action == RateLimited && s.sent != nil && signer.Another(s.sent) {
		n, _ := s.waits.next(rotationWait, true)
		return n, rotationWait, nil
	}
	asked, err := r.errors.Backoff(response, s.attempt)
	if err != nil {
		return 0, 0, err
	}
	n, wait := s.waits.next(asked, v.Action == RateLimited)
	return n, wait, nil
}

// renew renews the credentials of a request, once. One that is rejected with new ones will be rejected for ever.
func (r *httpRequester) renew(ctx context.Context, s *sending) error {
	refresher, ok := r.auth.(Refresher)
	if !ok {
		return nil
	}
	switch s.renewal {
	case renewed:
		return connector.ConfigError("the API rejects the access token, also a new one")
	case renewalFailed:
		return connector.TransientError("the API rejects the access token, and there was no new one to be had")
	}
	err := refresher.Refresh(ctx, s.credentials)
	if err != nil && (ctx.Err() != nil || connector.FailureOf(err) == protocol.FailureConfig) {
		return err
	}
	s.renewal = renewed
	if err != nil {
		s.renewal = renewalFailed
		r.env.Log(protocol.LevelWarn, "stream %s: renewing the access token: %s", r.env.stream, err)
	}
	return nil
}

func failed(v Verdict) error {
	return &connector.Error{Type: v.Failure, Message: v.Message}
}

func exhausted(v Verdict, response *Response, address string) error {
	if response != nil && response.Status == http.StatusTooManyRequests {
		return connector.TransientError("API rate limit exceeded.")
	}
	message := "Exhausted available request attempts for " + address + "."
	if v.Message != "" {
		message += " " + v.Message
	}
	return &connector.Error{Type: v.Failure, Message: message}
}

// mayBeKept tells that a request changes nothing, so that its answer may be given again.
func mayBeKept(req *http.Request) bool {
	return req.Body == nil && (req.Method == http.MethodGet || req.Method == http.MethodHead)
}

// attempt sends a request once. A failure is an error of the network, which may go away; err is one that will not.
func (r *httpRequester) attempt(ctx context.Context, req *request, stream bool) (response *Response, failure, err error) {
	built, err := r.build(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	req.sent = nil
	key := ""
	if r.caches() && mayBeKept(built) && !stream {
		key = cacheKey(built)
		if response := r.env.cache.get(key); response != nil {
			return response, nil, nil
		}
	}
	if err := r.env.budget.acquire(ctx, r.env, built); err != nil {
		return nil, nil, err
	}
	if err := r.sign(ctx, built); err != nil {
		return nil, nil, err
	}
	req.sent = built
	answer, err := r.client.Do(built.WithContext(withPatience(ctx, r.patience)))
	if err != nil {
		if err = networkError(err); permanent(err) {
			return nil, nil, err
		}
		return nil, err, ctx.Err()
	}
	answer.Body = newWatchedBody(answer.Body, cmp.Or(r.patience.answer, r.env.patience))
	r.env.budget.observe(built, answer)
	if s, ok := r.auth.(Signer); ok {
		s.Learn(built, answer)
	}
	response, err = r.env.readResponse(answer, stream && answer.StatusCode < http.StatusBadRequest, r.env.limit)
	if err == nil && req.receive != nil {
		err = response.deliver(req.receive)
	}
	if err != nil {
		if errors.Is(err, errTooLarge) || ofDisk(err) {
			return nil, nil, err
		}
		return nil, err, ctx.Err()
	}
	if key != "" && response.Status == http.StatusOK {
		r.env.cache.put(key, response)
	}
	return response, nil, nil
}

func (r *httpRequester) sign(ctx context.Context, req *http.Request) error {
	if s, ok := r.auth.(Signer); ok {
		return s.Sign(ctx, req)
	}
	return nil
}

// networkError leaves out the URL, which may hold a secret.
func networkError(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, errPrivateAddress) || errors.Is(err, errRedirect) || errors.Is(err, errHost) {
		return connector.ConfigError("the request was not sent: %w", err)
	}
	return err
}

// permanent tells errors of the network that will not go away from those that may.
func permanent(err error) bool {
	var e *connector.Error
	return errors.As(err, &e)
}

// ofDisk tells errors of this machine's disk from those of the network.
func ofDisk(err error) bool {
	_, ok := errors.AsType[*fs.PathError](err)
	return ok
}
