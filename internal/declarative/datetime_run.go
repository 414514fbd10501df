package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/template"
)

// errForeignSlice is returned for a slice that the cursor did not make.
var errForeignSlice = errors.New("the slice is not one of this cursor's")

// datetimeRun is the cursor of one read of a stream without partitions.
type datetimeRun struct {
	rules *datetimeRules
	other *template.Dict // the state the read began with, for its other keys; nil: it has none

	mu      sync.Mutex
	line    timeline
	reading map[Slice]*interval
}

func newDatetimeRun(r *datetimeRules, state *template.Dict) (*datetimeRun, error) {
	line, other, err := r.resume(state, 0)
	return &datetimeRun{rules: r, line: line, other: other, reading: map[Slice]*interval{}}, err
}

func (c *datetimeRun) Each(ctx context.Context, yield func(Slice) error) error {
	c.mu.Lock()
	line := c.line
	c.mu.Unlock()
	return c.rules.missing(line, func(from, to time.Time) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, i, err := c.rules.slice(from, to)
		if err != nil {
			return err
		}
		s := Slice{Interval: d}
		c.mu.Lock()
		c.reading[s] = &i
		c.mu.Unlock()
		return yield(s)
	})
}

func (c *datetimeRun) Query(slice Slice) (Query, error) {
	return c.rules.query(slice, c.line.floor, Options{})
}

func (c *datetimeRun) Observe(slice Slice, record *template.Dict) error {
	t, ok := c.rules.moment(record)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.reading[slice]
	if i == nil {
		return errForeignSlice
	}
	i.latest = later(i.latest, t)
	return nil
}

func (c *datetimeRun) Close(slice Slice) (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.reading[slice]
	if i == nil {
		return nil, errForeignSlice
	}
	delete(c.reading, slice)
	c.line.add(*i, c.rules)
	return c.state()
}

// Final is the state that the last Close gave, or the one the read began with.
func (c *datetimeRun) Final() (json.RawMessage, error) { return c.State() }

// State is how far the stream has been read.
func (c *datetimeRun) State() (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state()
}

func (c *datetimeRun) state() (json.RawMessage, error) {
	d, err := c.rules.state(&c.line, c.other)
	if err != nil {
		return nil, err
	}
	return template.AppendJSON(nil, d)
}
