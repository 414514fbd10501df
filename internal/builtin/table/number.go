package table

import (
	"bytes"
	"math/big"
	"strconv"
)

// maxDigits and maxExponent keep numbers inside what PostgreSQL's numeric holds (131072 digits before the point, 16383 after)
// and inside what is worth reading exactly.
const (
	maxDigits   = 4000
	maxExponent = 4000
)

// shortInteger is the length up to which every whole number fits 64 bits, sign included.
const shortInteger = 18

// unquoted takes the quotes off a string, because sources that fear for their numbers put them into strings.
func unquoted(value []byte) ([]byte, bool) {
	if len(value) == 0 || value[0] != '"' {
		return value, len(value) > 0
	}
	text, ok := plainString(value)
	return text, ok && len(text) > 0
}

func appendInteger(dst, value []byte) ([]byte, bool) {
	text, ok := unquoted(value)
	if !ok {
		return dst, false
	}
	if len(text) <= shortInteger && isWhole(text) {
		return append(dst, text...), true
	}
	return appendLongInteger(dst, text)
}

// appendLongInteger takes numbers near the limits of 64 bits and whole numbers in other forms, such as 1.0 and 2e3.
func appendLongInteger(dst, text []byte) ([]byte, bool) {
	if !isNumber(text) {
		return dst, false
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return strconv.AppendInt(dst, n, 10), true
	}
	if exponentOf(text) > 30 || exponentOf(text) < -30 {
		return dst, false
	}
	r, ok := new(big.Rat).SetString(string(text))
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return dst, false
	}
	return strconv.AppendInt(dst, r.Num().Int64(), 10), true
}

func appendNumber(dst, value []byte) ([]byte, bool) {
	text, ok := unquoted(value)
	if !ok || !isNumber(text) {
		return dst, false
	}
	return append(dst, text...), true
}

// isWhole tells whether text is an optional minus and digits. Leading zeros, which only strings can have, do no harm.
func isWhole(text []byte) bool {
	if text[0] == '-' {
		text = text[1:]
	}
	return len(text) > 0 && digits(text) == len(text)
}

// isNumber tells whether text is a number in JSON's grammar and of a bearable size. Not-a-number and infinity are none.
func isNumber(text []byte) bool {
	if len(text) > maxDigits {
		return false
	}
	rest := bytes.TrimPrefix(text, []byte("-"))
	whole := digits(rest)
	if whole == 0 {
		return false
	}
	rest = rest[whole:]
	if len(rest) > 0 && rest[0] == '.' {
		fraction := digits(rest[1:])
		if fraction == 0 {
			return false
		}
		rest = rest[1+fraction:]
	}
	return len(rest) == 0 || isExponent(rest)
}

func isExponent(text []byte) bool {
	if text[0] != 'e' && text[0] != 'E' {
		return false
	}
	n := exponentOf(text)
	if n < -maxExponent || n > maxExponent {
		return false
	}
	text = text[1:]
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		text = text[1:]
	}
	return len(text) > 0 && digits(text) == len(text)
}

// exponentOf is the exponent of a number, or one beyond all limits when it is no number itself.
func exponentOf(text []byte) int {
	i := bytes.IndexAny(text, "eE")
	if i < 0 {
		return 0
	}
	n, err := strconv.Atoi(string(text[i+1:]))
	if err != nil {
		return maxExponent + 1
	}
	return n
}

// digits counts the digits text begins with.
func digits(text []byte) int {
	for i, c := range text {
		if c < '0' || c > '9' {
			return i
		}
	}
	return len(text)
}
