package template

import (
	"strconv"
	"time"
)

func (d *datetime) appendStr(b []byte) []byte {
	return append(b, d.isoformat(" ", "auto")...)
}

// isoformat prints the moment with a separator between date and time, down to a unit of time.
func (d *datetime) isoformat(separator, unit string) string {
	us := int64(d.t.Nanosecond() / 1000)
	s := padded(int64(d.t.Year()), 4) + d.t.Format("-01-02") + separator
	switch {
	case unit == "hours":
		s += d.t.Format("15")
	case unit == "minutes":
		s += d.t.Format("15:04")
	case unit == "milliseconds":
		s += d.t.Format("15:04:05") + "." + padded(us/1000, 3)
	case unit == "microseconds" || unit == "auto" && us != 0:
		s += d.t.Format("15:04:05") + "." + padded(us, 6)
	default:
		s += d.t.Format("15:04:05")
	}
	return s + d.offset(":")
}

func (d *datetime) appendRepr(b []byte) []byte {
	b = append(b, "datetime.datetime("...)
	fields := []int{d.t.Year(), int(d.t.Month()), d.t.Day(), d.t.Hour(), d.t.Minute(), d.t.Second(), d.t.Nanosecond() / 1000}
	for len(fields) > 5 && fields[len(fields)-1] == 0 {
		fields = fields[:len(fields)-1]
	}
	for i, n := range fields {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	if !d.naive {
		b = append(b, ", tzinfo=datetime.timezone.utc"...)
	}
	return append(b, ')')
}

func (d Date) time() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String gives the day as YYYY-MM-DD.
func (d Date) String() string { return string(d.appendStr(nil)) }

func (d Date) appendStr(b []byte) []byte {
	b = appendPadded(b, int64(d.Year), 4, '0')
	b = appendPadded(append(b, '-'), int64(d.Month), 2, '0')
	return appendPadded(append(b, '-'), int64(d.Day), 2, '0')
}

func (d Date) appendRepr(b []byte) []byte {
	b = strconv.AppendInt(append(b, "datetime.date("...), int64(d.Year), 10)
	b = strconv.AppendInt(append(b, ", "...), int64(d.Month), 10)
	b = strconv.AppendInt(append(b, ", "...), int64(d.Day), 10)
	return append(b, ')')
}

// clockParts are the attributes of dates and times that are numbers.
var clockParts = map[string]func(t time.Time) int{
	"year":        time.Time.Year,
	"month":       func(t time.Time) int { return int(t.Month()) },
	"day":         time.Time.Day,
	"hour":        time.Time.Hour,
	"minute":      time.Time.Minute,
	"second":      time.Time.Second,
	"microsecond": func(t time.Time) int { return t.Nanosecond() / 1000 },
}

func (d *datetime) attribute(name string) any {
	if part := clockParts[name]; part != nil {
		return int64(part(d.t))
	}
	return absent
}

func (d Date) attribute(name string) any {
	if part := clockParts[name]; part != nil && len(name) <= len("month") {
		return int64(part(d.time()))
	}
	return absent
}

func datetimeMethods() methodTable {
	return methodTable{
		"strftime": {params: "format", required: 1, call: func(_ *evaluation, self any, a args) (any, error) {
			format, err := a.str(0, "")
			if err != nil {
				return nil, err
			}
			return self.(*datetime).strftime(format)
		}},
		"isoformat": {params: "sep timespec", call: func(_ *evaluation, self any, a args) (any, error) {
			separator, err := a.str(0, "T")
			if err != nil {
				return nil, err
			}
			unit, err := a.str(1, "auto")
			return self.(*datetime).isoformat(separator, unit), err
		}},
		"timestamp": {call: func(_ *evaluation, self any, _ args) (any, error) {
			return float64(self.(*datetime).t.UnixMicro()) / microsPerSecond, nil
		}},
		"date": {call: func(_ *evaluation, self any, _ args) (any, error) {
			return dateOf(self.(*datetime).t), nil
		}},
		"replace": {params: "year month day hour minute second microsecond", call: replaceTime},
		"weekday": {call: func(_ *evaluation, self any, _ args) (any, error) {
			return int64(isoWeekday(self.(*datetime).t) - 1), nil
		}},
		"isoweekday": {call: func(_ *evaluation, self any, _ args) (any, error) {
			return int64(isoWeekday(self.(*datetime).t)), nil
		}},
		"strptime": {params: "date_string format", required: 2, call: func(ev *evaluation, _ any, a args) (any, error) {
			value, err := a.str(0, "")
			if err != nil {
				return nil, err
			}
			format, err := a.str(1, "")
			if err != nil {
				return nil, err
			}
			return strptime(ev, value, format)
		}},
	}
}

// replaceTime is replace(): the same moment with other parts.
func replaceTime(_ *evaluation, self any, a args) (any, error) {
	d, isTime := self.(*datetime)
	if !isTime {
		d = &datetime{t: self.(Date).time()}
	}
	t := d.t
	p := [7]int{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond() / 1000}
	for i := range a.pos {
		n, err := a.int(i, p[i])
		if err != nil {
			return nil, err
		}
		p[i] = n
	}
	if p[0] < 1 || p[0] > 9999 || p[1] < 1 || p[1] > 12 || p[2] < 1 || p[2] > daysIn(p[0], p[1]) ||
		p[3] < 0 || p[3] > 23 || p[4] < 0 || p[4] > 59 || p[5] < 0 || p[5] > 59 || p[6] < 0 || p[6] >= microsPerSecond {
		return nil, valueErr("a part of the date is out of range")
	}
	t = time.Date(p[0], time.Month(p[1]), p[2], p[3], p[4], p[5], p[6]*1000, t.Location())
	if !isTime {
		return dateOf(t), nil
	}
	return &datetime{t: t, naive: d.naive}, nil
}

func dateMethods() methodTable {
	return methodTable{
		"strftime": {params: "format", required: 1, call: func(_ *evaluation, self any, a args) (any, error) {
			format, err := a.str(0, "")
			if err != nil {
				return nil, err
			}
			return (&datetime{t: self.(Date).time(), naive: true}).strftime(format)
		}},
		"isoformat": {call: func(_ *evaluation, self any, _ args) (any, error) {
			return self.(Date).String(), nil
		}},
		"replace": {params: "year month day", call: replaceTime},
		"weekday": {call: func(_ *evaluation, self any, _ args) (any, error) {
			return int64(isoWeekday(self.(Date).time()) - 1), nil
		}},
		"isoweekday": {call: func(_ *evaluation, self any, _ args) (any, error) {
			return int64(isoWeekday(self.(Date).time())), nil
		}},
	}
}
