package template

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stringFilter makes a filter of a function of text; other values are turned into text first.
func stringFilter(params string, f func(ev *evaluation, s string, a args) (any, error)) *function {
	return &function{params: params, call: func(ev *evaluation, self any, a args) (any, error) {
		s, err := ev.str(self)
		if err != nil {
			return nil, err
		}
		if err := ev.spend(len(s) / 16); err != nil {
			return nil, err
		}
		return f(ev, s, a)
	}}
}

// str is Python's str of a value.
func (ev *evaluation) str(v any) (string, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	b, err := ev.appendStr(nil, v)
	if err != nil {
		return "", err
	}
	return string(b), ev.grow(len(b))
}

// textual makes a filter without parameters of a function that keeps the length of a text roughly as it is.
func textual(f func(string) string) *function {
	return stringFilter("", func(_ *evaluation, s string, _ args) (any, error) {
		return f(s), nil
	})
}

func stringFilters() functionTable {
	return functionTable{
		"capitalize": textual(capitalize),
		"lower":      textual(strings.ToLower),
		"upper":      textual(upper),
		"title":      textual(titleWords),
		"trim": stringFilter("chars", func(_ *evaluation, s string, a args) (any, error) {
			return strip(s, a, true, true)
		}),
		"center": stringFilter("width", func(ev *evaluation, s string, a args) (any, error) {
			width, err := a.int(0, 80)
			if err != nil {
				return nil, err
			}
			return ev.justify(s, width, ' ', '^')
		}),
		"replace": stringFilter("old new count", replaceFilter),
		"format": {params: variadic, call: func(ev *evaluation, self any, a args) (any, error) {
			s, err := ev.str(self)
			if err != nil {
				return nil, err
			}
			return ev.formatArgs(s, a)
		}},
		"indent":    stringFilter("width first blank", indent),
		"truncate":  stringFilter("length killwords end leeway", truncate),
		"wordcount": stringFilter("", wordCount),
	}
}

// upper is strings.ToUpper with the one letter that becomes two.
func upper(s string) string { return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS") }

func capitalize(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return upper(s[:n]) + strings.ToLower(s[n:])
}

// titleWords begins every word with a capital; words end at blanks, hyphens and opening brackets.
func titleWords(s string) string {
	var b strings.Builder
	begin := true
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || strings.ContainsRune("-({[<", r):
			begin = true
			b.WriteRune(r)
		case begin:
			begin = false
			b.WriteString(upper(string(r)))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func replaceFilter(ev *evaluation, s string, a args) (any, error) {
	if !a.has(0) || !a.has(1) {
		return nil, typeErr("replace takes the old and the new text")
	}
	from, err := ev.str(a.pos[0])
	if err != nil {
		return nil, err
	}
	to, err := ev.str(a.pos[1])
	if err != nil {
		return nil, err
	}
	count := -1
	if a.or(2, nil) != nil {
		if count, err = a.int(2, -1); err != nil {
			return nil, err
		}
	}
	return ev.replace(s, from, to, count)
}

// replace replaces up to count occurrences, all if count is negative.
func (ev *evaluation) replace(s, from, to string, count int) (any, error) {
	n := strings.Count(s, from)
	if count >= 0 {
		n = min(n, count)
	}
	if len(to) > 0 && n > maxBytes/len(to) {
		return nil, limitErr("the template makes too much text")
	}
	if err := ev.grow(len(s) + n*len(to)); err != nil {
		return nil, err
	}
	return strings.Replace(s, from, to, count), ev.spend(len(s) / 64)
}

func indent(ev *evaluation, s string, a args) (any, error) {
	by, ok := a.or(0, int64(4)).(string)
	if !ok {
		width, err := a.int(0, 4)
		if err != nil {
			return nil, err
		}
		if err := ev.grow(width); width > 0 && err != nil {
			return nil, err
		}
		by = strings.Repeat(" ", max(0, width))
	}
	lines := splitLines(s+"\n", false)
	if err := ev.grow(len(s) + len(lines)*len(by)); err != nil {
		return nil, err
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == 0 && a.bool(1) || i > 0 && (line != "" || a.bool(2)) {
			b.WriteString(by)
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

func truncate(_ *evaluation, s string, a args) (any, error) {
	length, err := a.int(0, 255)
	if err != nil {
		return nil, err
	}
	end, err := a.str(2, "...")
	if err != nil {
		return nil, err
	}
	leeway := 5
	if a.or(3, nil) != nil {
		if leeway, err = a.int(3, 5); err != nil {
			return nil, err
		}
	}
	room := length - utf8.RuneCountInString(end)
	if room < 0 || leeway < 0 {
		return nil, valueErr("truncate needs a length of at least that of its end")
	}
	runes := []rune(s)
	if len(runes) <= length+leeway {
		return s, nil
	}
	s = string(runes[:room])
	if !a.bool(1) {
		if i := strings.LastIndexByte(s, ' '); i >= 0 {
			s = s[:i]
		}
	}
	return s + end, nil
}

var wordForm = regexp.MustCompile(`[\p{L}\p{N}_]+`)

func wordCount(_ *evaluation, s string, _ args) (any, error) {
	return int64(len(wordForm.FindAllStringIndex(s, -1))), nil
}
