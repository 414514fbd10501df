package template

// postfix reads attributes, items and calls after an operand.
func (p *parser) postfix(x node) (node, error) {
	var err error
	for n := 0; err == nil; n++ {
		t := p.current()
		if n == maxChain {
			return nil, p.fail(t, "expression too long")
		}
		switch {
		case t.is("."):
			x, err = p.attribute(x)
		case t.is("["):
			x, err = p.subscript(x)
		case t.is("("):
			x, err = p.call(x)
		default:
			return x, nil
		}
	}
	return x, err
}

// suffixes reads filters, tests, and calls of what they give.
func (p *parser) suffixes(x node) (node, error) {
	var err error
	for n := 0; err == nil; n++ {
		t := p.current()
		if n == maxChain {
			return nil, p.fail(t, "expression too long")
		}
		switch {
		case t.is("|"):
			x, err = p.filters(x, false)
		case t.is("is"):
			x, err = p.test(x)
		case t.is("("):
			x, err = p.call(x)
		default:
			return x, nil
		}
	}
	return x, err
}

func (p *parser) attribute(x node) (node, error) {
	p.next()
	switch t := p.next(); t.kind {
	case tName:
		return &attrNode{of: x, name: t.text, pos: t.pos}, nil
	case tInteger:
		return &itemNode{of: x, key: &constant{t.value}, pos: t.pos}, nil
	default:
		return nil, p.fail(t, "expected a name or number, found "+t.describe())
	}
}

func (p *parser) subscript(x node) (node, error) {
	t := p.next()
	var keys []node
	for !p.skip("]") {
		if keys != nil {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if len(keys) == 1 {
		return &itemNode{of: x, key: keys[0], pos: t.pos}, nil
	}
	return &itemNode{of: x, key: &tupleNode{keys}, pos: t.pos}, nil
}

// key reads an expression or a slice.
func (p *parser) key() (node, error) {
	var part [3]node
	for i := range part {
		if t := p.current(); !t.is(":") && !t.is("]") && !t.is(",") {
			x, err := p.expression()
			if err != nil {
				return nil, err
			}
			if i == 0 && !p.current().is(":") {
				return x, nil
			}
			part[i] = x
		} else if i == 0 && !t.is(":") {
			return nil, p.fail(t, "unexpected "+t.describe())
		}
		if i < 2 && !p.skip(":") {
			break
		}
	}
	return &sliceNode{part[0], part[1], part[2]}, nil
}

func (p *parser) call(x node) (node, error) {
	pos := p.current().pos
	args, err := p.arguments()
	return &callNode{fn: x, args: args, pos: pos}, err
}

// arguments reads a parenthesised list of arguments.
func (p *parser) arguments() (arguments, error) {
	var a arguments
	open := p.next()
	for n := 0; !p.skip(")"); n++ {
		if n > 0 {
			if err := p.expect(","); err != nil {
				return a, err
			}
			if p.skip(")") {
				break
			}
		}
		if err := p.argument(&a, open); err != nil {
			return a, err
		}
	}
	return a, nil
}

// argument reads one argument; they come in the order x, name=x, *x, **x.
func (p *parser) argument(a *arguments, open token) error {
	t := p.current()
	var ok bool
	var err error
	switch {
	case t.is("*"):
		ok = a.star == nil && a.doubleStar == nil
		p.next()
		a.star, err = p.expression()
	case t.is("**"):
		ok = a.doubleStar == nil
		p.next()
		a.doubleStar, err = p.expression()
	case t.kind == tName && p.ahead().is("="):
		ok = a.doubleStar == nil
		p.at += 2
		var x node
		x, err = p.expression()
		a.named = append(a.named, namedArgument{t.text, x})
	default:
		ok = a.star == nil && a.doubleStar == nil && a.named == nil
		var x node
		x, err = p.expression()
		a.positional = append(a.positional, x)
	}
	if err == nil && !ok {
		err = p.fail(open, "arguments in the wrong order")
	}
	return err
}

// filters reads a chain of filters. Bare means that the first one stands without its bar, as in a filter tag.
func (p *parser) filters(x node, bare bool) (node, error) {
	for n := 0; bare || p.current().is("|"); n++ {
		if n == maxChain {
			return nil, p.fail(p.current(), "expression too long")
		}
		if !bare {
			p.next()
		}
		bare = false
		f := &filterNode{of: x}
		var err error
		if f.name, f.pos, err = p.dottedName(); err != nil {
			return nil, err
		}
		if p.current().is("(") {
			if f.args, err = p.arguments(); err != nil {
				return nil, err
			}
		}
		if f.fn = builtins.filters[f.name]; f.fn == nil {
			return nil, p.failAt(f.pos, "there is no filter '"+f.name+"'")
		}
		x = f
	}
	return x, nil
}

func (p *parser) dottedName() (string, int, error) {
	t, err := p.expectKind(tName)
	name := t.text
	for err == nil && p.skip(".") {
		var part token
		part, err = p.expectKind(tName)
		name += "." + part.text
	}
	return name, t.pos, err
}

func (p *parser) test(x node) (node, error) {
	p.next()
	negated := p.skip("not")
	test := &testNode{of: x}
	var err error
	if test.name, test.pos, err = p.dottedName(); err != nil {
		return nil, err
	}
	if test.args, err = p.testArguments(); err != nil {
		return nil, err
	}
	if test.fn = builtins.tests[test.name]; test.fn == nil {
		return nil, p.failAt(test.pos, "there is no test '"+test.name+"'")
	}
	if negated {
		return &notNode{test}, nil
	}
	return test, nil
}

// testArguments reads what follows the name of a test: parenthesised arguments, one bare operand, or nothing.
func (p *parser) testArguments() (arguments, error) {
	t := p.current()
	if t.is("(") {
		return p.arguments()
	}
	operand := t.kind == tName || t.kind == tString || t.kind == tInteger || t.kind == tFloat || t.is("[") || t.is("{")
	if !operand || t.is("else") || t.is("or") || t.is("and") {
		return arguments{}, nil
	}
	if t.is("is") {
		return arguments{}, p.fail(t, "tests cannot be chained with is")
	}
	x, err := p.primary()
	if err == nil {
		x, err = p.postfix(x)
	}
	return arguments{positional: []node{x}}, err
}
