package postgressource

import "bytes"

// appendArray turns the server's array text, {1,NULL,"two words",{nested}}, into a JSON array. It is false for text that is
// no array. Elements that JSON has no value for are null. See
// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO.
func appendArray(dst []byte, c *column, text []byte) ([]byte, bool) {
	if len(text) > 0 && text[0] == '[' { // bounds that do not begin at one: [0:1]={a,b}
		equals := bytes.IndexByte(text, '=')
		if equals < 0 {
			return dst, false
		}
		text = text[equals+1:]
	}
	a := arrayText{column: c, text: text}
	out := a.list(dst)
	if a.bad || a.pos != len(text) {
		return dst, false
	}
	return out, true
}

// maxDimensions is the server's own limit.
const maxDimensions = 6

type arrayText struct {
	column  *column
	text    []byte
	pos     int
	depth   int
	bad     bool
	element []byte // the unescaped element, reused
}

func (a *arrayText) peek() byte {
	if a.pos >= len(a.text) {
		a.bad = true
		return 0
	}
	return a.text[a.pos]
}

func (a *arrayText) list(dst []byte) []byte {
	if a.depth++; a.peek() != '{' || a.depth > maxDimensions {
		a.bad = true
		return dst
	}
	a.pos++
	dst = append(dst, '[')
	for first := true; !a.bad; first = false {
		if a.peek() == '}' {
			a.pos++
			a.depth--
			return append(dst, ']')
		}
		if !first {
			if a.peek() != a.column.delimiter {
				a.bad = true
				return dst
			}
			a.pos++
			dst = append(dst, ',')
		}
		dst = a.item(dst)
	}
	return dst
}

func (a *arrayText) item(dst []byte) []byte {
	switch a.peek() {
	case '{':
		return a.list(dst)
	case '"':
		a.quoted()
	default:
		a.plain()
		if string(a.element) == "NULL" {
			return append(dst, "null"...)
		}
	}
	out, ok := a.column.kind.append(dst, a.element)
	if !ok {
		return append(dst, "null"...)
	}
	return out
}

func (a *arrayText) plain() {
	start := a.pos
	for a.pos < len(a.text) && a.text[a.pos] != a.column.delimiter && a.text[a.pos] != '}' {
		a.pos++
	}
	a.bad = a.bad || a.pos == start
	a.element = append(a.element[:0], a.text[start:a.pos]...)
}

func (a *arrayText) quoted() {
	a.element = a.element[:0]
	for a.pos++; a.pos < len(a.text); a.pos++ {
		switch c := a.text[a.pos]; c {
		case '"':
			a.pos++
			return
		case '\\':
			if a.pos++; a.pos < len(a.text) {
				a.element = append(a.element, a.text[a.pos])
			}
		default:
			a.element = append(a.element, c)
		}
	}
	a.bad = true
}
