package table

import (
	"bytes"
	"unicode/utf8"
)

// maxDepth is how deep JSON may be nested. PostgreSQL's parser recurses and gives up at a depth that its stack decides.
const maxDepth = 500

// appendJSON adds JSON text as it is, with broken UTF-8 repaired. When a database parses it, it must hold nothing that the
// parser rejects: U+0000, surrogates without their other half, numbers of unbearable size, nesting without end.
func appendJSON(dst, value []byte, rules Rules) ([]byte, bool) {
	if len(value) == 0 || (rules.NoNUL && !parsable(value)) {
		return dst, false
	}
	return appendValid(dst, value), true
}

func parsable(value []byte) bool {
	depth := 0
	for i := 0; i < len(value); {
		switch c := value[i]; {
		case c == '"':
			end := stringEnd(value, i)
			if !parsableString(value[i:end]) {
				return false
			}
			i = end
			continue
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return false
			}
		case c == '}' || c == ']':
			depth--
		case c == '-' || (c >= '0' && c <= '9'):
			end := numberEnd(value, i)
			if !isNumber(value[i:end]) {
				return false
			}
			i = end
			continue
		}
		i++
	}
	return true
}

// stringEnd is the place after the quote that closes the string at i.
func stringEnd(value []byte, i int) int {
	for j := i + 1; j < len(value); j++ {
		switch value[j] {
		case '\\':
			j++
		case '"':
			return j + 1
		}
	}
	return len(value)
}

func numberEnd(value []byte, i int) int {
	for i < len(value) && bytes.IndexByte([]byte("+-.eE0123456789"), value[i]) >= 0 {
		i++
	}
	return i
}

// parsableString looks at the \u escapes of a string.
func parsableString(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 >= len(text) {
			return true
		}
		if text[i+1] != 'u' {
			text = text[i+2:]
			continue
		}
		var decoded [utf8.UTFMax]byte
		out, rest := appendUnicode(decoded[:0], text[i+1:])
		if r, _ := utf8.DecodeRune(out); r == 0 || (r == utf8.RuneError && !isReplacement(text[i+2:])) {
			return false
		}
		text = rest
	}
}

// isReplacement tells whether U+FFFD itself is written after the u of an escape.
func isReplacement(hex []byte) bool {
	r, ok := hex4(hex)
	return ok && r == utf8.RuneError
}
