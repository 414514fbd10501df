package template

// loopState is the variable "loop" of a for statement.
type loopState struct {
	ev      *evaluation
	over    any
	it      iterator
	tested  bool
	item    any
	before  any
	after   any // the item looked at ahead, when ahead
	ahead   bool
	index0  int
	started bool
	length  int
	counted bool
	changed any
}

func (l *loopState) typeName() string { return "LoopContext" }

// advance moves to the next item.
func (l *loopState) advance() (bool, error) {
	if !l.started {
		l.started, l.index0 = true, -1
	}
	v, ok, err := l.after, l.ahead, error(nil)
	if !l.ahead {
		v, ok, err = l.it.next()
	}
	l.after, l.ahead = nil, false
	if err != nil || !ok {
		return false, err
	}
	l.index0++
	l.before, l.item = l.item, inward(v)
	return true, nil
}

// peek looks at the item after the current one.
func (l *loopState) peek() (any, bool, error) {
	if l.ahead {
		return l.after, true, nil
	}
	v, ok, err := l.it.next()
	if ok {
		l.after, l.ahead = inward(v), true
	}
	return l.after, ok, err
}

// size counts all items, which reads those that are left.
func (l *loopState) size() (int, error) {
	if l.counted {
		return l.length, nil
	}
	if n, err := length(l.over); err == nil && !l.tested {
		l.length, l.counted = n, true
		return n, nil
	}
	var rest []any
	for {
		v, ok, err := l.it.next()
		if err != nil {
			return 0, err
		}
		if !ok {
			break
		}
		if err := l.ev.growItems(1); err != nil {
			return 0, err
		}
		rest = append(rest, v)
	}
	l.it = &sliceIterator{items: rest}
	l.length, l.counted = len(rest)+l.index0+1, true
	if l.ahead {
		l.length++
	}
	return l.length, nil
}

// attribute gives loop.index and the others.
func (l *loopState) attribute(name string) (any, error) {
	switch name {
	case "index":
		return int64(l.index0 + 1), nil
	case "index0":
		return int64(l.index0), nil
	case "first":
		return l.index0 == 0, nil
	case "depth":
		return int64(1), nil
	case "depth0":
		return int64(0), nil
	case "last":
		_, ok, err := l.peek()
		return !ok, err
	case "nextitem":
		v, ok, err := l.peek()
		if !ok {
			v = &undefined{hint: "there is no next item"}
		}
		return v, err
	case "previtem":
		if l.index0 == 0 {
			return &undefined{hint: "there is no previous item"}, nil
		}
		return l.before, nil
	}
	return l.sized(name)
}

// sized gives the attributes that need to know how many items there are.
func (l *loopState) sized(name string) (any, error) {
	if name != "length" && name != "revindex" && name != "revindex0" {
		if f := l.ev.lib.methods("LoopContext", name); f != nil {
			return &bound{fn: f, self: l}, nil
		}
		return absent, nil
	}
	n, err := l.size()
	switch name {
	case "revindex":
		n -= l.index0
	case "revindex0":
		n -= l.index0 + 1
	}
	return int64(n), err
}

func loopMethods() methodTable {
	return methodTable{
		"cycle": {params: variadic, call: func(_ *evaluation, self any, a args) (any, error) {
			if len(a.pos) == 0 {
				return nil, typeErr("no items for cycling given")
			}
			return a.pos[self.(*loopState).index0%len(a.pos)], nil
		}},
		"changed": {params: variadic, call: func(ev *evaluation, self any, a args) (any, error) {
			l := self.(*loopState)
			same, err := ev.equal(l.changed, Tuple(a.pos))
			l.changed = Tuple(a.pos)
			return !same, err
		}},
	}
}
