package template

func (ev *evaluation) run(body []statement) error {
	for _, s := range body {
		if err := ev.spend(1); err != nil {
			return err
		}
		if err := s.run(ev); err != nil {
			return err
		}
	}
	return nil
}

func (s textStatement) run(ev *evaluation) error { return ev.write(string(s)) }

// write adds to the output.
func (ev *evaluation) write(text string) error {
	if err := ev.grow(len(text)); err != nil {
		return err
	}
	ev.out = append(ev.out, text...)
	return nil
}

func (s *outputStatement) run(ev *evaluation) error {
	v, err := s.x.eval(ev)
	if err == nil {
		before := len(ev.out)
		if ev.out, err = ev.appendStr(ev.out, v); err == nil {
			err = ev.grow(len(ev.out) - before)
		}
	}
	return ev.at(s.pos, err)
}

func (s *printStatement) run(ev *evaluation) error { return ev.run(s.outputs) }

func (s *ifStatement) run(ev *evaluation) error {
	for _, b := range s.branches {
		v, err := b.test.eval(ev)
		if err != nil {
			return err
		}
		if truth(v) {
			return ev.run(b.body)
		}
	}
	return ev.run(s.otherwise)
}

func (s *forStatement) run(ev *evaluation) error {
	over, err := s.over.eval(ev)
	if err != nil {
		return err
	}
	it, err := ev.iterate(over)
	if err != nil {
		return ev.at(s.pos, err)
	}
	if s.test != nil {
		it = &testedIterator{ev: ev, loop: s, in: it}
	}
	loop := &loopState{ev: ev, over: over, it: it, tested: s.test != nil}
	for {
		more, err := loop.advance()
		if err != nil {
			return ev.at(s.pos, err)
		}
		if !more {
			break
		}
		if err := s.turn(ev, loop); err != nil {
			return err
		}
	}
	if loop.index0 >= 0 {
		return nil
	}
	mark := ev.scope()
	defer ev.leave(mark)
	return ev.run(s.otherwise)
}

// turn runs the body for the loop's current item.
func (s *forStatement) turn(ev *evaluation, loop *loopState) error {
	if err := ev.spend(1); err != nil {
		return err
	}
	mark := ev.scope()
	defer ev.leave(mark)
	ev.set("loop", loop)
	if err := s.target.assign(ev, loop.item); err != nil {
		return ev.at(s.pos, err)
	}
	return ev.run(s.body)
}

// testedIterator yields the items that pass the condition of a loop.
type testedIterator struct {
	ev   *evaluation
	loop *forStatement
	in   iterator
}

func (t *testedIterator) next() (any, bool, error) {
	for {
		v, ok, err := t.in.next()
		if err != nil || !ok {
			return nil, false, err
		}
		pass, err := t.passes(v)
		if err != nil || pass {
			return v, pass, err
		}
	}
}

func (t *testedIterator) passes(v any) (bool, error) {
	if err := t.ev.spend(1); err != nil {
		return false, err
	}
	mark := t.ev.scope()
	defer t.ev.leave(mark)
	if err := t.loop.target.assign(t.ev, v); err != nil {
		return false, err
	}
	test, err := t.loop.test.eval(t.ev)
	return truth(test), err
}

func (s *setStatement) run(ev *evaluation) error {
	v, err := s.value.eval(ev)
	if err != nil {
		return err
	}
	return ev.at(s.pos, s.target.assign(ev, v))
}

// capture runs statements and gives what they print.
func (ev *evaluation) capture(body []statement) (string, error) {
	mark := ev.scope()
	defer ev.leave(mark)
	outer := ev.out
	ev.out = nil
	err := ev.run(body)
	text := string(ev.out)
	ev.out = outer
	return text, err
}

// filtered captures statements and passes what they print through a chain of filters, if there is one.
func (ev *evaluation) filtered(body []statement, filter node) (any, error) {
	text, err := ev.capture(body)
	if err != nil || filter == nil {
		return text, err
	}
	outer := ev.block
	ev.block = text
	defer func() { ev.block = outer }()
	return filter.eval(ev)
}

func (s *setBlock) run(ev *evaluation) error {
	v, err := ev.filtered(s.body, s.filter)
	if err != nil {
		return err
	}
	return ev.at(s.pos, s.target.assign(ev, v))
}

func (s *filterBlock) run(ev *evaluation) error {
	v, err := ev.filtered(s.body, s.filter)
	if err == nil {
		ev.out, err = ev.appendStr(ev.out, v)
	}
	return ev.at(s.pos, err)
}

func (s *withStatement) run(ev *evaluation) error {
	values, err := ev.evalAll(s.values)
	if err != nil {
		return err
	}
	mark := ev.scope()
	defer ev.leave(mark)
	for i, t := range s.targets {
		if err := t.assign(ev, values[i]); err != nil {
			return ev.at(s.pos, err)
		}
	}
	return ev.run(s.body)
}

func (t nameTarget) assign(ev *evaluation, v any) error {
	ev.set(string(t), v)
	return nil
}

func (t attrTarget) assign(ev *evaluation, v any) error {
	ns, ok := ev.lookup(t.namespace).(*namespace)
	if !ok {
		return valueErr("only attributes of a namespace can be assigned")
	}
	ns.attrs.Set(t.attr, v)
	return ev.growItems(2)
}

func (t tupleTarget) assign(ev *evaluation, v any) error {
	items, err := ev.items(v)
	if err != nil {
		return err
	}
	if len(items) != len(t) {
		return valueErr("%d values for %d names", len(items), len(t))
	}
	for i, item := range items {
		if err := t[i].assign(ev, inward(item)); err != nil {
			return err
		}
	}
	return nil
}
