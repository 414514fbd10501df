package template

// selectFilters apply filters and tests to the elements of a sequence, as it is read.
func selectFilters() functionTable {
	return functionTable{
		"map":        {params: variadic, call: mapFilter},
		"select":     {params: variadic, call: selecting("sync_do_select", false, true)},
		"reject":     {params: variadic, call: selecting("sync_do_reject", false, false)},
		"selectattr": {params: variadic, call: selecting("sync_do_selectattr", true, true)},
		"rejectattr": {params: variadic, call: selecting("sync_do_rejectattr", true, false)},
	}
}

// mapFilter takes an attribute of every element, or applies a filter to it.
func mapFilter(ev *evaluation, self any, a args) (any, error) {
	var it iterator
	var apply func(any) (any, error)
	return ev.lazy("sync_do_map", func() (any, bool, error) {
		if it == nil {
			if !truth(self) {
				return nil, false, nil
			}
			var err error
			if apply, err = ev.mapper(a); err != nil {
				return nil, false, err
			}
			if it, err = ev.iterate(self); err != nil {
				return nil, false, err
			}
		}
		v, ok, err := it.next()
		if err != nil || !ok {
			return nil, false, err
		}
		v, err = apply(v)
		return inward(v), err == nil, err
	}), nil
}

// mapper gives the function map applies.
func (ev *evaluation) mapper(a args) (func(any) (any, error), error) {
	if len(a.pos) == 0 {
		return ev.attributeMapper(a)
	}
	name, _ := a.pos[0].(string)
	f := ev.lib.filters[name]
	if f == nil {
		return nil, valueErr("there is no such filter to map")
	}
	rest := args{pos: a.pos[1:], named: a.named}
	return func(v any) (any, error) { return f.invoke(ev, v, rest) }, nil
}

func (ev *evaluation) attributeMapper(a args) (func(any) (any, error), error) {
	var attribute, missing any
	found := false
	for _, n := range a.named {
		switch n.name {
		case "attribute":
			attribute, found = n.value, true
		case "default":
			missing = n.value
		default:
			return nil, valueErr("map has no argument '%s'", n.name)
		}
	}
	if !found {
		return nil, valueErr("map requires a filter argument")
	}
	return ev.getterOr(attribute, missing), nil
}

// selecting makes a filter that keeps the elements, or those with an attribute, that a test accepts or refuses.
func selecting(name string, byAttribute, accept bool) func(ev *evaluation, self any, a args) (any, error) {
	return func(ev *evaluation, self any, a args) (any, error) {
		var it iterator
		var passes func(any) (bool, error)
		return ev.lazy(name, func() (any, bool, error) {
			if it == nil {
				if !truth(self) {
					return nil, false, nil
				}
				var err error
				if passes, err = ev.selector(a, byAttribute); err != nil {
					return nil, false, err
				}
				if it, err = ev.iterate(self); err != nil {
					return nil, false, err
				}
			}
			for {
				v, ok, err := it.next()
				if err != nil || !ok {
					return nil, false, err
				}
				pass, err := passes(v)
				if err != nil || pass == accept {
					return v, err == nil, err
				}
				if err := ev.spend(1); err != nil {
					return nil, false, err
				}
			}
		}), nil
	}
}

// selector gives the condition: the attribute if there is one, then the test if there is one.
func (ev *evaluation) selector(a args, byAttribute bool) (func(any) (bool, error), error) {
	rest := a.pos
	get := ev.getter(nil)
	if byAttribute {
		if len(rest) == 0 {
			return nil, valueErr("the name of the attribute is missing")
		}
		get, rest = ev.getter(rest[0]), rest[1:]
	}
	if len(rest) == 0 {
		return func(v any) (bool, error) {
			v, err := get(v)
			return truth(v), err
		}, nil
	}
	name, _ := rest[0].(string)
	test := ev.lib.tests[name]
	if test == nil {
		return nil, valueErr("there is no such test to select by")
	}
	with := args{pos: rest[1:], named: a.named}
	return func(v any) (bool, error) {
		v, err := get(v)
		if err != nil {
			return false, err
		}
		result, err := test.invoke(ev, v, with)
		return truth(result), err
	}, nil
}
