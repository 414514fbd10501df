package template

import (
	"strconv"
	"strings"
)

// getter gives the function that takes the attribute "a.b.0" of a value, or the value itself without one.
func (ev *evaluation) getter(attribute any) func(any) (any, error) {
	return ev.getterOr(attribute, nil)
}

// getterOr is getter with a default for what is undefined on the way.
func (ev *evaluation) getterOr(attribute, missing any) func(any) (any, error) {
	path := attributePath(attribute)
	return func(v any) (any, error) {
		for _, key := range path {
			var err error
			if v, err = ev.item(v, key); err != nil {
				return nil, err
			}
			if _, ok := v.(*undefined); ok && missing != nil {
				v = missing
			}
		}
		return v, nil
	}
}

func attributePath(attribute any) []any {
	switch a := attribute.(type) {
	case nil:
		return nil
	case string:
		var path []any
		for part := range strings.SplitSeq(a, ".") {
			if n, err := strconv.ParseInt(part, 10, 64); err == nil && isDigit(part[0]) {
				path = append(path, n)
			} else {
				path = append(path, part)
			}
		}
		return path
	}
	return []any{attribute}
}

// multiGetter takes several attributes with commas between them, as a list.
func (ev *evaluation) multiGetter(attribute any, caseSensitive bool) func(any) (any, error) {
	split := []any{attribute}
	if s, ok := attribute.(string); ok {
		split = nil
		for part := range strings.SplitSeq(s, ",") {
			split = append(split, part)
		}
	}
	gets := make([]func(any) (any, error), len(split))
	for i, part := range split {
		gets[i] = ev.getter(part)
	}
	return func(v any) (any, error) {
		keys := make([]any, len(gets))
		for i, get := range gets {
			key, err := get(v)
			if err != nil {
				return nil, err
			}
			if u, ok := key.(*undefined); ok {
				return nil, u.err()
			}
			keys[i] = fold(key, caseSensitive)
		}
		return &list{keys}, nil
	}
}

// lazy makes a sequence that is computed as it is read.
func (ev *evaluation) lazy(name string, pull func() (any, bool, error)) *generator {
	return &generator{name: name, pull: func() (any, bool, error) {
		if err := ev.spend(1); err != nil {
			return nil, false, err
		}
		if err := ev.nest(); err != nil {
			return nil, false, err
		}
		defer func() { ev.depth-- }()
		return pull()
	}}
}

func batchFilter(ev *evaluation, self any, a args) (any, error) {
	size, err := a.int(0, 0)
	if err != nil {
		return nil, err
	}
	items, err := ev.items(self)
	if err != nil {
		return nil, err
	}
	fill := a.or(1, nil)
	at := 0
	return ev.lazy("do_batch", func() (any, bool, error) {
		if at >= len(items) {
			return nil, false, nil
		}
		end := len(items)
		if size > 0 { // any other size is never reached: one batch takes all
			end = min(end, at+size)
		}
		part := append([]any(nil), items[at:end]...)
		at = end
		if missing := size - len(part); fill != nil && missing > 0 {
			if err := ev.growItems(missing); err != nil {
				return nil, false, err
			}
			for range missing {
				part = append(part, fill)
			}
		}
		return &list{part}, true, ev.growItems(len(part))
	}), nil
}

func sliceFilter(ev *evaluation, self any, a args) (any, error) {
	count, err := a.int(0, 0)
	if err != nil {
		return nil, err
	}
	items, err := ev.items(self)
	if err != nil {
		return nil, err
	}
	if count == 0 {
		return nil, valueErr("integer division or modulo by zero")
	}
	size, extra := len(items)/max(1, count), len(items)%max(1, count)
	fill := a.or(1, nil)
	at, n := 0, 0
	return ev.lazy("do_slice", func() (any, bool, error) {
		if n >= count {
			return nil, false, nil
		}
		end := at + size
		if n < extra {
			end++
		}
		part := append([]any(nil), items[at:end]...)
		if fill != nil && n >= extra {
			part = append(part, fill)
		}
		at, n = end, n+1
		return &list{part}, true, ev.growItems(len(part) + 1)
	}), nil
}

// groupFilter sorts by an attribute and gives pairs of its value and the items that have it.
func groupFilter(ev *evaluation, self any, a args) (any, error) {
	items, err := ev.items(self)
	if err != nil {
		return nil, err
	}
	exact := ev.getterOr(a.pos[0], a.or(1, nil))
	get := func(v any) (any, error) {
		key, err := exact(v)
		return fold(key, a.bool(2)), err
	}
	if items, err = ev.sorted(items, false, get); err != nil {
		return nil, err
	}
	var groups []any
	var last any
	for i, item := range items {
		key, err := get(inward(item))
		if err != nil {
			return nil, err
		}
		same := false
		if i > 0 {
			if same, err = ev.equal(key, last); err != nil {
				return nil, err
			}
		}
		if same {
			group := groups[len(groups)-1].(Tuple)[1].(*list)
			group.items = append(group.items, item)
			continue
		}
		last = key
		name, err := exact(inward(item))
		if err != nil {
			return nil, err
		}
		groups = append(groups, Tuple{name, &list{[]any{item}}})
	}
	return &list{groups}, ev.growItems(3 * len(items))
}
