package postgressource

import (
	"bytes"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendRow writes a row as a JSON object. The names of fields that JSON has no value for are added to nulled: they are
// written as null.
func appendRow(dst []byte, columns []column, values [][]byte, nulled []string) ([]byte, []string) {
	dst = append(dst, '{')
	for i := range columns {
		c := &columns[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, c.field...)
		value := values[i]
		if value == nil {
			dst = append(dst, "null"...)
			continue
		}
		var ok bool
		if c.array {
			dst, ok = appendArray(dst, c, value)
		} else {
			dst, ok = c.kind.append(dst, value)
		}
		if !ok {
			dst = append(dst, "null"...)
			nulled = append(nulled, c.name)
		}
	}
	return append(dst, '}'), nulled
}

// append writes one value. It is false, and nothing is written, for NaN and the infinities.
func (k kind) append(dst, value []byte) ([]byte, bool) {
	switch k {
	case kindBoolean:
		if len(value) == 1 && value[0] == 't' {
			return append(dst, "true"...), true
		}
		return append(dst, "false"...), true
	case kindInteger, kindNumber:
		return appendNumber(dst, value)
	case kindTimestamp, kindTimestampTZ, kindTimeTZ, kindDate:
		return appendMoment(dst, value)
	default:
		return appendString(dst, value), true
	}
}

// appendNumber copies the digits, so that no precision is lost. The server writes NaN, Infinity and -Infinity in letters.
func appendNumber(dst, value []byte) ([]byte, bool) {
	if len(value) == 0 || value[len(value)-1] > '9' {
		return dst, false
	}
	return append(dst, value...), true
}

// appendMoment turns the server's 2024-01-31 12:30:00.5+00 into 2024-01-31T12:30:00.5Z. The zone of times of day stays as it
// is, with its minutes: 12:30:00+02 becomes 12:30:00+02:00. Years before 1 keep the " BC" at the end.
func appendMoment(dst, value []byte) ([]byte, bool) {
	if len(value) == 0 || value[0] == 'i' || value[0] == '-' {
		return dst, false // infinity, -infinity
	}
	era := bytes.HasSuffix(value, []byte(" BC"))
	if era {
		value = value[:len(value)-3]
	}
	dst = append(dst, '"')
	start := len(dst)
	dst = append(dst, value...)
	moment := dst[start:]
	if i := bytes.IndexByte(moment, ' '); i >= 0 {
		moment[i] = 'T'
	}
	dst = completeZone(dst, start)
	if era {
		dst = append(dst, " BC"...)
	}
	return append(dst, '"'), true
}

// completeZone writes the offset at the end of dst, if there is one after start, in the way of RFC 3339. Dates have their
// last sign before the tenth place from the end of a time.
func completeZone(dst []byte, start int) []byte {
	moment := dst[start:]
	sign := bytes.LastIndexAny(moment, "+-")
	colon := bytes.IndexByte(moment, ':')
	if sign < 0 || colon < 0 || sign < colon {
		return dst
	}
	offset := moment[sign:]
	switch {
	case string(offset) == "+00":
		return append(dst[:len(dst)-3], 'Z')
	case len(offset) == 3:
		return append(dst, ":00"...)
	}
	return dst
}

// appendString quotes text. Databases without an encoding may hold bytes that are not UTF-8; they become U+FFFD.
func appendString(dst, value []byte) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(value); {
		c := value[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(value[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, value[start:i]...), `\ufffd`...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = appendEscaped(append(dst, value[start:i]...), c)
		i++
		start = i
	}
	return append(append(dst, value[start:]...), '"')
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
