package template

import (
	"encoding/hex"
	"math"
	"slices"
	"unicode/utf8"
)

func tupleMethods() methodTable {
	return methodTable{
		"index": {params: "/ value", required: 1, call: indexMethod},
		"count": {params: "/ value", required: 1, call: countMethod},
	}
}

func indexMethod(ev *evaluation, self any, a args) (any, error) {
	items, err := ev.items(self)
	if err != nil {
		return nil, err
	}
	for i, item := range items {
		same, err := ev.equal(item, a.pos[0])
		if err != nil {
			return nil, err
		}
		if same {
			return int64(i), nil
		}
	}
	return nil, valueErr("the value is not in the list")
}

func countMethod(ev *evaluation, self any, a args) (any, error) {
	items, err := ev.items(self)
	if err != nil {
		return nil, err
	}
	n := int64(0)
	for _, item := range items {
		same, err := ev.equal(item, a.pos[0])
		if err != nil {
			return nil, err
		}
		if same {
			n++
		}
	}
	return n, nil
}

// listMethod makes a method of list that changes it.
func listMethod(params string, required int, f func(ev *evaluation, l *list, a args) (any, error)) *function {
	return &function{params: params, required: required, call: func(ev *evaluation, self any, a args) (any, error) {
		if !ev.tmpl.mutates {
			return nil, valueErr("the values given to a template cannot be changed this way")
		}
		return f(ev, self.(*list), a)
	}}
}

func listMethods() methodTable {
	return methodTable{
		"index": {params: "/ value", required: 1, call: indexMethod},
		"count": {params: "/ value", required: 1, call: countMethod},
		"copy": {call: func(ev *evaluation, self any, _ args) (any, error) {
			return ev.newList(self)
		}},
		"append": listMethod("/ object", 1, func(ev *evaluation, l *list, a args) (any, error) {
			l.items = append(l.items, a.pos[0])
			return nil, ev.growItems(1)
		}),
		"extend": listMethod("/ iterable", 1, func(ev *evaluation, l *list, a args) (any, error) {
			items, err := ev.items(a.pos[0])
			if err != nil {
				return nil, err
			}
			if err := ev.growItems(len(items)); err != nil {
				return nil, err
			}
			l.items = append(l.items, items...)
			return nil, nil
		}),
		"insert": listMethod("/ index object", 2, func(ev *evaluation, l *list, a args) (any, error) {
			i, err := a.int(0, 0)
			if err != nil {
				return nil, err
			}
			i, _ = clampBound(int64(i), 0, len(l.items), 1)
			l.items = slices.Insert(l.items, i, a.pos[1])
			return nil, ev.growItems(1 + len(l.items)/16)
		}),
		"remove": listMethod("/ value", 1, func(ev *evaluation, l *list, a args) (any, error) {
			i, err := indexMethod(ev, l, a)
			if err != nil {
				return nil, err
			}
			l.items = slices.Delete(l.items, int(i.(int64)), int(i.(int64))+1)
			return nil, nil
		}),
		"pop": listMethod("/ index", 0, func(ev *evaluation, l *list, a args) (any, error) {
			i, ok := position(a.or(0, int64(-1)), len(l.items))
			if !ok {
				return nil, valueErr("pop index out of range")
			}
			v := l.items[i]
			l.items = slices.Delete(l.items, i, i+1)
			return v, ev.spend(1 + (len(l.items)-i)/64)
		}),
		"clear": listMethod("", 0, func(_ *evaluation, l *list, _ args) (any, error) {
			l.items = nil
			return nil, nil
		}),
		"reverse": listMethod("", 0, func(ev *evaluation, l *list, _ args) (any, error) {
			slices.Reverse(l.items)
			return nil, ev.spend(len(l.items))
		}),
		"sort": listMethod("key reverse", 0, func(ev *evaluation, l *list, a args) (any, error) {
			if a.or(0, nil) != nil {
				return nil, typeErr("sort with a key is not supported")
			}
			items, err := ev.sorted(l.items, a.bool(1), ev.getter(nil))
			l.items = items
			return nil, err
		}),
	}
}

// dictMethod makes a method of dict that changes it.
func dictMethod(params string, required int, f func(ev *evaluation, d *Dict, a args) (any, error)) *function {
	return &function{params: params, required: required, call: func(ev *evaluation, self any, a args) (any, error) {
		if !ev.tmpl.mutates {
			return nil, valueErr("the values given to a template cannot be changed this way")
		}
		return f(ev, self.(*Dict), a)
	}}
}

func dictMethods() methodTable {
	t := methodTable{
		"get": {params: "/ key default", required: 1, call: getMethod},
		"copy": {call: func(ev *evaluation, self any, _ args) (any, error) {
			d := NewDict(self.(*Dict).Len())
			return d, ev.update(d, self)
		}},
		"update": {params: variadic, call: func(ev *evaluation, self any, a args) (any, error) {
			if !ev.tmpl.mutates {
				return nil, valueErr("the values given to a template cannot be changed this way")
			}
			from, err := ev.newDict(a)
			if err != nil {
				return nil, err
			}
			return nil, ev.update(self.(*Dict), from)
		}},
		"clear": dictMethod("", 0, func(_ *evaluation, d *Dict, _ args) (any, error) {
			*d = Dict{attrs: d.attrs}
			return nil, nil
		}),
		"pop":        dictMethod("/ key default", 1, popMethod),
		"popitem":    dictMethod("", 0, popItem),
		"setdefault": dictMethod("/ key default", 1, setDefault),
	}
	for _, kind := range []string{"keys", "values", "items"} {
		t[kind] = &function{call: func(_ *evaluation, self any, _ args) (any, error) {
			return &view{self.(*Dict), "dict_" + kind}, nil
		}}
	}
	return t
}

// lookUp is entry for methods, where a key that cannot be one is an error.
func (ev *evaluation) lookUp(d *Dict, key any) (any, error) {
	if _, ok := key.(string); !ok {
		if _, err := hashCode(ev, key); err != nil {
			return nil, err
		}
	}
	return ev.entry(d, key)
}

func getMethod(ev *evaluation, self any, a args) (any, error) {
	v, err := ev.lookUp(self.(*Dict), a.pos[0])
	if v == absent {
		v = a.or(1, nil)
	}
	return v, err
}

func popMethod(ev *evaluation, d *Dict, a args) (any, error) {
	v, err := ev.lookUp(d, a.pos[0])
	if err != nil {
		return nil, err
	}
	if v == absent {
		if !a.has(1) {
			return nil, valueErr("there is no such key to pop")
		}
		return a.pos[1], nil
	}
	code, _ := hashCode(ev, a.pos[0])
	d.removeAt(d.find(a.pos[0], code))
	return v, nil
}

func popItem(_ *evaluation, d *Dict, _ args) (any, error) {
	for i, e := range slices.Backward(d.entries) {
		if !e.dead() {
			d.removeAt(i)
			return Tuple{e.key, e.value}, nil
		}
	}
	return nil, valueErr("popitem(): dictionary is empty")
}

func setDefault(ev *evaluation, d *Dict, a args) (any, error) {
	v, err := ev.lookUp(d, a.pos[0])
	if err != nil || v != absent {
		return v, err
	}
	v = a.or(1, nil)
	return v, ev.setItem(d, a.pos[0], v)
}

func intMethods() methodTable {
	return methodTable{
		"bit_length": {call: func(_ *evaluation, self any, _ args) (any, error) {
			n, _ := asNumber(self)
			return int64(asBig(n).BitLen()), nil
		}},
	}
}

func floatMethods() methodTable {
	return methodTable{
		"is_integer": {call: func(_ *evaluation, self any, _ args) (any, error) {
			f := self.(float64)
			return f == math.Trunc(f) && !math.IsInf(f, 0), nil
		}},
	}
}

func bytesMethods() methodTable {
	return methodTable{
		"decode": {params: "encoding errors", call: func(_ *evaluation, self any, _ args) (any, error) {
			s := string(self.(Bytes))
			if !utf8.ValidString(s) {
				return nil, valueErr("the bytes are not UTF-8 text")
			}
			return s, nil
		}},
		"hex": {call: func(ev *evaluation, self any, _ args) (any, error) {
			b := self.(Bytes)
			return hex.EncodeToString([]byte(b)), ev.grow(2 * len(b))
		}},
	}
}
