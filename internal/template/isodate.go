package template

import (
	"strconv"
	"strings"
	"time"
)

// parseISO reads an ISO 8601 date, perhaps with a time, in the forms Python's dateutil takes. Without an offset the
// result is naive.
func parseISO(s string) (*datetime, error) {
	if !isASCII(s) {
		return nil, valueErr("this is no ISO 8601 date")
	}
	day, pos, ok := isoDay(s)
	if !ok {
		if day, pos, ok = isoUncommonDay(s); !ok {
			return nil, valueErr("this is no ISO 8601 date")
		}
	}
	if day[1] < 1 || day[1] > 12 || day[0] < 1 || day[2] < 1 || day[2] > daysIn(day[0], day[1]) {
		return nil, valueErr("day, month or year is out of range")
	}
	var c isoClock
	if pos < len(s) && !c.read(s[pos+1:]) {
		return nil, valueErr("this is no ISO 8601 date and time")
	}
	zone := c.zone
	if zone == nil {
		zone = time.UTC
	}
	t := time.Date(day[0], time.Month(day[1]), day[2], c.part[0], c.part[1], c.part[2], c.part[3]*1000, zone)
	t, err := inYears(t)
	return &datetime{t: t, naive: c.zone == nil}, err
}

// isoNumber reads the digits of s between two positions; at its end there may be fewer.
func isoNumber(s string, from, to int) (int, bool) {
	if from >= len(s) {
		return 0, false
	}
	digits := s[from:min(to, len(s))]
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// isoDay reads YYYY, YYYY-MM, YYYYMMDD or YYYY-MM-DD and gives where it ends.
func isoDay(s string) (day [3]int, pos int, ok bool) {
	day = [3]int{1, 1, 1}
	if len(s) < 4 {
		return day, 0, false
	}
	if day[0], ok = isoNumber(s, 0, 4); !ok || len(s) == 4 {
		return day, 4, ok
	}
	pos = 4
	dashed := s[4] == '-'
	if dashed {
		pos++
	}
	if len(s)-pos < 2 {
		return day, 0, false
	}
	if day[1], ok = isoNumber(s, pos, pos+2); !ok {
		return day, 0, false
	}
	if pos += 2; pos == len(s) {
		return day, pos, dashed
	}
	if dashed {
		if s[pos] != '-' {
			return day, 0, false
		}
		pos++
	}
	if len(s)-pos < 2 {
		return day, 0, false
	}
	day[2], ok = isoNumber(s, pos, pos+2)
	return day, pos + 2, ok
}

// isoUncommonDay reads YYYY-Www-D and YYYY-DDD, with or without dashes.
func isoUncommonDay(s string) (day [3]int, pos int, ok bool) {
	year, ok := isoNumber(s, 0, 4)
	if len(s) <= 4 || !ok || year < 1 {
		return day, 0, false
	}
	dashes := 0
	if s[4] == '-' {
		dashes = 1
	}
	pos = 4 + dashes
	var t time.Time
	if pos < len(s) && s[pos] == 'W' {
		t, pos, ok = isoWeekDay(s, year, pos+1, dashes)
	} else {
		if len(s)-pos < 3 {
			return day, 0, false
		}
		var n int
		n, ok = isoNumber(s, pos, pos+3)
		pos += 3
		t = time.Date(year, 1, n, 0, 0, 0, 0, time.UTC)
		ok = ok && n > 0 && t.Year() == year
	}
	return [3]int{t.Year(), int(t.Month()), t.Day()}, min(pos, len(s)), ok
}

func isoWeekDay(s string, year, pos, dashes int) (time.Time, int, bool) {
	week, ok := isoNumber(s, pos, pos+2)
	pos += 2
	weekday := 1
	if ok && len(s) > pos {
		if (s[pos] == '-') != (dashes == 1) {
			return time.Time{}, 0, false
		}
		pos += dashes
		weekday, ok = isoNumber(s, pos, pos+1)
		pos++
	}
	if !ok || week < 1 || week > 53 || weekday < 1 || weekday > 7 {
		return time.Time{}, 0, false
	}
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	return fourth.AddDate(0, 0, 1-isoWeekday(fourth)+(week-1)*7+weekday-1), pos, true
}

// isoClock is the time of day after the separator: hour, minute, second, microseconds, and the zone if there is one.
type isoClock struct {
	part [4]int
	zone *time.Location
}

func (c *isoClock) read(s string) bool {
	if len(s) < 2 {
		return false
	}
	pos, colons := 0, false
	for i := 0; pos < len(s) && i < 5; i++ {
		if strings.IndexByte("-+Zz", s[pos]) >= 0 {
			zone, ok := isoZone(s[pos:])
			c.zone, pos = zone, len(s)
			if !ok {
				return false
			}
			break
		}
		if i == 1 && s[pos] == ':' {
			colons = true
			pos++
		} else if i == 2 && colons {
			if s[pos] != ':' {
				return false
			}
			pos++
		}
		var ok bool
		if pos, ok = c.readPart(s, i, pos); !ok {
			return false
		}
	}
	return pos >= len(s) && c.valid()
}

// readPart reads the part numbered i at pos and gives where it ends.
func (c *isoClock) readPart(s string, i, pos int) (int, bool) {
	if i < 3 {
		n, ok := isoNumber(s, pos, pos+2)
		c.part[i] = n
		return pos + 2, ok
	}
	if i > 3 || s[pos] != '.' && s[pos] != ',' {
		return pos, true
	}
	digits := digitsLength(strings.ReplaceAll(s[pos+1:], "_", "x"), isDigit)
	if digits == 0 {
		return pos, true
	}
	us := (s[pos+1:pos+1+digits] + "000000")[:6]
	c.part[3], _ = strconv.Atoi(us)
	return pos + 1 + digits, true
}

// valid checks the ranges; 24:00 is the end of the day.
func (c *isoClock) valid() bool {
	if c.part[0] == 24 {
		return c.part[1] == 0 && c.part[2] == 0 && c.part[3] == 0
	}
	return c.part[0] < 24 && c.part[1] < 60 && c.part[2] < 60
}

// isoZone reads Z, +HH, +HHMM or +HH:MM.
func isoZone(s string) (*time.Location, bool) {
	if s == "Z" || s == "z" {
		return time.UTC, true
	}
	if len(s) != 3 && len(s) != 5 && len(s) != 6 || s[0] != '+' && s[0] != '-' {
		return nil, false
	}
	hours, ok := isoNumber(s, 1, 3)
	minutes := 0
	if ok && len(s) > 3 {
		from := 3
		if s[3] == ':' {
			from = 4
		}
		minutes, ok = isoNumber(s, from, len(s))
	}
	if !ok || minutes > 59 || hours > 23 {
		return nil, false
	}
	offset := (hours*60 + minutes) * 60
	if s[0] == '-' {
		offset = -offset
	}
	return fixedZone(offset), true
}
