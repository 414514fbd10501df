package table

import (
	"bytes"
	"time"
)

// maxYear keeps years to four digits: more is written with a sign in ISO 8601 and read differently everywhere.
const maxYear = 9999

// moment is a point in time as it was written.
type moment struct {
	year, month, day     int
	hour, minute, second int
	micros               int
	zone                 int // seconds east of Greenwich
	bc                   bool
}

// appendTemporal reads a date or time and writes it in one form per type: dates as 2006-01-02, timestamps as
// 2006-01-02T15:04:05.000000 with a Z in UTC when the column has a zone, times as 15:04:05.000000 with +00:00 or what the
// zone was. A zone that a column with one lacks is UTC; one that a column without cannot hold is left out. Years before
// Christ end in " BC". Digits beyond microseconds are cut.
func (t Type) appendTemporal(dst, text []byte) ([]byte, bool) {
	var m moment
	if t == Time || t == TimeTZ {
		rest, ok := m.readClock(text)
		if !ok || !m.readZone(rest) {
			return dst, false
		}
		return m.appendTime(dst, t == TimeTZ), true
	}
	if !m.readTimestamp(text) {
		return dst, false
	}
	switch t {
	case Date:
		return m.appendEra(m.appendDate(dst)), true
	case Timestamp:
		return m.appendTimestamp(dst, false), true
	default:
		return m.inUTC(dst)
	}
}

func (m *moment) readTimestamp(text []byte) bool {
	text, m.bc = bytes.CutSuffix(text, []byte(" BC"))
	rest, ok := m.readDate(text)
	if !ok {
		return false
	}
	if len(rest) == 0 {
		return true
	}
	if rest[0] != 'T' && rest[0] != ' ' && rest[0] != 't' {
		return false
	}
	rest, ok = m.readClock(rest[1:])
	return ok && m.readZone(rest)
}

// readDate reads 2006-01-02.
func (m *moment) readDate(text []byte) (rest []byte, ok bool) {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' {
		return nil, false
	}
	if m.year, ok = number(text[:4]); !ok || m.year == 0 || m.year > maxYear {
		return nil, false
	}
	if m.bc && m.year > 4700 {
		return nil, false
	}
	if m.month, ok = number(text[5:7]); !ok || m.month < 1 || m.month > 12 {
		return nil, false
	}
	if m.day, ok = number(text[8:10]); !ok || m.day < 1 || m.day > daysIn(m.era(), m.month) {
		return nil, false
	}
	return text[10:], true
}

// readClock reads 15:04, 15:04:05 or 15:04:05.123456789.
func (m *moment) readClock(text []byte) (rest []byte, ok bool) {
	if len(text) < 5 || text[2] != ':' {
		return nil, false
	}
	if m.hour, ok = number(text[:2]); !ok || m.hour > 23 {
		return nil, false
	}
	if m.minute, ok = number(text[3:5]); !ok || m.minute > 59 {
		return nil, false
	}
	rest = text[5:]
	if len(rest) < 3 || rest[0] != ':' {
		return rest, true
	}
	if m.second, ok = number(rest[1:3]); !ok || m.second > 59 {
		return nil, false
	}
	return m.readFraction(rest[3:])
}

func (m *moment) readFraction(text []byte) (rest []byte, ok bool) {
	if len(text) == 0 || (text[0] != '.' && text[0] != ',') {
		return text, true
	}
	n := digits(text[1:])
	if n == 0 {
		return nil, false
	}
	for i := range 6 {
		m.micros *= 10
		if i < n {
			m.micros += int(text[1+i] - '0')
		}
	}
	return text[1+n:], true
}

// readZone reads nothing, Z, +01, +0100 or +01:00, up to fifteen hours, with or without a space before it.
func (m *moment) readZone(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte(" "))
	if len(text) == 0 {
		return true
	}
	switch string(text) {
	case "Z", "z", "UTC", "GMT":
		return true
	}
	sign := 1
	if text[0] == '-' {
		sign = -1
	} else if text[0] != '+' {
		return false
	}
	hours, minutes, ok := offset(text[1:])
	if !ok || hours > 15 || minutes > 59 {
		return false
	}
	m.zone = sign * (hours*3600 + minutes*60)
	return true
}

func offset(text []byte) (hours, minutes int, ok bool) {
	switch {
	case len(text) == 2:
		hours, ok = number(text)
		return hours, 0, ok
	case len(text) == 5 && text[2] == ':':
		text = []byte{text[0], text[1], text[3], text[4]}
	case len(text) != 4:
		return 0, 0, false
	}
	n, ok := number(text)
	return n / 100, n % 100, ok
}

// number reads digits and nothing else.
func number(text []byte) (int, bool) {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// era is the year with 1 BC as zero, which is how leap years and time.Date count.
func (m *moment) era() int {
	if m.bc {
		return 1 - m.year
	}
	return m.year
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// inUTC writes the moment in UTC. It is false when that leaves the years a column can hold.
func (m *moment) inUTC(dst []byte) ([]byte, bool) {
	if m.zone == 0 {
		return m.appendTimestamp(dst, true), true
	}
	t := time.Date(m.era(), time.Month(m.month), m.day, m.hour, m.minute, m.second, 0, time.UTC)
	t = t.Add(-time.Duration(m.zone) * time.Second)
	utc := moment{
		year: t.Year(), month: int(t.Month()), day: t.Day(), hour: t.Hour(), minute: t.Minute(), second: t.Second(),
		micros: m.micros,
	}
	if utc.year <= 0 {
		utc.bc, utc.year = true, 1-utc.year
	}
	if utc.year > maxYear {
		return dst, false
	}
	return utc.appendTimestamp(dst, true), true
}

func (m *moment) appendDate(dst []byte) []byte {
	dst = appendDigits(dst, m.year, 4)
	dst = appendDigits(append(dst, '-'), m.month, 2)
	return appendDigits(append(dst, '-'), m.day, 2)
}

func (m *moment) appendClock(dst []byte) []byte {
	dst = appendDigits(dst, m.hour, 2)
	dst = appendDigits(append(dst, ':'), m.minute, 2)
	dst = appendDigits(append(dst, ':'), m.second, 2)
	return appendDigits(append(dst, '.'), m.micros, 6)
}

func (m *moment) appendTimestamp(dst []byte, zoned bool) []byte {
	dst = m.appendClock(append(m.appendDate(dst), 'T'))
	if zoned {
		dst = append(dst, 'Z')
	}
	return m.appendEra(dst)
}

func (m *moment) appendTime(dst []byte, zoned bool) []byte {
	dst = m.appendClock(dst)
	if !zoned {
		return dst
	}
	sign, zone := byte('+'), m.zone
	if zone < 0 {
		sign, zone = '-', -zone
	}
	dst = appendDigits(append(dst, sign), zone/3600, 2)
	return appendDigits(append(dst, ':'), zone/60%60, 2)
}

func (m *moment) appendEra(dst []byte) []byte {
	if m.bc {
		return append(dst, " BC"...)
	}
	return dst
}

func appendDigits(dst []byte, n, width int) []byte {
	var buf [8]byte
	for i := width - 1; i >= 0; i-- {
		buf[i] = byte('0' + n%10)
		n /= 10
	}
	return append(dst, buf[:width]...)
}
