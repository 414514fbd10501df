// Package dpath follows paths with wildcards through values of templates: objects and lists inside each other.
package dpath

import (
	"regexp"
	"strconv"
	"strings"
)

// Path leads to values inside a value, in steps.
type Path []step

// step is one step of a path: a key or an index, a pattern such as "a_*", "*" for everything at one level, or "**" for any
// number of levels.
type step struct {
	text    string
	pattern *regexp.Regexp // nil: only the text itself
	deep    bool
}

// Parse reads the steps of a path.
func Parse(path []string) Path {
	steps := make(Path, len(path))
	for i, text := range path {
		steps[i] = step{text: text, deep: text == "**"}
		if strings.ContainsAny(text, "*?[") {
			steps[i].pattern = shellPattern(text)
		}
	}
	return steps
}

// shellPattern reads *, ? and [set] as a shell does.
func shellPattern(text string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case '[':
			end := strings.IndexByte(text[i+1:], ']')
			if end < 1 {
				b.WriteString(`\[`)
				continue
			}
			set := text[i+1 : i+1+end]
			if set[0] == '!' {
				set = "^" + set[1:]
			}
			b.WriteString("[" + strings.ReplaceAll(set, `\`, `\\`) + "]")
			i += end + 1
		default:
			b.WriteString(regexp.QuoteMeta(text[i : i+1]))
		}
	}
	p, err := regexp.Compile(b.String() + `\z`)
	if err != nil {
		return regexp.MustCompile(`\A` + regexp.QuoteMeta(text) + `\z`)
	}
	return p
}

func (s *step) matches(key string) bool {
	if s.pattern == nil {
		return s.text == key
	}
	return s.pattern.MatchString(key)
}

// fits tells whether a step leads to a member: of a list of n, or of an object, when n is 0.
func (s *step) fits(key string, n int) bool {
	i, named := s.index(n)
	return named && strconv.Itoa(i) == key || s.matches(key)
}

// index is the element of a list of n that a step names.
func (s *step) index(n int) (int, bool) {
	if s.pattern != nil {
		return 0, false
	}
	i, err := strconv.Atoi(s.text)
	if i < 0 {
		i += n
	}
	return i, err == nil && i >= 0 && i < n
}

// Wildcard is the first step that may lead to several places, if there is one.
func (p Path) Wildcard() (step string, ok bool) {
	for i := range p {
		if p[i].pattern != nil {
			return p[i].text, true
		}
	}
	return "", false
}

// Keys are the steps as they were written.
func (p Path) Keys() []string {
	keys := make([]string, len(p))
	for i := range p {
		keys[i] = p[i].text
	}
	return keys
}

// Beside is the path to another member of what holds the last step.
func (p Path) Beside(key string) Path {
	last := len(p) - 1
	return append(p[:last:last], step{text: key})
}
