package template

import "unicode/utf8"

// iterator yields the elements of something.
type iterator interface {
	next() (v any, ok bool, err error)
}

// sliceIterator yields elements already there.
type sliceIterator struct {
	items []any
	at    int
}

func (s *sliceIterator) next() (any, bool, error) {
	if s.at >= len(s.items) {
		return nil, false, nil
	}
	s.at++
	return inward(s.items[s.at-1]), true, nil
}

// generator is a lazily computed sequence that can be read once, such as the filter map gives.
type generator struct {
	name string
	pull func() (any, bool, error)
}

func (g *generator) typeName() string { return "generator" }

func (g *generator) next() (any, bool, error) { return g.pull() }

// view is what dict.keys(), values() and items() give; it follows changes of the dict.
type view struct {
	of   *Dict
	kind string
}

func (v *view) typeName() string { return v.kind }

func (v *view) items() []any {
	items := make([]any, 0, v.of.Len())
	for k, x := range v.of.All() {
		switch v.kind {
		case "dict_keys":
			items = append(items, k)
		case "dict_values":
			items = append(items, inward(x))
		default:
			items = append(items, Tuple{k, inward(x)})
		}
	}
	return items
}

// iterate begins to read a value's elements.
func (ev *evaluation) iterate(v any) (iterator, error) {
	switch v := v.(type) {
	case iterator:
		return v, nil
	case *list:
		return &sliceIterator{items: v.items}, nil
	}
	items, err := ev.items(v)
	return &sliceIterator{items: items}, err
}

// items gives all elements of a value. The slice may be the value's own: it must not be changed.
func (ev *evaluation) items(v any) ([]any, error) {
	switch v := v.(type) {
	case *list:
		return v.items, ev.spend(1)
	case Tuple:
		return v, nil
	case Set:
		return v, nil
	case *undefined:
		return nil, nil
	case string:
		return ev.characters(v)
	case *Dict:
		if err := ev.growItems(v.Len()); err != nil {
			return nil, err
		}
		return (&view{v, "dict_keys"}).items(), nil
	case *view:
		if err := ev.growItems(v.of.Len() * 2); err != nil {
			return nil, err
		}
		return v.items(), nil
	case iterator:
		return ev.drain(v)
	}
	return nil, typeErr("'%s' object is not iterable", typeName(v))
}

func (ev *evaluation) characters(s string) ([]any, error) {
	if err := ev.growItems(len(s)); err != nil {
		return nil, err
	}
	items := make([]any, 0, len(s))
	for _, r := range s {
		items = append(items, string(r))
	}
	return items, nil
}

func (ev *evaluation) drain(it iterator) ([]any, error) {
	var items []any
	for {
		v, ok, err := it.next()
		if err != nil || !ok {
			return items, err
		}
		if err := ev.growItems(1); err != nil {
			return nil, err
		}
		items = append(items, v)
	}
}

// length is Python's len.
func length(v any) (int, error) {
	switch v := v.(type) {
	case string:
		return utf8.RuneCountInString(v), nil
	case *list:
		return len(v.items), nil
	case *Dict:
		return v.Len(), nil
	case Tuple:
		return len(v), nil
	case Set:
		return len(v), nil
	case Bytes:
		return len(v), nil
	case *view:
		return v.of.Len(), nil
	case *undefined:
		return 0, nil
	}
	return 0, typeErr("object of type '%s' has no len()", typeName(v))
}

// truth is Python's bool.
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case int64:
		return v != 0
	case float64:
		return v != 0
	case timedelta:
		return v != timedelta{}
	}
	n, err := length(v)
	return err != nil || n > 0
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
