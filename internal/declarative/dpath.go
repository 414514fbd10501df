package declarative

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
)

// step is one step of a path: a key or an index, a pattern such as "a_*", "*" for everything at one level, or "**" for any
// number of levels.
type step struct {
	text    string
	pattern *regexp.Regexp // nil: only the text itself
	deep    bool
}

func parsePath(path []string) []step {
	steps := make([]step, len(path))
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

// errStop ends a walk early.
var errStop = errors.New("stop")

// walkPath calls visit for every value at a path.
func walkPath(v any, path []step, visit func(any) error) error {
	if len(path) == 0 {
		return visit(v)
	}
	s := path[0]
	if s.deep {
		if err := walkPath(v, path[1:], visit); err != nil {
			return err
		}
	}
	rest := path[1:]
	if s.deep {
		rest = path
	}
	switch v := v.(type) {
	case *template.Dict:
		return walkDict(v, s, rest, visit)
	case []any:
		if i, ok := s.index(len(v)); ok {
			return walkPath(v[i], rest, visit)
		}
		for i, item := range v {
			if s.pattern != nil && s.matches(strconv.Itoa(i)) {
				if err := walkPath(item, rest, visit); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func walkDict(d *template.Dict, s step, rest []step, visit func(any) error) error {
	if s.pattern == nil {
		if inner, ok := d.Get(s.text); ok {
			return walkPath(inner, rest, visit)
		}
		return nil
	}
	for key, inner := range d.All() {
		if s.matches(template.Str(key)) {
			if err := walkPath(inner, rest, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// errAmbiguous is returned where a path must lead to one value and leads to several.
var errAmbiguous = errors.New("the path leads to more than one value")

// getPath is the one value at a path.
func getPath(v any, path []step) (found any, ok bool, err error) {
	err = walkPath(v, path, func(v any) error {
		if ok {
			return errAmbiguous
		}
		found, ok = v, true
		return nil
	})
	return found, ok, err
}

// lookupPath is the first value at a path.
func lookupPath(v any, path []string) (found any, ok bool) {
	_ = walkPath(v, parsePath(path), func(v any) error {
		found, ok = v, true
		return errStop
	})
	return found, ok
}

// errNotContainer is returned for a path that goes through something that is neither object nor list.
var errNotContainer = errors.New("the path leads through a value that is neither an object nor a list")

// setPath puts a value at a path, and gives back what it was put into. Objects are made where there is nothing, and lists where
// the next step is a number.
func setPath(v any, path []string, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	switch v := v.(type) {
	case *template.Dict:
		inner, ok := v.Get(path[0])
		if !ok {
			inner = container(path[1:])
		}
		set, err := setPath(inner, path[1:], value)
		if err == nil {
			v.Set(path[0], set)
		}
		return v, err
	case []any:
		return setItem(v, path, value)
	}
	return v, errNotContainer
}

// maxPadding bounds how far beyond its end a list is filled.
const maxPadding = 100_000

func setItem(list []any, path []string, value any) (any, error) {
	s := step{text: path[0]}
	i, ok := s.index(len(list))
	if !ok {
		var err error
		if i, err = strconv.Atoi(path[0]); err != nil || i < 0 || i-len(list) > maxPadding {
			return list, errNotContainer
		}
		for len(list) < i {
			list = append(list, nil)
		}
		list = append(list, container(path[1:]))
	}
	set, err := setPath(list[i], path[1:], value)
	if err == nil {
		list[i] = set
	}
	return list, err
}

// container is what holds the first step of a path.
func container(path []string) any {
	if len(path) == 0 {
		return nil
	}
	if _, err := strconv.ParseUint(path[0], 10, 31); err == nil {
		return []any{}
	}
	return template.NewDict(1)
}

// deletePath removes the values at a path, and gives back what they were removed from. The last element of a list goes; others
// become null, so that the rest keep their places.
func deletePath(v any, path []step) any {
	if len(path) == 0 {
		return v
	}
	if d, ok := v.(*template.Dict); ok && path[0].pattern == nil {
		deleteField(d, path)
		return v
	}
	return deleteIf(v, func(key string, n int, inner any) (any, bool) {
		s := path[0]
		matches := s.matches(key)
		if i, ok := s.index(n); ok && n > 0 {
			matches = strconv.Itoa(i) == key
		}
		switch {
		case s.deep && len(path) == 1, matches && len(path) == 1:
			return nil, true
		case s.deep:
			return deletePath(deletePath(inner, path[1:]), path), false
		case matches:
			return deletePath(inner, path[1:]), false
		}
		return inner, false
	})
}

// deleteField removes the values at a path whose first step is a key.
func deleteField(d *template.Dict, path []step) {
	key := path[0].text
	if len(path) == 1 {
		d.Delete(key)
	} else if inner, ok := d.Get(key); ok {
		d.Set(key, deletePath(inner, path[1:]))
	}
}

// deleteLeaves removes every value inside v that is neither object nor list and for which gone is true.
func deleteLeaves(v any, gone func(any) bool) any {
	return deleteIf(v, func(_ string, _ int, inner any) (any, bool) {
		switch inner.(type) {
		case *template.Dict, []any:
			return deleteLeaves(inner, gone), false
		}
		return inner, gone(inner)
	})
}

// deleteIf asks for every child what becomes of it. The number of elements is given for lists only.
func deleteIf(v any, decide func(key string, n int, inner any) (any, bool)) any {
	switch v := v.(type) {
	case *template.Dict:
		var keys []string
		for key := range v.All() {
			keys = append(keys, template.Str(key))
		}
		for _, key := range keys {
			inner, _ := v.Get(key)
			if kept, gone := decide(key, 0, inner); gone {
				v.Delete(key)
			} else {
				v.Set(key, kept)
			}
		}
		return v
	case []any:
		n := len(v)
		for i := range n {
			kept, gone := decide(strconv.Itoa(i), n, v[i])
			switch {
			case !gone:
				v[i] = kept
			case i == len(v)-1:
				v = v[:i]
			default:
				v[i] = nil
			}
		}
		return v
	}
	return v
}
