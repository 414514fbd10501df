package mapping

import (
	"encoding/json"
	"slices"
)

// filter leaves rows out that do not meet a condition.
type filter struct{ condition condition }

// condition is true of some rows.
type condition interface{ holds(r *row) bool }

func newFilter(c *settings, s *shape) (step, *Fault) {
	conditions := c.member("conditions")
	if c.fault != nil {
		return nil, c.fault
	}
	condition, f := newCondition(conditions, s)
	if f != nil {
		return nil, f
	}
	return filter{condition}, nil
}

func (f filter) apply(r *row) bool { return f.condition.holds(r) }

func newCondition(config json.RawMessage, s *shape) (condition, *Fault) {
	c := &settings{config: config}
	build := pick(c, "type", []choice[func(*settings, *shape) (condition, *Fault)]{{"EQUAL", newEqual}, {"NOT", newNot}})
	if c.fault != nil {
		return nil, c.fault
	}
	return build(c, s)
}

// equal is true when a field has a value.
type equal struct{ field, value string }

func newEqual(c *settings, s *shape) (condition, *Fault) {
	e := equal{field: c.field("fieldName"), value: c.text("comparisonValue")}
	if c.fault != nil {
		return nil, c.fault
	}
	return e, s.need(e.field)
}

func (e equal) holds(r *row) bool {
	value := r.last(e.field)
	if value == nil {
		return false
	}
	text, ok := text(value)
	return ok && string(text) == e.value
}

// not is true when none of its conditions is.
type not []condition

func newNot(c *settings, s *shape) (condition, *Fault) {
	text := c.member("conditions")
	if c.fault != nil {
		return nil, c.fault
	}
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil || len(list) == 0 {
		return nil, faultOf(BadSetting, "The conditions of NOT must be a list with something in it.")
	}
	var all not
	for _, config := range list {
		one, f := newCondition(config, s)
		if f != nil {
			return nil, f
		}
		all = append(all, one)
	}
	return all, nil
}

func (n not) holds(r *row) bool {
	return !slices.ContainsFunc(n, func(c condition) bool { return c.holds(r) })
}
