package declarative

import (
	"slices"
	"time"
)

// interval is a part of the time that was read.
type interval struct {
	start, end time.Time
	latest     time.Time // the greatest value of a record in it; zero: no record was seen
}

// timeline is how much of a stream, or of a partition, has been read. There is always a first interval.
type timeline struct {
	read  []interval // sorted, and apart from each other
	floor time.Time  // records before it were read in an earlier sync
}

// value is the moment up to which everything has been read: what a state says.
func (l *timeline) value() time.Time {
	if first := l.read[0]; !first.latest.IsZero() {
		return first.latest
	}
	return l.read[0].start
}

// add notes that an interval was read.
func (l *timeline) add(i interval, r *datetimeRules) {
	l.read = r.merged(append(slices.Clip(l.read), i))
}

// merged joins the intervals that touch. Two touch when there is no moment between them, at the cursor's granularity.
func (r *datetimeRules) merged(list []interval) []interval {
	slices.SortStableFunc(list, func(a, b interval) int {
		if c := a.start.Compare(b.start); c != 0 {
			return c
		}
		return a.end.Compare(b.end)
	})
	merged := list[:1]
	for _, next := range list[1:] {
		last := &merged[len(merged)-1]
		if r.after(last.end).Before(next.start) {
			merged = append(merged, next)
			continue
		}
		last.end = later(last.end, next.end)
		last.latest = later(last.latest, next.latest)
	}
	return merged
}

// after is the first moment after t.
func (r *datetimeRules) after(t time.Time) time.Time {
	if r.granularity == nil {
		return t.Add(time.Millisecond)
	}
	return plus(t, r.granularity)
}

// missing calls yield for the bounds of each slice that is yet to be read: what lies before, between and after the intervals.
func (r *datetimeRules) missing(l timeline, yield func(from, to time.Time) error) error {
	first, last := l.read[0], l.read[len(l.read)-1]
	end, err := r.end()
	if err != nil {
		return err
	}
	split := func(from, to time.Time, toEnd bool) error {
		if r.step == nil && !toEnd {
			to = earlier(to, later(from, end)) // nothing after the end is read, also where a state knows of more
		}
		return r.split(from, to, toEnd, yield)
	}
	if r.start.Before(first.start) {
		if err := split(r.start, first.start, false); err != nil {
			return err
		}
	}
	for i, gap := range l.read[1:] {
		from := l.read[i].end
		if r.granularity != nil {
			from = plus(from, r.granularity)
		}
		if err := split(from, gap.start, false); err != nil {
			return err
		}
	}
	return split(minus(last.end, r.lookback), end, true)
}

// split cuts a stretch of time into slices. Slices are granularity apart, but the one that reaches the end of all ends there.
func (r *datetimeRules) split(from, to time.Time, toEnd bool, yield func(from, to time.Time) error) error {
	if from.After(to) || to.Before(r.start) || from.Equal(to) && r.granularity == nil {
		return nil
	}
	from = r.ceiling(later(from, r.start))
	if from.After(to) || from.Equal(to) && (!toEnd || r.strict) {
		return nil
	}
	if r.step == nil || !plus(from, r.step).Before(to) {
		if !toEnd || r.granularity == nil {
			to = r.ceiling(to)
		}
		if !toEnd {
			to = minus(to, r.granularity)
		}
		return yield(from, to)
	}
	return r.steps(from, to, toEnd, yield)
}

// steps cuts a stretch of time that is longer than a step.
func (r *datetimeRules) steps(from, to time.Time, toEnd bool, yield func(from, to time.Time) error) error {
	for {
		next := earlier(plus(from, r.step), to)
		last := next.Equal(to)
		if !last {
			next = r.ceiling(next)
			last = next.Equal(to)
		}
		begin := r.ceiling(from)
		if !begin.Before(next) {
			return nil
		}
		end := next
		if !toEnd || !last {
			end = minus(end, r.granularity)
		}
		if err := yield(begin, end); err != nil || last {
			return err
		}
		from = next
	}
}
