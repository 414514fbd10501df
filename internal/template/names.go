package template

import (
	"maps"
	"slices"
)

// Finding the variables a template takes from its caller. Names set in a scope belong to it, except that a name set
// only in some branches of an if may also come from outside.

// symbols are the names of one scope.
type symbols struct {
	outer  *symbols
	known  map[string]bool // used or set in this scope
	stores map[string]bool // set in this scope
	free   map[string]bool // to be found in the caller's variables
}

func newSymbols(outer *symbols) *symbols {
	return &symbols{outer: outer, known: map[string]bool{}, stores: map[string]bool{}, free: map[string]bool{}}
}

// names finds free names of a whole template.
type names struct {
	free   map[string]bool
	nested []func() // scopes to look at once their surroundings are known
}

func freeNames(body []statement) []string {
	n := &names{free: map[string]bool{}}
	n.scope(nil, body)
	list := make([]string, 0, len(n.free))
	for name := range n.free {
		if builtins.macros[name] == nil && name != "self" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// scope looks at the statements of a scope, with parameters set before them, and then at the scopes inside.
func (n *names) scope(outer *symbols, body []statement, params ...target) {
	s := newSymbols(outer)
	for _, t := range params {
		s.store(t)
	}
	waiting := n.nested
	n.nested = nil
	n.statements(s, body)
	inner := n.nested
	n.nested = waiting
	for name := range s.free {
		n.free[name] = true
	}
	for _, look := range inner {
		look()
	}
}

// later puts a nested scope on the list.
func (n *names) later(s *symbols, body []statement, params ...target) {
	n.nested = append(n.nested, func() { n.scope(s, body, params...) })
}

func (s *symbols) knows(name string) bool {
	for ; s != nil; s = s.outer {
		if s.known[name] {
			return true
		}
	}
	return false
}

func (s *symbols) load(name string) {
	if !s.knows(name) {
		s.known[name], s.free[name] = true, true
	}
}

func (s *symbols) store(t target) {
	switch t := t.(type) {
	case nameTarget:
		s.stores[string(t)], s.known[string(t)] = true, true
	case attrTarget:
		s.load(t.namespace)
	case tupleTarget:
		for _, part := range t {
			s.store(part)
		}
	}
}

func (n *names) statements(s *symbols, body []statement) {
	for _, st := range body {
		n.statement(s, st)
	}
}

func (n *names) statement(s *symbols, st statement) {
	switch st := st.(type) {
	case *outputStatement:
		n.expr(s, st.x)
	case *printStatement:
		n.statements(s, st.outputs)
	case *ifStatement:
		n.branches(s, st)
	case *forStatement:
		n.loop(s, st)
	case *setStatement:
		n.expr(s, st.value)
		s.store(st.target)
	case *setBlock:
		s.store(st.target)
		n.expr(s, st.filter)
		n.later(s, st.body)
	case *withStatement:
		for _, v := range st.values {
			n.expr(s, v)
		}
		n.later(s, st.body, st.targets...)
	case *filterBlock:
		n.expr(s, st.filter)
		n.later(s, st.body)
	}
}

func (n *names) loop(s *symbols, st *forStatement) {
	n.expr(s, st.over)
	n.later(s, st.body, st.target, nameTarget("loop"))
	if st.test != nil {
		n.later(s, []statement{&outputStatement{x: st.test}}, st.target)
	}
	n.later(s, st.otherwise)
}

// branches looks at every branch as if it were the only one, and joins what they set.
func (n *names) branches(s *symbols, st *ifStatement) {
	n.expr(s, st.branches[0].test)
	if !sets([]statement{st}) {
		n.readOnlyBranches(s, st)
		return
	}
	bodies := [][]statement{st.branches[0].body, st.otherwise}
	if len(st.branches) > 1 {
		rest := make([]statement, 0, len(st.branches)-1)
		for _, b := range st.branches[1:] {
			rest = append(rest, &ifStatement{branches: []branch{b}})
		}
		bodies = append(bodies, rest)
	}
	set := map[string]bool{}
	var parts []*symbols
	for _, body := range bodies {
		part := &symbols{outer: s.outer, known: maps.Clone(s.known), stores: maps.Clone(s.stores), free: maps.Clone(s.free)}
		n.statements(part, body)
		parts = append(parts, part)
		for name := range part.stores {
			if !s.stores[name] {
				set[name] = true
			}
		}
	}
	for _, part := range parts {
		s.merge(part)
	}
	for name := range set {
		if s.outer == nil || !s.outer.knows(name) {
			s.free[name] = true
		}
	}
}

// readOnlyBranches looks at branches that set nothing, whose order does not matter.
func (n *names) readOnlyBranches(s *symbols, st *ifStatement) {
	for i, b := range st.branches {
		if i > 0 {
			n.expr(s, b.test)
		}
		n.statements(s, b.body)
	}
	n.statements(s, st.otherwise)
}

// sets tells whether statements set variables of the scope they stand in.
func sets(body []statement) bool {
	return slices.ContainsFunc(body, func(st statement) bool {
		switch st := st.(type) {
		case *setStatement, *setBlock:
			return true
		case *ifStatement:
			return sets(st.otherwise) || slices.ContainsFunc(st.branches, func(b branch) bool { return sets(b.body) })
		}
		return false
	})
}

func (s *symbols) merge(part *symbols) {
	maps.Copy(s.known, part.known)
	maps.Copy(s.stores, part.stores)
	maps.Copy(s.free, part.free)
}

// expr looks at the names in an expression.
func (n *names) expr(s *symbols, x node) {
	switch x := x.(type) {
	case *nameNode:
		s.load(x.name)
	case *callNode:
		n.expr(s, x.fn)
		n.arguments(s, x.args)
	case *filterNode:
		n.expr(s, x.of)
		n.arguments(s, x.args)
	case *testNode:
		n.expr(s, x.of)
		n.arguments(s, x.args)
	default:
		for _, part := range parts(x) {
			n.expr(s, part)
		}
	}
}

func (n *names) arguments(s *symbols, a arguments) {
	for _, x := range a.positional {
		n.expr(s, x)
	}
	for _, x := range a.named {
		n.expr(s, x.x)
	}
	n.expr(s, a.star)
	n.expr(s, a.doubleStar)
}

// parts are the operands of an expression.
func parts(x node) []node {
	switch x := x.(type) {
	case *tupleNode:
		return x.items
	case *listNode:
		return x.items
	case *dictNode:
		return append(slices.Clone(x.keys), x.values...)
	case *attrNode:
		return []node{x.of}
	case *itemNode:
		return []node{x.of, x.key}
	case *sliceNode:
		return []node{x.low, x.high, x.step}
	case *orNode:
		return []node{x.left, x.right}
	case *andNode:
		return []node{x.left, x.right}
	case *notNode:
		return []node{x.x}
	case *sign:
		return []node{x.x}
	case *binary:
		return []node{x.left, x.right}
	case *concatNode:
		return x.parts
	case *comparison:
		list := []node{x.first}
		for _, o := range x.rest {
			list = append(list, o.x)
		}
		return list
	case *conditional:
		return []node{x.test, x.then, x.otherwise}
	}
	return nil
}
