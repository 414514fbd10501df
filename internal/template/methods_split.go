package template

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func addSplitMethods(t methodTable) {
	t["split"] = strMethod("sep maxsplit", 0, splitMethod(false))
	t["rsplit"] = strMethod("sep maxsplit", 0, splitMethod(true))
	t["splitlines"] = strMethod("keepends", 0, func(ev *evaluation, s string, a args) (any, error) {
		if err := ev.growItems(len(s) / 2); err != nil { // before memory is taken
			return nil, err
		}
		return ev.textList(splitLines(s, a.bool(0)))
	})
	t["partition"] = strMethod("/ sep", 1, partition(strings.Index, false))
	t["rpartition"] = strMethod("/ sep", 1, partition(strings.LastIndex, true))
	t["expandtabs"] = strMethod("tabsize", 0, expandTabs)
}

// textList makes a list of texts that share their bytes with one already there.
func (ev *evaluation) textList(parts []string) (any, error) {
	return &list{Texts(parts)}, ev.growItems(2 * len(parts))
}

func splitMethod(fromRight bool) func(ev *evaluation, s string, a args) (any, error) {
	return func(ev *evaluation, s string, a args) (any, error) {
		limit, err := a.int(1, -1)
		if err != nil {
			return nil, err
		}
		if a.or(0, nil) == nil {
			if err := ev.growItems(len(s) / 2); err != nil { // before memory is taken
				return nil, err
			}
			return ev.textList(splitBlanks(s, limit, fromRight))
		}
		sep, err := a.str(0, "")
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, valueErr("empty separator")
		}
		if err := ev.growItems(strings.Count(s, sep)); err != nil { // before memory is taken
			return nil, err
		}
		if limit < 0 {
			return ev.textList(strings.Split(s, sep))
		}
		if !fromRight {
			return ev.textList(strings.SplitN(s, sep, limit+1))
		}
		parts := strings.Split(s, sep)
		if extra := len(parts) - limit - 1; extra > 0 {
			parts = append([]string{strings.Join(parts[:extra+1], sep)}, parts[extra+1:]...)
		}
		return ev.textList(parts)
	}
}

// splitBlanks splits at runs of blanks up to limit times; a negative limit is none.
func splitBlanks(s string, limit int, fromRight bool) []string {
	fields := strings.Fields(s)
	if limit < 0 || len(fields) <= limit {
		return fields
	}
	if fromRight {
		rest := strings.TrimRightFunc(s, unicode.IsSpace)
		tail := fields[len(fields)-limit:]
		for i := len(tail) - 1; i >= 0; i-- {
			rest = strings.TrimRightFunc(rest[:len(rest)-len(tail[i])], unicode.IsSpace)
		}
		return append([]string{rest}, tail...)
	}
	rest := strings.TrimLeftFunc(s, unicode.IsSpace)
	for i := range limit {
		rest = strings.TrimLeftFunc(rest[len(fields[i]):], unicode.IsSpace)
	}
	return append(fields[:limit:limit], rest)
}

// splitLines splits at every kind of line end; a last empty line is none.
func splitLines(s string, keep bool) []string {
	var lines []string
	for s != "" {
		i := strings.IndexFunc(s, isLineEnd)
		if i < 0 {
			return append(lines, s)
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		if strings.HasPrefix(s[i:], "\r\n") {
			n = 2
		}
		if keep {
			lines = append(lines, s[:i+n])
		} else {
			lines = append(lines, s[:i])
		}
		s = s[i+n:]
	}
	return lines
}

func isLineEnd(r rune) bool {
	return r >= '\n' && r <= '\r' || r >= 0x1c && r <= 0x1e || r == 0x85 || r == 0x2028 || r == 0x2029
}

// partition splits in three at one occurrence of the separator.
func partition(find func(s, sep string) int, last bool) func(ev *evaluation, s string, a args) (any, error) {
	return func(_ *evaluation, s string, a args) (any, error) {
		sep, err := a.str(0, "")
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, valueErr("empty separator")
		}
		i := find(s, sep)
		switch {
		case i >= 0:
			return Tuple{s[:i], sep, s[i+len(sep):]}, nil
		case last:
			return Tuple{"", "", s}, nil
		}
		return Tuple{s, "", ""}, nil
	}
}

func expandTabs(ev *evaluation, s string, a args) (any, error) {
	size, err := a.int(0, 8)
	if err != nil {
		return nil, err
	}
	if size > 1024 {
		return nil, limitErr("the tabs are too wide")
	}
	if err := ev.grow(len(s) + strings.Count(s, "\t")*max(0, size)); err != nil {
		return nil, err
	}
	var b strings.Builder
	column := 0
	for _, r := range s {
		switch {
		case r == '\t' && size > 0:
			n := size - column%size
			b.WriteString(strings.Repeat(" ", n))
			column += n
		case r == '\t':
		default:
			b.WriteRune(r)
			column++
			if r == '\n' || r == '\r' {
				column = 0
			}
		}
	}
	return b.String(), nil
}
