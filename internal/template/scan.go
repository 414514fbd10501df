package template

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// What templates and Python literals write alike: digits, numbers and escapes.

// maxDigits is how long an integer may be as text; Python has the same limit.
const maxDigits = 4300

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digitsLength counts digits with single underscores between them.
func digitsLength(s string, ok func(byte) bool) int {
	n := 0
	for n < len(s) {
		switch {
		case ok(s[n]):
			n++
		case s[n] == '_' && n > 0 && n+1 < len(s) && ok(s[n+1]):
			n += 2
		default:
			return n
		}
	}
	return n
}

// floatLength is the length of the float at the start of s: digits, then a fraction or an exponent or both.
func floatLength(s string) int {
	n := digitsLength(s, isDigit)
	if n == 0 {
		return 0
	}
	end := n
	if n < len(s) && s[n] == '.' {
		if frac := digitsLength(s[n+1:], isDigit); frac > 0 {
			end = n + 1 + frac
		}
	}
	if exp := exponentLength(s[end:]); exp > 0 {
		return end + exp
	}
	if end > n {
		return end
	}
	return 0
}

func exponentLength(s string) int {
	if s == "" || s[0]|0x20 != 'e' {
		return 0
	}
	n := 1
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		n++
	}
	digits := digitsLength(s[n:], isDigit)
	if digits == 0 {
		return 0
	}
	return n + digits
}

// integerLength is the length of the integer at the start of s, which begins with a digit.
func integerLength(s string) int {
	if s[0] != '0' {
		return digitsLength(s, isDigit)
	}
	if len(s) > 2 {
		if ok := digitsOf(s[1] | 0x20); ok != nil {
			from := 2
			if s[2] == '_' {
				from = 3
			}
			if n := digitsLength(s[from:], ok); n > 0 {
				return from + n
			}
		}
	}
	return digitsLength(s, func(c byte) bool { return c == '0' })
}

// digitsOf gives the digits allowed after the prefix 0b, 0o or 0x.
func digitsOf(prefix byte) func(byte) bool {
	switch prefix {
	case 'b':
		return func(c byte) bool { return c == '0' || c == '1' }
	case 'o':
		return func(c byte) bool { return c >= '0' && c <= '7' }
	case 'x':
		return isHex
	}
	return nil
}

func isHex(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// unescape decodes Python's backslash escapes; an unknown escape stays as it is. In bytes, \u and \U are unknown.
// It reports malformed escapes, and escapes by character name, which are not supported.
func unescape(s string, bytes bool) (string, bool) {
	if !strings.Contains(s, `\`) {
		return s, true
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		n, ok := writeEscape(&b, s[i+1:], bytes)
		if !ok {
			return "", false
		}
		s = s[i+1+n:]
	}
	return b.String(), true
}

const simpleEscapes = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v"

// writeEscape decodes the escape whose backslash was read and gives its length.
func writeEscape(b *strings.Builder, s string, bytes bool) (int, bool) {
	c := s[0]
	for i := 0; i < len(simpleEscapes); i += 2 {
		if simpleEscapes[i] == c {
			b.WriteByte(simpleEscapes[i+1])
			return 1, true
		}
	}
	switch {
	case c == '\n':
		return 1, true
	case c >= '0' && c <= '7':
		return writeOctal(b, s, bytes), true
	case c == 'x':
		return writeHex(b, s, 2, bytes)
	case c == 'u' && !bytes:
		return writeHex(b, s, 4, bytes)
	case c == 'U' && !bytes:
		return writeHex(b, s, 8, bytes)
	case c == 'N' && !bytes:
		return 0, false
	}
	b.WriteByte('\\')
	return 0, true
}

func writeOctal(b *strings.Builder, s string, bytes bool) int {
	n, code := 0, rune(0)
	for n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
		code = code*8 + rune(s[n]-'0')
		n++
	}
	writeCode(b, code, bytes)
	return n
}

func writeHex(b *strings.Builder, s string, digits int, bytes bool) (int, bool) {
	if len(s) < 1+digits {
		return 0, false
	}
	code, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	if err != nil || code > utf8.MaxRune {
		return 0, false
	}
	writeCode(b, rune(code), bytes)
	return 1 + digits, true
}

func writeCode(b *strings.Builder, code rune, bytes bool) {
	if bytes {
		b.WriteByte(byte(code))
		return
	}
	b.WriteRune(code)
}
