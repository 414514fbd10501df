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
		m.statement(st)
	}
}

func (m *memberFinder) statement(st statement) {
	switch st := st.(type) {
	case *outputStatement:
		m.exprs(st.x)
	case *printStatement:
		m.statements(st.outputs)
	case *ifStatement:
		for _, b := range st.branches {
			m.exprs(b.test)
			m.statements(b.body)
		}
		m.statements(st.otherwise)
	case *forStatement:
		m.exprs(st.over, st.test)
		m.statements(st.body)
		m.statements(st.otherwise)
	case *setStatement:
		m.exprs(st.value)
	case *setBlock:
		m.exprs(st.filter)
		m.statements(st.body)
	case *withStatement:
		m.exprs(st.values...)
		m.statements(st.body)
	case *filterBlock:
		m.exprs(st.filter)
		m.statements(st.body)
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
	case *filterNode:
		m.expr(x.of)
		m.arguments(x.args)
	case *testNode:
		m.expr(x.of)
		m.arguments(x.args)
	default:
		m.exprs(parts(x)...)
	}
}

// call finds "variable.get('member')".
func (m *memberFinder) call(x *callNode) {
	method, ok := x.fn.(*attrNode)
	if ok && m.is(method.of) && method.name == "get" && len(x.args.positional) > 0 {
		if key, ok := written(x.args.positional[0]); ok {
			m.found = append(m.found, key)
			m.arguments(x.args)
			return
		}
	}
	m.expr(x.fn)
	m.arguments(x.args)
}

func (m *memberFinder) arguments(a arguments) {
	m.exprs(a.positional...)
	for _, named := range a.named {
		m.expr(named.x)
	}
	m.exprs(a.star, a.doubleStar)
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
