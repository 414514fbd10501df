package template

// within are the expressions and the statements of a statement.
func within(st statement) (exprs []node, bodies [][]statement) {
	switch st := st.(type) {
	case *outputStatement:
		return []node{st.x}, nil
	case *printStatement:
		return nil, [][]statement{st.outputs}
	case *ifStatement:
		for _, b := range st.branches {
			exprs, bodies = append(exprs, b.test), append(bodies, b.body)
		}
		return exprs, append(bodies, st.otherwise)
	case *forStatement:
		return []node{st.over, st.test}, [][]statement{st.body, st.otherwise}
	case *setStatement:
		return []node{st.value}, nil
	case *setBlock:
		return []node{st.filter}, [][]statement{st.body}
	case *withStatement:
		return st.values, [][]statement{st.body}
	case *filterBlock:
		return []node{st.filter}, [][]statement{st.body}
	}
	return nil, nil
}

// allParts are the operands of an expression, those of calls, filters and tests too.
func allParts(x node) []node {
	of := func(first node, a arguments) []node {
		list := append([]node{first, a.star, a.doubleStar}, a.positional...)
		for _, named := range a.named {
			list = append(list, named.x)
		}
		return list
	}
	switch x := x.(type) {
	case *callNode:
		return of(x.fn, x.args)
	case *filterNode:
		return of(x.of, x.args)
	case *testNode:
		return of(x.of, x.args)
	}
	return parts(x)
}
