package template

import (
	"math"
	"math/big"
	"time"
)

// timeMacros are the functions of dates and times.
func timeMacros() functionTable {
	return functionTable{
		"now_utc": {call: func(ev *evaluation, _ any, _ args) (any, error) {
			return &datetime{t: ev.nowUTC()}, nil
		}},
		"today_utc": {call: func(ev *evaluation, _ any, _ args) (any, error) {
			return dateOf(ev.nowUTC()), nil
		}},
		"today_with_timezone": {params: "timezone", required: 1, call: todayIn},
		"timestamp":           {params: "dt", required: 1, call: timestamp},
		"str_to_datetime": {params: "s", required: 1, call: func(_ *evaluation, _ any, a args) (any, error) {
			return utcFromText(a.pos[0])
		}},
		"day_delta": {params: "num_days format", required: 1, call: dayDelta},
		"duration": {params: "datestring", required: 1, call: func(_ *evaluation, _ any, a args) (any, error) {
			text, err := a.str(0, "")
			if err != nil {
				return nil, err
			}
			d, err := ParseDuration(text)
			return d.native(), err
		}},
		"format_datetime": {params: "dt format input_format", required: 2, call: formatDatetime},
	}
}

// nowUTC is the current time at Python's precision.
func (ev *evaluation) nowUTC() time.Time { return ev.now().UTC().Truncate(time.Microsecond) }

func todayIn(ev *evaluation, _ any, a args) (any, error) {
	name, _ := a.pos[0].(string)
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, valueErr("there is no such timezone")
	}
	return dateOf(ev.now().In(zone)), nil
}

// utcFromText reads an ISO date; without an offset it is in UTC.
func utcFromText(v any) (*datetime, error) {
	s, ok := v.(string)
	if !ok {
		if u, ok := v.(*undefined); ok {
			return nil, u.err()
		}
		if n, err := length(v); err == nil && n < 4 { // Python measures it before it looks at its type
			return nil, valueErr("this is no ISO 8601 date")
		}
		return nil, typeErr("expected an ISO 8601 date as str, got %s", typeName(v))
	}
	d, err := parseISO(s)
	if err != nil {
		return nil, err
	}
	t, err := inYears(d.t.UTC())
	return &datetime{t: t}, err
}

func timestamp(_ *evaluation, _ any, a args) (any, error) {
	switch a.pos[0].(type) {
	case bool, int64, float64, *big.Int:
		return ParseInt(a.pos[0], 10)
	}
	d, err := utcFromText(a.pos[0])
	if err != nil {
		return nil, err
	}
	return float64(d.t.UnixMicro()) / microsPerSecond, nil
}

func dayDelta(ev *evaluation, _ any, a args) (any, error) {
	format, err := a.str(1, "%Y-%m-%dT%H:%M:%S.%f%z")
	if err != nil {
		return nil, err
	}
	n, ok := asNumber(a.pos[0])
	if !ok {
		return nil, typeErr("unsupported type for num_days: %s", typeName(a.pos[0]))
	}
	days, err := toFloat(n)
	if err != nil || math.IsNaN(days) || math.Abs(days) > maxDays {
		return nil, valueErr("num_days out of range")
	}
	delta, err := spanOf(0, days)
	if err != nil {
		return nil, err
	}
	t, err := delta.addTo(ev.nowUTC())
	if err != nil {
		return nil, err
	}
	return (&datetime{t: t}).strftime(format)
}

// formatDatetime prints a moment, a number or a text in another format.
func formatDatetime(ev *evaluation, _ any, a args) (any, error) {
	format, err := a.str(1, "")
	if err != nil {
		return nil, err
	}
	if d, ok := a.pos[0].(*datetime); ok {
		return d.strftime(format)
	}
	input := ""
	if truth(a.or(2, nil)) {
		if input, err = a.str(2, ""); err != nil {
			return nil, err
		}
	}
	t, err := ev.timeOf(a.pos[0], input)
	if err != nil {
		return nil, err
	}
	return FormatTime(t, format)
}

// timeOf reads a number in the input format, or as seconds; and a text in the input format, or as an ISO date.
func (ev *evaluation) timeOf(v any, input string) (time.Time, error) {
	switch v := v.(type) {
	case bool, int64, *big.Int:
		if input == "" {
			input = "%s"
		}
		return ParseTime(v, input)
	case string:
		if input != "" {
			d, err := strptime(ev, v, input)
			if err != nil {
				return time.Time{}, err
			}
			return d.t, nil
		}
	default:
		if input != "" {
			return time.Time{}, typeErr("strptime() argument must be str, not %s", typeName(v))
		}
	}
	d, err := utcFromText(v)
	if err != nil {
		return time.Time{}, err
	}
	return d.t, nil
}
