package template

import (
	"strconv"
	"strings"
	"time"
)

// FormatTime prints a moment in a datetime format of a manifest: a strftime format, or one of %s, %s_as_float, %ms
// and %epoch_microseconds alone; %_ms inside a format is milliseconds. The zone's offset is not converted. The error
// is of kind [ErrLimit], for formats that ask for absurd widths.
func FormatTime(t time.Time, format string) (string, error) {
	micros := t.UnixMicro()
	stamp := float64(micros) / microsPerSecond
	switch format {
	case "%s":
		return strconv.FormatInt(int64(stamp), 10), nil
	case "%s_as_float":
		return string(appendFloat(nil, stamp)), nil
	case "%epoch_microseconds":
		return strconv.FormatInt(int64(stamp*microsPerSecond), 10), nil
	case "%ms":
		return strconv.FormatInt(int64(stamp*1000), 10), nil
	}
	d := &datetime{t: t}
	text, err := d.strftime(strings.ReplaceAll(format, "%_ms", "%f"))
	if err != nil || !strings.Contains(format, "%_ms") {
		return text, err
	}
	us := int64(t.Nanosecond() / 1000)
	// Every occurrence of the microseconds gives way, as in the reference.
	return strings.ReplaceAll(text, padded(us, 6), padded(us/1000, 3)), nil
}

func padded(n int64, width int) string { return string(appendPadded(nil, n, width, '0')) }

func appendPadded(b []byte, n int64, width int, pad byte) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
		width--
	}
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], n, 10)
	for range width - len(text) {
		b = append(b, pad)
	}
	return append(b, text...)
}

// maxWidth is the widest field a format may ask for.
const maxWidth = 1024

// strftime prints in the C locale, as glibc does.
func (d *datetime) strftime(format string) (string, error) {
	if len(format) > 1<<16 {
		return "", limitErr("the date format is too long")
	}
	b := make([]byte, 0, len(format)*2)
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			break
		}
		b = append(b, format[:i]...)
		format = format[i:]
		f, n := readField(format)
		if f.width > maxWidth {
			return "", limitErr("the date format asks for too wide a field")
		}
		if len(b) > 1<<20 {
			return "", limitErr("the date is too long")
		}
		if part, ok := d.field(f); ok {
			b = f.append(b, part)
		} else {
			b = append(b, format[:n]...)
		}
		format = format[n:]
	}
	return string(append(b, format...)), nil
}

// field is one conversion of a format.
type field struct {
	letter byte
	pad    byte // '-' none, '_' blanks, '0' zeros, 0 as usual
	upper  bool
	swap   bool
	width  int
	bare   bool // no flags or width
}

// readField reads the conversion at the start of a format, and gives its length.
func readField(format string) (field, int) {
	f := field{}
	n := 1
flags:
	for ; n < len(format); n++ {
		switch c := format[n]; c {
		case '-', '_', '0':
			f.pad = c
		case '^':
			f.upper = true
		case '#':
			f.swap = true
		default:
			break flags
		}
	}
	for ; n < len(format) && isDigit(format[n]); n++ {
		f.width = min(f.width*10+int(format[n]-'0'), maxWidth+1)
	}
	f.bare = n == 1
	if n < len(format) && (format[n] == 'E' || format[n] == 'O') {
		n++
	}
	if n < len(format) {
		f.letter = format[n]
		n++
	}
	return f, n
}

// part is what a field prints: a number with its usual padding, or text.
type part struct {
	number bool
	n      int64
	width  int
	pad    byte
	text   string
}

func number(n, width int) part { return part{number: true, n: int64(n), width: width, pad: '0'} }

func blank(n, width int) part { return part{number: true, n: int64(n), width: width, pad: ' '} }

func text(s string) part { return part{text: s} }

func (f field) append(b []byte, p part) []byte {
	pad, width := p.pad, max(p.width, f.width)
	switch f.pad {
	case '-':
		width = 0
	case '_':
		pad = ' '
	case '0':
		pad = '0'
	}
	if p.number {
		return appendPadded(b, p.n, width, pad)
	}
	s := p.text
	if f.upper || f.swap && f.letter != 'p' && f.letter != 'Z' {
		s = strings.ToUpper(s)
	} else if f.swap {
		s = strings.ToLower(s)
	}
	if pad == 0 {
		pad = ' '
	}
	for range f.width - len(s) {
		b = append(b, pad)
	}
	return append(b, s...)
}

// field gives what a conversion prints; false leaves it as it stands.
func (d *datetime) field(f field) (part, bool) {
	if p, ok := d.clockField(f); ok {
		return p, true
	}
	t := d.t
	switch f.letter {
	case 'a':
		return text(t.Weekday().String()[:3]), true
	case 'A':
		return text(t.Weekday().String()), true
	case 'b', 'h':
		return text(t.Month().String()[:3]), true
	case 'B':
		return text(t.Month().String()), true
	case 'C':
		return number(t.Year()/100, 1), true
	case 'd':
		return number(t.Day(), 2), true
	case 'e':
		return blank(t.Day(), 2), true
	case 'j':
		return number(t.YearDay(), 3), true
	case 'm':
		return number(int(t.Month()), 2), true
	case 'u':
		return number(isoWeekday(t), 1), true
	case 'w':
		return number(int(t.Weekday()), 1), true
	case 'y':
		return number(t.Year()%100, 2), true
	case 'Y':
		return number(t.Year(), 1), true
	case 'U':
		return number((t.YearDay()+6-int(t.Weekday()))/7, 2), true
	case 'W':
		return number((t.YearDay()+7-isoWeekday(t))/7, 2), true
	}
	return d.compoundField(f)
}

func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// clockField prints what belongs to the time of day.
func (d *datetime) clockField(f field) (part, bool) {
	t := d.t
	switch f.letter {
	case 'H':
		return number(t.Hour(), 2), true
	case 'I':
		return number((t.Hour()+11)%12+1, 2), true
	case 'k':
		return blank(t.Hour(), 2), true
	case 'l':
		return blank((t.Hour()+11)%12+1, 2), true
	case 'M':
		return number(t.Minute(), 2), true
	case 'S':
		return number(t.Second(), 2), true
	case 'p':
		return text(t.Format("PM")), true
	case 'P':
		return text(t.Format("pm")), true
	case 'f':
		return text(padded(int64(t.Nanosecond()/1000), 6)), f.bare
	case 'z':
		return text(d.offset("")), true
	case 'Z':
		return text(d.zoneName()), true
	case 's':
		_, offset := t.Zone()
		return part{number: true, n: t.Unix() + int64(offset)}, true // the clock reading as if it were UTC
	}
	return part{}, false
}

// compoundField prints what is made of other fields.
func (d *datetime) compoundField(f field) (part, bool) {
	year, week := d.t.ISOWeek()
	format := ""
	switch f.letter {
	case 'G':
		return number(year, 1), true
	case 'g':
		return number(year%100, 2), true
	case 'V':
		return number(week, 2), true
	case '%':
		return text("%"), true
	case 'n':
		return text("\n"), true
	case 't':
		return text("\t"), true
	case 'c':
		format = "%a %b %e %H:%M:%S %Y"
	case 'D', 'x':
		format = "%m/%d/%y"
	case 'F':
		format = "%Y-%m-%d"
	case 'r':
		format = "%I:%M:%S %p"
	case 'R':
		format = "%H:%M"
	case 'T', 'X':
		format = "%H:%M:%S"
	default:
		return part{}, false
	}
	s, _ := d.strftime(format)
	return text(s), true
}

// offset is the distance from UTC such as +0200, with a separator between hours and minutes; empty when naive.
func (d *datetime) offset(separator string) string {
	if d.naive {
		return ""
	}
	_, offset := d.t.Zone()
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	s := sign + padded(int64(offset/3600), 2) + separator + padded(int64(offset/60%60), 2)
	if offset%60 != 0 {
		s += separator + padded(int64(offset%60), 2)
	}
	return s
}

func (d *datetime) zoneName() string {
	if d.naive {
		return ""
	}
	name, offset := d.t.Zone()
	switch {
	case name == "" && offset == 0:
		return "UTC"
	case name == "" || name[0] == '+' || name[0] == '-':
		return "UTC" + d.offset(":")
	}
	return name
}
