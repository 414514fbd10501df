package template

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// printf is Python's format % values.
func (ev *evaluation) printf(format string, values any) (string, error) {
	p := printer{ev: ev}
	if t, ok := values.(Tuple); ok {
		p.values = t
	} else {
		p.values, p.single = []any{values}, true
	}
	p.dict, _ = values.(*Dict)
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			break
		}
		if err := p.write(format[:i]); err != nil {
			return "", err
		}
		n, err := p.conversion(format[i+1:])
		if err != nil {
			return "", err
		}
		format = format[i+1+n:]
	}
	if err := p.write(format); err != nil {
		return "", err
	}
	_, isList := values.(*list)
	if p.next < len(p.values) && p.dict == nil && (!p.single || !isList) {
		return "", typeErr("not all arguments converted during string formatting")
	}
	return string(p.out), nil
}

// formatArgs is the filter format: the values are the arguments.
func (ev *evaluation) formatArgs(format string, a args) (any, error) {
	if len(a.named) == 0 {
		return ev.printf(format, Tuple(a.pos))
	}
	if len(a.pos) > 0 {
		return nil, valueErr("format takes positional or named arguments, not both")
	}
	d, err := ev.newDict(a)
	if err != nil {
		return nil, err
	}
	return ev.printf(format, d)
}

type printer struct {
	ev     *evaluation
	out    []byte
	values []any
	single bool
	dict   *Dict
	next   int
}

func (p *printer) write(s string) error {
	p.out = append(p.out, s...)
	return p.ev.grow(len(s))
}

func (p *printer) take() (any, error) {
	if p.next >= len(p.values) {
		return nil, typeErr("not enough arguments for format string")
	}
	p.next++
	return inward(p.values[p.next-1]), nil
}

// conversion handles what follows a '%' and gives its length.
func (p *printer) conversion(s string) (int, error) {
	if s == "" {
		return 0, valueErr("incomplete format")
	}
	at := 0
	var value any
	var err error
	keyed := s[0] == '('
	if keyed {
		if value, at, err = p.keyed(s); err != nil {
			return 0, err
		}
	}
	l := layout{fill: ' ', align: '>', precision: -1}
	at += l.flags(s[at:])
	if at, err = p.number(s, at, &l.width); err != nil {
		return 0, err
	}
	if l.width < 0 {
		l.width, l.align = -l.width, '<'
	}
	if at < len(s) && s[at] == '.' {
		if at, err = p.number(s, at+1, &l.precision); err != nil {
			return 0, err
		}
		l.precision = max(0, l.precision)
	}
	for at < len(s) && strings.IndexByte("hlL", s[at]) >= 0 {
		at++
	}
	if at == len(s) {
		return 0, valueErr("incomplete format")
	}
	l.kind = s[at]
	if l.kind == '%' {
		return at + 1, p.write("%")
	}
	if !keyed {
		if value, err = p.take(); err != nil {
			return 0, err
		}
	}
	return at + 1, p.convert(l, value)
}

// keyed reads the "(name)" of a conversion and finds its value.
func (p *printer) keyed(s string) (any, int, error) {
	if p.dict == nil {
		return nil, 0, typeErr("format requires a mapping")
	}
	end := strings.IndexByte(s, ')')
	if end < 0 {
		return nil, 0, valueErr("incomplete format key")
	}
	v, ok := p.dict.Get(s[1:end])
	if !ok {
		return nil, 0, valueErr("there is no value for a key of the format")
	}
	return inward(v), end + 1, nil
}

// flags reads "-+ 0#".
func (l *layout) flags(s string) int {
	for i := range len(s) {
		switch s[i] {
		case '-':
			l.align = '<'
		case '+':
			l.sign = '+'
		case ' ':
			if l.sign == 0 {
				l.sign = ' '
			}
		case '0':
			l.fill = '0'
		case '#':
			l.alternate = true
		default:
			return i
		}
	}
	return len(s)
}

// number reads a width or precision, which "*" takes from the values.
func (p *printer) number(s string, at int, n *int) (int, error) {
	if at < len(s) && s[at] == '*' {
		v, err := p.take()
		if err != nil {
			return 0, err
		}
		i, ok := asIndex(v)
		if !ok {
			return 0, typeErr("* wants int")
		}
		*n = i
		if i > maxWidth || i < -maxWidth {
			return 0, limitErr("the format asks for too wide a field")
		}
		return at + 1, nil
	}
	from := at
	for at < len(s) && isDigit(s[at]) {
		at++
	}
	if at > from || *n < 0 {
		v, _ := strconv.Atoi(s[from:at])
		*n = v
		if v > maxWidth || at-from > 9 {
			return 0, limitErr("the format asks for too wide a field")
		}
	}
	return at, nil
}

func (p *printer) convert(l layout, v any) error {
	if l.align == '<' || strings.IndexByte("srac", l.kind) >= 0 {
		l.fill = ' '
	}
	text, err := p.text(&l, v)
	if err != nil {
		return err
	}
	if l.fill == '0' {
		l.align = '='
	}
	return p.write(l.pad(text))
}

func (p *printer) text(l *layout, v any) (string, error) {
	if u, ok := v.(*undefined); ok && strings.IndexByte("sra", l.kind) < 0 {
		return "", u.err()
	}
	switch l.kind {
	case 's', 'r', 'a':
		var b []byte
		var err error
		if l.kind == 's' {
			b, err = p.ev.appendStr(nil, v)
		} else {
			b, err = p.ev.appendRepr(nil, v, 0)
		}
		s := string(b)
		if l.kind == 'a' {
			s = escapeASCII(s)
		}
		return cutRunes(s, l.precision), err
	case 'c':
		return character(v)
	case 'd', 'i', 'u':
		n, ok := asNumber(v)
		if !ok {
			return "", typeErr("%%%c format: a real number is required, not %s", l.kind, typeName(v))
		}
		i, err := ParseInt(n, 10)
		if err != nil {
			return "", err
		}
		return l.integer(i, 10)
	case 'o', 'x', 'X':
		switch v.(type) {
		case bool, int64, *big.Int:
			n, _ := asNumber(v)
			return l.integer(n, map[byte]int{'o': 8, 'x': 16, 'X': 16}[l.kind])
		}
		return "", typeErr("%%%c format: an integer is required, not %s", l.kind, typeName(v))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		f, err := ParseFloat(v)
		if _, isText := v.(string); isText || isType(err) {
			return "", typeErr("must be real number, not %s", typeName(v))
		}
		return l.float(f), err
	}
	return "", valueErr("unsupported format character")
}

func escapeASCII(s string) string {
	var b []byte
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b = append(b, byte(r))
		case r < 0x100:
			b = appendHex(append(b, `\x`...), r, 2)
		case r < 0x10000:
			b = appendHex(append(b, `\u`...), r, 4)
		default:
			b = appendHex(append(b, `\U`...), r, 8)
		}
	}
	return string(b)
}

func cutRunes(s string, n int) string {
	if n < 0 || n >= len(s) {
		return s
	}
	if r := []rune(s); n < len(r) {
		return string(r[:n])
	}
	return s
}

func character(v any) (string, error) {
	switch v := v.(type) {
	case string:
		if utf8.RuneCountInString(v) == 1 {
			return v, nil
		}
	case int64:
		if v < 0 || v > utf8.MaxRune {
			return "", valueErr("%%c arg not in range(0x110000)")
		}
		return string(rune(v)), nil
	}
	return "", typeErr("%%c requires int or char")
}
