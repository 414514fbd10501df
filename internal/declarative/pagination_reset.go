package declarative

import (
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// PaginationReset says how a slice is read again from its first page: when the API asks for that, or when as many records were read
// as it gives at once.
type PaginationReset struct {
	Action string                `manifest:"action,required"`
	Limits PaginationResetLimits `manifest:"limits,default=PaginationResetLimits"`
}

// PaginationResetLimits say when to begin anew.
type PaginationResetLimits struct {
	Records int `manifest:"number_of_records"` // 0: only when the API asks for it
}

const (
	resetSame  = "RESET"              // the same slice again
	resetSplit = "SPLIT_USING_CURSOR" // what is left of the slice, after the latest record
)

// UnmarshalManifest checks the action.
func (c *PaginationReset) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain PaginationReset
	d.Decode(n, (*plain)(c))
	switch c.Action {
	case "", resetSame, resetSplit:
	default:
		d.ProblemOf(n, "action", manifest.CodeInvalidValue, "want %s or %s, found %q", resetSame, resetSplit, c.Action)
	}
}

// errResetPagination is returned for a response after which pages are to be read again from the first.
var errResetPagination = errors.New("the API asks for pages to be read again from the first")

// errNoProgress is returned when reading pages again would only end in the same place.
var errNoProgress = errors.New("reading pages again from the first did not get any further")

// pageTracker follows the reading of a slice, to know what to read when its pages are read again.
type pageTracker struct {
	query     Query // what is being read
	remainder divider
	limit     int // of records; 0: none
	records   int // since the last beginning
	again     int // how often the same was read
	most      int // how often it may be
	sizes     *pageSizes
}

func (c *PaginationReset) track(q Query) *pageTracker {
	whole := q.Slice
	q.whole = &whole
	t := &pageTracker{query: q, most: 2}
	if c == nil {
		return t
	}
	t.limit = c.Limits.Records
	if c.Action == resetSplit && q.remainder != nil {
		t.remainder, t.most = q.remainder, 1
	}
	return t
}

func (t *pageTracker) observe(record *template.Dict) {
	t.records++
	if t.remainder != nil {
		t.remainder.observe(record)
	}
}

func (t *pageTracker) full() bool { return t.limit > 0 && t.records >= t.limit }

// reset begins anew.
func (t *pageTracker) reset() error {
	t.records = 0
	if t.remainder != nil {
		next, changed, err := t.remainder.rest(t.query)
		if err != nil {
			return err
		}
		if changed {
			next.whole = t.query.whole
			t.query, t.again = next, 0
			return nil
		}
	}
	if t.again++; t.again >= t.most {
		return errNoProgress
	}
	return nil
}

// divider follows the records of a slice, to say what is left of it.
type divider interface {
	observe(record *template.Dict)
	// rest is the query for what is left; false when that is what was read before.
	rest(before Query) (Query, bool, error)
}

// remainder is what is left of a slice of time after its latest record.
type remainder struct {
	rules    *datetimeRules
	floor    time.Time
	also     Options // of the partition
	latest   time.Time
	disorder bool // records did not come in the order of the cursor
}

func (m *remainder) observe(record *template.Dict) {
	t, ok := m.rules.moment(record)
	if !ok {
		return
	}
	m.disorder = m.disorder || t.Before(m.latest)
	m.latest = later(m.latest, t)
}

func (m *remainder) rest(before Query) (Query, bool, error) {
	if m.disorder {
		warnDisorder(m.rules.env)
	}
	if m.latest.IsZero() {
		return before, false, nil
	}
	start, err := m.rules.text(m.latest)
	if err != nil {
		return before, false, fmt.Errorf("dividing a slice: %w", err)
	}
	if old, _ := before.Slice.Interval.Get(m.rules.startKey); old == start {
		return before, false, nil
	}
	interval := copyDict(before.Slice.Interval)
	interval.Set(m.rules.startKey, start)
	q, err := m.part(before, interval)
	return q, true, err
}

func warnDisorder(env *Env) {
	env.Log(protocol.LevelWarn, "the records of stream %s are not in the order of its cursor: dividing a slice may lose some", env.Stream())
}
