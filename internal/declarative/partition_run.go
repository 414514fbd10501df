package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// stateInterval is how much time lies between two states of a stream with partitions: they can be large.
const stateInterval = 600 * time.Second

// partitionRun is the cursor of one read of a stream with partitions. Every partition has a timeline of its own. Where there are
// too many to write down, one moment stands for all; it moves only at the end of a read in which every partition was read.
type partitionRun struct {
	rules      *datetimeRules
	router     PartitionRouter
	partitions Partitions
	stream     string

	mu       sync.Mutex
	table    *partitionTable
	slices   map[Slice]*partitionSlice // those being read
	parents  parentMarks
	wide     bool          // one state for all partitions
	global   time.Time     // what the state says of all partitions; zero: nothing
	greatest time.Time     // what it will say when all were read
	lookback time.Duration // how long before that new partitions begin
	seen     bool          // a record with a value was seen
	listed   bool          // all partitions have come
	began    time.Time
	emitted  time.Time // when a state was given last
	doubled  bool      // it was logged that a partition came twice
}

// partitionSlice is a slice of a partition that is being read.
type partitionSlice struct {
	interval

	of *partition
}

func newPartitionRun(r *datetimeRules, in CursorInput, state *template.Dict) (*partitionRun, error) {
	_, grouped := in.Router.(*groupingRouter)
	c := &partitionRun{
		rules: r, router: in.Router, stream: in.Stream, table: newPartitionTable(), slices: map[Slice]*partitionSlice{},
		wide: r.wide || grouped, parents: parentMarks{first: 1, open: map[int]struct{}{}},
	}
	if err := c.resume(state); err != nil {
		return nil, err
	}
	if l, ok := in.Router.(*substreamRouter); ok && r.step != nil && state.Len() == 0 && l.lazy() {
		return nil, errors.New("lazy_read_pointer brings along one page for each partition, so the cursor cannot have a step")
	}
	var err error
	c.partitions, err = in.Router.Open(in.State)
	return c, err
}

func (c *partitionRun) Each(ctx context.Context, yield func(Slice) error) error {
	c.mu.Lock()
	c.began = c.rules.env.Now()
	c.parents.before = c.partitions.ParentState()
	c.mu.Unlock()
	err := c.partitions.Each(ctx, func(s Slice) error { return c.partition(ctx, s, yield) })
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listed = true
	return nil
}

// partition gives out the slices of a partition.
func (c *partitionRun) partition(ctx context.Context, s Slice, yield func(Slice) error) error {
	if s.Partition == nil {
		s.Partition = template.NewDict(0)
	}
	p, line, err := c.enter(s.Partition)
	if p == nil || err != nil {
		return err
	}
	var held *Slice // the last slice is given out once it is known to be the last
	err = c.rules.missing(line, func(from, to time.Time) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, err := c.slice(p, s, from, to)
		if err == nil && held != nil {
			err = yield(*held)
		}
		held = &next
		return err
	})
	if err != nil {
		return err
	}
	c.mu.Lock()
	p.listed = true
	c.leave(p)
	c.mu.Unlock()
	if held == nil {
		return nil
	}
	return yield(*held)
}

// enter begins a partition. It gives nil for one that was there before in this read.
func (c *partitionRun) enter(id *template.Dict) (*partition, timeline, error) {
	key, err := partitionKey(id)
	if err != nil {
		return nil, timeline{}, fmt.Errorf("naming a partition of stream %s: %w", c.stream, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.wide && c.table.added > globalAbove {
		c.wide = true
		c.rules.env.Log(protocol.LevelInfo, "stream %s has more than %d partitions: it goes on with one state for all of them",
			c.stream, globalAbove)
	}
	p := c.table.get(key)
	if p == nil {
		p = c.table.adopt(id, key)
	}
	if p != nil && p.seq > 0 {
		if !c.doubled {
			c.doubled = true
			c.rules.env.Log(protocol.LevelWarn, "stream %s lists a partition more than once; it is read once", c.stream)
		}
		return nil, timeline{}, nil
	}
	if p == nil {
		if p, err = c.begin(key); err != nil {
			return nil, timeline{}, err
		}
	}
	p.seq = c.parents.enter(c.partitions.ParentState)
	return p, p.line, nil
}

// begin adds a partition that no state speaks of: it starts where all the others are known to have been read to.
func (c *partitionRun) begin(key string) (*partition, error) {
	state := template.NewDict(1)
	if !c.global.IsZero() {
		text, err := c.rules.text(c.global)
		if err != nil {
			return nil, err
		}
		state.Set(c.rules.field, text)
	}
	line, _, err := c.rules.resume(state, c.lookback)
	p := &partition{key: key, line: line}
	if err == nil {
		c.table.add(p)
	}
	return p, err
}

func (c *partitionRun) slice(p *partition, s Slice, from, to time.Time) (Slice, error) {
	d, i, err := c.rules.slice(from, to)
	if err != nil {
		return s, err
	}
	for _, key := range []string{c.rules.startKey, c.rules.endKey} {
		if _, clash := s.Partition.Get(key); clash {
			return s, fmt.Errorf("slicing stream %s: partition and cursor both have a field %s", c.stream, key)
		}
	}
	s.Interval = d
	c.mu.Lock()
	defer c.mu.Unlock()
	p.open++
	c.slices[s] = &partitionSlice{interval: i, of: p}
	return s, nil
}

// leave notes that a partition was read, if it was.
func (c *partitionRun) leave(p *partition) {
	if !p.reading() {
		c.parents.leave(p.seq)
		c.table.finish(p)
	}
}

func (c *partitionRun) Query(slice Slice) (Query, error) {
	c.mu.Lock()
	s := c.slices[slice]
	c.mu.Unlock()
	if s == nil {
		return Query{}, errForeignSlice
	}
	options, err := c.router.Options(Slice{Partition: slice.Partition})
	if err != nil {
		return Query{}, err
	}
	return c.rules.query(slice, s.of.line.floor, options)
}

func (c *partitionRun) Observe(slice Slice, record *template.Dict) error {
	t, ok := c.rules.moment(record)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.slices[slice]
	if s == nil {
		return errForeignSlice
	}
	s.latest = later(s.latest, t)
	c.greatest = later(c.greatest, t)
	c.seen = true
	return nil
}

func (c *partitionRun) Close(slice Slice) (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.slices[slice]
	if s == nil {
		return nil, errForeignSlice
	}
	delete(c.slices, slice)
	p := s.of
	p.open--
	p.line.add(s.interval, c.rules)
	if !c.wide && !p.reading() {
		c.greatest = later(c.greatest, p.line.value())
	}
	c.leave(p)
	return c.sometimes()
}

// sometimes gives a state when the last one was long ago. One for all partitions changes in the course of a read only by what it
// says of the parents.
func (c *partitionRun) sometimes() (json.RawMessage, error) {
	now := c.rules.env.Now()
	if !c.emitted.IsZero() && now.Sub(c.emitted) <= stateInterval {
		return nil, nil
	}
	c.emitted = now
	if c.wide && c.parents.empty() {
		return nil, nil
	}
	return c.state()
}

// Final is the state at the end. It says of all partitions what is common to them only when each was listed and read. Where none came,
// the parents are where they were.
func (c *partitionRun) Final() (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.listed && len(c.slices) == 0:
		if c.seen {
			c.global = c.greatest
			c.lookback = wholeSeconds(c.rules.env.Now().Sub(c.began))
			c.seen = false
		}
		c.parents.state = c.partitions.ParentState()
	case c.parents.last == 0:
		c.parents.state = c.parents.before
	}
	return c.state()
}

// State is how far the stream has been read.
func (c *partitionRun) State() (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state()
}

// wholeSeconds rounds up, to one second at least.
func wholeSeconds(d time.Duration) time.Duration {
	return max(time.Second, (d + time.Second - 1).Truncate(time.Second))
}
