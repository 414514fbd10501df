package template

import (
	"math/rand/v2"
	"slices"
	"strings"
)

func listFilters() functionTable {
	return functionTable{
		"length": {call: lengthFilter},
		"count":  {call: lengthFilter},
		"first": {call: func(ev *evaluation, self any, _ args) (any, error) {
			it, err := ev.iterate(self)
			if err != nil {
				return nil, err
			}
			v, ok, err := it.next()
			if !ok {
				v = &undefined{hint: "there is no first item, the sequence was empty"}
			}
			return v, err
		}},
		"last": {call: lastFilter},
		"list": {call: func(ev *evaluation, self any, _ args) (any, error) {
			return ev.newList(self)
		}},
		"reverse":   {call: reverseFilter},
		"join":      {params: "d attribute", call: joinFilter},
		"default":   {params: "default_value boolean", call: defaultFilter},
		"d":         {params: "default_value boolean", call: defaultFilter},
		"items":     {call: itemsFilter},
		"dictsort":  {params: "case_sensitive by reverse", call: dictSort},
		"sort":      {params: "reverse case_sensitive attribute", call: sortFilter},
		"unique":    {params: "case_sensitive attribute", call: uniqueFilter},
		"min":       {params: "case_sensitive attribute", call: extremeFilter("<")},
		"max":       {params: "case_sensitive attribute", call: extremeFilter(">")},
		"sum":       {params: "attribute start", call: sumFilter},
		"batch":     {params: "linecount fill_with", required: 1, call: batchFilter},
		"slice":     {params: "slices fill_with", required: 1, call: sliceFilter},
		"groupby":   {params: "attribute default case_sensitive", required: 1, call: groupFilter},
		"random":    {call: randomFilter},
		"attr":      {params: "name", required: 1, call: attrFilter},
		"urlencode": {call: urlEncode},
	}
}

func lengthFilter(ev *evaluation, self any, _ args) (any, error) {
	n, err := length(self)
	if err != nil {
		return nil, err
	}
	return int64(n), ev.spend(n / 64)
}

// newList makes a new list of the elements of a value.
func (ev *evaluation) newList(v any) (*list, error) {
	items, err := ev.items(v)
	if err != nil {
		return nil, err
	}
	return &list{slices.Clone(items)}, ev.growItems(len(items))
}

// reversible gives the elements of what Python can read backwards.
func (ev *evaluation) reversible(v any) ([]any, error) {
	switch v.(type) {
	case *list, Tuple, string, *Dict, *view, *undefined:
		return ev.items(v)
	}
	return nil, typeErr("'%s' object is not reversible", typeName(v))
}

func lastFilter(ev *evaluation, self any, _ args) (any, error) {
	items, err := ev.reversible(self)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return &undefined{hint: "there is no last item, the sequence was empty"}, nil
	}
	return items[len(items)-1], nil
}

func reverseFilter(ev *evaluation, self any, _ args) (any, error) {
	if s, ok := self.(string); ok {
		return ev.stringSlice(s, slice{step: int64(-1)})
	}
	items, err := ev.items(self)
	if err != nil {
		return nil, valueErr("the argument of reverse must be iterable")
	}
	items = slices.Clone(items)
	slices.Reverse(items)
	if err := ev.growItems(len(items)); err != nil {
		return nil, err
	}
	if _, ok := self.(iterator); ok {
		return &list{items}, nil
	}
	return ev.lazy("reversed", (&sliceIterator{items: items}).next), nil
}

func joinFilter(ev *evaluation, self any, a args) (any, error) {
	it, err := ev.iterate(self)
	if err != nil {
		return nil, err
	}
	sep, err := ev.str(a.or(0, ""))
	if err != nil {
		return nil, err
	}
	get := ev.getter(a.or(1, nil))
	var b []byte
	for first := true; ; first = false {
		v, ok, err := it.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return string(b), ev.grow(len(b))
		}
		if v, err = get(v); err != nil {
			return nil, err
		}
		if !first {
			b = append(b, sep...)
		}
		if b, err = ev.appendStr(b, v); err != nil {
			return nil, err
		}
		if err := ev.spend(1); err != nil {
			return nil, err
		}
	}
}

func defaultFilter(_ *evaluation, self any, a args) (any, error) {
	if _, ok := self.(*undefined); ok || a.bool(1) && !truth(self) {
		return a.or(0, ""), nil
	}
	return self, nil
}

func itemsFilter(ev *evaluation, self any, _ args) (any, error) {
	switch d := self.(type) {
	case *Dict:
		items, err := ev.items(&view{d, "dict_items"})
		return ev.lazy("do_items", (&sliceIterator{items: items}).next), err
	case *undefined:
		return ev.lazy("do_items", (&sliceIterator{}).next), nil
	}
	return nil, typeErr("Can only get item pairs from a mapping.")
}

// sorted sorts items by keys, keeping the order of those that are equal.
func (ev *evaluation) sorted(items []any, reverse bool, key func(any) (any, error)) ([]any, error) {
	type keyed struct{ key, item any }
	if err := ev.growItems(3 * len(items)); err != nil {
		return nil, err
	}
	pairs := make([]keyed, len(items))
	for i, item := range items {
		k, err := key(inward(item))
		if err != nil {
			return nil, err
		}
		pairs[i] = keyed{k, item}
	}
	var failure error
	slices.SortStableFunc(pairs, func(x, y keyed) int {
		if failure != nil {
			return 0
		}
		if u := firstUndefined(x.key, y.key); u != nil {
			failure = u.err()
			return 0
		}
		c, err := ev.order(x.key, y.key, "<")
		failure = err
		if reverse {
			c = -c
		}
		return c
	})
	out := make([]any, len(items))
	for i, p := range pairs {
		out[i] = p.item
	}
	return out, failure
}

func dictSort(ev *evaluation, self any, a args) (any, error) {
	d, ok := self.(*Dict)
	if u, missing := self.(*undefined); missing {
		return nil, u.err()
	}
	if !ok {
		return nil, typeErr("dictsort takes a mapping, not %s", typeName(self))
	}
	pos := 0
	switch a.or(1, "key") {
	case "key":
	case "value":
		pos = 1
	default:
		return nil, valueErr(`dictsort sorts by "key" or "value"`)
	}
	items, err := ev.items(&view{d, "dict_items"})
	if err != nil {
		return nil, err
	}
	items, err = ev.sorted(items, a.bool(2), func(v any) (any, error) {
		return fold(inward(v.(Tuple)[pos]), a.bool(0)), nil
	})
	return &list{items}, err
}

// fold lowers the case of text, unless case matters.
func fold(v any, caseSensitive bool) any {
	if s, ok := v.(string); ok && !caseSensitive {
		return strings.ToLower(s)
	}
	return v
}

func sortFilter(ev *evaluation, self any, a args) (any, error) {
	items, err := ev.items(self)
	if err != nil {
		return nil, err
	}
	get := ev.multiGetter(a.or(2, nil), a.bool(1))
	items, err = ev.sorted(items, a.bool(0), get)
	return &list{items}, err
}

func uniqueFilter(ev *evaluation, self any, a args) (any, error) {
	it, err := ev.iterate(self)
	if err != nil {
		return nil, err
	}
	get := ev.getter(a.or(1, nil))
	seen := map[string]bool{}
	return ev.lazy("sync_do_unique", func() (any, bool, error) {
		for {
			v, ok, err := it.next()
			if err != nil || !ok {
				return nil, false, err
			}
			key, err := get(v)
			if err != nil {
				return nil, false, err
			}
			code, err := hashCode(ev, fold(key, a.bool(0)))
			if err != nil {
				return nil, false, err
			}
			if err := ev.grow(len(code) + 16); err != nil {
				return nil, false, err
			}
			if !seen[code] {
				seen[code] = true
				return v, true, nil
			}
		}
	}), nil
}

func extremeFilter(op string) func(ev *evaluation, self any, a args) (any, error) {
	return func(ev *evaluation, self any, a args) (any, error) {
		items, err := ev.items(self)
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return &undefined{hint: "there is no such item, the sequence was empty"}, nil
		}
		get := ev.getter(a.or(1, nil))
		keys := make([]any, len(items))
		for i, item := range items {
			key, err := get(inward(item))
			if err != nil {
				return nil, err
			}
			keys[i] = fold(key, a.bool(0))
		}
		i, err := ev.extreme(keys, op)
		if err != nil {
			return nil, err
		}
		return items[i], nil
	}
}

func sumFilter(ev *evaluation, self any, a args) (any, error) {
	items, err := ev.items(self)
	if err != nil {
		return nil, err
	}
	get := ev.getter(a.or(0, nil))
	total := a.or(1, int64(0))
	if _, ok := total.(string); ok {
		return nil, typeErr("sum() can't sum strings")
	}
	for _, item := range items {
		v, err := get(inward(item))
		if err != nil {
			return nil, err
		}
		if total, err = ev.arithmetic("+", total, v); err != nil {
			return nil, err
		}
		if err := ev.spend(1); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func randomFilter(ev *evaluation, self any, _ args) (any, error) {
	items, err := ev.reversible(self)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return &undefined{hint: "there is no random item, the sequence was empty"}, nil
	}
	return items[rand.IntN(len(items))], nil //nolint:gosec // a template's choice, nothing secret
}

func attrFilter(ev *evaluation, self any, a args) (any, error) {
	name, err := a.str(0, "")
	if err != nil {
		return nil, err
	}
	if u, ok := self.(*undefined); ok {
		return nil, u.err()
	}
	v, err := ev.ownAttribute(self, name)
	if v == absent {
		v = &undefined{of: self, name: name}
	}
	return v, err
}
