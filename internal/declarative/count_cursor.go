package declarative

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"sync"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// IncrementingCountCursor reads a stream by a number that grows with every record, in one slice, and remembers the greatest.
type IncrementingCountCursor struct {
	Field        manifest.Template `manifest:"cursor_field,required"`
	Start        manifest.Template `manifest:"start_value,holds=whole"` // nothing: 0
	StartOption  *RequestOption    `manifest:"start_value_option,default=RequestOption"`
	CatalogField bool              `manifest:"allow_catalog_defined_cursor_field"`
}

// countKey is the field of a slice that says where it begins.
const countKey = "start"

// Build evaluates the field and the start.
func (c *IncrementingCountCursor) Build(env *Env) (IncrementalSync, error) {
	s := &countSync{env: env, option: c.StartOption, catalogField: c.CatalogField}
	var err error
	if s.field, err = c.Field.Text(env.Vars()); err != nil {
		return nil, err
	}
	s.start, _, err = c.Start.Int(env.Vars())
	return s, err
}

type countSync struct {
	env          *Env
	field        string
	start        int64
	option       *RequestOption
	catalogField bool
}

// Field is the name of the field that records are compared by.
func (s *countSync) Field() string { return s.field }

// FieldFromCatalog tells whether whoever selects the stream may choose another cursor field.
func (s *countSync) FieldFromCatalog() bool { return s.catalogField }

// By is the same for another field, where that may be chosen.
func (s *countSync) By(field string) IncrementalSync {
	c := *s
	c.field = field
	return &c
}

// Open makes the cursor of one read.
func (s *countSync) Open(in CursorInput) (Cursor, error) {
	if in.Router != nil {
		return nil, fmt.Errorf("stream %s has both an IncrementingCountCursor and a partition router, which do not go together", in.Stream)
	}
	state, err := decodeState(in.State)
	if err != nil {
		return nil, fmt.Errorf("reading state of stream %s: %w", in.Stream, err)
	}
	c := &countRun{sync: s, greatest: s.start, other: beside(state, s.field)}
	v, _ := state.Get(s.field)
	if ranges(state) {
		v, c.other = firstCount(state), nil
	}
	if v != nil {
		n, ok := count(v)
		if !ok {
			return nil, fmt.Errorf("reading state of stream %s: want a whole number in %s", in.Stream, s.field)
		}
		c.greatest = max(n, s.start)
	}
	c.from = c.greatest
	return c, nil
}

// firstCount is the value of a state that lists intervals: that of the first.
func firstCount(state *template.Dict) any {
	v, _ := state.Get("slices")
	list, _ := v.([]any)
	if len(list) == 0 {
		return nil
	}
	first, _ := list[0].(*template.Dict)
	if v, ok := orEmpty(first).Get("most_recent_cursor_value"); ok && v != nil {
		return v
	}
	v, _ = orEmpty(first).Get("end")
	return v
}

// count is a value as a whole number.
func count(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	return 0, false
}

// countRun is the cursor of one read.
type countRun struct {
	sync  *countSync
	from  int64
	other *template.Dict // the state the read began with, for its other keys; nil: it has none

	mu       sync.Mutex
	greatest int64 // of the state
	seen     *int64
	warned   bool
}

func (c *countRun) Each(_ context.Context, yield func(Slice) error) error {
	d := template.NewDict(1)
	d.Set(countKey, c.from)
	return yield(Slice{Interval: d})
}

func (c *countRun) Query(slice Slice) (Query, error) {
	q := Query{Slice: slice, remainder: &countRemainder{run: c}}
	if c.sync.option == nil {
		return q, nil
	}
	start, _ := slice.Interval.Get(countKey)
	var err error
	q.Options, err = c.sync.option.In(start, c.sync.env.Vars())
	return q, err
}

// countRemainder is what is left of a slice of numbers after its greatest.
type countRemainder struct {
	run      *countRun
	greatest *int64
	disorder bool // records did not come in the order of the cursor
}

func (m *countRemainder) observe(record *template.Dict) {
	v, _ := record.Get(m.run.sync.field)
	n, ok := count(v)
	switch {
	case !ok:
	case m.greatest == nil || *m.greatest < n:
		m.greatest = &n
	case n < *m.greatest:
		m.disorder = true
	}
}

func (m *countRemainder) rest(before Query) (Query, bool, error) {
	if m.disorder {
		warnDisorder(m.run.sync.env)
	}
	if old, _ := before.Slice.Interval.Get(countKey); m.greatest == nil || old == *m.greatest {
		return before, false, nil
	}
	s := before.Slice
	s.Interval = copyDict(s.Interval)
	s.Interval.Set(countKey, *m.greatest)
	q, err := m.run.Query(s)
	q.Schema = before.Schema
	return q, true, err
}

func (c *countRun) Observe(_ Slice, record *template.Dict) error {
	v, _ := record.Get(c.sync.field)
	n, ok := count(v)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ok {
		if !c.warned {
			c.warned = true
			c.sync.env.Log(protocol.LevelWarn, "a record of stream %s has no whole number in its cursor field %s; it does not move the cursor",
				c.sync.env.Stream(), c.sync.field)
		}
		return nil
	}
	if c.seen == nil || *c.seen < n {
		c.seen = &n
	}
	return nil
}

func (c *countRun) Close(Slice) (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		return nil, nil
	}
	c.greatest = max(c.greatest, *c.seen)
	return c.state()
}

// Final is the state that Close gave, or the one the read began with.
func (c *countRun) Final() (json.RawMessage, error) { return c.State() }

// State is how far the stream has been read.
func (c *countRun) State() (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state()
}

func (c *countRun) state() (json.RawMessage, error) {
	d := template.NewDict(1)
	for key, value := range orEmpty(c.other).All() {
		d.Set(template.Str(key), value)
	}
	d.Set(c.sync.field, c.greatest)
	return template.AppendJSON(nil, d)
}
