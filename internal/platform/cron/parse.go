package cron

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrInvalid is returned for text that is no cron expression.
var ErrInvalid = errors.New("invalid cron expression")

type field struct {
	name     string
	min, max int
	names    string // three letters each, for the values from min on
}

var (
	secondField  = field{name: "seconds", max: 59}
	minuteField  = field{name: "minutes", max: 59}
	hourField    = field{name: "hours", max: 23}
	dayField     = field{name: "day of month", min: 1, max: 31}
	monthField   = field{name: "month", min: 1, max: 12, names: "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"}
	weekdayField = field{name: "day of week", min: 1, max: 7, names: "SUNMONTUEWEDTHUFRISAT"}
	unixWeekday  = field{name: "day of week", min: 0, max: 7, names: "SUNMONTUEWEDTHUFRISAT"}
	yearField    = field{name: "year", min: firstYear, max: lastYear}
)

// Parse reads an expression of six or seven fields as Quartz and of five as Unix cron. The error is [ErrInvalid] and says which
// field is wrong and why.
func Parse(expression string) (*Schedule, error) {
	parts := strings.Fields(strings.ToUpper(expression))
	s := new(Schedule)
	var err error
	switch len(parts) {
	case 5:
		err = s.parseUnix(parts)
	case 6, 7:
		err = s.parseQuartz(parts)
	default:
		err = fmt.Errorf("it has %d fields, want 6 or 7 (seconds first) or 5 (minutes first)", len(parts))
	}
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrInvalid, expression, err)
	}
	return s, nil
}

func (s *Schedule) parseQuartz(parts []string) error {
	if restricts(parts[3]) && restricts(parts[5]) {
		return errors.New(`day of month and day of week are both given: one of them must be "?"`)
	}
	if err := s.parseTimes(parts[0], parts[1], parts[2], parts[4]); err != nil {
		return err
	}
	if len(parts) == 7 && restricts(parts[6]) {
		years, err := yearField.parse(parts[6])
		if err != nil {
			return err
		}
		s.years = years
	}
	if err := s.parseDays(parts[3]); err != nil {
		return err
	}
	return s.parseWeekdays(parts[5], weekdayField, -1)
}

// parseUnix follows cron(5): when both day fields are given, either of them is enough.
func (s *Schedule) parseUnix(parts []string) error {
	if err := s.parseTimes("0", parts[0], parts[1], parts[3]); err != nil {
		return err
	}
	if err := s.parseDays(parts[2]); err != nil {
		return err
	}
	return s.parseWeekdays(parts[4], unixWeekday, 0)
}

func (s *Schedule) parseTimes(second, minute, hour, month string) error {
	for _, part := range []struct {
		into  *bits
		field field
		text  string
	}{{&s.seconds, secondField, second}, {&s.minutes, minuteField, minute}, {&s.hours, hourField, hour}, {&s.months, monthField, month}} {
		set, err := part.field.parse(part.text)
		if err != nil {
			return err
		}
		*part.into = set
	}
	return nil
}

func restricts(text string) bool { return text != "*" && text != "?" }

func (s *Schedule) parseDays(text string) error {
	if !restricts(text) {
		return nil
	}
	for _, part := range strings.Split(text, ",") {
		rule, err := parseDay(part)
		if err != nil {
			return err
		}
		s.days = append(s.days, rule)
	}
	return nil
}

func parseDay(text string) (dayRule, error) {
	switch {
	case text == "L":
		return fromEnd(0), nil
	case text == "LW" || text == "WL":
		return nearestWeekday(lastOfMonth), nil
	case strings.HasPrefix(text, "L-"):
		n, err := dayField.number(text[2:])
		return fromEnd(n), err
	case strings.HasSuffix(text, "W"):
		n, err := dayField.number(strings.TrimSuffix(text, "W"))
		return nearestWeekday(func(time.Time) int { return n }), err
	}
	set, err := dayField.parse(text)
	return dayInSet(set), err
}

// parseWeekdays reads the field's numbers shifted so that Sunday is 0.
func (s *Schedule) parseWeekdays(text string, f field, shift int) error {
	if !restricts(text) {
		return nil
	}
	for _, part := range strings.Split(text, ",") {
		rule, err := parseWeekday(part, f, shift)
		if err != nil {
			return err
		}
		s.days = append(s.days, rule)
	}
	return nil
}

func parseWeekday(text string, f field, shift int) (dayRule, error) {
	if day, nth, ok := strings.Cut(text, "#"); ok {
		weekday, err := f.number(day)
		n, convErr := strconv.Atoi(nth)
		if err == nil && (convErr != nil || n < 1 || n > 5) {
			err = fmt.Errorf("%s: %q: the number after # must be 1 to 5", f.name, text)
		}
		return nthWeekdayOfMonth((weekday+shift)%7, n), err
	}
	if day, ok := strings.CutSuffix(text, "L"); ok && day != "" {
		weekday, err := f.number(day)
		return lastWeekdayOfMonth((weekday + shift) % 7), err
	}
	if text == "L" {
		return weekdayInSet(bits{low: 1 << time.Saturday}), nil
	}
	set, err := f.parse(text)
	if err != nil {
		return nil, err
	}
	var shifted bits
	for n := f.min; n <= f.max; n++ {
		if set.has(n) {
			shifted.add((n + shift) % 7)
		}
	}
	return weekdayInSet(shifted), nil
}

// parse reads a list of numbers, ranges and steps.
func (f field) parse(text string) (bits, error) {
	var set bits
	for _, part := range strings.Split(text, ",") {
		from, to, step, err := f.span(part)
		if err != nil {
			return bits{}, err
		}
		if to < from {
			to += f.max - f.min + 1 // the range wraps, as in 22-2
		}
		for n := from; n <= to; n += step {
			set.add(f.base(n))
		}
	}
	return set, nil
}

// base brings a number that ran past the maximum back to the start, and years down to where sets begin.
func (f field) base(n int) int {
	if n > f.max {
		n -= f.max - f.min + 1
	}
	if f.max == lastYear {
		return n - firstYear
	}
	return n
}

func (f field) span(text string) (from, to, step int, err error) {
	step = 1
	body, every, stepped := strings.Cut(text, "/")
	if stepped {
		if step, err = strconv.Atoi(every); err != nil || step < 1 || step > f.max {
			return 0, 0, 0, fmt.Errorf("%s: %q: the step must be a number from 1 to %d", f.name, text, f.max)
		}
	}
	first, last, ranged := strings.Cut(body, "-")
	switch {
	case !restricts(body) || body == "" && stepped:
		return f.min, f.max, step, nil
	case ranged:
		if from, err = f.number(first); err == nil {
			to, err = f.number(last)
		}
	default:
		if from, err = f.number(body); err == nil {
			to = from
			if stepped {
				to = f.max
			}
		}
	}
	return from, to, step, err
}

func (f field) number(text string) (int, error) {
	if len(text) == 3 && f.names != "" {
		if i := strings.Index(f.names, text); i >= 0 && i%3 == 0 {
			return f.min + i/3, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < f.min || n > f.max {
		return 0, fmt.Errorf("%s: %q is not a number from %d to %d", f.name, text, f.min, f.max)
	}
	return n, nil
}
