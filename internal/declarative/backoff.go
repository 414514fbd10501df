package declarative

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// ConstantBackoff waits the same time before every attempt.
type ConstantBackoff struct {
	Seconds manifest.Template `manifest:"backoff_time_in_seconds,required,holds=number"`
	Jitter  float64           `manifest:"jitter_range_in_seconds"`
}

// Build makes the strategy.
func (c *ConstantBackoff) Build(env *Env) (Backoff, error) {
	s, _, err := c.Seconds.Number(env.Vars())
	if err != nil {
		return nil, err
	}
	return backoffFunc(func(*Response, int) (time.Duration, error) { return jittered(s, c.Jitter), nil }), nil
}

// ExponentialBackoff waits twice as long before each further attempt.
type ExponentialBackoff struct {
	Factor manifest.Template `manifest:"factor,holds=number"`
	Jitter float64           `manifest:"jitter_range_in_seconds"`
}

const defaultFactor = 5

// Build makes the strategy.
func (c *ExponentialBackoff) Build(env *Env) (Backoff, error) {
	factor, given, err := c.Factor.Number(env.Vars())
	if err != nil {
		return nil, err
	}
	if !given {
		factor = defaultFactor
	}
	return backoffFunc(func(_ *Response, attempt int) (time.Duration, error) {
		return jittered(factor*math.Exp2(float64(min(attempt, 30))), c.Jitter), nil
	}), nil
}

type backoffFunc func(r *Response, attempt int) (time.Duration, error)

func (f backoffFunc) Wait(r *Response, attempt int) (time.Duration, error) { return f(r, attempt) }

func jittered(s, jitter float64) time.Duration {
	if jitter > 0 {
		s += 2 * jitter * rand.Float64()
	}
	return seconds(s)
}

// seconds is a duration, at most a day: servers that ask for more mean something else.
func seconds(s float64) time.Duration {
	return time.Duration(max(0, min(s, 86400)) * float64(time.Second))
}

// WaitTimeFromHeader waits as many seconds as a header says.
type WaitTimeFromHeader struct {
	Header manifest.Template `manifest:"header,required"`
	Regex  manifest.Template `manifest:"regex,holds=pattern"`
	Max    manifest.Template `manifest:"max_waiting_time_in_seconds,holds=number"`
}

// Build makes the strategy.
func (c *WaitTimeFromHeader) Build(env *Env) (Backoff, error) {
	h, err := newHeaderNumber(env, &c.Header, &c.Regex)
	if err != nil {
		return nil, err
	}
	limit, err := newWaitLimit(env, &c.Max)
	if err != nil {
		return nil, err
	}
	return backoffFunc(func(r *Response, _ int) (time.Duration, error) {
		s, ok := h.in(r)
		if !ok {
			return 0, nil
		}
		return limit.wait(s)
	}), nil
}

// waitLimit is the number of seconds that no wait may be as long as; nil: there is none.
type waitLimit struct{ seconds float64 }

// newWaitLimit evaluates a limit. One that is given and says nothing is a mistake: without it, nothing would bound the wait.
func newWaitLimit(env *Env, t *manifest.Template) (*waitLimit, error) {
	if !t.Present() {
		return nil, nil
	}
	s, given, err := t.Number(env.Vars())
	if err == nil && (!given || math.IsNaN(s) || math.IsInf(s, 0)) {
		err = errors.New("want a number")
	}
	if err != nil {
		return nil, fmt.Errorf("evaluating max_waiting_time_in_seconds: %w", err)
	}
	return &waitLimit{s}, nil
}

func (l *waitLimit) wait(s float64) (time.Duration, error) {
	if l != nil && s > 0 && s >= l.seconds {
		return 0, connector.TransientError("the API asks to wait for %.0f seconds, and may ask for less than %.0f", s, l.seconds)
	}
	return seconds(s), nil
}

// WaitUntilTimeFromHeader waits until the moment that a header gives, in seconds since 1970.
type WaitUntilTimeFromHeader struct {
	Header manifest.Template `manifest:"header,required"`
	Regex  manifest.Template `manifest:"regex,holds=pattern"`
	Min    manifest.Template `manifest:"min_wait,holds=number"`
	Max    manifest.Template `manifest:"max_waiting_time_in_seconds,holds=number"`
}

// Build makes the strategy.
func (c *WaitUntilTimeFromHeader) Build(env *Env) (Backoff, error) {
	h, err := newHeaderNumber(env, &c.Header, &c.Regex)
	if err != nil {
		return nil, err
	}
	least, _, err := c.Min.Number(env.Vars())
	if err != nil {
		return nil, err
	}
	limit, err := newWaitLimit(env, &c.Max)
	if err != nil {
		return nil, err
	}
	return backoffFunc(func(r *Response, _ int) (time.Duration, error) {
		until, ok := h.in(r)
		if !ok {
			return limit.wait(least)
		}
		return limit.wait(max(until-float64(env.Now().UnixMilli())/1000, least))
	}), nil
}

// headerNumber finds a number in a header.
type headerNumber struct {
	name    string
	pattern *template.Pattern // nil: the header is the number
}

func newHeaderNumber(env *Env, name, regex *manifest.Template) (*headerNumber, error) {
	h := &headerNumber{}
	var err error
	if h.name, err = name.Text(env.Vars()); err != nil {
		return nil, err
	}
	pattern, err := regex.Text(env.Vars())
	if err != nil || pattern == "" {
		return h, err
	}
	if h.pattern, err = template.ParsePattern(pattern); err != nil {
		return nil, fmt.Errorf("reading regex: %w", err)
	}
	return h, nil
}

func (h *headerNumber) in(r *Response) (float64, bool) {
	if r == nil {
		return 0, false
	}
	text := strings.TrimSpace(r.Header.Get(h.name))
	if h.pattern != nil {
		if match, ok := h.pattern.Begin(text); ok {
			text = match
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && !math.IsNaN(f)
}
