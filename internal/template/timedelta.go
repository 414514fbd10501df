package template

import (
	"math"
	"strconv"
	"time"
)

// timeValue is a value of Python's datetime module.
type timeValue interface {
	appendStr(b []byte) []byte
	appendRepr(b []byte) []byte
}

const (
	microsPerSecond = 1_000_000
	microsPerDay    = 86400 * microsPerSecond
	maxDays         = 999_999_999
)

// timedelta is a span of time, reaching further than a time.Duration. The microseconds are those of the last day
// begun: never negative, less than a day.
type timedelta struct{ days, micros int64 }

// newTimedelta brings microseconds into range; it reports spans Python cannot hold.
func newTimedelta(days, micros int64) (timedelta, error) {
	days += floorDiv(micros, microsPerDay)
	micros -= floorDiv(micros, microsPerDay) * microsPerDay
	if days > maxDays || days < -maxDays {
		return timedelta{}, valueErr("timedelta out of range")
	}
	return timedelta{days, micros}, nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func (d timedelta) add(o timedelta) (timedelta, error) {
	return newTimedelta(d.days+o.days, d.micros+o.micros)
}

func (d timedelta) negate() (timedelta, error) { return newTimedelta(-d.days, -d.micros) }

// seconds is the span as a number of seconds.
func (d timedelta) seconds() float64 {
	if d.days > -100_000_000 && d.days < 100_000_000 {
		return float64(d.days*microsPerDay+d.micros) / microsPerSecond
	}
	return float64(d.days)*86400 + float64(d.micros)/microsPerSecond
}

// scale multiplies by a number, rounding to a microsecond.
func (d timedelta) scale(f float64) (timedelta, error) {
	if math.IsNaN(f) || math.Abs(f)*(math.Abs(float64(d.days))+1) > 2*maxDays {
		return timedelta{}, valueErr("timedelta out of range")
	}
	whole, part := math.Modf(float64(d.days) * f)
	micros := math.RoundToEven(part*microsPerDay + float64(d.micros)*f)
	if math.Abs(micros) > 1<<62 {
		return timedelta{}, valueErr("timedelta out of range")
	}
	return newTimedelta(int64(whole), int64(micros))
}

// addTo adds the span to a moment.
func (d timedelta) addTo(t time.Time) (time.Time, error) {
	const farther = 4_000_000 // days, beyond Python's years 1 to 9999
	if d.days > farther || d.days < -farther {
		return t, valueErr("date value out of range")
	}
	_, offset := t.Zone()
	// The clock reading moves, not the instant: a change of daylight saving time in between does not matter.
	moved := t.Add(time.Duration(d.micros) * time.Microsecond)
	if _, o := moved.Zone(); o != offset {
		moved = moved.Add(time.Duration(offset-o) * time.Second)
	}
	return inYears(moved.AddDate(0, 0, int(d.days)))
}

// inYears fails for years Python's dates do not have.
func inYears(t time.Time) (time.Time, error) {
	if y := t.Year(); y < 1 || y > 9999 {
		return t, valueErr("date value out of range")
	}
	return t, nil
}

func (d timedelta) appendStr(b []byte) []byte {
	if d.days != 0 {
		b = strconv.AppendInt(b, d.days, 10)
		b = append(b, " day"...)
		if d.days != 1 && d.days != -1 {
			b = append(b, 's')
		}
		b = append(b, ", "...)
	}
	s := d.micros / microsPerSecond
	b = strconv.AppendInt(b, s/3600, 10)
	b = appendPadded(append(b, ':'), s/60%60, 2, '0')
	b = appendPadded(append(b, ':'), s%60, 2, '0')
	if us := d.micros % microsPerSecond; us != 0 {
		b = appendPadded(append(b, '.'), us, 6, '0')
	}
	return b
}

func (d timedelta) appendRepr(b []byte) []byte {
	b = append(b, "datetime.timedelta("...)
	from := len(b)
	for _, part := range []struct {
		name string
		n    int64
	}{{"days", d.days}, {"seconds", d.micros / microsPerSecond}, {"microseconds", d.micros % microsPerSecond}} {
		if part.n == 0 {
			continue
		}
		if len(b) > from {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(append(append(b, part.name...), '='), part.n, 10)
	}
	if len(b) == from {
		b = append(b, '0')
	}
	return append(b, ')')
}

func timedeltaMethods() methodTable {
	return methodTable{
		"total_seconds": {call: func(_ *evaluation, self any, _ args) (any, error) {
			return self.(timedelta).seconds(), nil
		}},
	}
}

func (d timedelta) attribute(name string) any {
	switch name {
	case "days":
		return d.days
	case "seconds":
		return d.micros / microsPerSecond
	case "microseconds":
		return d.micros % microsPerSecond
	}
	return absent
}
