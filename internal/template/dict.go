package template

import (
	"iter"
	"math"
	"math/big"
	"slices"
	"strconv"
)

// Dict is a mapping that keeps the order its keys were added in, as Python's dict does. Keys are usually strings;
// a template or a literal may also use numbers, booleans, nil, dates and tuples. The zero value is empty and ready
// to use. A Dict may be read by several goroutines, changed by one.
type Dict struct {
	entries []entry
	strs    map[string]int // position of string keys, once there are many
	others  map[string]int // position of other keys, by their encoded form
	holes   int            // deleted entries still in place
	attrs   map[string]any
}

type entry struct{ key, value any }

// gone is the key of a deleted entry.
type gone struct{}

func (e *entry) dead() bool { return e.key == any(gone{}) }

// indexFrom is the size from which a Dict keeps an index; below, looking through the entries is faster than making one, for the few
// keys that are asked for.
const indexFrom = 33

// NewDict makes an empty Dict with room for n entries.
func NewDict(n int) *Dict {
	return &Dict{entries: make([]entry, 0, n)}
}

// WithAttributes gives the Dict attributes: values that "d.name" finds before it looks for a key of that name,
// such as the "partition" of a stream slice. It returns the Dict.
func (d *Dict) WithAttributes(attrs map[string]any) *Dict {
	d.attrs = attrs
	return d
}

// Len is the number of entries.
func (d *Dict) Len() int { return len(d.entries) - d.holes }

// Get finds the value of a string key.
func (d *Dict) Get(key string) (any, bool) {
	if i := d.findString(key); i >= 0 {
		return d.entries[i].value, true
	}
	return nil, false
}

// Set adds a string key, or changes its value in place.
func (d *Dict) Set(key string, value any) {
	i := d.findString(key)
	if i < 0 {
		i = d.extend(key)
	}
	d.entries[i].value = value
}

// place is the place of a key that is known to hold a string, which is added if it is not there.
func (d *Dict) place(key any) int {
	name, _ := key.(string)
	if i := d.findString(name); i >= 0 {
		return i
	}
	return d.extend(key)
}

// extend adds a key that is known to hold a string and not to be there, and gives its place.
func (d *Dict) extend(key any) int {
	d.entries = append(d.entries, entry{key: key})
	last := len(d.entries) - 1
	if d.strs != nil {
		name, _ := key.(string)
		d.strs[name] = last
	} else if last+1 >= indexFrom {
		d.reindex()
	}
	return last
}

// Delete removes a string key and tells whether it was there.
func (d *Dict) Delete(key string) bool {
	i := d.findString(key)
	if i >= 0 {
		d.removeAt(i)
	}
	return i >= 0
}

// Clear removes all entries. Attributes stay.
func (d *Dict) Clear() {
	clear(d.entries)
	d.entries, d.strs, d.others, d.holes = d.entries[:0], nil, nil, 0
}

// All yields keys and values in order.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		for i := range d.entries {
			if e := &d.entries[i]; !e.dead() && !yield(e.key, e.value) {
				return
			}
		}
	}
}

func (d *Dict) add(key, value any) {
	d.entries = append(d.entries, entry{key: key, value: value})
}

func (d *Dict) findString(key string) int {
	if d.strs != nil {
		if i, ok := d.strs[key]; ok {
			return i
		}
		return -1
	}
	for i := range d.entries {
		if s, ok := d.entries[i].key.(string); ok && s == key {
			return i
		}
	}
	return -1
}

func (d *Dict) reindex() {
	d.strs = make(map[string]int, len(d.entries)*2)
	for i := range d.entries {
		if s, ok := d.entries[i].key.(string); ok {
			d.strs[s] = i
		}
	}
}

// find looks a hashable key up, given its encoded form.
func (d *Dict) find(key any, code string) int {
	if s, ok := key.(string); ok {
		return d.findString(s)
	}
	if i, ok := d.others[code]; ok {
		return i
	}
	return -1
}

// put stores under a key already known to be hashable.
func (d *Dict) put(key, value any) {
	if s, ok := key.(string); ok {
		d.Set(s, value)
		return
	}
	code, _ := hashCode(nil, key)
	d.putCoded(key, code, value)
}

func (d *Dict) putCoded(key any, code string, value any) {
	if s, ok := key.(string); ok {
		d.Set(s, value)
		return
	}
	if i, ok := d.others[code]; ok {
		d.entries[i].value = value
		return
	}
	d.add(key, value)
	if d.others == nil {
		d.others = map[string]int{}
	}
	d.others[code] = len(d.entries) - 1
}

// removeAt leaves a hole so that positions stay valid, and closes the holes once they are half of all entries.
func (d *Dict) removeAt(i int) {
	switch key := d.entries[i].key.(type) {
	case string:
		delete(d.strs, key)
	default:
		code, _ := hashCode(nil, key)
		delete(d.others, code)
	}
	d.entries[i] = entry{key: gone{}}
	d.holes++
	if d.holes*2 > len(d.entries) {
		d.compact()
	}
}

func (d *Dict) compact() {
	d.entries = slices.DeleteFunc(d.entries, func(e entry) bool { return e.dead() })
	d.holes = 0
	d.strs = nil
	if len(d.entries) >= indexFrom {
		d.reindex()
	}
	clear(d.others)
	for i := range d.entries {
		if _, ok := d.entries[i].key.(string); !ok {
			code, _ := hashCode(nil, d.entries[i].key)
			d.others[code] = i
		}
	}
}

// hashCode encodes a key so that equal keys have equal codes: 1, 1.0 and True are the same key. The evaluation
// pays for the size of the code; it may be nil for keys that are in a Dict already.
func hashCode(ev *evaluation, key any) (string, error) {
	code, err := appendHash(ev, nil, inward(key))
	return string(code), err
}

func appendHash(ev *evaluation, b []byte, key any) ([]byte, error) {
	if ev != nil {
		if err := ev.spend(1 + len(b)/64); err != nil {
			return nil, err
		}
		if err := ev.nest(); err != nil {
			return nil, err
		}
		defer func() { ev.depth-- }()
	}
	switch k := key.(type) {
	case nil:
		return append(b, 'N'), nil
	case bool:
		if k {
			return append(b, "i1;"...), nil
		}
		return append(b, "i0;"...), nil
	case int64:
		return append(strconv.AppendInt(append(b, 'i'), k, 10), ';'), nil
	case *big.Int:
		return append(k.Append(append(b, 'i'), 10), ';'), nil
	case float64:
		return appendFloatHash(b, k), nil
	case string:
		return append(append(strconv.AppendInt(append(b, 's'), int64(len(k)), 10), ':'), k...), nil
	case Tuple:
		b = append(b, '(')
		for _, x := range k {
			var err error
			if b, err = appendHash(ev, b, inward(x)); err != nil {
				return nil, err
			}
		}
		return append(b, ')'), nil
	case *list, *Dict, Set:
		return nil, typeErr("unhashable type: '%s'", typeName(key))
	}
	return append(b, "o"+typeName(key)+toRepr(key)+";"...), nil
}

func appendFloatHash(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1<<62 {
		return append(strconv.AppendInt(append(b, 'i'), int64(f), 10), ';')
	}
	if f == math.Trunc(f) && !math.IsInf(f, 0) {
		i, _ := big.NewFloat(f).Int(nil)
		return append(i.Append(append(b, 'i'), 10), ';')
	}
	return append(strconv.AppendFloat(append(b, 'f'), f, 'g', -1, 64), ';')
}
