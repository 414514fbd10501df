package rawjson

import "bytes"

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the position after the value that starts at i.
func skipValue(text []byte, i int) (int, bool) {
	if i >= len(text) {
		return i, false
	}
	switch text[i] {
	case '"':
		return skipString(text, i)
	case '{', '[':
		return skipNested(text, i)
	case ',', '}', ']', ':':
		return i, false
	}
	return skipScalar(text, i), true
}

func skipScalar(text []byte, i int) int {
	for i < len(text) {
		switch text[i] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}

// skipNested counts brackets of both kinds alike, which is enough for text that is valid.
func skipNested(text []byte, i int) (int, bool) {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			end, ok := skipString(text, i)
			if !ok {
				return i, false
			}
			i = end
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
		i++
	}
	return i, false
}

// skipString returns the position after the closing quote of the string that opens at i.
func skipString(text []byte, i int) (int, bool) {
	if i >= len(text) || text[i] != '"' {
		return i, false
	}
	for start := i + 1; start < len(text); {
		n := bytes.IndexByte(text[start:], '"')
		if n < 0 {
			return len(text), false
		}
		end := start + n
		if !escaped(text, i+1, end) {
			return end + 1, true
		}
		start = end + 1
	}
	return len(text), false
}

// escaped tells whether an odd number of backslashes stands before end.
func escaped(text []byte, begin, end int) bool {
	n := 0
	for end-1-n >= begin && text[end-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}
