package template

import (
	"strings"
)

// parser reads statements and expressions from tokens.
type parser struct {
	src    string
	tokens []token
	at     int
	depth  int
}

// How deep a template may nest, and how many operators or subscripts may follow each other in one expression. They
// keep the evaluator's recursion small.
const (
	maxNesting = 100
	maxChain   = 1000
)

func (p *parser) current() token { return p.tokens[p.at] }

func (p *parser) ahead() token { return p.tokens[min(p.at+1, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tEnd {
		p.at++
	}
	return t
}

// skip takes the token if it is this operator or name.
func (p *parser) skip(text string) bool {
	if p.current().is(text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(text string) error {
	if p.skip(text) {
		return nil
	}
	return p.fail(p.current(), "expected '"+text+"', found "+p.current().describe())
}

func (p *parser) expectKind(k kind) (token, error) {
	if t := p.current(); t.kind != k {
		return t, p.fail(t, "expected "+token{kind: k, text: "name"}.describe()+", found "+t.describe())
	}
	return p.next(), nil
}

func (p *parser) fail(t token, message string) error { return p.failAt(t.pos, message) }

func (p *parser) failAt(pos int, message string) error {
	line, column := place(p.src, pos)
	return &Error{Kind: ErrSyntax, Line: line, Column: column, Message: message}
}

// enter counts a level of nesting; leave it with p.depth--.
func (p *parser) enter() error {
	if p.depth++; p.depth > maxNesting {
		return p.fail(p.current(), "nested too deeply")
	}
	return nil
}

// body reads statements up to one of the given tags, whose name is the current token afterwards. Without tags it
// reads to the end.
func (p *parser) body(ends ...string) ([]statement, error) {
	var list []statement
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	for {
		switch t := p.current(); t.kind {
		case tEnd:
			if len(ends) > 0 {
				return nil, p.fail(t, "unexpected end of template, looking for "+strings.Join(ends, " or "))
			}
			return list, nil
		case tText:
			list = append(list, textStatement(p.next().text))
		case tVarOpen:
			s, err := p.output()
			if err != nil {
				return nil, err
			}
			list = append(list, s)
		default:
			p.next()
			for _, end := range ends {
				if p.current().is(end) {
					return list, nil
				}
			}
			s, err := p.statement()
			if err != nil {
				return nil, err
			}
			list = append(list, s)
		}
	}
}

func (p *parser) output() (statement, error) {
	open := p.next()
	x, err := p.tuple(false, true)
	if err != nil {
		return nil, err
	}
	if _, err := p.expectKind(tVarClose); err != nil {
		return nil, err
	}
	return &outputStatement{x: x, pos: open.pos}, nil
}

// statement reads one tag whose "{%" was taken, with its body if it has one.
func (p *parser) statement() (statement, error) {
	t := p.current()
	if t.kind != tName {
		return nil, p.fail(t, "expected the name of a tag, found "+t.describe())
	}
	s, err := p.tag(t)
	if err != nil {
		return nil, err
	}
	_, err = p.expectKind(tTagClose)
	return s, err
}

func (p *parser) tag(t token) (statement, error) {
	p.next()
	switch t.text {
	case "if":
		return p.ifTag()
	case "for":
		return p.forTag()
	case "set":
		return p.setTag()
	case "with":
		return p.withTag()
	case "filter":
		return p.filterTag()
	case "print":
		return p.printTag(t)
	case "autoescape", "block", "call", "extends", "from", "import", "include", "macro":
		return nil, p.fail(t, "the tag '"+t.text+"' is not supported")
	}
	return nil, p.fail(t, "unknown tag '"+t.text+"'")
}

// block reads the rest of an opening tag and the statements up to one of the closing ones.
func (p *parser) block(ends ...string) ([]statement, error) {
	p.skip(":")
	if _, err := p.expectKind(tTagClose); err != nil {
		return nil, err
	}
	return p.body(ends...)
}

// lastBlock is block with its one closing name taken.
func (p *parser) lastBlock(end string) ([]statement, error) {
	body, err := p.block(end)
	if err == nil {
		p.next()
	}
	return body, err
}

func (p *parser) ifTag() (statement, error) {
	s := &ifStatement{}
	for {
		test, err := p.tuple(false, false)
		if err != nil {
			return nil, err
		}
		body, err := p.block("elif", "else", "endif")
		if err != nil {
			return nil, err
		}
		s.branches = append(s.branches, branch{test, body})
		switch p.next().text {
		case "elif":
			continue
		case "else":
			s.otherwise, err = p.lastBlock("endif")
		}
		return s, err
	}
}

func (p *parser) forTag() (statement, error) {
	s := &forStatement{pos: p.current().pos}
	var err error
	if s.target, err = p.target(true, false); err != nil {
		return nil, err
	}
	if err = p.expect("in"); err != nil {
		return nil, err
	}
	if s.over, err = p.tuple(false, false, "recursive"); err != nil {
		return nil, err
	}
	if p.skip("if") {
		if s.test, err = p.expression(); err != nil {
			return nil, err
		}
	}
	if t := p.current(); t.is("recursive") {
		return nil, p.fail(t, "recursive loops are not supported")
	}
	if s.body, err = p.block("endfor", "else"); err != nil {
		return nil, err
	}
	if p.next().text == "else" {
		s.otherwise, err = p.lastBlock("endfor")
	}
	return s, err
}

func (p *parser) setTag() (statement, error) {
	t := p.current()
	target, err := p.target(false, true)
	if err != nil {
		return nil, err
	}
	if p.skip("=") {
		value, err := p.tuple(false, true)
		return &setStatement{target: target, value: value, pos: t.pos}, err
	}
	s := &setBlock{target: target, pos: t.pos}
	if s.filter, err = p.filters(nil, false); err != nil {
		return nil, err
	}
	s.body, err = p.lastBlock("endset")
	return s, err
}

func (p *parser) withTag() (statement, error) {
	s := &withStatement{pos: p.current().pos}
	for p.current().kind != tTagClose {
		if len(s.targets) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		target, err := p.target(false, false)
		if err != nil {
			return nil, err
		}
		if err := p.expect("="); err != nil {
			return nil, err
		}
		value, err := p.expression()
		if err != nil {
			return nil, err
		}
		s.targets, s.values = append(s.targets, target), append(s.values, value)
	}
	var err error
	s.body, err = p.lastBlock("endwith")
	return s, err
}

func (p *parser) filterTag() (statement, error) {
	s := &filterBlock{pos: p.current().pos}
	var err error
	if s.filter, err = p.filters(nil, true); err != nil {
		return nil, err
	}
	s.body, err = p.lastBlock("endfilter")
	return s, err
}

func (p *parser) printTag(t token) (statement, error) {
	s := &printStatement{}
	for p.current().kind != tTagClose {
		if len(s.outputs) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		s.outputs = append(s.outputs, &outputStatement{x: x, pos: t.pos})
	}
	return s, nil
}

// target reads what is assigned to. In a loop it ends at "in"; in a set tag it may be an attribute of a namespace.
func (p *parser) target(loop, namespace bool) (target, error) {
	t := p.current()
	if namespace && t.kind == tName && p.ahead().is(".") {
		p.at += 2
		attr, err := p.expectKind(tName)
		return attrTarget{t.text, attr.text}, err
	}
	var x node
	var err error
	if loop {
		x, err = p.tuple(true, true, "in")
	} else {
		x, err = p.tuple(true, true)
	}
	if err != nil {
		return nil, err
	}
	if target := asTarget(x); target != nil {
		return target, nil
	}
	return nil, p.fail(t, "this cannot be assigned to")
}

// asTarget turns a name, or a tuple of names, into an assignment target.
func asTarget(x node) target {
	switch x := x.(type) {
	case *nameNode:
		return nameTarget(x.name)
	case *tupleNode:
		var list tupleTarget
		for _, item := range x.items {
			t := asTarget(item)
			if t == nil {
				return nil
			}
			list = append(list, t)
		}
		return list
	}
	return nil
}
