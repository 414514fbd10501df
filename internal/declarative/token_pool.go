package declarative

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

const (
	// longestDelay bounds how long a call is put off to spread the last calls over the time that is left.
	longestDelay = 10 * time.Second
	// shortestDelay is not worth waiting.
	shortestDelay = 100 * time.Millisecond
	// shortestWait lies between two questions about quotas that are used up.
	shortestWait = 5 * time.Second
	// clockSkew is how much what responses say of a reset may differ from what the status said.
	clockSkew = time.Minute
	// rotationWait comes before a request is repeated with another token.
	rotationWait = 100 * time.Millisecond
)

// tokenPool is a RateLimitedMultipleTokenAuthenticator at work.
type tokenPool struct {
	config   *RateLimitedMultipleTokenAuthenticator
	env      *Env
	tokens   []string
	matchers []*requestMatchers // by quota
	maxWait  time.Duration
	source   *httpRequester

	asking sync.Mutex // held while quotas are asked for

	mu     sync.Mutex
	active int       // the token that is used
	left   [][]quota // by token and quota; nil: not asked for yet
}

// Credentials are none: the token depends on the request.
func (p *tokenPool) Credentials(context.Context) (Options, error) { return Options{}, nil }

// Sign puts a token into a request that has a call left for it, once there is one.
func (p *tokenPool) Sign(ctx context.Context, req *http.Request) error {
	if err := p.learn(ctx, func() bool { return p.left == nil }); err != nil {
		return err
	}
	token, err := p.acquire(ctx, p.quotaOf(req))
	if err != nil {
		return err
	}
	req.Header.Set(p.config.Header, p.signature(token))
	return nil
}

func (p *tokenPool) signature(token string) string {
	return strings.TrimSpace(p.config.Method + " " + token)
}

// learn asks for the quotas of all tokens, if that is still needed when nobody else does.
func (p *tokenPool) learn(ctx context.Context, needed func() bool) error {
	p.asking.Lock()
	defer p.asking.Unlock()
	p.mu.Lock()
	still := needed()
	p.mu.Unlock()
	if !still {
		return nil
	}
	left := make([][]quota, len(p.tokens))
	for i, token := range p.tokens {
		var err error
		if left[i], err = p.ask(ctx, token); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = left
	return nil
}

// quotaOf is the quota for a request: the first that has a matcher for it, or else the first without matchers.
func (p *tokenPool) quotaOf(req *http.Request) int {
	fallback := -1
	for i, m := range p.matchers {
		switch {
		case len(m.list) == 0:
			if fallback < 0 {
				fallback = i
			}
		case m.Fits(req) > 0:
			return i
		}
	}
	return max(fallback, 0)
}

// acquire takes a call from a token that has one, or waits until one has.
func (p *tokenPool) acquire(ctx context.Context, q int) (string, error) {
	var deadline time.Time
	for {
		token, delay, taken := p.take(q)
		if taken {
			if delay < shortestDelay {
				return token, nil
			}
			return token, p.env.Sleep(ctx, delay)
		}
		now := p.env.Now()
		if deadline.IsZero() {
			deadline = now.Add(p.maxWait)
		}
		wait := p.untilReset(q, now)
		patience := deadline.Sub(now)
		if patience <= 0 || wait >= patience {
			return "", connector.TransientError("the rate limits of all tokens are used up")
		}
		wait = min(max(wait, shortestWait), patience)
		p.env.Log(protocol.LevelInfo, "stream %s: all tokens are used up; waiting %s", p.env.stream, wait.Round(time.Second))
		if err := p.env.Sleep(ctx, wait); err != nil {
			return "", err
		}
		if err := p.learn(ctx, func() bool { return p.spent(q) }); err != nil {
			return "", err
		}
	}
}

// take takes a call, if any token has one. Tokens that nobody counts take turns.
func (p *tokenPool) take(q int) (token string, delay time.Duration, taken bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range p.tokens {
		state := &p.left[p.active][q]
		token = p.tokens[p.active]
		switch {
		case state.uncounted:
			p.active = (p.active + 1) % len(p.tokens)
			return token, 0, true
		case state.left > 0:
			state.left--
			return token, p.delay(q), true
		}
		p.active = (p.active + 1) % len(p.tokens)
	}
	return "", 0, false
}

// spent tells whether no token has a call. The lock is held.
func (p *tokenPool) spent(q int) bool {
	return !slices.ContainsFunc(p.left, func(of []quota) bool { return of[q].uncounted || of[q].left > 0 })
}

func (p *tokenPool) untilReset(q int, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	soonest := p.left[0][q].reset
	for _, of := range p.left {
		soonest = earlier(soonest, of[q].reset)
	}
	return soonest.Sub(now)
}

// delay spreads the last calls of all tokens over the time until they have more. The lock is held.
func (p *tokenPool) delay(q int) time.Duration {
	total := 0
	for _, of := range p.left {
		if of[q].uncounted || float64(of[q].left) > max(float64(p.config.MinReserve), float64(of[q].limit)*p.config.Reserve) {
			return 0
		}
		total += max(of[q].left, 0)
	}
	until := p.left[p.active][q].reset.Sub(p.env.Now())
	if total == 0 || until <= 0 {
		return 0
	}
	return min(until/time.Duration(total), longestDelay)
}

// Learn brings what is known of the token that a request was sent with up to what the response says.
func (p *tokenPool) Learn(req *http.Request, answer *http.Response) {
	q := p.quotaOf(req)
	c := &p.config.Quotas[q]
	token := p.tokenOf(req)
	if token < 0 {
		return
	}
	left, hasLeft := headerCount(answer.Header, c.RemainingHeader)
	refused := slices.Contains(c.Exhausted, answer.StatusCode)
	if !hasLeft && refused {
		left, hasLeft = 0, true
	}
	limit, _ := headerCount(answer.Header, c.LimitHeader)
	var reset time.Time
	if c.ResetHeader != "" && answer.Header.Get(c.ResetHeader) != "" {
		reset, _ = resetMoment(answer.Header.Get(c.ResetHeader))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == nil || p.left[token][q].uncounted {
		return
	}
	p.left[token][q].learn(left, hasLeft, limit, reset, refused)
}

// learn takes over a new window, and within one only what makes the estimate smaller: responses come out of order.
func (s *quota) learn(left int, hasLeft bool, limit int, reset time.Time, refused bool) {
	if limit > 0 && (reset.IsZero() || !reset.Before(s.reset)) {
		s.limit = limit
	}
	switch {
	case reset.After(s.reset):
		s.reset = reset
		s.left = s.limit
		if hasLeft {
			s.left = left
		}
	case hasLeft && (left <= 0 && refused || reset.IsZero() || !reset.Before(s.reset.Add(-clockSkew))):
		s.left = min(s.left, left)
	}
}

// Another tells whether a request that was refused can be repeated with another token, since its own has no calls left.
func (p *tokenPool) Another(req *http.Request) bool {
	q, token := p.quotaOf(req), p.tokenOf(req)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == nil || token < 0 || p.left[token][q].uncounted || p.left[token][q].left > 0 {
		return false
	}
	return slices.ContainsFunc(p.left, func(of []quota) bool { return !of[q].uncounted && of[q].left > 0 })
}

// tokenOf is the token a request was sent with; negative when it is none of ours.
func (p *tokenPool) tokenOf(req *http.Request) int {
	sent := req.Header.Get(p.config.Header)
	return slices.IndexFunc(p.tokens, func(token string) bool { return p.signature(token) == sent })
}

func headerCount(h http.Header, name string) (int, bool) {
	if name == "" {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
	return n, err == nil
}

// poolStore holds the pools of one check, discover or read.
type poolStore struct {
	mu    sync.Mutex
	pools map[string]*tokenPool
}

func newPoolStore() *poolStore { return &poolStore{pools: map[string]*tokenPool{}} }

// get gives the pool of an identity, which is the given one if there was none.
func (s *poolStore) get(identity string, otherwise *tokenPool) *tokenPool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pools[identity] == nil {
		s.pools[identity] = otherwise
	}
	return s.pools[identity]
}
