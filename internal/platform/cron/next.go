package cron

import "time"

// searchYears bounds the search: the rarest date, 29 February, is at most eight years away.
const searchYears = 9

// Next is the first time after the given one at which the schedule fires, in that time's zone. It is false when there is none.
//
// When clocks are put forward, a time that does not exist fires at the first moment that does. When they are put back, a time
// that comes twice fires once, unless the schedule fires every hour.
func (s *Schedule) Next(after time.Time) (time.Time, bool) {
	t := after.Truncate(time.Second).Add(time.Second)
	limit := after.Year() + searchYears
	if s.years != (bits{}) {
		limit = lastYear
	}
	for t.Year() <= limit {
		if s.matchesDate(t) {
			if found, ok := s.inDay(t); ok {
				return found, true
			}
		}
		t = s.nextDate(t)
	}
	return time.Time{}, false
}

// nextDate is the start of the next day, or of the next month that the schedule allows.
func (s *Schedule) nextDate(t time.Time) time.Time {
	year, month, day := t.Date()
	if !s.months.has(int(month)) {
		return startOfDay(year, month+1, 1, t.Location())
	}
	return startOfDay(year, month, day+1, t.Location())
}

// startOfDay is midnight, or the first moment after it where a clock change skips midnight.
func startOfDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	want := time.Date(year, month, day, 12, 0, 0, 0, time.UTC).Day()
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	for t.Day() != want {
		t = t.Add(30 * time.Minute)
	}
	return t.Truncate(time.Minute)
}

// inDay walks the moments from t to the end of its day.
func (s *Schedule) inDay(t time.Time) (time.Time, bool) {
	for day := t.Day(); t.Day() == day; {
		if s.skippedBefore(t) {
			return t, true
		}
		hour, minute, second := t.Clock()
		switch {
		case !s.hours.has(hour):
			t = t.Add(time.Duration(60-minute)*time.Minute - time.Duration(second)*time.Second)
		case !s.minutes.has(minute):
			t = t.Add(time.Duration(60-second) * time.Second)
		case !s.seconds.has(second), repeated(t) && !s.everyHour():
			t = t.Add(time.Second)
		default:
			return t, true
		}
	}
	return time.Time{}, false
}

func (s *Schedule) everyHour() bool { return s.hours.low == 1<<24-1 }

// skippedBefore tells whether clocks were put forward right before t over a time at which the schedule would have fired.
func (s *Schedule) skippedBefore(t time.Time) bool {
	shift := offset(t) - offset(t.Add(-time.Second))
	if shift <= 0 || s.everyHour() {
		return false
	}
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	for w := wall.Add(-shift); w.Before(wall); w = w.Add(time.Second) {
		if s.hours.has(w.Hour()) && s.minutes.has(w.Minute()) && s.seconds.has(w.Second()) {
			return true
		}
	}
	return false
}

// repeated tells whether clocks were put back and t's time of day has already been.
func repeated(t time.Time) bool {
	for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		if offset(t.Add(-back))-offset(t) == back {
			return true
		}
	}
	return false
}

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}
