package template

// node is an expression.
type node interface {
	eval(ev *evaluation) (any, error)
}

// statement is a piece of a template that prints or assigns.
type statement interface {
	run(ev *evaluation) error
}

// target is something to assign to.
type target interface {
	assign(ev *evaluation, v any) error
}

type (
	constant struct{ value any }
	nameNode struct {
		name string
		pos  int
	}
	tupleNode struct{ items []node }
	listNode  struct{ items []node }
	dictNode  struct {
		keys, values []node
		pos          int
	}
	attrNode struct {
		of   node
		name string
		pos  int
	}
	itemNode struct {
		of, key node
		pos     int
	}
	sliceNode struct{ low, high, step node }
	callNode  struct {
		fn   node
		args arguments
		pos  int
	}
	filterNode struct {
		of   node // nil: the body of the tag the filter stands in
		name string
		fn   *function
		args arguments
		pos  int
	}
	testNode struct {
		of   node
		name string
		fn   *function
		args arguments
		pos  int
	}
	orNode  struct{ left, right node }
	andNode struct{ left, right node }
	notNode struct{ x node }
	sign    struct {
		op  string
		x   node
		pos int
	}
	binary struct {
		op          string
		left, right node
		pos         int
	}
	concatNode struct{ parts []node }
	comparison struct {
		first node
		rest  []operand
		pos   int
	}
	operand struct {
		op string
		x  node
	}
	conditional struct{ test, then, otherwise node }
)

// arguments are those written in a call.
type arguments struct {
	positional       []node
	named            []namedArgument
	star, doubleStar node
}

type namedArgument struct {
	name string
	x    node
}

type (
	textStatement   string
	outputStatement struct {
		x   node
		pos int
	}
	printStatement struct{ outputs []statement }
	ifStatement    struct {
		branches  []branch
		otherwise []statement
	}
	branch struct {
		test node
		body []statement
	}
	forStatement struct {
		target          target
		over, test      node
		body, otherwise []statement
		pos             int
	}
	setStatement struct {
		target target
		value  node
		pos    int
	}
	setBlock struct {
		target target
		filter node
		body   []statement
		pos    int
	}
	withStatement struct {
		targets []target
		values  []node
		body    []statement
		pos     int
	}
	filterBlock struct {
		filter node
		body   []statement
		pos    int
	}
)

type (
	nameTarget  string
	attrTarget  struct{ namespace, attr string }
	tupleTarget []target
)
