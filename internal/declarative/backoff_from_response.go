package declarative

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// WaitTimeFromResponse waits as many seconds as a template over the response says.
type WaitTimeFromResponse struct {
	Seconds manifest.Template `manifest:"wait_time_in_seconds,required,holds=number"`
	Max     manifest.Template `manifest:"max_waiting_time_in_seconds,holds=number"`
}

// UnmarshalManifest checks the variables of the template: one that is not there would leave the strategy without effect.
func (c *WaitTimeFromResponse) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain WaitTimeFromResponse
	d.Decode(n, (*plain)(c))
	for _, name := range c.Seconds.Names() {
		if !slices.Contains([]string{"config", "parameters", "response", "headers"}, name) {
			d.ProblemOf(n, "wait_time_in_seconds", manifest.CodeTemplate, "there is no variable %s here, only config, response and headers", name)
		}
	}
}

// Build makes the strategy.
func (c *WaitTimeFromResponse) Build(env *Env) (Backoff, error) {
	limit, err := newWaitLimit(env, &c.Max)
	if err != nil {
		return nil, err
	}
	return backoffFunc(func(r *Response, _ int) (time.Duration, error) {
		return limit.wait(c.seconds(env, r))
	}), nil
}

// seconds is how long the response asks to wait; 0 when it does not say, as responses that the template was not written for do not.
func (c *WaitTimeFromResponse) seconds(env *Env, r *Response) float64 {
	if r == nil {
		r = new(Response)
	}
	vars := env.Vars()
	vars["response"], vars["headers"] = r.JSON(), headerDict(r.Header, c.Seconds.Source())
	v, err := c.Seconds.Value(vars)
	if err == nil && v == c.Seconds.Source() && !c.Seconds.Constant() {
		err = errors.New("an operation does not go with its operands")
	}
	if err != nil {
		// The error may show what the response says.
		env.Log(protocol.LevelWarn, "stream %s: wait_time_in_seconds cannot be evaluated for this response", env.Stream())
		return 0
	}
	s, ok := secondsIn(v)
	if !ok {
		env.Log(protocol.LevelWarn, "stream %s: wait_time_in_seconds is no number for this response", env.Stream())
	}
	return max(0, s)
}

// secondsIn reads a number of seconds. Nothing at all is no seconds, and so is what no wait can be.
func secondsIn(v any) (s float64, ok bool) {
	text := strings.TrimSpace(template.Str(v))
	switch v := v.(type) {
	case nil:
		return 0, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case []any, *template.Dict:
		return 0, false
	}
	if text == "" {
		return 0, true
	}
	s, err := strconv.ParseFloat(text, 64)
	if math.IsNaN(s) || math.IsInf(s, 0) {
		s = 0
	}
	return s, err == nil
}
