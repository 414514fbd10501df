package template

import (
	"slices"
	"time"
)

// evaluation is one rendering of a template.
type evaluation struct {
	tmpl  *Template
	vars  Vars
	lib   *library
	out   []byte
	names []binding // local variables, innermost last
	own   map[string]any
	block any // what a filter tag filters
	steps int
	bytes int
	depth int           // of recursion into values
	regex time.Duration // spent on matching
}

type binding struct {
	name  string
	value any
}

// Bounds of one evaluation: it may take this many steps and make this many bytes of text, list elements counting 16.
const (
	maxSteps = 5_000_000
	maxBytes = 64 << 20
	maxBits  = 1 << 16 // of an integer
	maxDepth = 1000    // of values in values
)

// spend takes steps from the evaluation's allowance.
func (ev *evaluation) spend(steps int) error {
	if ev.steps += steps; ev.steps > maxSteps || steps < 0 {
		return limitErr("the template takes too many steps")
	}
	return nil
}

// grow takes bytes from the evaluation's allowance. It is called before memory is taken.
func (ev *evaluation) grow(bytes int) error {
	if bytes < 0 || bytes > maxBytes || ev.bytes+bytes > maxBytes {
		return limitErr("the template makes too much text")
	}
	ev.bytes += bytes
	return nil
}

// nest counts a level of recursion into values, which templates can nest deeply; ev.depth-- leaves it.
func (ev *evaluation) nest() error {
	if ev.depth++; ev.depth > maxDepth {
		return valueErr("maximum recursion depth exceeded")
	}
	return nil
}

// growItems is grow for the elements of a list or dict.
func (ev *evaluation) growItems(n int) error {
	if n < 0 || n > maxBytes {
		return limitErr("the template makes too long a list")
	}
	return ev.grow(n * 16)
}

func (ev *evaluation) now() time.Time {
	if ev.tmpl.env.Now != nil {
		return ev.tmpl.env.Now()
	}
	return time.Now()
}

// at gives an error the place of the part of the template it arose in.
func (ev *evaluation) at(pos int, err error) error {
	return locate(err, ev.tmpl.source, pos)
}

// lookup finds a variable: a local one, one of the caller's, a macro.
func (ev *evaluation) lookup(name string) any {
	for _, b := range slices.Backward(ev.names) {
		if b.name == name {
			return b.value
		}
	}
	if v, ok := ev.vars.find(name); ok {
		return ev.take(name, v)
	}
	if name == "self" {
		return templateReference{}
	}
	if f := ev.lib.macros[name]; f != nil {
		return &bound{fn: f}
	}
	return &undefined{of: absent, name: name}
}

// templateReference is the variable "self". In Jinja it gives access to the blocks of a template; there are none here.
type templateReference struct{}

func (templateReference) typeName() string { return "TemplateReference" }

// take brings a variable of the caller in. A template that may change its values gets its own copy of them.
func (ev *evaluation) take(name string, v any) any {
	if !ev.tmpl.mutates {
		return inward(v)
	}
	if own, ok := ev.own[name]; ok {
		return own
	}
	if ev.own == nil {
		ev.own = map[string]any{}
	}
	own := copied(v)
	ev.own[name] = own
	return own
}

// set assigns a local variable of the innermost scope, which begins at the given mark.
func (ev *evaluation) set(name string, v any) {
	for i := len(ev.names) - 1; i >= 0 && ev.names[i].name != scopeMark; i-- {
		if ev.names[i].name == name {
			ev.names[i].value = v
			return
		}
	}
	ev.names = append(ev.names, binding{name, v})
}

// scopeMark separates scopes in the list of local variables; it is not a name anyone can write.
const scopeMark = " "

// scope opens a scope and gives what closes it.
func (ev *evaluation) scope() (mark int) {
	mark = len(ev.names)
	ev.names = append(ev.names, binding{name: scopeMark})
	return mark
}

func (ev *evaluation) leave(mark int) { ev.names = ev.names[:mark] }

func (x *constant) eval(*evaluation) (any, error) { return x.value, nil }

func (x *nameNode) eval(ev *evaluation) (any, error) { return ev.lookup(x.name), nil }

func (ev *evaluation) evalAll(nodes []node) ([]any, error) {
	items := make([]any, len(nodes))
	for i, n := range nodes {
		v, err := n.eval(ev)
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	return items, ev.growItems(len(items))
}

func (x *tupleNode) eval(ev *evaluation) (any, error) {
	items, err := ev.evalAll(x.items)
	return Tuple(items), err
}

func (x *listNode) eval(ev *evaluation) (any, error) {
	items, err := ev.evalAll(x.items)
	return &list{items}, err
}

func (x *dictNode) eval(ev *evaluation) (any, error) {
	d := NewDict(len(x.keys))
	for i := range x.keys {
		key, err := x.keys[i].eval(ev)
		if err != nil {
			return nil, err
		}
		value, err := x.values[i].eval(ev)
		if err != nil {
			return nil, err
		}
		if err := ev.setItem(d, key, value); err != nil {
			return nil, ev.at(x.pos, err)
		}
	}
	return d, nil
}

// setItem stores into a dict under any hashable key.
func (ev *evaluation) setItem(d *Dict, key, value any) error {
	code := ""
	if _, ok := key.(string); !ok {
		var err error
		if code, err = hashCode(ev, key); err != nil {
			return err
		}
	}
	d.putCoded(key, code, value)
	return ev.growItems(2)
}

func (x *orNode) eval(ev *evaluation) (any, error) {
	v, err := x.left.eval(ev)
	if err != nil || truth(v) {
		return v, err
	}
	return x.right.eval(ev)
}

func (x *andNode) eval(ev *evaluation) (any, error) {
	v, err := x.left.eval(ev)
	if err != nil || !truth(v) {
		return v, err
	}
	return x.right.eval(ev)
}

func (x *notNode) eval(ev *evaluation) (any, error) {
	v, err := x.x.eval(ev)
	return !truth(v), err
}

func (x *conditional) eval(ev *evaluation) (any, error) {
	test, err := x.test.eval(ev)
	if err != nil {
		return nil, err
	}
	if truth(test) {
		return x.then.eval(ev)
	}
	if x.otherwise == nil {
		return &undefined{hint: "the inline if was false and has no else"}, nil
	}
	return x.otherwise.eval(ev)
}

func (x *sign) eval(ev *evaluation) (any, error) {
	v, err := x.x.eval(ev)
	if err == nil {
		v, err = signed(x.op, v)
	}
	return v, ev.at(x.pos, err)
}

func (x *binary) eval(ev *evaluation) (any, error) {
	left, err := x.left.eval(ev)
	if err != nil {
		return nil, err
	}
	right, err := x.right.eval(ev)
	if err != nil {
		return nil, err
	}
	if err := ev.spend(1); err != nil {
		return nil, ev.at(x.pos, err)
	}
	v, err := ev.arithmetic(x.op, left, right)
	if err != nil {
		return nil, ev.at(x.pos, err)
	}
	return v, nil
}

func (x *concatNode) eval(ev *evaluation) (any, error) {
	var b []byte
	for _, part := range x.parts {
		v, err := part.eval(ev)
		if err != nil {
			return nil, err
		}
		if b, err = ev.appendStr(b, v); err != nil {
			return nil, err
		}
	}
	return string(b), ev.grow(len(b))
}

func (x *comparison) eval(ev *evaluation) (any, error) {
	left, err := x.first.eval(ev)
	if err != nil {
		return nil, err
	}
	for i, o := range x.rest {
		right, err := o.x.eval(ev)
		if err != nil {
			return nil, err
		}
		v, err := ev.compare(o.op, left, right)
		if err != nil {
			return nil, ev.at(x.pos, err)
		}
		if !v || i == len(x.rest)-1 {
			return v, nil
		}
		left = right
	}
	return true, nil
}

func (x *attrNode) eval(ev *evaluation) (any, error) {
	of, err := x.of.eval(ev)
	if err != nil {
		return nil, err
	}
	v, err := ev.attribute(of, x.name)
	if err != nil {
		return nil, ev.at(x.pos, err)
	}
	return v, nil
}

func (x *itemNode) eval(ev *evaluation) (any, error) {
	of, err := x.of.eval(ev)
	if err != nil {
		return nil, err
	}
	key, err := x.key.eval(ev)
	if err != nil {
		return nil, err
	}
	v, err := ev.item(of, key)
	if part, ok := key.(slice); ok && err == nil {
		err = part.check(of, v)
	}
	if u, ok := v.(*undefined); ok && u.name == nil && u.hint == "" {
		if written, ok := x.key.(*constant); ok {
			u.name = written.value
		}
	}
	if err != nil {
		return nil, ev.at(x.pos, err)
	}
	return v, nil
}

func (x *sliceNode) eval(ev *evaluation) (any, error) {
	var part [3]any
	for i, n := range [...]node{x.low, x.high, x.step} {
		if n != nil {
			var err error
			if part[i], err = n.eval(ev); err != nil {
				return nil, err
			}
		}
	}
	return slice{part[0], part[1], part[2]}, nil
}
