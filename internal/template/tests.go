package template

import (
	"math/big"
	"strings"
	"unicode"
)

// is makes a test of a property of a value.
func is(f func(v any) bool) *function {
	return &function{call: func(_ *evaluation, self any, _ args) (any, error) { return f(self), nil }}
}

// ofType makes a test of the type of a value.
func ofType(names ...string) *function {
	return is(func(v any) bool {
		for _, n := range names {
			if typeName(v) == n {
				return true
			}
		}
		return false
	})
}

// relation makes a test of a comparison operator.
func relation(op string) *function {
	return &function{params: "other", required: 1, call: func(ev *evaluation, self any, a args) (any, error) {
		return ev.compare(op, self, a.pos[0])
	}}
}

func tests() functionTable {
	t := functionTable{
		"defined":   is(func(v any) bool { _, ok := v.(*undefined); return !ok }),
		"undefined": ofType("Undefined"),
		"none":      is(func(v any) bool { return v == nil }),
		"boolean":   ofType("bool"),
		"true":      is(func(v any) bool { return v == true }),
		"false":     is(func(v any) bool { return v == false }),
		"integer":   ofType("int"),
		"float":     ofType("float"),
		"number":    ofType("int", "float", "bool"),
		"string":    ofType("str"),
		"mapping":   ofType("dict"),
		"sequence":  ofType("str", "list", "tuple", "dict", "bytes", "Undefined"),
		"iterable":  {call: isIterable},
		"callable":  is(isCallable),
		"escaped":   is(func(any) bool { return false }),
		"sameas": {params: "other", required: 1, call: func(_ *evaluation, self any, a args) (any, error) {
			return isSame(self, a.pos[0]), nil
		}},
		"lower":       {call: caseTest(unicode.IsUpper, unicode.IsLower)},
		"upper":       {call: caseTest(unicode.IsLower, unicode.IsUpper)},
		"odd":         remainder(int64(2), 1),
		"even":        remainder(int64(2), 0),
		"divisibleby": remainder(nil, 0),
		"filter": {call: func(ev *evaluation, self any, _ args) (any, error) {
			s, _ := self.(string)
			return ev.lib.filters[s] != nil, nil
		}},
		"test": {call: func(ev *evaluation, self any, _ args) (any, error) {
			s, _ := self.(string)
			return ev.lib.tests[s] != nil, nil
		}},
		"in": relation("in"),
	}
	for op, others := range map[string]string{
		"==": "eq equalto", "!=": "ne", ">": "gt greaterthan", ">=": "ge", "<": "lt lessthan", "<=": "le",
	} {
		for name := range strings.SplitSeq(op+" "+others, " ") {
			t[name] = relation(op)
		}
	}
	return t
}

func isIterable(ev *evaluation, self any, _ args) (any, error) {
	if _, ok := self.(iterator); ok {
		return true, nil
	}
	_, err := ev.items(self)
	if isType(err) {
		return false, nil
	}
	return err == nil, err
}

func isCallable(v any) bool {
	switch v.(type) {
	case *bound, *undefined, *joiner:
		return true
	}
	return false
}

// isSame is Python's "is" for what has one identity.
func isSame(x, y any) bool {
	switch x := x.(type) {
	case nil, bool, int64, string, *list, *Dict:
		return x == y
	case *undefined:
		return x == y
	}
	return false
}

// caseTest is true for text with letters of the good case and none of the bad one.
func caseTest(bad, good func(rune) bool) func(*evaluation, any, args) (any, error) {
	return func(ev *evaluation, self any, _ args) (any, error) {
		s, err := ev.str(self)
		return strings.ContainsFunc(s, good) && !strings.ContainsFunc(s, bad), err
	}
}

// remainder makes a test of what is left after a division by a number, or by the test's argument.
func remainder(by any, left int64) *function {
	f := &function{call: func(ev *evaluation, self any, a args) (any, error) {
		n := by
		if n == nil {
			n = a.pos[0]
		}
		rest, err := ev.arithmetic("%", self, n)
		if err != nil {
			return nil, err
		}
		if b, ok := rest.(*big.Int); ok {
			return b.IsInt64() && b.Int64() == left, nil
		}
		return ev.equal(rest, left)
	}}
	if by == nil {
		f.params, f.required = "num", 1
	}
	return f
}
