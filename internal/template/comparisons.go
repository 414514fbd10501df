package template

import (
	"slices"
	"strings"
)

// Comparison is one comparison that a template makes, such as "a < 3"; "a < b < c" makes two.
type Comparison struct {
	Left  Operand
	Op    string // == != < <= > >= in, or not in
	Right Operand
	// Decides tells that a template which is true where the comparison is: it is the whole template, or joined with others by and
	// and or. Under a not, or inside a larger expression, it decides nothing by itself.
	Decides bool
}

// Operand is one side of a [Comparison].
type Operand struct {
	Names      []string // the variables in it, sorted
	Variable   string   // the one variable that it is, filters aside; "": it is something else
	Bare       bool     // the variable has no filters
	Arithmetic bool     // it is made by an operator
	Literal    bool     // it is written down
	Value      any      // of a literal
}

// Has tells whether a variable is in the operand.
func (o Operand) Has(name string) bool { return slices.Contains(o.Names, name) }

// Comparisons lists the comparisons of a template, in no particular order.
func (t *Template) Comparisons() []Comparison {
	var c comparisons
	c.statements(t.body, len(t.body) == 1)
	return c
}

type comparisons []Comparison

// statements looks at statements, of which a single one may decide what the template is.
func (c *comparisons) statements(body []statement, decides bool) {
	for _, st := range body {
		switch st := st.(type) {
		case *outputStatement:
			c.expr(st.x, decides)
		case *printStatement:
			c.statements(st.outputs, decides && len(st.outputs) == 1)
		case *ifStatement:
			if decides && st.printsTruth() {
				c.expr(st.branches[0].test, true)
				continue
			}
			c.inside(st)
		default:
			c.inside(st)
		}
	}
}

// inside lists the comparisons of a statement that decides nothing.
func (c *comparisons) inside(st statement) {
	exprs, bodies := within(st)
	c.exprs(exprs...)
	for _, body := range bodies {
		c.statements(body, false)
	}
}

// printsTruth tells whether what an if prints is true where its test is, and nothing otherwise.
func (st *ifStatement) printsTruth() bool {
	if len(st.branches) != 1 || len(st.otherwise) > 0 {
		return false
	}
	text, fixed := fixedText(st.branches[0].body)
	return fixed && !slices.Contains(falseTexts, text)
}

// fixedText is what statements print, whatever the variables are.
func fixedText(body []statement) (text string, fixed bool) {
	var b strings.Builder
	for _, st := range body {
		switch st := st.(type) {
		case textStatement:
			b.WriteString(string(st))
		case *printStatement:
			part, ok := fixedText(st.outputs)
			if !ok {
				return "", false
			}
			b.WriteString(part)
		case *outputStatement:
			x, ok := st.x.(*constant)
			if !ok {
				return "", false
			}
			b.WriteString(Str(x.value))
		default:
			return "", false
		}
	}
	return b.String(), true
}

func (c *comparisons) exprs(list ...node) {
	for _, x := range list {
		c.expr(x, false)
	}
}

func (c *comparisons) expr(x node, decides bool) {
	switch x := x.(type) {
	case *orNode:
		c.expr(x.left, decides)
		c.expr(x.right, decides)
	case *andNode:
		c.expr(x.left, decides)
		c.expr(x.right, decides)
	case *comparison:
		left := x.first
		for _, o := range x.rest {
			*c = append(*c, Comparison{Left: newOperand(left), Op: o.op, Right: newOperand(o.x), Decides: decides})
			left = o.x
		}
		c.exprs(parts(x)...)
	default:
		c.exprs(allParts(x)...)
	}
}

func newOperand(x node) Operand {
	o := Operand{Names: freeNames([]statement{&outputStatement{x: x}})}
	switch literal := x.(type) {
	case *constant:
		o.Literal, o.Value = true, literal.value
	case *binary, *orNode, *andNode:
		o.Arithmetic = true
	}
	o.Bare = true
	for {
		filtered, ok := x.(*filterNode)
		if !ok {
			break
		}
		x, o.Bare = filtered.of, false
	}
	name, ok := x.(*nameNode)
	o.Bare = o.Bare && ok
	if ok {
		o.Variable = name.name
	}
	return o
}
