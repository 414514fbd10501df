package template

import (
	"slices"
	"strings"
)

// function is a macro, filter, test or method. Filters, tests and methods get the value they apply to as self.
type function struct {
	name     string
	params   string // names of parameters with blanks between, "/" first if they cannot be named; or [variadic]
	required int    // how many of the parameters must be given
	call     func(ev *evaluation, self any, a args) (any, error)

	names   []string
	unnamed bool
	of      string // the type a method belongs to
}

// variadic as the parameters of a function leaves arguments unbound.
const variadic = "*"

// args are the arguments of a call. After binding, pos has one element per parameter, absent where none was given.
type args struct {
	pos   []any
	named []namedValue
}

type namedValue struct {
	name  string
	value any
}

// bound is a function with the value it applies to: what "x.method" gives.
type bound struct {
	fn   *function
	self any
}

func (b *bound) typeName() string {
	if b.self == nil {
		return "function"
	}
	return "builtin_function_or_method"
}

// has tells whether parameter i was given.
func (a args) has(i int) bool { return i < len(a.pos) && a.pos[i] != absent }

// or gives parameter i or a default.
func (a args) or(i int, value any) any {
	if a.has(i) {
		return a.pos[i]
	}
	return value
}

// str gives parameter i, which must be a string.
func (a args) str(i int, value string) (string, error) {
	v := a.or(i, value)
	s, ok := v.(string)
	if !ok {
		return "", typeErr("expected str, got %s", typeName(v))
	}
	return s, nil
}

// int gives parameter i, which must be an integer of a size a program can count with.
func (a args) int(i, value int) (int, error) {
	v := a.or(i, int64(value))
	n, ok := asIndex(v)
	if !ok {
		return 0, typeErr("'%s' object cannot be interpreted as an integer", typeName(v))
	}
	return n, nil
}

// bool gives the truth of parameter i.
func (a args) bool(i int) bool { return a.has(i) && truth(a.pos[i]) }

// invoke binds the arguments and calls the function.
func (f *function) invoke(ev *evaluation, self any, a args) (any, error) {
	if err := ev.spend(1); err != nil {
		return nil, err
	}
	if f.params != variadic {
		var err error
		if a, err = f.bind(a); err != nil {
			return nil, err
		}
	}
	v, err := f.call(ev, self, a)
	if err != nil {
		return nil, err
	}
	if s, ok := v.(string); ok {
		return v, ev.grow(len(s))
	}
	return inward(v), nil
}

func (f *function) bind(a args) (args, error) {
	names := f.names
	if len(a.pos) > len(names) {
		return a, typeErr("%s() takes %d arguments but %d were given", f.name, len(names), len(a.pos))
	}
	if len(a.named) == 0 && len(a.pos) == len(names) {
		return a, nil
	}
	if f.unnamed && len(a.named) > 0 {
		return a, typeErr("%s() takes no keyword arguments", f.name)
	}
	pos := make([]any, len(names))
	for i := copy(pos, a.pos); i < len(pos); i++ {
		pos[i] = absent
	}
	for _, n := range a.named {
		i := slices.Index(names, n.name)
		if i < 0 {
			return a, typeErr("%s() got an unexpected keyword argument '%s'", f.name, n.name)
		}
		if pos[i] != absent {
			return a, typeErr("%s() got multiple values for argument '%s'", f.name, n.name)
		}
		pos[i] = n.value
	}
	for i := range f.required {
		if pos[i] == absent {
			return a, typeErr("%s() misses the argument '%s'", f.name, names[i])
		}
	}
	return args{pos: pos}, nil
}

// evalArgs evaluates the arguments of a call.
func (ev *evaluation) evalArgs(a arguments) (args, error) {
	var out args
	if len(a.positional) > 0 {
		pos, err := ev.evalAll(a.positional)
		if err != nil {
			return out, err
		}
		out.pos = pos
	}
	for _, n := range a.named {
		v, err := n.x.eval(ev)
		if err != nil {
			return out, err
		}
		out.named = append(out.named, namedValue{n.name, v})
	}
	if a.star == nil && a.doubleStar == nil {
		return out, nil
	}
	return out, ev.evalStars(a, &out)
}

func (ev *evaluation) evalStars(a arguments, out *args) error {
	if a.star != nil {
		v, err := a.star.eval(ev)
		if err != nil {
			return err
		}
		items, err := ev.items(v)
		if err != nil {
			return err
		}
		if err := ev.growItems(len(items)); err != nil {
			return err
		}
		for _, item := range items {
			out.pos = append(out.pos, inward(item))
		}
	}
	if a.doubleStar == nil {
		return nil
	}
	v, err := a.doubleStar.eval(ev)
	if err != nil {
		return err
	}
	d, ok := v.(*Dict)
	if !ok {
		return typeErr("argument after ** must be a mapping, not %s", typeName(v))
	}
	for k, v := range d.All() {
		name, ok := k.(string)
		if !ok {
			return typeErr("keywords must be strings")
		}
		out.named = append(out.named, namedValue{name, inward(v)})
	}
	return nil
}

func (x *callNode) eval(ev *evaluation) (any, error) {
	v, err := x.evalCall(ev)
	if err != nil {
		return nil, ev.at(x.pos, err)
	}
	return v, nil
}

func (x *callNode) evalCall(ev *evaluation) (any, error) {
	if method, ok := x.fn.(*attrNode); ok {
		return x.evalMethod(ev, method)
	}
	fn, err := x.fn.eval(ev)
	if err != nil {
		return nil, err
	}
	a, err := ev.evalArgs(x.args)
	if err != nil {
		return nil, err
	}
	return ev.call(fn, a)
}

// evalMethod calls "of.name(...)" without making a value of "of.name" first when it is a plain method.
func (x *callNode) evalMethod(ev *evaluation, m *attrNode) (any, error) {
	of, err := m.of.eval(ev)
	if err != nil {
		return nil, err
	}
	fn := ev.lib.method(of, m.name)
	if fn == nil {
		v, err := ev.attribute(of, m.name)
		if err != nil {
			return nil, err
		}
		a, err := ev.evalArgs(x.args)
		if err != nil {
			return nil, err
		}
		return ev.call(v, a)
	}
	a, err := ev.evalArgs(x.args)
	if err != nil {
		return nil, err
	}
	return fn.invoke(ev, of, a)
}

func (ev *evaluation) call(fn any, a args) (any, error) {
	switch fn := fn.(type) {
	case *bound:
		return fn.fn.invoke(ev, fn.self, a)
	case *undefined:
		return nil, fn.err()
	case *joiner:
		return fn.next(), nil
	}
	return nil, typeErr("'%s' object is not callable", typeName(fn))
}

func (x *filterNode) eval(ev *evaluation) (any, error) {
	of := ev.block
	if x.of != nil {
		var err error
		if of, err = x.of.eval(ev); err != nil {
			return nil, err
		}
	}
	a, err := ev.evalArgs(x.args)
	if err != nil {
		return nil, err
	}
	v, err := x.fn.invoke(ev, of, a)
	if err != nil {
		return nil, ev.at(x.pos, err)
	}
	return v, nil
}

func (x *testNode) eval(ev *evaluation) (any, error) {
	of, err := x.of.eval(ev)
	if err != nil {
		return nil, err
	}
	a, err := ev.evalArgs(x.args)
	if err != nil {
		return nil, err
	}
	v, err := x.fn.invoke(ev, of, a)
	if err != nil {
		return nil, ev.at(x.pos, err)
	}
	return v, nil
}

// functionTable holds functions by name; prepared, they know their own names and parameters.
type functionTable map[string]*function

type methodTable = functionTable

func (t functionTable) prepare() functionTable {
	for name, f := range t {
		if f.name == "" {
			f.name = name
		}
		if f.params != variadic {
			f.names = strings.Fields(strings.TrimPrefix(f.params, "/"))
			f.unnamed = strings.HasPrefix(f.params, "/")
		}
	}
	return t
}
