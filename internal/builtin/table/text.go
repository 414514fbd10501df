package table

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendString decodes a JSON string, quotes and all, and adds its text. Broken UTF-8 and lone surrogates become U+FFFD, as
// encoding/json has it.
func AppendString(dst, quoted []byte) []byte {
	body := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		return appendValid(dst, body)
	}
	for len(body) > 0 {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || i+1 >= len(body) {
			return appendValid(dst, body)
		}
		dst = appendValid(dst, body[:i])
		dst, body = appendEscape(dst, body[i+1:])
	}
	return dst
}

func appendValid(dst, text []byte) []byte {
	if utf8.Valid(text) {
		return append(dst, text...)
	}
	for _, r := range string(text) {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// appendEscape decodes what follows a backslash and returns the rest.
func appendEscape(dst, rest []byte) (decoded, tail []byte) {
	c := rest[0]
	switch c {
	case 'n':
		c = '\n'
	case 't':
		c = '\t'
	case 'r':
		c = '\r'
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'u':
		return appendUnicode(dst, rest)
	}
	return append(dst, c), rest[1:]
}

// appendUnicode decodes a u with four hexadecimal digits, or two of them that are a pair of surrogates.
func appendUnicode(dst, rest []byte) (decoded, tail []byte) {
	r, ok := hex4(rest[1:])
	if !ok {
		return utf8.AppendRune(dst, utf8.RuneError), rest[1:]
	}
	rest = rest[5:]
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(dst, r), rest
	}
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if low, ok := hex4(rest[2:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return utf8.AppendRune(dst, pair), rest[6:]
			}
		}
	}
	return utf8.AppendRune(dst, utf8.RuneError), rest
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func hasNUL(text []byte) bool { return bytes.IndexByte(text, 0) >= 0 }
