package file

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// kindOf is the narrowest kind of a cell.
func kindOf(cell string) kind {
	switch c := cell[0]; {
	case c == '-' || c >= '0' && c <= '9':
		return numeric(cell)
	case c == 't' || c == 'T' || c == 'f' || c == 'F':
		if _, ok := boolean(cell); ok {
			return kindBoolean
		}
	}
	return kindText
}

// numeric tells the kinds that begin with a digit or a sign. Numbers are those of JSON, so that zip codes and telephone
// numbers with zeros in front stay text. Whole numbers that do not fit 64 bits are numbers, since few destinations have
// integers for them.
func numeric(cell string) kind {
	whole, ok := number(cell)
	switch {
	case ok && whole:
		if _, err := strconv.ParseInt(cell, 10, 64); err == nil {
			return kindInteger
		}
		return kindNumber
	case ok:
		return kindNumber
	}
	return moment(cell)
}

// number tells whether a cell is a number as JSON writes it, and whether it is whole.
func number(cell string) (whole, ok bool) {
	s := strings.TrimPrefix(cell, "-")
	digits := leading(s)
	if digits == 0 || digits > 1 && s[0] == '0' {
		return false, false
	}
	if s = s[digits:]; s == "" {
		return true, true
	}
	if s[0] == '.' {
		if digits = leading(s[1:]); digits == 0 {
			return false, false
		}
		s = s[1+digits:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if digits = leading(s); digits == 0 || digits > 3 {
			return false, false
		}
		s = s[digits:]
	}
	return false, s == ""
}

// leading counts the digits at the start.
func leading(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func boolean(cell string) (value, ok bool) {
	switch {
	case strings.EqualFold(cell, "true"):
		return true, true
	case strings.EqualFold(cell, "false"):
		return false, true
	}
	return false, false
}

// moment tells dates and times from other text that begins with digits.
func moment(cell string) kind {
	if len(cell) < len("2006-01-02") || len(cell) > len("2006-01-02T15:04:05.000000000+00:00") || cell[4] != '-' {
		return kindText
	}
	if len(cell) == len("2006-01-02") {
		if _, err := time.Parse(time.DateOnly, cell); err == nil {
			return kindDate
		}
		return kindText
	}
	text := cell
	if cell[10] == ' ' {
		text = cell[:10] + "T" + cell[11:]
	}
	if _, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return kindTimestampTZ
	}
	if _, err := time.Parse("2006-01-02T15:04:05.999999999", text); err == nil {
		return kindTimestamp
	}
	return kindText
}

// appendCell writes a cell as the column's kind, or as text when it is something else: then the destination tells that it
// does not fit, and the row is not lost.
func appendCell(dst []byte, k kind, cell string) []byte {
	switch k {
	case kindInteger, kindNumber:
		if _, ok := number(cell); ok {
			return append(dst, cell...)
		}
	case kindBoolean:
		if value, ok := boolean(cell); ok {
			return strconv.AppendBool(dst, value)
		}
	case kindTimestamp, kindTimestampTZ:
		if len(cell) > 10 && cell[10] == ' ' && moment(cell) == k {
			return append(append(append(append(append(dst, '"'), cell[:10]...), 'T'), cell[11:]...), '"')
		}
	}
	return appendText(dst, cell)
}

const hexDigits = "0123456789abcdef"

// appendText quotes text. Bytes that are not UTF-8 become U+FFFD.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), `\ufffd`...)
				start = i + 1
			}
			i += size
			continue
		case c == '"' || c == '\\':
			dst = append(append(dst, s[start:i]...), '\\', c)
			start = i + 1
		case c < ' ':
			dst = append(append(dst, s[start:i]...), '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			start = i + 1
		}
		i++
	}
	return append(append(dst, s[start:]...), '"')
}
