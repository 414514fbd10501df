package dpath

import (
	"errors"
	"iter"
	"slices"
	"strconv"

	"github.com/airfielddev/airfield/internal/template"
)

// Walk calls visit for every value that the path leads to, until it returns an error. A path of nothing but "**" does not lead to v.
func (p Path) Walk(v any, visit func(any) error) error {
	if slices.ContainsFunc(p, func(s step) bool { return s.deep }) {
		return walkDeep(v, []Path{p}, visit)
	}
	return p.walk(v, visit)
}

func (p Path) walk(v any, visit func(any) error) error {
	if len(p) == 0 {
		return visit(v)
	}
	for _, inner := range children(v, &p[0]) {
		if err := p[1:].walk(inner, visit); err != nil {
			return err
		}
	}
	return nil
}

// walkDeep visits what is directly inside v before what is deeper. The rests are what remains of a path at v, in all ways to come there.
func walkDeep(v any, rests []Path, visit func(any) error) error {
	type member struct {
		value any
		rests []Path
	}
	var deeper []member
	n := elements(v)
	for key, inner := range members(v) {
		m := member{value: inner, rests: behind(rests, key, n)}
		if slices.ContainsFunc(m.rests, Path.arrived) {
			if err := visit(inner); err != nil {
				return err
			}
		}
		if len(m.rests) > 0 {
			deeper = append(deeper, m)
		}
	}
	for _, m := range deeper {
		if err := walkDeep(m.value, m.rests, visit); err != nil {
			return err
		}
	}
	return nil
}

// elements is the length of a list; 0: it is none.
func elements(v any) int {
	list, _ := v.([]any)
	return len(list)
}

// behind are the rests of a path behind a member: of a list of n, or of an object.
func behind(rests []Path, key string, n int) []Path {
	var deeper []Path
	for _, rest := range rests {
		deeper = rest.after(key, n, deeper)
	}
	return deeper
}

// after adds what remains of the path behind a member, in all ways to come there.
func (p Path) after(key string, n int, rests []Path) []Path {
	switch {
	case len(p) == 0:
		return rests
	case p[0].deep:
		return p[1:].after(key, n, p.among(rests))
	case p[0].fits(key, n):
		return p[1:].among(rests)
	}
	return rests
}

// among adds what remains of a path to what else remains of it, once.
func (p Path) among(rests []Path) []Path {
	if slices.ContainsFunc(rests, func(rest Path) bool { return len(rest) == len(p) }) {
		return rests
	}
	return append(rests, p)
}

// ErrAmbiguous is returned where a path must lead to one value and leads to several.
var ErrAmbiguous = errors.New("the path leads to more than one value")

// Get is the one value that the path leads to. Several are [ErrAmbiguous].
func (p Path) Get(v any) (found any, ok bool, err error) {
	err = p.Walk(v, func(v any) error {
		if ok {
			return ErrAmbiguous
		}
		found, ok = v, true
		return nil
	})
	return found, ok, err
}

// errStop ends a walk early.
var errStop = errors.New("stop")

// First is the first value that the path leads to.
func (p Path) First(v any) (found any, ok bool) {
	_ = p.Walk(v, func(v any) error {
		found, ok = v, true
		return errStop
	})
	return found, ok
}

// Places are the places that the path leads to, each with the keys on the way.
func (p Path) Places(v any) [][]string {
	var places [][]string
	var walk func(v any, rests []Path, at []string)
	walk = func(v any, rests []Path, at []string) {
		if slices.ContainsFunc(rests, Path.arrived) {
			places = append(places, slices.Clone(at))
		}
		if len(rests) == 0 {
			return
		}
		n := elements(v)
		for key, inner := range members(v) {
			walk(inner, behind(rests, key, n), append(at, key))
		}
	}
	walk(v, []Path{p}, nil)
	return places
}

// members are the values directly inside a value.
func members(v any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		switch v := v.(type) {
		case *template.Dict:
			for key, inner := range v.All() {
				if !yield(template.Str(key), inner) {
					return
				}
			}
		case []any:
			for i, inner := range v {
				if !yield(strconv.Itoa(i), inner) {
					return
				}
			}
		}
	}
}

// children are the members that a step leads to.
func children(v any, s *step) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		if d, ok := v.(*template.Dict); ok && s.pattern == nil {
			if inner, ok := d.Get(s.text); ok {
				yield(s.text, inner)
			}
			return
		}
		n := elements(v)
		for key, inner := range members(v) {
			if s.fits(key, n) && !yield(key, inner) {
				return
			}
		}
	}
}
