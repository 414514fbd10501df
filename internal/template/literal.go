package template

import (
	"math/big"
	"strconv"
	"strings"
)

// Literal reads text as a Python literal, as the reference does with everything a template prints: numbers, True,
// False, None, quoted strings, and displays of lists, tuples, dicts and sets. A bare list of literals with commas is
// a tuple. It reports false for any other text, also for complex numbers and "\N{...}" escapes.
func Literal(text string) (any, bool) {
	text = strings.TrimLeft(text, " \t")
	if !mayBeLiteral(text) {
		return nil, false
	}
	p := literal{s: text}
	v, ok := p.whole()
	return v, ok
}

// mayBeLiteral looks at the first character, which rules most texts out.
func mayBeLiteral(s string) bool {
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case isDigit(c):
		return true
	case strings.IndexByte("+-.'\"([{#\n\r\f\\", c) >= 0:
		return true
	case strings.IndexByte("TFN", c) >= 0:
		return strings.HasPrefix(s, "True") || strings.HasPrefix(s, "False") || strings.HasPrefix(s, "None")
	case c == 's':
		return strings.HasPrefix(s, "set")
	case strings.IndexByte("bBrRuU", c) >= 0:
		return len(s) > 1 && strings.IndexByte("'\"bBrR", s[1]) >= 0
	}
	return false
}

// maxLiteralDepth is how deep brackets may nest in a literal.
const maxLiteralDepth = 90

// literal reads Python literals. Its methods report false for anything that is not one.
type literal struct {
	s     string
	at    int
	depth int
}

// whole reads the text to its end.
func (p *literal) whole() (any, bool) {
	if strings.IndexByte(p.s, 0) >= 0 || !p.blankLines() {
		return nil, false
	}
	v, ok := p.tuple("")
	if !ok {
		return nil, false
	}
	return v, p.blankEnd()
}

// blankEnd tells whether only blank lines and comments are left. The last line may not be blanks alone: for Python
// that is an indented line with nothing on it.
func (p *literal) blankEnd() bool {
	for line := 0; ; line++ {
		start := p.at
		p.space()
		blanks := p.at > start
		p.comment()
		if p.at == len(p.s) {
			return line == 0 || !blanks || p.s[p.at-1] != ' ' && p.s[p.at-1] != '\t' || strings.Contains(p.s[start:], "#")
		}
		if p.s[p.at] != '\n' && p.s[p.at] != '\r' {
			return false
		}
		p.at++
	}
}

// blankLines skips empty lines and comments before the literal, which may not be indented after them.
func (p *literal) blankLines() bool {
	for p.at < len(p.s) {
		start := p.at
		p.space()
		p.comment()
		if p.at < len(p.s) && (p.s[p.at] == '\n' || p.s[p.at] == '\r') {
			p.at++
			continue
		}
		return p.at < len(p.s) && strings.Trim(p.s[start:p.at], "\f\\\r\n") == ""
	}
	return false
}

// space skips blanks; inside brackets also line ends and comments.
func (p *literal) space() {
	for p.at < len(p.s) {
		switch c := p.s[p.at]; {
		case c == ' ' || c == '\t' || c == '\f':
			p.at++
		case p.depth > 0 && (c == '\n' || c == '\r'):
			p.at++
		case p.depth > 0 && c == '#':
			p.comment()
		case c == '\\' && p.continues():
		default:
			return
		}
	}
}

// continues skips a backslash at the end of a line that is not the last.
func (p *literal) continues() bool {
	rest := p.s[p.at+1:]
	rest = strings.TrimPrefix(rest, "\r")
	if len(rest) < len(p.s)-p.at-1 {
		rest = strings.TrimPrefix(rest, "\n")
	} else if after, ok := strings.CutPrefix(rest, "\n"); ok {
		rest = after
	} else {
		return false
	}
	if rest == "" {
		return false
	}
	p.at = len(p.s) - len(rest)
	return true
}

func (p *literal) comment() {
	if p.at < len(p.s) && p.s[p.at] == '#' {
		end := strings.IndexAny(p.s[p.at:], "\n\r")
		if end < 0 {
			end = len(p.s) - p.at
		}
		p.at += end
	}
}

// peek skips blanks and gives the next character, or 0 at the end.
func (p *literal) peek() byte {
	p.space()
	if p.at == len(p.s) {
		return 0
	}
	return p.s[p.at]
}

func (p *literal) skip(c byte) bool {
	if p.peek() == c && p.at < len(p.s) {
		p.at++
		return true
	}
	return false
}

// tuple reads one literal, or several with commas between as a tuple.
func (p *literal) tuple(closing string) (any, bool) {
	v, ok := p.value()
	if !ok || !p.skip(',') {
		return v, ok
	}
	items := Tuple{v}
	for !p.ends(closing) {
		if v, ok = p.value(); !ok {
			return nil, false
		}
		items = append(items, v)
		if !p.skip(',') {
			break
		}
	}
	return items, true
}

func (p *literal) ends(closing string) bool {
	c := p.peek()
	if closing != "" {
		return c == closing[0]
	}
	return c == 0 || c == '\n' || c == '\r' || c == '#'
}

func (p *literal) value() (any, bool) {
	switch c := p.peek(); {
	case c == '+' || c == '-':
		p.at++
		return p.signed(c)
	case isDigit(c) || c == '.':
		return p.number()
	case c == '(' || c == '[' || c == '{':
		return p.bracketed(c)
	case c == '\'' || c == '"' || strings.IndexByte("bBrRuU", c) >= 0 && c != 0:
		return p.strings()
	default:
		return p.word()
	}
}

// signed reads the number after a sign; parentheses may stand around it.
func (p *literal) signed(sign byte) (any, bool) {
	if c := p.peek(); !isDigit(c) && c != '.' && c != '(' {
		return nil, false
	}
	v, ok := p.value()
	if !ok {
		return nil, false
	}
	switch v := v.(type) {
	case int64, float64, *big.Int:
		n, err := signed(string(sign), v)
		return n, err == nil
	}
	return nil, false
}

var words = []struct {
	text  string
	value any
}{{"True", true}, {"False", false}, {"None", nil}}

func (p *literal) word() (any, bool) {
	rest := p.s[p.at:]
	for _, w := range words {
		if after, ok := strings.CutPrefix(rest, w.text); ok {
			p.at += len(w.text)
			return w.value, !startsName(after)
		}
	}
	if after, ok := strings.CutPrefix(rest, "set"); ok && !startsName(after) {
		p.at += len("set")
		if p.skip('(') {
			p.depth++
			ok := p.skip(')')
			p.depth--
			return Set{}, ok
		}
	}
	return nil, false
}

func startsName(s string) bool {
	return s != "" && (s[0] == '_' || s[0] >= 0x80 || isDigit(s[0]) || s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z')
}

// bracketed reads a tuple, list, dict, set, or literal in parentheses.
func (p *literal) bracketed(open byte) (v any, ok bool) {
	p.at++
	if p.depth++; p.depth > maxLiteralDepth {
		return nil, false
	}
	defer func() { p.depth-- }()
	switch open {
	case '(':
		return p.parenthesised()
	case '[':
		items, ok := p.list(']')
		return items, ok
	}
	if p.skip('}') {
		return NewDict(0), true
	}
	first, ok := p.value()
	if !ok {
		return nil, false
	}
	if p.skip(':') {
		return p.dict(first)
	}
	return p.set(first)
}

func (p *literal) parenthesised() (any, bool) {
	if p.skip(')') {
		return Tuple{}, true
	}
	v, ok := p.tuple(")")
	return v, ok && p.skip(')')
}

func (p *literal) list(closing byte) ([]any, bool) {
	items := []any{}
	for !p.skip(closing) {
		v, ok := p.value()
		if !ok {
			return nil, false
		}
		items = append(items, v)
		if !p.skip(',') {
			return items, p.skip(closing)
		}
	}
	return items, true
}

func (p *literal) dict(key any) (any, bool) {
	d := NewDict(4)
	for {
		value, ok := p.value()
		if !ok || !hashable(key) {
			return nil, false
		}
		d.put(key, value)
		if !p.skip(',') {
			return d, p.skip('}')
		}
		if p.skip('}') {
			return d, true
		}
		if key, ok = p.value(); !ok || !p.skip(':') {
			return nil, false
		}
	}
}

func (p *literal) set(first any) (any, bool) {
	items := []any{first}
	if p.skip(',') {
		rest, ok := p.list('}')
		if !ok {
			return nil, false
		}
		items = append(items, rest...)
	} else if !p.skip('}') {
		return nil, false
	}
	unique := NewDict(len(items))
	for _, v := range items {
		if !hashable(v) {
			return nil, false
		}
		if code, _ := hashCode(nil, v); unique.find(v, code) < 0 {
			unique.put(v, nil)
		}
	}
	return Set((&view{unique, "dict_keys"}).items()), true
}

func hashable(v any) bool {
	_, err := hashCode(nil, v)
	return err == nil
}

// number reads an integer or float. Python refuses leading zeros, and letters right after a number.
func (p *literal) number() (any, bool) {
	rest := p.s[p.at:]
	if strings.HasPrefix(rest, "...") {
		p.at += 3
		return Ellipsis{}, true
	}
	if n := looseFloatLength(rest); n > 0 {
		p.at += n
		f, _ := strconv.ParseFloat(strings.ReplaceAll(rest[:n], "_", ""), 64) // out of range is infinity
		return f, !startsName(rest[n:])
	}
	if !isDigit(rest[0]) {
		return nil, false
	}
	n := integerLength(rest)
	p.at += n
	if n > maxDigits || startsName(rest[n:]) {
		return nil, false
	}
	if i, err := strconv.ParseInt(rest[:n], 10, 64); err == nil {
		return i, true
	}
	i, ok := new(big.Int).SetString(strings.ReplaceAll(rest[:n], "_", ""), 0)
	if !ok {
		return int64(0), strings.Trim(rest[:n], "0_") == ""
	}
	return shrink(i), true
}

// looseFloatLength also takes "1." and ".5", which templates do not write.
func looseFloatLength(s string) int {
	n := digitsLength(s, isDigit)
	if n < len(s) && s[n] == '.' {
		frac := digitsLength(s[n+1:], isDigit)
		if n+frac == 0 {
			return 0
		}
		end := n + 1 + frac
		return end + exponentLength(s[end:])
	}
	if n == 0 {
		return 0
	}
	if exp := exponentLength(s[n:]); exp > 0 {
		return n + exp
	}
	return 0
}
