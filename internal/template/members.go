package template

import "slices"

// Members tells which members of a variable the template may look at, if that variable holds a mapping; sorted. It is false for a
// template that may look at all of them, such as one that prints the variable.
func (t *Template) Members(name string) (members []string, known bool) {
	if !slices.Contains(t.names, name) {
		return nil, true
	}
	m := memberFinder{of: name, known: true}
	m.statements(t.body)
	slices.Sort(m.found)
	return slices.Compact(m.found), m.known
}

// memberFinder looks for uses of a variable. It takes every variable of that name for it.
type memberFinder struct {
	of    string
	found []string
	known bool
}

func (m *memberFinder) statements(body []statement) {
	for _, st := range body {
		exprs, bodies := within(st)
		m.exprs(exprs...)
		for _, inner := range bodies {
			m.statements(inner)
		}
	}
}

func (m *memberFinder) exprs(list ...node) {
	for _, x := range list {
		m.expr(x)
	}
}

func (m *memberFinder) expr(x node) {
	switch x := x.(type) {
	case *nameNode:
		m.known = m.known && x.name != m.of
	case *attrNode:
		if m.is(x.of) && builtins.method(new(Dict), x.name) == nil {
			m.found = append(m.found, x.name)
			return
		}
		m.expr(x.of)
	case *itemNode:
		if key, ok := written(x.key); ok && m.is(x.of) {
			m.found = append(m.found, key)
			return
		}
		m.exprs(x.of, x.key)
	case *callNode:
		m.call(x)
	default:
		m.exprs(allParts(x)...)
	}
}

// call finds "variable.get('member')".
func (m *memberFinder) call(x *callNode) {
	method, ok := x.fn.(*attrNode)
	if ok && m.is(method.of) && method.name == "get" && len(x.args.positional) > 0 {
		if key, ok := written(x.args.positional[0]); ok {
			m.found = append(m.found, key)
			m.exprs(allParts(x)[1:]...)
			return
		}
	}
	m.exprs(allParts(x)...)
}

// is tells whether an expression is the variable itself.
func (m *memberFinder) is(x node) bool {
	name, ok := x.(*nameNode)
	return ok && name.name == m.of
}

// written is the text that an expression is, written out.
func written(x node) (string, bool) {
	c, ok := x.(*constant)
	if !ok {
		return "", false
	}
	s, ok := c.value.(string)
	return s, ok
}
