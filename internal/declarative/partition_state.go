package declarative

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/template"
)

// maxLookback keeps times within what can be computed with.
const maxLookback = 200 * 365 * 24 * time.Hour

// resume reads the state of a stream with partitions. A state that names no partitions is one for all of them.
func (c *partitionRun) resume(state *template.Dict) error {
	_, each := state.Get("states")
	_, all := state.Get("state")
	if !each && !all {
		if err := c.resumeGlobal(state); err != nil {
			return err
		}
		return c.resumeParents(state)
	}
	wide, _ := state.Get("use_global_cursor")
	c.wide = wide == true
	var err error
	if c.lookback, err = secondsOf(state); err != nil {
		return err
	}
	if err := c.resumePartitions(state); err != nil {
		return err
	}
	global, _ := state.Get("state")
	if global != nil {
		d, ok := global.(*template.Dict)
		if !ok {
			return errors.New("state: want an object")
		}
		if err := c.resumeGlobal(d); err != nil {
			return fmt.Errorf("state: %w", err)
		}
	}
	return c.resumeParents(state)
}

func (c *partitionRun) resumeGlobal(state *template.Dict) error {
	v, _ := state.Get(c.rules.field)
	if v == nil {
		return nil
	}
	t, err := c.rules.parse(v)
	if err == nil {
		_, t, err = c.rules.coarse(t)
	}
	c.global, c.greatest = t, t
	return err
}

func (c *partitionRun) resumePartitions(state *template.Dict) error {
	v, _ := state.Get("states")
	list, ok := v.([]any)
	if !ok && v != nil {
		return errors.New("states: want a list")
	}
	for i, v := range list {
		p, err := c.resumePartition(v)
		if err != nil {
			return fmt.Errorf("states[%d]: %w", i, err)
		}
		c.table.add(p)
	}
	return nil
}

func (c *partitionRun) resumePartition(v any) (*partition, error) {
	d, ok := v.(*template.Dict)
	if !ok {
		return nil, errors.New("want an object")
	}
	name, _ := d.Get("partition")
	id, ok := name.(*template.Dict)
	if !ok {
		return nil, errors.New("partition: want an object")
	}
	reached, _ := d.Get("cursor")
	cursor, ok := reached.(*template.Dict)
	if !ok {
		return nil, errors.New("cursor: want an object")
	}
	p := new(partition)
	var err error
	if p.key, err = partitionKey(id); err != nil {
		return nil, err
	}
	p.line, p.other, err = c.rules.resume(cursor, 0)
	return p, err
}

func (c *partitionRun) resumeParents(state *template.Dict) error {
	v, _ := state.Get("parent_state")
	d, ok := v.(*template.Dict)
	if !ok || d.Len() == 0 {
		return nil
	}
	var err error
	c.parents.state, err = template.AppendJSON(nil, d)
	return err
}

// secondsOf is the lookback window in a state: how long the last sync took.
func secondsOf(state *template.Dict) (time.Duration, error) {
	v, _ := state.Get("lookback_window")
	seconds := 0.0
	switch v := v.(type) {
	case nil:
	case int64:
		seconds = float64(v)
	case float64:
		seconds = v
	case string:
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err != nil {
			return 0, errors.New("lookback_window: want a number of seconds")
		}
		seconds = float64(n)
	default:
		return 0, errors.New("lookback_window: want a number of seconds")
	}
	seconds = math.Trunc(min(max(seconds, 0), maxLookback.Seconds()))
	return time.Duration(seconds) * time.Second, nil
}

// state writes what is known of all partitions.
func (c *partitionRun) state() (json.RawMessage, error) {
	b := strconv.AppendBool([]byte(`{"use_global_cursor":`), c.wide)
	var err error
	if !c.wide {
		if b, err = c.appendPartitions(append(b, `,"states":[`...)); err != nil {
			return nil, err
		}
		b = append(b, ']')
	}
	if !c.global.IsZero() {
		text, err := c.rules.text(c.global)
		if err != nil {
			return nil, fmt.Errorf("writing a state: %w", err)
		}
		d := template.NewDict(1)
		d.Set(c.rules.field, text)
		if b, err = template.AppendJSON(append(b, `,"state":`...), d); err != nil {
			return nil, err
		}
	}
	b = strconv.AppendInt(append(b, `,"lookback_window":`...), int64(c.lookback/time.Second), 10)
	if c.parents.state != nil {
		b = append(append(b, `,"parent_state":`...), c.parents.state...)
	}
	return append(b, '}'), nil
}

func (c *partitionRun) appendPartitions(b []byte) ([]byte, error) {
	first := true
	for p := range c.table.each {
		d, err := c.rules.state(&p.line, p.other)
		if err != nil {
			return nil, err
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(b, `{"partition":`...), p.key...)
		if b, err = template.AppendJSON(append(b, `,"cursor":`...), d); err != nil {
			return nil, err
		}
		b = append(b, '}')
	}
	return b, nil
}
