package declarative

import (
	"fmt"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// datetimeRules is a DatetimeBasedCursor with everything evaluated that depends on the configuration alone. It does not change.
type datetimeRules struct {
	env                     *Env
	field                   string
	formats                 []string // of records and states
	format                  string   // of slices and states
	start                   time.Time
	unstarted               error           // why there is no start; nil: there is
	endsAt                  *MinMaxDatetime // nil: now
	step                    *template.Duration
	granularity             *template.Duration
	lookback                *template.Duration
	clamp                   *clamp
	startKey, endKey        string
	startOption, endOption  *RequestOption
	strict                  bool
	dataFeed, filters, wide bool // is_data_feed, is_client_side_incremental, global_substream_cursor
	unreadable              *sync.Once
}

// parse reads a moment in a record or a state.
func (r *datetimeRules) parse(v any) (time.Time, error) {
	var first error
	for _, format := range r.formats {
		t, err := template.ParseTime(v, format)
		if err == nil {
			return t, nil
		}
		if first == nil {
			first = err
		}
	}
	return time.Time{}, fmt.Errorf("no datetime format of cursor field %s fits %.60q: %w", r.field, template.Str(v), first)
}

// text writes a moment for a slice or a state.
func (r *datetimeRules) text(t time.Time) (string, error) {
	return template.FormatTime(t, r.format)
}

// coarse is a moment as precise as the format can say it. The text goes into the slice; the moment is what was asked for.
func (r *datetimeRules) coarse(t time.Time) (string, time.Time, error) {
	text, err := r.text(t)
	if err != nil {
		return "", t, err
	}
	t, err = r.parse(text)
	return text, t, err
}

// end is the moment up to which the stream is read, at the time of asking.
func (r *datetimeRules) end() (time.Time, error) {
	end := r.env.Now().UTC().Truncate(time.Microsecond)
	if r.endsAt != nil {
		var err error
		if end, err = r.endsAt.at(r.env, r.format); err != nil {
			return end, connector.ConfigError("evaluating end_datetime: %w", err)
		}
	}
	if r.clamp == nil {
		return end, nil
	}
	short := r.granularity
	if short == nil {
		short = &r.clamp.unit
	}
	return minus(r.clamp.floor(end), short), nil
}

func (r *datetimeRules) ceiling(t time.Time) time.Time {
	if r.clamp == nil {
		return t
	}
	return r.clamp.ceiling(t)
}

// slice makes an interval of a cursor, both as templates see it and as times.
func (r *datetimeRules) slice(from, to time.Time) (*template.Dict, interval, error) {
	var i interval
	d := template.NewDict(2)
	text, t, err := r.coarse(from)
	if err != nil {
		return nil, i, fmt.Errorf("writing the start of a slice: %w", err)
	}
	d.Set(r.startKey, text)
	i.start = t
	if text, t, err = r.coarse(to); err != nil {
		return nil, i, fmt.Errorf("writing the end of a slice: %w", err)
	}
	d.Set(r.endKey, text)
	i.end = t
	return d, i, nil
}

// moment is the value of a record's cursor field; false when it has none that can be read. That is logged once.
func (r *datetimeRules) moment(record *template.Dict) (time.Time, bool) {
	v, _ := record.Get(r.field)
	if v != nil {
		if t, err := r.parse(v); err == nil {
			return t, true
		}
	}
	r.unreadable.Do(func() {
		what := "has no"
		if v != nil {
			what = "has an unreadable"
		}
		r.env.Log(protocol.LevelWarn,
			"a record of stream %s %s cursor field %s; such records are read every time and do not move the cursor",
			r.env.Stream(), what, r.field)
	})
	return time.Time{}, false
}

// query prepares to read a slice of what lies at and after a floor, with the options of its partition.
func (r *datetimeRules) query(slice Slice, floor time.Time, also Options) (Query, error) {
	q := Query{Slice: slice}
	var err error
	if q.Options, err = r.options(slice); err != nil {
		return q, err
	}
	q.Options = q.Options.over(also)
	q.remainder = &remainder{rules: r, floor: floor, also: also}
	if !r.dataFeed && !r.filters {
		return q, nil
	}
	end, err := r.end()
	if err != nil {
		return q, err
	}
	low := r.lowest(floor)
	q.Admit = func(record *template.Dict) bool {
		t, ok := r.moment(record)
		return !ok || !t.Before(low) && !t.After(end)
	}
	if r.dataFeed {
		q.Old = func(record *template.Dict) bool {
			t, ok := r.moment(record)
			return ok && t.Before(low)
		}
	}
	return q, nil
}

// lowest is the oldest value a record may have: what the lookback window reads again is wanted, but nothing before the
// configured start, unless a state lies before it.
func (r *datetimeRules) lowest(floor time.Time) time.Time {
	if r.lookback == nil {
		return floor
	}
	return later(minus(floor, r.lookback), earlier(floor, r.start))
}

// options are the request's part of a slice.
func (r *datetimeRules) options(slice Slice) (Options, error) {
	var sum Options
	for _, o := range []struct {
		option *RequestOption
		key    string
	}{{r.startOption, r.startKey}, {r.endOption, r.endKey}} {
		if o.option == nil || slice.Interval == nil {
			continue
		}
		value, _ := slice.Interval.Get(o.key)
		one, err := o.option.In(value, r.env.Vars())
		if err != nil {
			return Options{}, err
		}
		sum = sum.then(one)
	}
	return sum, nil
}

// plus is the end of time where the calendar has no such day.
func plus(t time.Time, d *template.Duration) time.Time {
	if d == nil {
		return t
	}
	sum, err := d.AddTo(t)
	if err != nil {
		return time.Date(9999, time.December, 31, 23, 59, 59, 999999000, time.UTC)
	}
	return sum
}

// minus is the beginning of time where the calendar has no such day.
func minus(t time.Time, d *template.Duration) time.Time {
	if d == nil {
		return t
	}
	difference, err := d.SubtractFrom(t)
	if err != nil {
		return time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	return difference
}
