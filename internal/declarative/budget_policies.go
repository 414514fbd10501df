package declarative

import (
	"time"

	"github.com/airfielddev/airfield/manifest"
)

// MovingWindowPolicy allows some requests in any interval of some length; all of its rates hold at once.
type MovingWindowPolicy struct {
	Rates    []Rate           `manifest:"rates,required"`
	Matchers []RequestMatcher `manifest:"matchers,required"`
}

// Rate is a number of requests in an interval.
type Rate struct {
	Limit    manifest.Template `manifest:"limit,required,holds=whole"`
	Interval manifest.Template `manifest:"interval,required,holds=duration"`
}

// Build makes the policy.
func (c *MovingWindowPolicy) Build(env *Env) (RatePolicy, error) {
	m, err := newMatchers(env, c.Matchers)
	if err != nil {
		return nil, err
	}
	p := &movingWindow{requestMatchers: m}
	for i := range c.Rates {
		limit, _, err := c.Rates[i].Limit.Int(env.Vars())
		if err != nil {
			return nil, err
		}
		interval, err := span(&c.Rates[i].Interval, env)
		if err != nil {
			return nil, err
		}
		p.rates = append(p.rates, rateWindow{limit: max(1, int(limit)), interval: interval})
	}
	return p, nil
}

type rateWindow struct {
	limit    int
	interval time.Duration
	sent     []time.Time // the requests of the last interval, each as often as it weighs
}

type movingWindow struct {
	*requestMatchers
	rates []rateWindow
}

func (p *movingWindow) Take(now time.Time, weight int) time.Duration {
	for i := range p.rates {
		if wait := p.rates[i].wait(now, weight); wait > 0 {
			return wait
		}
	}
	for i := range p.rates {
		w := &p.rates[i]
		for range min(weight, w.limit) {
			w.sent = append(w.sent, now)
		}
	}
	return 0
}

// wait is how long until the window has room.
func (w *rateWindow) wait(now time.Time, weight int) time.Duration {
	old := 0
	for old < len(w.sent) && now.Sub(w.sent[old]) >= w.interval {
		old++
	}
	w.sent = w.sent[:copy(w.sent, w.sent[old:])]
	over := len(w.sent) + min(weight, w.limit) - w.limit
	if over <= 0 {
		return 0
	}
	return max(w.interval-now.Sub(w.sent[over-1]), time.Millisecond)
}

// Observe does nothing: the window is ours, not the server's.
func (p *movingWindow) Observe(int, time.Time) {}

// FixedWindowPolicy allows some requests until the server says that a new period has begun.
type FixedWindowPolicy struct {
	Period   manifest.Template `manifest:"period,required,holds=duration"`
	Limit    manifest.Template `manifest:"call_limit,required,holds=whole"`
	Matchers []RequestMatcher  `manifest:"matchers,required"`
}

// firstPeriod is how long the first period lasts unless a response says otherwise.
const firstPeriod = 10 * 24 * time.Hour

// Build makes the policy.
func (c *FixedWindowPolicy) Build(env *Env) (RatePolicy, error) {
	m, err := newMatchers(env, c.Matchers)
	if err != nil {
		return nil, err
	}
	limit, _, err := c.Limit.Int(env.Vars())
	if err != nil {
		return nil, err
	}
	period, err := span(&c.Period, env)
	if err != nil {
		return nil, err
	}
	limit = max(1, limit)
	return &fixedWindow{requestMatchers: m, limit: int(limit), left: int(limit), period: period, reset: env.Now().Add(firstPeriod)}, nil
}

type fixedWindow struct {
	*requestMatchers
	limit, left int
	period      time.Duration
	reset       time.Time
}

func (p *fixedWindow) Take(now time.Time, weight int) time.Duration {
	weight = min(weight, p.limit)
	if !now.Before(p.reset) {
		p.left = p.limit
		p.reset = now.Add(p.period)
	}
	if p.left < weight {
		return p.reset.Sub(now)
	}
	p.left -= weight
	return 0
}

// Observe lowers what is left to what the server says, and takes over when it will start anew.
func (p *fixedWindow) Observe(left int, reset time.Time) {
	if left >= 0 {
		p.left = min(p.left, left)
	}
	if !reset.IsZero() {
		p.reset = reset
	}
}
