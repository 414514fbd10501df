package declarative

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// HTTPAPIBudget is how many requests an API allows. The first policy that fits a request must grant it before it is sent.
type HTTPAPIBudget struct {
	Policies        []Of[RatePolicy] `manifest:"policies,required"`
	ResetHeader     string           `manifest:"ratelimit_reset_header"`
	RemainingHeader string           `manifest:"ratelimit_remaining_header"`
	HitStatuses     []int            `manifest:"status_codes_for_ratelimit_hit,holds=status"`
}

// RatePolicy is a limit on some requests.
type RatePolicy interface {
	// Fits tells the weight of a request under the policy; zero when it is no concern of it.
	Fits(req *http.Request) int
	// Take grants a request, or says how long to wait before asking again.
	Take(now time.Time, weight int) time.Duration
	// Observe learns from a response what is left, and until when; negative and zero when it does not say.
	Observe(left int, reset time.Time)
}

// Build makes the budget.
func (c *HTTPAPIBudget) Build(env *Env) (*apiBudget, error) {
	policies, err := buildAll(env, c.Policies)
	return &apiBudget{reset: c.ResetHeader, remaining: c.RemainingHeader, hits: c.HitStatuses, policies: policies}, err
}

// apiBudget is an HTTPAPIBudget at work. A nil budget grants everything.
type apiBudget struct {
	reset, remaining string // headers
	hits             []int  // statuses
	policies         []RatePolicy

	mu sync.Mutex // policies are not for concurrent use
}

func (b *apiBudget) policy(req *http.Request) (RatePolicy, int) {
	for _, p := range b.policies {
		if weight := p.Fits(req); weight > 0 {
			return p, weight
		}
	}
	return nil, 0
}

// acquire waits until a request may be sent.
func (b *apiBudget) acquire(ctx context.Context, env *Env, req *http.Request) error {
	if b == nil {
		return nil
	}
	p, weight := b.policy(req)
	for p != nil {
		b.mu.Lock()
		wait := p.Take(env.Now(), weight)
		b.mu.Unlock()
		if wait <= 0 {
			return nil
		}
		if err := env.Sleep(ctx, wait); err != nil {
			return err
		}
	}
	return nil
}

// observe learns from a response.
func (b *apiBudget) observe(req *http.Request, answer *http.Response) {
	if b == nil {
		return
	}
	p, _ := b.policy(req)
	if p == nil {
		return
	}
	left := -1
	if n, err := strconv.Atoi(answer.Header.Get(b.remaining)); err == nil {
		left = n
	}
	if slices.Contains(b.hits, answer.StatusCode) {
		left = 0
	}
	reset := resetTime(answer.Header.Get(b.reset))
	b.mu.Lock()
	defer b.mu.Unlock()
	p.Observe(left, reset)
}

// farSeconds is a number of seconds since 1970 that is thousands of years away: whoever says it means milliseconds.
const farSeconds = 1e11

// resetTime reads when a budget starts anew, in seconds or milliseconds since 1970. What is neither is no time.
func resetTime(header string) time.Time {
	s, err := strconv.ParseFloat(header, 64)
	switch {
	case err != nil || math.IsNaN(s) || s < 0 || s >= farSeconds*1000:
		return time.Time{}
	case s >= farSeconds:
		return time.UnixMilli(int64(s)).UTC()
	}
	return time.UnixMilli(int64(s * 1000)).UTC()
}

// RequestMatcher tells which requests a policy is about.
type RequestMatcher struct {
	Method  string            `manifest:"method"`
	URLBase string            `manifest:"url_base"`
	Path    string            `manifest:"url_path_pattern,holds=pattern"`
	Params  map[string]string `manifest:"params"`
	Headers map[string]string `manifest:"headers"`
	Weight  manifest.Template `manifest:"weight,holds=whole"`
}

type requestMatchers struct {
	list     []RequestMatcher
	weights  []int
	patterns []*template.Pattern
}

func newMatchers(env *Env, list []RequestMatcher) (*requestMatchers, error) {
	m := &requestMatchers{list: list}
	for i := range list {
		pattern, err := template.ParsePattern(list[i].Path)
		if err != nil {
			return nil, err
		}
		weight, given, err := list[i].Weight.Int(env.Vars())
		if err != nil {
			return nil, err
		}
		if !given || weight < 1 {
			weight = 1
		}
		m.patterns = append(m.patterns, pattern)
		m.weights = append(m.weights, int(weight))
	}
	return m, nil
}

// Fits gives the weight of the first matcher that fits. Without matchers, every request counts once.
func (m *requestMatchers) Fits(req *http.Request) int {
	if len(m.list) == 0 {
		return 1
	}
	path := strings.TrimRight(req.URL.EscapedPath(), "/")
	for i := range m.list {
		if m.list[i].fits(req) && m.patterns[i].Occurs(path) {
			return m.weights[i]
		}
	}
	return 0
}

func (m *RequestMatcher) fits(req *http.Request) bool {
	if m.Method != "" && !strings.EqualFold(m.Method, req.Method) {
		return false
	}
	if m.URLBase != "" && strings.TrimRight(m.URLBase, "/") != req.URL.Scheme+"://"+req.URL.Host {
		return false
	}
	query := req.URL.Query()
	for name, value := range m.Params {
		if query.Get(name) != value {
			return false
		}
	}
	for name, value := range m.Headers {
		if req.Header.Get(name) != value {
			return false
		}
	}
	return true
}

// UnlimitedPolicy grants everything.
type UnlimitedPolicy struct {
	Matchers []RequestMatcher `manifest:"matchers,required"`
}

// Build makes the policy.
func (c *UnlimitedPolicy) Build(env *Env) (RatePolicy, error) {
	m, err := newMatchers(env, c.Matchers)
	return unlimited{m}, err
}

type unlimited struct{ *requestMatchers }

func (unlimited) Take(time.Time, int) time.Duration { return 0 }
func (unlimited) Observe(int, time.Time)            {}

// span evaluates an ISO 8601 duration to a length of time; months are thirty days.
func span(t *manifest.Template, env *Env) (time.Duration, error) {
	text, err := t.Text(env.Vars())
	if err != nil {
		return 0, err
	}
	d, err := template.ParseDuration(text)
	if err != nil {
		return 0, err
	}
	from := time.Date(2001, 4, 1, 0, 0, 0, 0, time.UTC)
	to, err := d.AddTo(from)
	return to.Sub(from), err
}
