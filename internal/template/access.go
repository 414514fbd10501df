package template

import (
	"math/big"
	"strings"
)

// attributed is an object with attributes of its own; it gives absent for others.
type attributed interface {
	attribute(name string) any
}

// attribute is "of.name": a method or attribute, else the item of that name.
func (ev *evaluation) attribute(of any, name string) (any, error) {
	if u, ok := of.(*undefined); ok {
		return nil, u.err()
	}
	if v, err := ev.ownAttribute(of, name); err != nil || v != absent {
		return v, err
	}
	if d, ok := of.(*Dict); ok {
		if v, ok := d.Get(name); ok {
			return inward(v), nil
		}
	}
	return &undefined{of: of, name: name}, nil
}

// ownAttribute is what Python's getattr finds, or absent. Names with a leading underscore are refused, as long as
// they are not among the keys of a mapping.
func (ev *evaluation) ownAttribute(of any, name string) (any, error) {
	if strings.HasPrefix(name, "_") && name != "_partition" {
		if strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__") {
			return &undefined{of: of, name: name, unsafe: true}, nil
		}
		return absent, nil
	}
	if d, ok := of.(*Dict); ok && d.attrs != nil {
		if v, ok := d.attrs[name]; ok {
			return inward(v), nil
		}
	}
	if f := ev.lib.method(of, name); f != nil {
		return &bound{fn: f, self: of}, nil
	}
	switch x := of.(type) {
	case attributed:
		return inward(x.attribute(name)), nil
	case *loopState:
		return x.attribute(name)
	}
	return absent, nil
}

// item is "of[key]": the item, else for a string key the attribute of that name.
func (ev *evaluation) item(of, key any) (any, error) {
	if u, ok := of.(*undefined); ok {
		return nil, u.err()
	}
	v, err := ev.element(of, key)
	if err != nil {
		return nil, err
	}
	if v != absent {
		return inward(v), nil
	}
	if name, ok := key.(string); ok {
		if v, err := ev.ownAttribute(of, name); err != nil || v != absent {
			return v, err
		}
	}
	return &undefined{of: of}, nil // the key may be a secret: whoever knows better names it
}

// element is what Python's of[key] gives, or absent where that raises a lookup or type error.
func (ev *evaluation) element(of, key any) (any, error) {
	switch of := of.(type) {
	case *Dict:
		return ev.entry(of, key)
	case *list:
		v, err := ev.sequenceItem(of.items, key)
		if items, ok := v.([]any); ok {
			v = &list{items}
		}
		return v, err
	case Tuple:
		v, err := ev.sequenceItem(of, key)
		if items, ok := v.([]any); ok {
			v = Tuple(items)
		}
		return v, err
	case string:
		return ev.stringItem(of, key)
	}
	return absent, nil
}

// entry finds the value of a key, or absent.
func (ev *evaluation) entry(d *Dict, key any) (any, error) {
	code := ""
	if _, ok := key.(string); !ok {
		var err error
		if code, err = hashCode(ev, key); isType(err) {
			return absent, nil
		} else if err != nil {
			return nil, err
		}
	}
	if i := d.find(key, code); i >= 0 {
		return d.entries[i].value, nil
	}
	return absent, nil
}

// sequenceItem gives an element, a []any for a slice, or absent.
func (ev *evaluation) sequenceItem(items []any, key any) (any, error) {
	if s, ok := key.(slice); ok {
		from, step, n, err := s.resolve(len(items))
		if err != nil || n < 0 {
			return absent, err
		}
		if err := ev.growItems(n); err != nil {
			return nil, err
		}
		part := make([]any, n)
		for i := range part {
			part[i] = items[from+i*step]
		}
		return part, nil
	}
	i, ok := position(key, len(items))
	if !ok {
		return absent, nil
	}
	return inward(items[i]), nil
}

func (ev *evaluation) stringItem(text string, key any) (any, error) {
	if s, ok := key.(slice); ok {
		return ev.stringSlice(text, s)
	}
	if err := ev.spend(len(text) / 64); err != nil {
		return nil, err
	}
	if isASCII(text) {
		i, ok := position(key, len(text))
		if !ok {
			return absent, nil
		}
		return text[i : i+1], nil
	}
	runes := []rune(text)
	i, ok := position(key, len(runes))
	if !ok {
		return absent, nil
	}
	return string(runes[i]), nil
}

func (ev *evaluation) stringSlice(text string, s slice) (any, error) {
	if err := ev.spend(len(text) / 64); err != nil {
		return nil, err
	}
	runes := []rune(text)
	from, step, n, err := s.resolve(len(runes))
	if err != nil || n < 0 {
		return absent, err
	}
	if err := ev.grow(len(text)); err != nil {
		return nil, err
	}
	if step == 1 {
		return string(runes[from : from+n]), nil
	}
	part := make([]rune, n)
	for i := range part {
		part[i] = runes[from+i*step]
	}
	return string(part), nil
}

// position turns a Python index, which may count from the end, into a Go one.
func position(key any, n int) (int, bool) {
	i, ok := asIndex(key)
	if !ok {
		return 0, false
	}
	if i < 0 {
		i += n
	}
	return i, i >= 0 && i < n
}

// asIndex gives an integer that fits a Go int; numbers beyond are cut to its ends.
func asIndex(v any) (int, bool) {
	switch v := v.(type) {
	case int64:
		return int(v), true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case *big.Int:
		if v.Sign() < 0 {
			return -1 << 62, true
		}
		return 1 << 62, true
	}
	return 0, false
}

// slice is the key of "x[low:high:step]".
type slice struct{ low, high, step any }

func (slice) typeName() string { return "slice" }

// check fails where a slice gave nothing: unlike a missing item, that is an error.
func (s slice) check(of, got any) error {
	if _, ok := got.(*undefined); !ok {
		return nil
	}
	switch of.(type) {
	case string, *list, Tuple:
		return typeErr("slice indices must be integers or None")
	}
	return typeErr("'%s' object cannot be sliced", typeName(of))
}

// resolve gives the first index, the step and the number of elements; a negative number means that the parts of
// the slice are not integers.
func (s slice) resolve(length int) (from, step, n int, err error) {
	step, ok := asIndex(s.step)
	if s.step == nil {
		step, ok = 1, true
	}
	if !ok {
		return 0, 0, -1, nil
	}
	if step == 0 {
		return 0, 0, 0, valueErr("slice step cannot be zero")
	}
	low, high := 0, length
	if step < 0 {
		low, high = length-1, -1
	}
	if from, ok = clampBound(s.low, low, length, step); !ok {
		return 0, 0, -1, nil
	}
	to, ok := clampBound(s.high, high, length, step)
	if !ok {
		return 0, 0, -1, nil
	}
	switch {
	case step > 0 && to > from:
		n = (to-from-1)/step + 1
	case step < 0 && to < from:
		n = (from-to-1)/-max(step, -length-1) + 1
	}
	return from, step, n, nil
}

func clampBound(v any, missing, length, step int) (int, bool) {
	if v == nil {
		return missing, true
	}
	i, ok := asIndex(v)
	if i < 0 {
		i += length
	}
	if step < 0 {
		return max(-1, min(i, length-1)), ok
	}
	return max(0, min(i, length)), ok
}
