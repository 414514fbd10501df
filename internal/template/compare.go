package template

import (
	"bytes"
	"cmp"
	"math"
	"math/big"
	"strings"
)

// compare evaluates one comparison operator.
func (ev *evaluation) compare(op string, l, r any) (bool, error) {
	switch op {
	case "==":
		return ev.equal(l, r)
	case "!=":
		same, err := ev.equal(l, r)
		return !same, err
	case "in":
		return ev.contains(r, l)
	case "not in":
		found, err := ev.contains(r, l)
		return !found, err
	}
	return ev.ordered(op, l, r)
}

// equal is Python's ==. Numbers and booleans compare by value; other types differ from each other.
func (ev *evaluation) equal(l, r any) (bool, error) {
	if err := ev.spend(1); err != nil {
		return false, err
	}
	if err := ev.nest(); err != nil {
		return false, err
	}
	defer func() { ev.depth-- }()
	l, r = inward(l), inward(r)
	switch x := l.(type) {
	case nil:
		return r == nil, nil
	case string:
		y, ok := r.(string)
		return ok && x == y, nil
	case bool, int64, *big.Int, float64:
		c, ok := compareNumbers(l, r)
		return ok && c == 0, nil
	case *list:
		y, ok := r.(*list)
		if !ok || x == y {
			return ok, nil
		}
		return ev.equalItems(x.items, y.items)
	case Tuple:
		y, ok := r.(Tuple)
		if !ok {
			return false, nil
		}
		return ev.equalItems(x, y)
	case *Dict:
		y, ok := r.(*Dict)
		if !ok || x == y {
			return ok, nil
		}
		return ev.equalDicts(x, y)
	case *undefined:
		_, ok := r.(*undefined)
		return ok, nil
	}
	return ev.equalRare(l, r)
}

func (ev *evaluation) equalRare(l, r any) (bool, error) {
	switch x := l.(type) {
	case Set:
		y, ok := r.(Set)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		for _, v := range x {
			if in, err := ev.containsItem(y, v); !in || err != nil {
				return false, err
			}
		}
		return true, nil
	case *datetime:
		y, ok := r.(*datetime)
		return ok && x.naive == y.naive && x.t.Equal(y.t), nil
	case *calendarDuration:
		y, ok := r.(*calendarDuration)
		return ok && *x == *y, nil
	case Bytes, Date, timedelta, Ellipsis:
		return l == r, nil
	case *bound:
		y, ok := r.(*bound)
		return ok && x.fn == y.fn && x.self == nil && y.self == nil, nil
	case *loopState, *namespace, *generator, *view, *cycler, *joiner:
		return l == r, nil
	}
	return false, nil
}

func (ev *evaluation) equalItems(x, y []any) (bool, error) {
	if len(x) != len(y) {
		return false, nil
	}
	for i := range x {
		if same, err := ev.equal(x[i], y[i]); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (ev *evaluation) equalDicts(x, y *Dict) (bool, error) {
	if x.Len() != y.Len() {
		return false, nil
	}
	for k, v := range x.All() {
		w, err := ev.entry(y, k)
		if err != nil || w == absent {
			return false, err
		}
		if same, err := ev.equal(v, w); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// contains is "x in in".
func (ev *evaluation) contains(in, x any) (bool, error) {
	switch in := in.(type) {
	case string:
		s, ok := x.(string)
		if !ok {
			return false, typeErr("'in <string>' requires string as left operand, not %s", typeName(x))
		}
		return strings.Contains(in, s), ev.spend(1 + len(in)/64)
	case *Dict:
		v, err := ev.entry(in, x)
		if err == nil && v == absent {
			if _, err = hashCode(ev, x); err != nil { // an unhashable key is an error here
				return false, err
			}
		}
		return v != absent, err
	}
	items, err := ev.items(in)
	if err != nil {
		if isType(err) {
			err = typeErr("argument of type '%s' is not iterable", typeName(in))
		}
		return false, err
	}
	return ev.containsItem(items, x)
}

func (ev *evaluation) containsItem(items []any, x any) (bool, error) {
	for _, item := range items {
		if same, err := ev.equal(item, x); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

// ordered evaluates < <= > >=.
func (ev *evaluation) ordered(op string, l, r any) (bool, error) {
	if u := firstUndefined(l, r); u != nil {
		return false, u.err()
	}
	c, err := ev.order(l, r, op)
	if err != nil || c == unordered {
		return false, err
	}
	switch op {
	case "<":
		return c < 0, nil
	case "<=":
		return c <= 0, nil
	case ">":
		return c > 0, nil
	}
	return c >= 0, nil
}

// unordered is the order of NaN and anything.
const unordered = 2

// order gives -1, 0, 1, or unordered. The operator is for the message.
func (ev *evaluation) order(l, r any, op string) (int, error) {
	if err := ev.spend(1); err != nil {
		return 0, err
	}
	if err := ev.nest(); err != nil {
		return 0, err
	}
	defer func() { ev.depth-- }()
	l, r = inward(l), inward(r)
	if c, ok := compareNumbers(l, r); ok {
		return c, nil
	}
	switch x := l.(type) {
	case string:
		if y, ok := r.(string); ok {
			return strings.Compare(x, y), nil
		}
	case *list:
		if y, ok := r.(*list); ok {
			return ev.orderItems(x.items, y.items, op)
		}
	case Tuple:
		if y, ok := r.(Tuple); ok {
			return ev.orderItems(x, y, op)
		}
	case Bytes:
		if y, ok := r.(Bytes); ok {
			return bytes.Compare([]byte(x), []byte(y)), nil
		}
	}
	if c, ok := orderTimes(l, r); ok {
		return c, nil
	}
	return 0, typeErr("'%s' not supported between instances of '%s' and '%s'", op, typeName(l), typeName(r))
}

func (ev *evaluation) orderItems(x, y []any, op string) (int, error) {
	for i := range min(len(x), len(y)) {
		same, err := ev.equal(x[i], y[i])
		if err != nil {
			return 0, err
		}
		if !same {
			return ev.order(x[i], y[i], op)
		}
	}
	return cmp.Compare(len(x), len(y)), nil
}

func firstUndefined(l, r any) *undefined {
	if u, ok := l.(*undefined); ok {
		return u
	}
	u, _ := r.(*undefined)
	return u
}

// compareNumbers compares exactly, also integers with floats.
func compareNumbers(l, r any) (int, bool) {
	x, ok := asNumber(l)
	if !ok {
		return 0, false
	}
	y, ok := asNumber(r)
	if !ok {
		return 0, false
	}
	a, aInt := x.(int64)
	b, bInt := y.(int64)
	if aInt && bInt {
		switch {
		case a < b:
			return -1, true
		case a > b:
			return 1, true
		}
		return 0, true
	}
	return compareWide(x, y), true
}

func compareWide(x, y any) int {
	f, fOK := x.(float64)
	g, gOK := y.(float64)
	if math.IsNaN(f) || math.IsNaN(g) {
		return unordered
	}
	if fOK && gOK {
		switch {
		case f < g:
			return -1
		case f > g:
			return 1
		}
		return 0
	}
	if !fOK && !gOK {
		return asBig(x).Cmp(asBig(y))
	}
	return exactFloat(x).Cmp(exactFloat(y))
}

func exactFloat(v any) *big.Float {
	switch v := v.(type) {
	case int64:
		return new(big.Float).SetInt64(v)
	case *big.Int:
		return new(big.Float).SetInt(v)
	case float64:
		return new(big.Float).SetFloat64(v)
	}
	return new(big.Float)
}

// asNumber gives an int64, *big.Int or float64; booleans are 0 and 1.
func asNumber(v any) (any, bool) {
	switch v := v.(type) {
	case int64, *big.Int, float64:
		return v, true
	case bool:
		if v {
			return int64(1), true
		}
		return int64(0), true
	}
	return nil, false
}
