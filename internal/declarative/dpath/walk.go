package dpath

import (
	"errors"
	"iter"
	"slices"
	"strconv"

	"github.com/airfielddev/airfield/internal/template"
)

// Walk calls visit for every value that the path leads to, until it returns an error.
func (p Path) Walk(v any, visit func(any) error) error {
	if len(p) == 0 {
		return visit(v)
	}
	s := p[0]
	if s.deep {
		if err := p[1:].Walk(v, visit); err != nil {
			return err
		}
	}
	rest := p[1:]
	if s.deep {
		rest = p
	}
	for _, inner := range children(v, &s) {
		if err := rest.Walk(inner, visit); err != nil {
			return err
		}
	}
	return nil
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
	var walk func(v any, path Path, at []string)
	walk = func(v any, path Path, at []string) {
		if len(path) == 0 {
			places = append(places, slices.Clone(at))
			return
		}
		rest := path[1:]
		if path[0].deep {
			walk(v, rest, at)
			rest = path
		}
		for key, inner := range children(v, &path[0]) {
			walk(inner, rest, append(at, key))
		}
	}
	walk(v, p, nil)
	return places
}

// children are the values directly inside a value that a step leads to.
func children(v any, s *step) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		switch v := v.(type) {
		case *template.Dict:
			if s.pattern == nil {
				if inner, ok := v.Get(s.text); ok {
					yield(s.text, inner)
				}
				return
			}
			for key, inner := range v.All() {
				if name := template.Str(key); s.matches(name) && !yield(name, inner) {
					return
				}
			}
		case []any:
			only, named := s.index(len(v))
			for i, inner := range v {
				matches := named && i == only || s.pattern != nil && s.matches(strconv.Itoa(i))
				if matches && !yield(strconv.Itoa(i), inner) {
					return
				}
			}
		}
	}
}
