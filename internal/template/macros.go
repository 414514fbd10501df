package template

import (
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"
)

// valueMacros are the functions of values.
func valueMacros() functionTable {
	return functionTable{
		"max": {params: variadic, call: func(ev *evaluation, _ any, a args) (any, error) { return ev.extremeOf(a, ">") }},
		"min": {params: variadic, call: func(ev *evaluation, _ any, a args) (any, error) { return ev.extremeOf(a, "<") }},
		"sanitize_url": {params: "value", required: 1, call: func(ev *evaluation, _ any, a args) (any, error) {
			s, err := a.str(0, "")
			if err != nil {
				return nil, err
			}
			return quotePlus(s), ev.grow(3 * len(s))
		}},
		"camel_case_to_snake_case": {params: "value", required: 1, call: snakeCase},
		"generate_uuid": {call: func(_ *evaluation, _ any, _ args) (any, error) {
			return newUUID(), nil
		}},
		"namespace": {params: variadic, call: func(ev *evaluation, _ any, a args) (any, error) {
			d, err := ev.newDict(a)
			return &namespace{d}, err
		}},
		"dict": {params: variadic, call: func(ev *evaluation, _ any, a args) (any, error) {
			return ev.newDict(a)
		}},
		"cycler": {params: variadic, call: func(_ *evaluation, _ any, a args) (any, error) {
			if len(a.pos) == 0 {
				return nil, typeErr("at least one item has to be provided")
			}
			return &cycler{items: a.pos}, nil
		}},
		"joiner": {params: "sep", call: func(_ *evaluation, _ any, a args) (any, error) {
			sep, err := a.str(0, ", ")
			return &joiner{sep: sep}, err
		}},
	}
}

// JSONLoads is the function json_loads(text), for the templates that have it as a variable.
func JSONLoads() any {
	f := &function{name: "json_loads", params: "s", required: 1, call: func(ev *evaluation, _ any, a args) (any, error) {
		s, err := a.str(0, "")
		if err != nil {
			return nil, err
		}
		if err := ev.grow(16 * len(s)); err != nil {
			return nil, err
		}
		v, err := DecodeJSON([]byte(s))
		if err != nil {
			return nil, valueErr("the text is not JSON")
		}
		return v, nil
	}}
	functionTable{f.name: f}.prepare()
	return &bound{fn: f}
}

// extremeOf is max or min of several arguments, or of the elements of one.
func (ev *evaluation) extremeOf(a args, op string) (any, error) {
	if len(a.named) > 0 || len(a.pos) == 0 {
		return nil, typeErr("max() and min() take positional arguments only, at least one")
	}
	items := a.pos
	if len(items) == 1 {
		var err error
		if items, err = ev.items(items[0]); err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return nil, valueErr("max() or min() of an empty sequence")
		}
	}
	i, err := ev.extreme(items, op)
	if err != nil {
		return nil, err
	}
	return items[i], nil
}

// extreme finds the first of the items that no other surpasses.
func (ev *evaluation) extreme(items []any, op string) (int, error) {
	best := 0
	for i := 1; i < len(items); i++ {
		better, err := ev.ordered(op, inward(items[i]), inward(items[best]))
		if err != nil {
			return 0, err
		}
		if better {
			best = i
		}
	}
	return best, nil
}

// quotePlus escapes for a query string; "~" stays, as in Python.
func quotePlus(s string) string { return url.QueryEscape(s) }

func snakeCase(ev *evaluation, _ any, a args) (any, error) {
	s, err := a.str(0, "")
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String(), ev.grow(b.Len())
}

// newUUID makes a random UUID of version 4.
func newUUID() string {
	var u [16]byte
	rand.Read(u[:]) // never fails
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// newDict is dict(mapping or pairs, name=value...).
func (ev *evaluation) newDict(a args) (*Dict, error) {
	d := NewDict(len(a.named))
	if len(a.pos) > 1 {
		return nil, typeErr("dict expected at most 1 argument, got %d", len(a.pos))
	}
	if len(a.pos) == 1 {
		if err := ev.update(d, a.pos[0]); err != nil {
			return nil, err
		}
	}
	for _, n := range a.named {
		d.Set(n.name, n.value)
	}
	return d, ev.growItems(d.Len() * 2)
}

// update adds the entries of a mapping, or pairs, to a dict.
func (ev *evaluation) update(d *Dict, from any) error {
	if src, ok := from.(*Dict); ok {
		for k, v := range src.All() {
			d.put(k, v)
		}
		return ev.growItems(src.Len() * 2)
	}
	pairs, err := ev.items(from)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		pair, err := ev.items(inward(p))
		if err != nil {
			return err
		}
		if len(pair) != 2 {
			return valueErr("dictionary update sequence element has length %d; 2 is required", len(pair))
		}
		if err := ev.setItem(d, inward(pair[0]), pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// namespace holds variables that loops can assign to.
type namespace struct{ attrs *Dict }

func (n *namespace) typeName() string { return "Namespace" }

func (n *namespace) attribute(name string) any {
	if v, ok := n.attrs.Get(name); ok {
		return v
	}
	return absent
}

// cycler gives its items in turn.
type cycler struct {
	items []any
	at    int
}

func (c *cycler) typeName() string { return "Cycler" }

func (c *cycler) attribute(name string) any {
	if name == "current" {
		return c.items[c.at]
	}
	return absent
}

func cyclerMethods() methodTable {
	return methodTable{
		"next": {call: func(_ *evaluation, self any, _ args) (any, error) {
			c := self.(*cycler)
			v := c.items[c.at]
			c.at = (c.at + 1) % len(c.items)
			return v, nil
		}},
		"reset": {call: func(_ *evaluation, self any, _ args) (any, error) {
			self.(*cycler).at = 0
			return nil, nil
		}},
	}
}

// joiner gives nothing the first time it is called, and its separator afterwards.
type joiner struct {
	sep  string
	used bool
}

func (j *joiner) typeName() string { return "Joiner" }

func (j *joiner) next() string {
	if !j.used {
		j.used = true
		return ""
	}
	return j.sep
}
