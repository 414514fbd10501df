package template

import "strings"

// Operators from the loosest to the tightest binding: if-else, or, and, not, comparison, + and -, ~, the products,
// **, sign, then attributes, items and calls, and last filters and tests.

// expression reads one expression without a top-level comma.
func (p *parser) expression() (node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	x, err := p.or()
	for err == nil && p.skip("if") {
		c := &conditional{then: x}
		if c.test, err = p.or(); err != nil {
			return nil, err
		}
		if p.skip("else") {
			c.otherwise, err = p.expression()
		}
		x = c
	}
	return x, err
}

// chain reads operands with operators between them, binding to the left.
func (p *parser) chain(operand func() (node, error), ops string, join func(op token, l, r node) node) (node, error) {
	left, err := operand()
	for n := 0; err == nil; n++ {
		op := p.current()
		if op.kind != tOperator && op.kind != tName || !hasWord(ops, op.text) {
			break
		}
		if n == maxChain {
			return nil, p.fail(op, "expression too long")
		}
		p.next()
		var right node
		if right, err = operand(); err == nil {
			left = join(op, left, right)
		}
	}
	return left, err
}

func hasWord(words, word string) bool {
	for w := range strings.SplitSeq(words, " ") {
		if w == word {
			return true
		}
	}
	return false
}

func (p *parser) or() (node, error) {
	return p.chain(p.and, "or", func(_ token, l, r node) node { return &orNode{l, r} })
}

func (p *parser) and() (node, error) {
	return p.chain(p.not, "and", func(_ token, l, r node) node { return &andNode{l, r} })
}

func (p *parser) not() (node, error) {
	if !p.skip("not") {
		return p.comparison()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	x, err := p.not()
	return &notNode{x}, err
}

func (p *parser) comparison() (node, error) {
	first, err := p.sum()
	if err != nil {
		return nil, err
	}
	c := &comparison{first: first, pos: p.current().pos}
	for {
		t, op := p.current(), ""
		switch {
		case t.kind == tOperator && hasWord("== != < <= > >=", t.text), t.is("in"):
			op = t.text
		case t.is("not") && p.ahead().is("in"):
			p.next()
			op = "not in"
		default:
			if len(c.rest) == 0 {
				return first, nil
			}
			return c, nil
		}
		p.next()
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		c.rest = append(c.rest, operand{op, right})
	}
}

func (p *parser) sum() (node, error) {
	return p.chain(p.concat, "+ -", newBinary)
}

func newBinary(op token, l, r node) node {
	return &binary{op: op.text, left: l, right: r, pos: op.pos}
}

func (p *parser) concat() (node, error) {
	first, err := p.product()
	if err != nil || !p.current().is("~") {
		return first, err
	}
	c := &concatNode{parts: []node{first}}
	for p.skip("~") {
		x, err := p.product()
		if err != nil {
			return nil, err
		}
		c.parts = append(c.parts, x)
	}
	return c, nil
}

func (p *parser) product() (node, error) {
	return p.chain(p.power, "* / // %", newBinary)
}

func (p *parser) power() (node, error) {
	return p.chain(func() (node, error) { return p.unary(true) }, "**", newBinary)
}

func (p *parser) unary(filters bool) (node, error) {
	var x node
	var err error
	if t := p.current(); t.is("-") || t.is("+") {
		if err := p.enter(); err != nil {
			return nil, err
		}
		p.next()
		x, err = p.unary(false)
		x = &sign{op: t.text, x: x, pos: t.pos}
		p.depth--
	} else {
		x, err = p.primary()
	}
	if err == nil {
		x, err = p.postfix(x)
	}
	if err == nil && filters {
		x, err = p.suffixes(x)
	}
	return x, err
}

func (p *parser) primary() (node, error) {
	t := p.next()
	switch {
	case t.kind == tName:
		return nameOrConstant(t), nil
	case t.kind == tString:
		text := t.text
		for p.current().kind == tString {
			text += p.next().text
		}
		return &constant{text}, nil
	case t.kind == tInteger || t.kind == tFloat:
		return &constant{t.value}, nil
	case t.is("("):
		x, err := p.parenthesised()
		if err != nil {
			return nil, err
		}
		return x, p.expect(")")
	case t.is("["):
		items, err := p.items("]")
		return &listNode{items}, err
	case t.is("{"):
		return p.dict()
	}
	return nil, p.fail(t, "unexpected "+t.describe())
}

func nameOrConstant(t token) node {
	switch t.text {
	case "true", "True":
		return &constant{true}
	case "false", "False":
		return &constant{false}
	case "none", "None":
		return &constant{nil}
	}
	return &nameNode{name: t.text, pos: t.pos}
}

// parenthesised reads what stands between parentheses, which may be the empty tuple.
func (p *parser) parenthesised() (node, error) {
	if p.current().is(")") {
		return &tupleNode{}, nil
	}
	return p.tuple(false, true)
}

// tuple reads an expression, or several with commas between them. In simple mode they are names and literals, as in
// the target of a loop; without conditions a trailing "if" is left for the statement.
func (p *parser) tuple(simple, conditions bool, ends ...string) (node, error) {
	read := p.expression
	switch {
	case simple:
		read = p.primary
	case !conditions:
		read = p.or
	}
	var items []node
	for !p.tupleEnds(ends) {
		x, err := read()
		if err != nil {
			return nil, err
		}
		if !p.current().is(",") {
			if items == nil {
				return x, nil
			}
			items = append(items, x)
			break
		}
		p.next()
		items = append(items, x)
	}
	if items == nil {
		return nil, p.fail(p.current(), "expected an expression, found "+p.current().describe())
	}
	return &tupleNode{items}, nil
}

func (p *parser) tupleEnds(ends []string) bool {
	t := p.current()
	if t.kind == tVarClose || t.kind == tTagClose || t.is(")") {
		return true
	}
	for _, end := range ends {
		if t.is(end) {
			return true
		}
	}
	return false
}

// items reads expressions with commas between and perhaps after them, and the closing bracket.
func (p *parser) items(closing string) ([]node, error) {
	var items []node
	for !p.skip(closing) {
		if items != nil {
			if err := p.expect(","); err != nil {
				return nil, err
			}
			if p.skip(closing) {
				break
			}
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		items = append(items, x)
	}
	return items, nil
}

func (p *parser) dict() (node, error) {
	d := &dictNode{pos: p.current().pos}
	for !p.skip("}") {
		if d.keys != nil {
			if err := p.expect(","); err != nil {
				return nil, err
			}
			if p.skip("}") {
				break
			}
		}
		key, err := p.expression()
		if err != nil {
			return nil, err
		}
		if err := p.expect(":"); err != nil {
			return nil, err
		}
		value, err := p.expression()
		if err != nil {
			return nil, err
		}
		d.keys, d.values = append(d.keys, key), append(d.values, value)
	}
	return d, nil
}
