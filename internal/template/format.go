package template

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// formatter is one call of str.format.
type formatter struct {
	ev    *evaluation
	args  args
	next  int // the next unnumbered field
	depth int
}

// format is Python's str.format.
func (ev *evaluation) format(s string, a args) (string, error) {
	return (&formatter{ev: ev, args: a}).expand(s)
}

// expand replaces the fields of a format, of which a field's specification may hold more.
func (f *formatter) expand(s string) (string, error) {
	if f.depth++; f.depth > 3 {
		return "", valueErr("Max string recursion exceeded")
	}
	defer func() { f.depth-- }()
	var out strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			break
		}
		out.WriteString(s[:i])
		c := s[i]
		s = s[i+1:]
		if s != "" && s[0] == c {
			out.WriteByte(c)
			s = s[1:]
			continue
		}
		if c == '}' || s == "" {
			return "", valueErr("single '%c' encountered in format string", c)
		}
		end := closingBrace(s)
		if end < 0 {
			return "", valueErr("expected '}' before end of string")
		}
		text, err := f.field(s[:end])
		if err != nil {
			return "", err
		}
		out.WriteString(text)
		s = s[end+1:]
	}
	out.WriteString(s)
	return out.String(), f.ev.grow(out.Len())
}

func closingBrace(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// field expands "name!conversion:specification".
func (f *formatter) field(s string) (string, error) {
	name, spec, conversion := s, "", byte(0)
	if i := strings.IndexAny(s, "!:"); i >= 0 {
		name = s[:i]
		rest := s[i+1:]
		if s[i] == '!' {
			if rest == "" || len(rest) > 1 && rest[1] != ':' {
				return "", valueErr("expected ':' after conversion specifier")
			}
			conversion, rest = rest[0], strings.TrimPrefix(rest[1:], ":")
		}
		spec = rest
	}
	v, err := f.find(name)
	if err != nil {
		return "", err
	}
	if spec, err = f.expand(spec); err != nil {
		return "", err
	}
	switch conversion {
	case 0:
	case 's':
		v, err = f.ev.str(v)
	case 'r', 'a':
		var b []byte
		b, err = f.ev.appendRepr(nil, v, 0)
		v = string(b)
		if conversion == 'a' {
			v = escapeASCII(string(b))
		}
	default:
		err = valueErr("unknown conversion specifier")
	}
	if err != nil {
		return "", err
	}
	return f.ev.formatValue(v, spec)
}

// find gives the value of a field name such as "0", "user", "user.name" or "rows[0]".
func (f *formatter) find(name string) (any, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	first, rest := name[:end], name[end:]
	v, err := f.argument(first)
	for err == nil && rest != "" {
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			v, err = f.ev.attribute(v, rest[1:1+end])
			rest = rest[1+end:]
			continue
		}
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return nil, valueErr("missing ']' in format string")
		}
		v, err = f.ev.item(v, attributePath(strings.ReplaceAll(rest[1:end], ".", "\x00"))[0])
		rest = rest[end+1:]
	}
	if u, ok := v.(*undefined); ok && err == nil && end < len(name) {
		err = u.err()
	}
	return v, err
}

func (f *formatter) argument(name string) (any, error) {
	i, err := strconv.Atoi(name)
	if name == "" {
		i, err = f.next, nil
		f.next++
	}
	if err == nil {
		if i < 0 || i >= len(f.args.pos) {
			return nil, valueErr("there is no argument for a field of the format")
		}
		return f.args.pos[i], nil
	}
	for _, n := range f.args.named {
		if n.name == name {
			return n.value, nil
		}
	}
	return nil, valueErr("there is no argument for a field of the format")
}

// formatValue is Python's format(value, specification).
func (ev *evaluation) formatValue(v any, spec string) (string, error) {
	if spec == "" {
		return ev.str(v)
	}
	switch v := v.(type) {
	case *datetime:
		return v.strftime(spec)
	case Date:
		return (&datetime{t: v.time(), naive: true}).strftime(spec)
	}
	l, err := readLayout(spec)
	if err != nil {
		return "", err
	}
	s, err := ev.laidOut(&l, v)
	if err != nil {
		return "", err
	}
	return l.pad(s), ev.grow(len(s) + l.width*utf8.UTFMax)
}

func (ev *evaluation) laidOut(l *layout, v any) (string, error) {
	n, isNumber := asNumber(v)
	_, isFloat := n.(float64)
	switch {
	case strings.IndexByte("eEfFgG%", l.kind) >= 0 && l.kind != 0 && isNumber:
		f, err := toFloat(n)
		l.defaultAlign('>')
		return l.float(f), err
	case isNumber && isFloat && l.kind == 0:
		l.defaultAlign('>')
		if l.precision < 0 {
			return l.signed(n.(float64) < 0, string(appendFloat(nil, max(n.(float64), -n.(float64))))), nil
		}
		l.kind = 'g'
		return l.float(n.(float64)), nil
	case isNumber && !isFloat && (l.kind == 0 || strings.IndexByte("bcdnoxX", l.kind) >= 0):
		l.defaultAlign('>')
		if l.precision >= 0 {
			return "", valueErr("precision not allowed in integer format specifier")
		}
		if l.kind == 'c' {
			return character(n)
		}
		return l.integer(n, map[byte]int{'b': 2, 'o': 8, 'x': 16, 'X': 16, 'd': 10, 'n': 10, 0: 10}[l.kind])
	}
	s, ok := v.(string)
	if isNumber {
		return "", valueErr("the format specification does not fit a number")
	}
	if !ok {
		return "", typeErr("unsupported format string passed to %s.__format__", typeName(v))
	}
	if l.kind != 0 && l.kind != 's' || l.align == '=' || l.sign != 0 {
		return "", valueErr("the format specification does not fit a text")
	}
	l.defaultAlign('<')
	return cutRunes(s, l.precision), nil
}

func (l *layout) defaultAlign(align byte) {
	if l.align == 0 {
		l.align = align
	}
}

// readLayout reads [[fill]align][sign][#][0][width][grouping][.precision][type].
func readLayout(s string) (layout, error) {
	l := layout{fill: ' ', precision: -1}
	if _, n := utf8.DecodeRuneInString(s); n < len(s) && strings.IndexByte("<>^=", s[n]) >= 0 {
		l.fill, _ = utf8.DecodeRuneInString(s)
		l.align, s = s[n], s[n+1:]
	} else if s != "" && strings.IndexByte("<>^=", s[0]) >= 0 {
		l.align, s = s[0], s[1:]
	}
	if s != "" && strings.IndexByte("+- ", s[0]) >= 0 {
		if s[0] != '-' {
			l.sign = s[0]
		}
		s = s[1:]
	}
	if after, ok := strings.CutPrefix(s, "#"); ok {
		l.alternate, s = true, after
	}
	if after, ok := strings.CutPrefix(s, "0"); ok {
		s = after
		if l.align == 0 {
			l.fill, l.align = '0', '='
		}
	}
	var err error
	if s, err = leadingNumber(s, &l.width); err != nil {
		return l, err
	}
	if s != "" && (s[0] == ',' || s[0] == '_') {
		l.group, s = s[0], s[1:]
	}
	if after, ok := strings.CutPrefix(s, "."); ok {
		l.precision = 0
		if s, err = leadingNumber(after, &l.precision); err != nil {
			return l, err
		}
		if len(s) == len(after) {
			return l, valueErr("format specifier missing precision")
		}
	}
	if len(s) > 1 {
		return l, valueErr("invalid format specifier")
	}
	if s != "" {
		l.kind = s[0]
	}
	return l, nil
}

func leadingNumber(s string, n *int) (string, error) {
	end := 0
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	if end > 0 {
		*n, _ = strconv.Atoi(s[:end])
	}
	if end > 9 || *n > maxWidth {
		return s, limitErr("the format asks for too wide a field")
	}
	return s[end:], nil
}
