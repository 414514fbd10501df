package template

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// regexFilters work with Python's regular expressions, which look around and back; Go's own do not.
func regexFilters() functionTable {
	return functionTable{
		"regex_search":  {params: "regex", required: 1, call: regexSearch},
		"regex_replace": {params: "regex replacement", required: 2, call: regexReplace},
	}
}

// regexTime is how long one match may take: patterns exist that would take forever.
const regexTime = time.Second

// matching takes the time since a moment from what an evaluation may spend on matching.
func (ev *evaluation) matching(since time.Time, err error) error {
	if ev.regex += time.Since(since); err != nil || ev.regex > 2*regexTime {
		return limitErr("the regular expression takes too long")
	}
	return nil
}

// regex is a compiled pattern with the numbers of its named groups.
type regex struct {
	*regexp2.Regexp
	names map[string]int
}

// compile compiles a Python pattern, or finds it among those the template has used.
func (ev *evaluation) compile(pattern string) (*regex, error) {
	if r, ok := ev.tmpl.regexes.Load(pattern); ok {
		return r.(*regex), nil
	}
	r, err := newRegex(pattern)
	if err != nil {
		return nil, err
	}
	// Patterns are almost always constants; one made of data must not fill the memory.
	if ev.tmpl.regexCount.Add(1) <= 8 {
		ev.tmpl.regexes.Store(pattern, r)
	}
	return r, nil
}

func newRegex(pattern string) (*regex, error) {
	if len(pattern) > 1<<14 {
		return nil, limitErr("the regular expression is too long")
	}
	translated, names := translateRegex(pattern)
	compiled, err := regexp2.Compile(translated, regexp2.None)
	if err != nil {
		return nil, valueErr("the regular expression is not valid")
	}
	compiled.MatchTimeout = regexTime
	return &regex{compiled, names}, nil
}

// translateRegex turns what Python writes differently into the dialect of regexp2: named groups count like others,
// and \Z is the very end.
func translateRegex(s string) (string, map[string]int) {
	var b strings.Builder
	names := map[string]int{}
	groups, inClass := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte('\\')
			if s[i] == 'Z' && !inClass {
				b.WriteByte('z')
			} else {
				b.WriteByte(s[i])
			}
		case inClass:
			inClass = c != ']'
			if c == '[' {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case c == '[':
			inClass = true
			n := classStart(s[i:])
			b.WriteString(strings.Replace(s[i:i+n], "]", `\]`, 1))
			i += n - 1
		case c == '(':
			n, text := translateGroup(s[i:], names, &groups)
			b.WriteString(text)
			i += n - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), names
}

// classStart is the length of "[", "[^", "[]" or "[^]": a bracket right after the opening is a character.
func classStart(s string) int {
	n := 1
	if n < len(s) && s[n] == '^' {
		n++
	}
	if n < len(s) && s[n] == ']' {
		n++
	}
	return n
}

// translateGroup handles an opening parenthesis and gives how much of the pattern that took.
func translateGroup(s string, names map[string]int, groups *int) (int, string) {
	if !strings.HasPrefix(s, "(?") {
		*groups++
		return 1, "("
	}
	if rest, ok := strings.CutPrefix(s, "(?P<"); ok {
		if end := strings.IndexByte(rest, '>'); end > 0 {
			*groups++
			names[rest[:end]] = *groups
			return 4 + end + 1, "("
		}
	}
	if rest, ok := strings.CutPrefix(s, "(?P="); ok {
		if end := strings.IndexByte(rest, ')'); end > 0 && names[rest[:end]] > 0 {
			return 4 + end + 1, `(?:\` + strconv.Itoa(names[rest[:end]]) + ")"
		}
	}
	return 1, "("
}

func regexArguments(ev *evaluation, self any, a args) (string, *regex, error) {
	s, ok := self.(string)
	if !ok {
		return "", nil, typeErr("expected string or bytes-like object, got '%s'", typeName(self))
	}
	pattern, err := a.str(0, "")
	if err != nil {
		return "", nil, err
	}
	r, err := ev.compile(pattern)
	if err != nil {
		return "", nil, err
	}
	return s, r, ev.spend(1 + len(s)/16)
}

// regexSearch gives the first group of the first match; without a match or a group, nothing.
func regexSearch(ev *evaluation, self any, a args) (any, error) {
	s, r, err := regexArguments(ev, self, a)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	m, err := r.FindStringMatch(s)
	if err := ev.matching(start, err); err != nil {
		return nil, err
	}
	if m == nil || m.GroupCount() < 2 {
		return "", nil
	}
	g := m.GroupByNumber(1)
	if len(g.Captures) == 0 {
		return nil, nil
	}
	return g.String(), nil
}

// regexReplace replaces every match; in the replacement \1 and \g<1> stand for groups.
func regexReplace(ev *evaluation, self any, a args) (any, error) {
	s, r, err := regexArguments(ev, self, a)
	if err != nil {
		return nil, err
	}
	with, err := a.str(1, "")
	if err != nil {
		return nil, err
	}
	start := time.Now()
	m, err := r.FindStringMatch(s)
	var b strings.Builder
	runes := []rune(s)
	at := 0
	for m != nil && err == nil {
		b.WriteString(string(runes[at:m.Index]))
		if err := r.expand(&b, with, m); err != nil {
			return nil, err
		}
		at = m.Index + m.Length
		if b.Len() > maxBytes {
			return nil, limitErr("the template makes too much text")
		}
		if time.Since(start) > 2*regexTime {
			break
		}
		m, err = r.FindNextMatch(m)
	}
	if err := ev.matching(start, err); err != nil {
		return nil, err
	}
	b.WriteString(string(runes[at:]))
	return b.String(), ev.grow(b.Len())
}

// expand writes a replacement.
func (r *regex) expand(b *strings.Builder, with string, m *regexp2.Match) error {
	for with != "" {
		i := strings.IndexByte(with, '\\')
		if i < 0 || i+1 == len(with) {
			break
		}
		b.WriteString(with[:i])
		with = with[i+1:]
		n, group, ok := r.reference(with)
		if !ok {
			return valueErr("bad escape or group reference in the replacement")
		}
		if group < 0 {
			_, size := utf8.DecodeRuneInString(with)
			escape, _ := unescape(`\`+with[:size], false)
			b.WriteString(escape)
			with = with[size:]
			continue
		}
		if group >= m.GroupCount() {
			return valueErr("invalid group reference in the replacement")
		}
		b.WriteString(m.GroupByNumber(group).String())
		with = with[n:]
	}
	b.WriteString(with)
	return nil
}

// reference reads "1", "12", "g<1>" or "g<name>" after a backslash; a negative group is a plain escape.
func (r *regex) reference(s string) (length, group int, ok bool) {
	if rest, found := strings.CutPrefix(s, "g<"); found {
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			return 0, 0, false
		}
		n, err := strconv.Atoi(rest[:end])
		if err != nil {
			n = r.names[rest[:end]]
			return end + 3, n, n > 0
		}
		return end + 3, n, n >= 0
	}
	if s[0] >= '1' && s[0] <= '9' {
		end := 1
		if len(s) > 1 && isDigit(s[1]) {
			end = 2
		}
		n, _ := strconv.Atoi(s[:end])
		return end, n, true
	}
	letter := s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z'
	return 0, -1, !letter || strings.IndexByte("abfnrtv", s[0]) >= 0
}
