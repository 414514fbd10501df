package template

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// layout is how a number or text is laid out: Python's format specifications share it.
type layout struct {
	fill      rune
	align     byte // '<' '>' '^' or '=' for between sign and digits; 0 as usual
	sign      byte // '+' or ' ' or 0
	alternate bool
	width     int
	precision int // negative when not given
	group     byte
	kind      byte
}

// pad fills up to the width.
func (l layout) pad(s string) string {
	missing := l.width - utf8.RuneCountInString(s)
	if missing <= 0 {
		return s
	}
	fill := func(n int) string { return strings.Repeat(string(l.fill), n) }
	switch l.align {
	case '<':
		return s + fill(missing)
	case '^':
		return fill(missing/2) + s + fill(missing-missing/2)
	case '=':
		n := 0
		if s != "" && strings.IndexByte("+- ", s[0]) >= 0 {
			n = 1
		}
		if l.alternate && len(s) > n+1 && s[n] == '0' && strings.IndexByte("xXob", s[n+1]) >= 0 {
			n += 2
		}
		return s[:n] + fill(missing) + s[n:]
	}
	return fill(missing) + s
}

// integer prints an int64 or *big.Int.
func (l layout) integer(v any, base int) (string, error) {
	n := asBig(v)
	if n.BitLen() > 4*maxDigits {
		return "", valueErr("exceeds the limit of %d digits for an integer as text", maxDigits)
	}
	digits := new(big.Int).Abs(n).Text(base)
	if l.kind == 'X' {
		digits = strings.ToUpper(digits)
	}
	if l.precision > len(digits) {
		digits = strings.Repeat("0", l.precision-len(digits)) + digits
	}
	if l.group != 0 {
		digits = grouped(digits, l.group, base)
	}
	if l.alternate && base != 10 {
		digits = "0" + string(l.kind) + digits
	}
	return l.signed(n.Sign() < 0, digits), nil
}

func (l layout) signed(negative bool, digits string) string {
	switch {
	case negative:
		return "-" + digits
	case l.sign != 0:
		return string(l.sign) + digits
	}
	return digits
}

// grouped puts a separator between thousands, or every four digits in other bases.
func grouped(digits string, separator byte, base int) string {
	size := 3
	if base != 10 {
		size = 4
	}
	var b []byte
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%size == 0 {
			b = append(b, separator)
		}
		b = append(b, digits[i])
	}
	return string(b)
}

// float prints with the conversions e, f, g and %.
func (l layout) float(f float64) string {
	kind, precision := l.kind, l.precision
	if precision < 0 {
		precision = 6
	}
	suffix := ""
	if kind == '%' {
		f, kind, suffix = f*100, 'f', "%"
	}
	var s string
	a := math.Abs(f)
	switch {
	case math.IsNaN(f):
		s = "nan"
	case math.IsInf(f, 0):
		s = "inf"
	case kind|0x20 == 'g':
		s = general(a, max(1, precision), l.alternate)
	default:
		s = strconv.FormatFloat(a, kind|0x20, precision, 64)
	}
	if l.alternate && precision == 0 && !strings.Contains(s, ".") {
		s += "."
	}
	if kind < 'a' {
		s = strings.ToUpper(s)
	}
	if l.group != 0 {
		whole, rest, found := strings.Cut(s, ".")
		s = grouped(whole, l.group, 10)
		if found {
			s += "." + rest
		}
	}
	return l.signed(math.Signbit(f) && !math.IsNaN(f), s+suffix)
}

// general prints with so many digits that count, with an exponent where that is shorter.
func general(a float64, digits int, keepZeros bool) string {
	e := strconv.FormatFloat(a, 'e', digits-1, 64)
	mantissa, exponent, _ := strings.Cut(e, "e")
	x, _ := strconv.Atoi(exponent)
	trim := func(s string) string {
		if keepZeros || !strings.Contains(s, ".") {
			return s
		}
		return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if x < -4 || x >= digits {
		return trim(mantissa) + "e" + exponent
	}
	return trim(strconv.FormatFloat(a, 'f', max(0, digits-1-x), 64))
}
