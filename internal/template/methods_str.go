package template

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// strMethod makes a method of str.
func strMethod(params string, required int, f func(ev *evaluation, s string, a args) (any, error)) *function {
	return &function{params: params, required: required, call: func(ev *evaluation, self any, a args) (any, error) {
		s := self.(string)
		if err := ev.spend(len(s) / 64); err != nil {
			return nil, err
		}
		return f(ev, s, a)
	}}
}

// mapped makes a method that turns one text into another.
func mapped(f func(string) string) *function {
	return strMethod("", 0, func(_ *evaluation, s string, _ args) (any, error) {
		return f(s), nil
	})
}

func stringMethods() methodTable {
	t := methodTable{
		"upper":      mapped(upper),
		"lower":      mapped(strings.ToLower),
		"casefold":   mapped(func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ß", "ss") }),
		"capitalize": mapped(capitalize),
		"title":      mapped(title),
		"swapcase":   mapped(swapCase),
		"strip":      strMethod("/ chars", 0, func(_ *evaluation, s string, a args) (any, error) { return strip(s, a, true, true) }),
		"lstrip":     strMethod("/ chars", 0, func(_ *evaluation, s string, a args) (any, error) { return strip(s, a, true, false) }),
		"rstrip":     strMethod("/ chars", 0, func(_ *evaluation, s string, a args) (any, error) { return strip(s, a, false, true) }),
		"join":       strMethod("/ iterable", 1, joinMethod),
		"replace":    strMethod("/ old new count", 2, replaceMethod),
		"encode":     strMethod("encoding errors", 0, encodeMethod),
		"removeprefix": affix(func(s, affix string) string {
			return strings.TrimPrefix(s, affix)
		}),
		"removesuffix": affix(func(s, affix string) string {
			return strings.TrimSuffix(s, affix)
		}),
		"zfill":      strMethod("/ width", 1, zfill),
		"ljust":      justified('<'),
		"rjust":      justified('>'),
		"center":     justified('^'),
		"startswith": edge(strings.HasPrefix),
		"endswith":   edge(strings.HasSuffix),
		"format": {params: variadic, call: func(ev *evaluation, self any, a args) (any, error) {
			return ev.format(self.(string), a)
		}},
		"format_map": strMethod("/ mapping", 1, func(ev *evaluation, s string, a args) (any, error) {
			d, ok := a.pos[0].(*Dict)
			if !ok {
				return nil, typeErr("format_map() takes a mapping, not %s", typeName(a.pos[0]))
			}
			return ev.format(s, args{named: namedValues(d)})
		}),
	}
	addSplitMethods(t)
	addFindMethods(t)
	addCharacterMethods(t)
	return t
}

// namedValues gives the entries of a dict with string keys.
func namedValues(d *Dict) []namedValue {
	var list []namedValue
	for k, v := range d.All() {
		if name, ok := k.(string); ok {
			list = append(list, namedValue{name, inward(v)})
		}
	}
	return list
}

// title begins every run of letters with a capital.
func title(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		if inWord {
			b.WriteRune(unicode.ToLower(r))
		} else {
			b.WriteRune(unicode.ToTitle(r))
		}
		inWord = unicode.IsLetter(r)
	}
	return b.String()
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

// strip removes blanks, or the characters of the first argument, from the ends.
func strip(s string, a args, left, right bool) (any, error) {
	drop := unicode.IsSpace
	if a.or(0, nil) != nil {
		chars, err := a.str(0, "")
		if err != nil {
			return nil, err
		}
		drop = func(r rune) bool { return strings.ContainsRune(chars, r) }
	}
	if left {
		s = strings.TrimLeftFunc(s, drop)
	}
	if right {
		s = strings.TrimRightFunc(s, drop)
	}
	return s, nil
}

func joinMethod(ev *evaluation, s string, a args) (any, error) {
	items, err := ev.items(a.pos[0])
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(items))
	size := 0
	for i, item := range items {
		part, ok := inward(item).(string)
		if !ok {
			return nil, typeErr("sequence item %d: expected str instance, %s found", i, typeName(inward(item)))
		}
		parts[i] = part
		if size += len(part) + len(s); size > maxBytes {
			return nil, limitErr("the template makes too much text")
		}
	}
	if err := ev.grow(size + 16*len(items)); err != nil {
		return nil, err
	}
	return strings.Join(parts, s), nil
}

func replaceMethod(ev *evaluation, s string, a args) (any, error) {
	from, err := a.str(0, "")
	if err != nil {
		return nil, err
	}
	to, err := a.str(1, "")
	if err != nil {
		return nil, err
	}
	count, err := a.int(2, -1)
	if err != nil {
		return nil, err
	}
	return ev.replace(s, from, to, count)
}

func encodeMethod(ev *evaluation, s string, a args) (any, error) {
	encoding, err := a.str(0, "utf-8")
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(encoding) {
	case "utf-8", "utf8":
	case "ascii", "us-ascii":
		if !isASCII(s) {
			return nil, valueErr("the text is not ASCII")
		}
	default:
		return nil, valueErr("only the encodings utf-8 and ascii are supported")
	}
	return Bytes(s), ev.grow(len(s))
}

func affix(f func(s, affix string) string) *function {
	return strMethod("/ affix", 1, func(_ *evaluation, s string, a args) (any, error) {
		part, err := a.str(0, "")
		return f(s, part), err
	})
}

func zfill(ev *evaluation, s string, a args) (any, error) {
	width, err := a.int(0, 0)
	if err != nil {
		return nil, err
	}
	sign := ""
	if s != "" && (s[0] == '+' || s[0] == '-') {
		sign, s = s[:1], s[1:]
	}
	v, err := ev.justify(s, width-len(sign), '0', '>')
	if err != nil {
		return nil, err
	}
	return sign + v, nil
}

func justified(align byte) *function {
	return strMethod("/ width fillchar", 1, func(ev *evaluation, s string, a args) (any, error) {
		width, err := a.int(0, 0)
		if err != nil {
			return nil, err
		}
		fill, err := a.str(1, " ")
		if err != nil {
			return nil, err
		}
		if utf8.RuneCountInString(fill) != 1 {
			return nil, typeErr("the fill character must be exactly one character long")
		}
		r, _ := utf8.DecodeRuneInString(fill)
		return ev.justify(s, width, r, align)
	})
}

// justify fills text up to a width: on the right for '<', the left for '>', both sides for '^'.
func (ev *evaluation) justify(s string, width int, fill rune, align byte) (string, error) {
	missing := width - utf8.RuneCountInString(s)
	if missing <= 0 {
		return s, nil
	}
	if missing > maxBytes/utf8.UTFMax {
		return "", limitErr("the template makes too much text")
	}
	if err := ev.grow(len(s) + missing*utf8.RuneLen(fill)); err != nil {
		return "", err
	}
	left := 0
	switch align {
	case '>':
		left = missing
	case '^':
		left = missing/2 + missing&width&1
	}
	pad := string(fill)
	return strings.Repeat(pad, left) + s + strings.Repeat(pad, missing-left), nil
}

// edge makes startswith or endswith, whose first argument is a text or a tuple of them.
func edge(has func(s, part string) bool) *function {
	return strMethod("/ affix start end", 1, func(ev *evaluation, s string, a args) (any, error) {
		s, _, inside, err := window(s, a)
		if err != nil || !inside {
			return false, err
		}
		options, ok := a.pos[0].(Tuple)
		if !ok {
			options = Tuple{a.pos[0]}
		}
		for _, o := range options {
			part, ok := inward(o).(string)
			if !ok {
				return nil, typeErr("expected str or a tuple of str, not %s", typeName(inward(o)))
			}
			if has(s, part) {
				return true, nil
			}
		}
		return false, ev.spend(len(options))
	})
}

// window cuts the part of s between the arguments 1 and 2, and tells how many characters come before it, and
// whether the start is inside s at all.
func window(s string, a args) (part string, before int, inside bool, err error) {
	if a.or(1, nil) == nil && a.or(2, nil) == nil {
		return s, 0, true, nil
	}
	low, high := a.or(1, nil), a.or(2, nil)
	runes := []rune(s)
	from, ok := clampBound(low, 0, len(runes), 1)
	to, ok2 := clampBound(high, len(runes), len(runes), 1)
	if !ok && low != nil || !ok2 && high != nil {
		return "", 0, false, typeErr("slice indices must be integers or None")
	}
	if start, _ := asIndex(low); start > len(runes) || from > to {
		return "", 0, false, nil
	}
	return string(runes[from:to]), from, true, nil
}
