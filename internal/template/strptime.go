package template

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ParseTime reads a moment in a datetime format of a manifest: a strptime format, or one of %s, %s_as_float, %ms and
// %epoch_microseconds alone; %_ms inside a format is a fraction of a second. The value is text or a number. A moment
// without a zone is in UTC; one with an offset keeps it. The error is of kind [ErrValue].
func ParseTime(value any, format string) (time.Time, error) {
	value = inward(value)
	switch format {
	case "%s":
		return epoch(value, microsPerSecond)
	case "%ms":
		return epoch(value, 1000)
	case "%epoch_microseconds":
		return epoch(value, 1)
	case "%s_as_float":
		f, err := ParseFloat(value)
		if err != nil || math.Abs(f) > 1e12 {
			return time.Time{}, valueErr("this is no timestamp")
		}
		whole, part := math.Modf(f)
		return inYears(time.Unix(int64(whole), int64(math.RoundToEven(part*1e6))*1000).UTC())
	}
	if text, ok := value.(string); ok {
		if t, ok := plainTime(text, format); ok {
			return t, nil
		}
	}
	d, err := strptime(nil, Str(value), strings.ReplaceAll(format, "%_ms", "%f"))
	if err != nil {
		return time.Time{}, err
	}
	return d.t, nil
}

// CheckTimeFormat tells why [ParseTime] can read no moment in a format: it has a conversion that is not known, or none at all.
func CheckTimeFormat(format string) error {
	switch format {
	case "%s", "%ms", "%epoch_microseconds", "%s_as_float":
		return nil
	}
	var m timeMatcher
	if err := m.compile(strings.ReplaceAll(format, "%_ms", "%f"), 0); err != nil {
		return err
	}
	if !slices.ContainsFunc(m.items, func(i timeItem) bool { return i.letter != 0 }) {
		return valueErr("a time format has conversions such as %%Y")
	}
	return nil
}

// epoch reads an integer count of units since 1970, a unit being so many microseconds.
func epoch(value any, unit int64) (time.Time, error) {
	v, err := ParseInt(value, 10)
	if err != nil {
		return time.Time{}, valueErr("this is no timestamp")
	}
	n, ok := v.(int64)
	if !ok || n > math.MaxInt64/unit/2 || n < math.MinInt64/unit/2 {
		return time.Time{}, valueErr("timestamp out of range")
	}
	return inYears(time.UnixMicro(n * unit).UTC())
}

// ParseInt is Python's int() of text, in a base up to 36, or of a number: an int64 or [*big.Int]. Errors are of kind [ErrValue] or [ErrType].
func ParseInt(v any, base int) (any, error) {
	switch v := v.(type) {
	case string:
		return intText(v, base)
	case bool:
		n, _ := asNumber(v)
		return n, nil
	case int64, *big.Int:
		return v, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, valueErr("cannot convert float infinity or NaN to integer")
		}
		i, _ := big.NewFloat(v).Int(nil)
		return shrink(i), nil
	case *undefined:
		return nil, v.err()
	}
	return nil, typeErr("int() argument must be a string or a number, not '%s'", typeName(v))
}

// intText reads an integer with underscores, blanks around it and, in base 0, a prefix.
func intText(s string, base int) (any, error) {
	s = strings.TrimFunc(s, unicode.IsSpace)
	digits := strings.TrimLeft(s, "+-")
	if digits == "" || len(s)-len(digits) > 1 || len(s) > maxDigits || base == 1 || base < 0 || base > 36 ||
		strings.Contains(digits, "__") || digits[0] == '_' || digits[len(digits)-1] == '_' {
		return nil, valueErr("invalid literal for int()")
	}
	digits = strings.ReplaceAll(digits, "_", "")
	if len(digits) > 2 && digits[0] == '0' {
		prefix := digits[1] | 0x20
		if base == 16 && prefix == 'x' || base == 8 && prefix == 'o' || base == 2 && prefix == 'b' {
			digits = digits[2:]
		} else if base == 0 && digitsOf(prefix) == nil && strings.Trim(digits, "0") != "" {
			return nil, valueErr("invalid literal for int()")
		}
	}
	i, ok := new(big.Int).SetString(digits, base)
	if !ok || strings.ContainsAny(digits, "+-") {
		return nil, valueErr("invalid literal for int()")
	}
	if s[0] == '-' {
		i.Neg(i)
	}
	return shrink(i), nil
}

// ParseFloat is Python's float() of text or a number. Errors are of kind [ErrValue] or [ErrType].
func ParseFloat(v any) (float64, error) {
	s, ok := v.(string)
	if !ok {
		if u, ok := v.(*undefined); ok {
			return 0, u.err()
		}
		n, ok := asNumber(v)
		if !ok {
			return 0, typeErr("float() argument must be a string or a real number, not '%s'", typeName(v))
		}
		return toFloat(n)
	}
	s = strings.TrimFunc(s, unicode.IsSpace)
	bad := strings.ContainsAny(s, "xXpP") || strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__")
	for i := 1; i+1 < len(s); i++ {
		bad = bad || s[i] == '_' && (!isDigit(s[i-1]) || !isDigit(s[i+1]))
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if bad || err != nil && !math.IsInf(f, 0) {
		return 0, valueErr("could not convert string to float")
	}
	return f, nil
}

// strptime reads a moment as Python's datetime.strptime does. The evaluation, if there is one, pays for the steps.
func strptime(ev *evaluation, value, format string) (*datetime, error) {
	m := timeMatcher{value: value}
	if err := m.compile(format, 0); err != nil {
		return nil, err
	}
	m.ends = make([]int, len(m.items)+1)
	matched := m.match(0, 0)
	if ev != nil {
		if err := ev.spend(m.steps); err != nil {
			return nil, err
		}
	}
	if !matched {
		if m.steps > maxTimeSteps {
			return nil, limitErr("matching the date format takes too many steps")
		}
		return nil, valueErr("the time does not match the format %s", strconv.Quote(format))
	}
	if m.ends[len(m.items)] != len(value) {
		return nil, valueErr("unconverted data remains after the format %s", strconv.Quote(format))
	}
	return m.datetime()
}

// timeMatcher matches a value with a format the way a regular expression with alternatives would: it takes the
// first alternative that lets the rest match.
type timeMatcher struct {
	value string
	items []timeItem
	seen  [128]bool
	ends  []int // where each item begins in the match
	steps int
}

// timeItem is a conversion, or literal text when the letter is 0; a blank stands for one or more.
type timeItem struct {
	letter byte
	text   string
}

const maxTimeSteps = 10_000

// compile cuts a format into items.
func (m *timeMatcher) compile(format string, depth int) error {
	if len(format) > 1024 {
		return limitErr("the date format is too long")
	}
	for i := 0; i < len(format); i++ {
		c := format[i]
		switch {
		case isBlank(c):
			for i+1 < len(format) && isBlank(format[i+1]) {
				i++
			}
			m.items = append(m.items, timeItem{text: " "})
		case c != '%':
			m.items = append(m.items, timeItem{text: strings.ToLower(format[i : i+1])})
		default:
			i++
			if i == len(format) {
				return valueErr("stray %% in format %s", strconv.Quote(format))
			}
			if err := m.directive(format[i], depth); err != nil {
				return err
			}
		}
	}
	return nil
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func (m *timeMatcher) directive(c byte, depth int) error {
	switch c {
	case '%':
		m.items = append(m.items, timeItem{text: "%"})
		return nil
	case 'c':
		return m.compile("%a %b %d %H:%M:%S %Y", depth+1)
	case 'x':
		return m.compile("%m/%d/%y", depth+1)
	case 'X':
		return m.compile("%H:%M:%S", depth+1)
	}
	if strings.IndexByte("aAbBdfGHIjmMpSuUVwWyYzZ", c) < 0 {
		return valueErr("'%%%c' is a bad directive in a time format", c)
	}
	if m.seen[c] {
		return valueErr("'%%%c' stands twice in a time format", c)
	}
	m.seen[c] = true
	m.items = append(m.items, timeItem{letter: c})
	return nil
}

// match tries to match the items from i on at a position of the value.
func (m *timeMatcher) match(i, at int) bool {
	m.ends[i] = at
	if m.steps++; m.steps > maxTimeSteps {
		return false
	}
	if i == len(m.items) {
		return true
	}
	it, rest := m.items[i], m.value[at:]
	if it.letter == 0 {
		return m.matchText(i, at, it.text)
	}
	var room [8]int
	for _, n := range it.lengths(rest, room[:0]) {
		m.ends[i] = at
		if m.match(i+1, at+n) {
			return true
		}
	}
	return false
}

func (m *timeMatcher) matchText(i, at int, text string) bool {
	rest := m.value[at:]
	if text != " " {
		return rest != "" && (rest[0] == text[0] || strings.EqualFold(rest[:1], text)) && m.match(i+1, at+1)
	}
	n := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	return n > 0 && m.match(i+1, at+n)
}
