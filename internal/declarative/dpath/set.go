package dpath

import (
	"errors"
	"strconv"

	"github.com/airfielddev/airfield/internal/template"
)

// ErrNotContainer is returned for a path that goes through something that is neither object nor list.
var ErrNotContainer = errors.New("the path leads through a value that is neither an object nor a list")

// Set puts a value at a path, and gives back what it was put into. Objects are made where there is nothing, and lists where
// the next step is a number.
func Set(v any, path []string, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	switch v := v.(type) {
	case *template.Dict:
		inner, ok := v.Get(path[0])
		if !ok {
			inner = container(path[1:])
		}
		set, err := Set(inner, path[1:], value)
		if err == nil {
			v.Set(path[0], set)
		}
		return v, err
	case []any:
		return setItem(v, path, value)
	}
	return v, ErrNotContainer
}

// maxPadding bounds how far beyond its end a list is filled.
const maxPadding = 100_000

func setItem(list []any, path []string, value any) (any, error) {
	s := step{text: path[0]}
	i, ok := s.index(len(list))
	if !ok {
		var err error
		if i, err = strconv.Atoi(path[0]); err != nil || i < 0 || i-len(list) > maxPadding {
			return list, ErrNotContainer
		}
		for len(list) < i {
			list = append(list, nil)
		}
		list = append(list, container(path[1:]))
	}
	set, err := Set(list[i], path[1:], value)
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
