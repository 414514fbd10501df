package template

import (
	"strconv"
	"strings"
	"time"
)

// digitForms are the forms a numeric conversion takes, in the order they are tried; each is a sequence of ranges of
// characters, two characters a range.
var digitForms = map[byte][]string{
	'd': {"3301", "1209", "0019", "19", "  19"},
	'f': {"090909090909", "0909090909", "09090909", "090909", "0909", "09"},
	'H': {"2203", "0109", "09"},
	'I': {"1102", "0019", "19"},
	'G': {"09090909"},
	'j': {"336606", "330509", "120909", "001909", "000019", "1909", "0019", "19"},
	'm': {"1102", "0019", "19"},
	'M': {"0509", "09"},
	'S': {"6601", "0509", "09"},
	'U': {"5503", "0409", "09"},
	'u': {"17"},
	'V': {"5503", "0019", "1409", "09"},
	'w': {"06"},
	'W': {"5503", "0409", "09"},
	'y': {"0909"},
	'Y': {"09090909"},
}

// lengths appends the lengths of the texts at the start of s the conversion may stand for, best first.
func (it timeItem) lengths(s string, out []int) []int {
	switch it.letter {
	case 'a', 'A', 'b', 'B', 'p', 'Z':
		if _, n := it.word(s); n > 0 {
			out = append(out, n)
		}
		return out
	case 'z':
		return offsetLengths(s, out)
	}
	for _, form := range digitForms[it.letter] {
		if n := len(form) / 2; fits(s, form) {
			out = append(out, n)
		}
	}
	return out
}

func fits(s, form string) bool {
	if len(s) < len(form)/2 {
		return false
	}
	for i := 0; i < len(form); i += 2 {
		if c := s[i/2]; c < form[i] || c > form[i+1] {
			return false
		}
	}
	return true
}

// word finds the name at the start of s: its number, from 0, and its length.
func (it timeItem) word(s string) (int, int) {
	switch it.letter {
	case 'p':
		return prefixOf(s, 2, func(i int) string { return [...]string{"am", "pm"}[i] })
	case 'Z':
		return prefixOf(s, 2, func(i int) string { return [...]string{"utc", "gmt"}[i] })
	case 'a':
		return prefixOf(s, 7, func(i int) string { return time.Weekday(i).String()[:3] })
	case 'A':
		return prefixOf(s, 7, func(i int) string { return time.Weekday(i).String() })
	case 'b':
		return prefixOf(s, 12, func(i int) string { return time.Month(i + 1).String()[:3] })
	}
	return prefixOf(s, 12, func(i int) string { return time.Month(i + 1).String() })
}

func prefixOf(s string, count int, name func(int) string) (int, int) {
	for i := range count {
		if n := len(name(i)); len(s) >= n && strings.EqualFold(s[:n], name(i)) {
			return i, n
		}
	}
	return 0, 0
}

// offsetLengths handles %z: Z, +HHMM or +HH:MM, perhaps with seconds and a fraction.
func offsetLengths(s string, out []int) []int {
	if strings.HasPrefix(s, "Z") {
		return append(out, 1)
	}
	hours, minutes := "0909", "0509"
	if s == "" || s[0] != '+' && s[0] != '-' || !fits(s[1:], hours) {
		return out
	}
	n := 3
	step := func(at int) int {
		if at < len(s) && s[at] == ':' {
			at++
		}
		if !fits(s[at:], minutes) {
			return 0
		}
		return at + 2
	}
	if n = step(n); n == 0 {
		return out
	}
	if long := step(n); long > 0 {
		if long < len(s) && s[long] == '.' {
			for digits := 6; digits > 0; digits-- {
				if fits(s[long+1:], strings.Repeat("09", digits)) {
					out = append(out, long+1+digits)
				}
			}
		}
		out = append(out, long)
	}
	return append(out, n)
}

// timeFields are what the conversions of a format gave; negative where there was none.
type timeFields struct {
	year, month, day, hour, minute, second, micro int
	yearDay, weekday                              int // weekday from 0, Monday
	weekOfYear, isoYear, isoWeek                  int
	weekFromSunday, pm, hour12                    bool
	zone                                          *time.Location
}

// datetime puts together what was matched.
func (m *timeMatcher) datetime() (*datetime, error) {
	f := timeFields{year: -1, month: 1, day: 1, yearDay: -1, weekday: -1, weekOfYear: -1, isoYear: -1, isoWeek: -1}
	for i, it := range m.items {
		if it.letter != 0 {
			if err := f.take(it, m.value[m.ends[i]:m.ends[i+1]]); err != nil {
				return nil, err
			}
		}
	}
	if f.hour12 {
		f.hour %= 12
		if f.pm {
			f.hour += 12
		}
	}
	if err := f.resolveDay(); err != nil {
		return nil, err
	}
	if f.year < 1 || f.day > daysIn(f.year, f.month) || f.second > 59 {
		return nil, valueErr("day or second is out of range")
	}
	zone := f.zone
	if zone == nil {
		zone = time.UTC
	}
	t := time.Date(f.year, time.Month(f.month), f.day, f.hour, f.minute, f.second, f.micro*1000, zone)
	return &datetime{t: t, naive: f.zone == nil}, nil
}

// take stores the text of one conversion.
func (f *timeFields) take(it timeItem, s string) error {
	n, _ := strconv.Atoi(strings.TrimSpace(s))
	switch it.letter {
	case 'Y':
		f.year = n
	case 'y':
		f.year = 1900 + n
		if n <= 68 {
			f.year += 100
		}
	case 'm':
		f.month = n
	case 'd':
		f.day = n
	case 'H':
		f.hour, f.hour12 = n, false
	case 'I':
		f.hour, f.hour12 = n, true
	case 'M':
		f.minute = n
	case 'S':
		f.second = n
	case 'f':
		f.micro, _ = strconv.Atoi(s + "000000"[len(s):])
	case 'j':
		f.yearDay = n
	case 'u':
		f.weekday = n - 1
	case 'w':
		f.weekday = (n + 6) % 7
	case 'U', 'W':
		f.weekOfYear, f.weekFromSunday = n, it.letter == 'U'
	case 'G':
		f.isoYear = n
	case 'V':
		f.isoWeek = n
	case 'z':
		return f.takeZone(s)
	default:
		f.takeWord(it, s)
	}
	return nil
}

func (f *timeFields) takeWord(it timeItem, s string) {
	i, _ := it.word(s)
	switch it.letter {
	case 'a', 'A':
		f.weekday = (i + 6) % 7
	case 'b', 'B':
		f.month = i + 1
	case 'p':
		f.pm = i == 1
	}
}

// takeZone reads an offset from UTC.
func (f *timeFields) takeZone(s string) error {
	if s == "Z" {
		f.zone = time.UTC
		return nil
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	if strings.Count(s, ":") == 1 && len(digits) > 4 {
		return valueErr("inconsistent use of : in a UTC offset")
	}
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:4])
	offset := hours*3600 + minutes*60
	if len(digits) >= 6 {
		seconds, _ := strconv.Atoi(digits[4:6])
		offset += seconds
	}
	if offset >= 86400 {
		return valueErr("a UTC offset must be less than a day")
	}
	if s[0] == '-' {
		offset = -offset
	}
	f.zone = fixedZone(offset)
	return nil
}

// fixedZone is UTC for no offset, so that equal zones compare equal.
func fixedZone(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}

// resolveDay finds the month and day where they are given as the day of the year or by week and weekday.
func (f *timeFields) resolveDay() error {
	if f.isoYear >= 0 && (f.yearDay >= 0 || f.isoWeek < 0 || f.weekday < 0) ||
		f.isoYear < 0 && f.isoWeek >= 0 {
		return valueErr("an ISO year, an ISO week and a weekday go together in a time format")
	}
	if f.year < 0 && f.isoYear < 0 {
		f.year = 1900
	}
	var day time.Time
	switch {
	case f.isoYear >= 0:
		if f.isoWeek == 0 || f.isoYear == 0 {
			return valueErr("invalid ISO week")
		}
		fourth := time.Date(f.isoYear, 1, 4, 0, 0, 0, 0, time.UTC)
		day = fourth.AddDate(0, 0, 1-isoWeekday(fourth)+(f.isoWeek-1)*7+f.weekday)
	case f.yearDay >= 0:
		day = time.Date(f.year, 1, f.yearDay, 0, 0, 0, 0, time.UTC)
	case f.weekOfYear >= 0 && f.weekday >= 0:
		day = f.weekDay()
	default:
		return nil
	}
	f.year, f.month, f.day = day.Year(), int(day.Month()), day.Day()
	if f.year > 9999 {
		return valueErr("date value out of range")
	}
	return nil
}

// weekDay is the day of a week counted from the year's first Sunday or Monday.
func (f *timeFields) weekDay() time.Time {
	first := isoWeekday(time.Date(f.year, 1, 1, 0, 0, 0, 0, time.UTC)) - 1
	weekday := f.weekday
	if f.weekFromSunday {
		first, weekday = (first+1)%7, (weekday+1)%7
	}
	inWeekZero := (7 - first) % 7
	yearDay := 1 + weekday - first
	if f.weekOfYear > 0 {
		yearDay = 1 + inWeekZero + 7*(f.weekOfYear-1) + weekday
	}
	return time.Date(f.year, 1, yearDay, 0, 0, 0, 0, time.UTC)
}
