package template

import (
	"math"
	"math/big"
	"slices"
	"strings"
)

// arithmetic evaluates + - * / // % and **.
func (ev *evaluation) arithmetic(op string, l, r any) (any, error) {
	if s, ok := l.(string); ok && op == "%" {
		return ev.printf(s, r)
	}
	if u := firstUndefined(l, r); u != nil {
		return nil, u.err()
	}
	x, xOK := asNumber(l)
	y, yOK := asNumber(r)
	if xOK && yOK {
		if err := ev.spend(wordsOf(x) * wordsOf(y) / 8); err != nil {
			return nil, err
		}
		return numeric(op, x, y)
	}
	var v any
	var err error
	switch op {
	case "+":
		v, err = ev.join(l, r)
	case "*":
		v, err = ev.repeat(l, r)
	}
	if v == nil && err == nil {
		v, err = timeArithmetic(op, l, r)
	}
	if v == nil && err == nil {
		err = typeErr("unsupported operand type(s) for %s: '%s' and '%s'", op, typeName(l), typeName(r))
	}
	return v, err
}

// join adds strings, lists and tuples, or gives nil.
func (ev *evaluation) join(l, r any) (any, error) {
	switch x := l.(type) {
	case string:
		y, ok := r.(string)
		if !ok {
			return nil, nil
		}
		if err := ev.grow(len(x) + len(y)); err != nil {
			return nil, err
		}
		return x + y, nil
	case *list:
		y, ok := r.(*list)
		if !ok {
			return nil, nil
		}
		if err := ev.growItems(len(x.items) + len(y.items)); err != nil {
			return nil, err
		}
		return &list{slices.Concat(x.items, y.items)}, nil
	case Tuple:
		y, ok := r.(Tuple)
		if !ok {
			return nil, nil
		}
		if err := ev.growItems(len(x) + len(y)); err != nil {
			return nil, err
		}
		return slices.Concat(x, y), nil
	}
	return nil, nil
}

// repeat multiplies strings, lists and tuples, or gives nil.
func (ev *evaluation) repeat(l, r any) (any, error) {
	n, ok := asIndex(r)
	if !ok {
		if n, ok = asIndex(l); !ok {
			return nil, nil
		}
		l = r
	}
	n = max(0, n)
	switch x := l.(type) {
	case string:
		if n > maxBytes {
			return nil, limitErr("the template makes too much text")
		}
		if err := ev.grow(len(x) * n); err != nil {
			return nil, err
		}
		return strings.Repeat(x, n), nil
	case *list:
		items, err := ev.repeatItems(x.items, n)
		return &list{items}, err
	case Tuple:
		items, err := ev.repeatItems(x, n)
		return Tuple(items), err
	}
	return nil, nil
}

func (ev *evaluation) repeatItems(items []any, n int) ([]any, error) {
	if len(items) == 0 {
		return nil, nil
	}
	if n > maxBytes {
		return nil, limitErr("the template makes too long a list")
	}
	if err := ev.growItems(len(items) * n); err != nil {
		return nil, err
	}
	out := make([]any, 0, len(items)*n)
	for range n {
		out = append(out, items...)
	}
	return out, nil
}

// numeric calculates with an int64, *big.Int or float64 on either side.
func numeric(op string, x, y any) (any, error) {
	_, xFloat := x.(float64)
	_, yFloat := y.(float64)
	if xFloat || yFloat || op == "/" {
		return floatArithmetic(op, x, y)
	}
	a, aOK := x.(int64)
	b, bOK := y.(int64)
	if aOK && bOK {
		if v, ok := smallArithmetic(op, a, b); ok {
			return v, nil
		}
	}
	return bigArithmetic(op, asBig(x), asBig(y))
}

// wordsOf is the size of a number in machine words.
func wordsOf(v any) int {
	if b, ok := v.(*big.Int); ok {
		return len(b.Bits())
	}
	return 1
}

// smallArithmetic handles what surely fits in an int64.
func smallArithmetic(op string, a, b int64) (any, bool) {
	const half = math.MaxInt32
	switch op {
	case "+":
		c := a + b
		return c, (c > a) == (b > 0)
	case "-":
		c := a - b
		return c, (c < a) == (b > 0)
	case "*":
		return a * b, a <= half && a >= -half && b <= half && b >= -half
	case "%":
		if b > 0 {
			return ((a % b) + b) % b, b < math.MaxInt64/2
		}
	}
	return nil, false
}

func asBig(v any) *big.Int {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v)
	case *big.Int:
		return v
	}
	return new(big.Int)
}

func bigArithmetic(op string, a, b *big.Int) (any, error) {
	c := new(big.Int)
	switch op {
	case "+":
		c.Add(a, b)
	case "-":
		c.Sub(a, b)
	case "*":
		c.Mul(a, b)
	case "//", "%":
		if b.Sign() == 0 {
			return nil, valueErr("integer division or modulo by zero")
		}
		m := new(big.Int)
		floorDivide(c, m, a, b)
		if op == "%" {
			c = m
		}
	default:
		return bigPower(a, b)
	}
	if c.BitLen() > maxBits {
		return nil, limitErr("the number is too large")
	}
	return shrink(c), nil
}

// floorDivide sets q and m so that m has the sign of b.
func floorDivide(q, m, a, b *big.Int) {
	q.QuoRem(a, b, m)
	if m.Sign() != 0 && m.Sign() != b.Sign() {
		q.Sub(q, big.NewInt(1))
		m.Add(m, b)
	}
}

func bigPower(a, b *big.Int) (any, error) {
	if b.Sign() < 0 {
		return floatArithmetic("**", a, b)
	}
	if a.BitLen() > 1 && (!b.IsInt64() || b.Int64() > maxBits || int64(a.BitLen())*b.Int64() > maxBits) {
		return nil, limitErr("the number is too large")
	}
	if a.BitLen() <= 1 { // 0, 1 and -1
		b = big.NewInt(int64(b.Bit(0)) + 2*int64(min(1, b.BitLen()>>1)))
	}
	return shrink(new(big.Int).Exp(a, b, nil)), nil
}

func floatArithmetic(op string, x, y any) (any, error) {
	a, err := toFloat(x)
	if err != nil {
		return nil, err
	}
	b, err := toFloat(y)
	if err != nil {
		return nil, err
	}
	switch op {
	case "+":
		return a + b, nil
	case "-":
		return a - b, nil
	case "*":
		return a * b, nil
	case "/":
		return divide(x, y, a, b)
	case "**":
		return power(a, b)
	}
	if b == 0 {
		return nil, valueErr("float division by zero")
	}
	quotient, rest := floatFloor(a, b)
	if op == "%" {
		return rest, nil
	}
	return quotient, nil
}

// divide is true division; that of integers is exact before it is rounded.
func divide(x, y any, a, b float64) (any, error) {
	if b == 0 {
		return nil, valueErr("division by zero")
	}
	const exact = 1 << 53
	_, xFloat := x.(float64)
	_, yFloat := y.(float64)
	if xFloat || yFloat || math.Abs(a) < exact && math.Abs(b) < exact {
		return a / b, nil
	}
	f, _ := new(big.Rat).SetFrac(asBig(x), asBig(y)).Float64()
	return f, nil
}

// floatFloor gives the floor of a/b and the rest, which has the sign of b.
func floatFloor(a, b float64) (quotient, rest float64) {
	rest = math.Mod(a, b)
	div := (a - rest) / b
	if rest == 0 {
		rest = math.Copysign(0, b)
	} else if (b < 0) != (rest < 0) {
		rest += b
		div--
	}
	if div == 0 {
		return math.Copysign(0, a/b), rest
	}
	quotient = math.Floor(div)
	if div-quotient > 0.5 {
		quotient++
	}
	return quotient, rest
}

func power(a, b float64) (any, error) {
	if a == 0 && b < 0 {
		return nil, valueErr("0.0 cannot be raised to a negative power")
	}
	if a < 0 && b != math.Trunc(b) && !math.IsInf(b, 0) {
		return nil, valueErr("complex numbers are not supported")
	}
	c := math.Pow(a, b)
	if math.IsInf(c, 0) && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
		return nil, valueErr("numerical result out of range")
	}
	return c, nil
}

func toFloat(v any) (float64, error) {
	switch v := v.(type) {
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		if math.IsInf(f, 0) {
			return 0, valueErr("int too large to convert to float")
		}
		return f, nil
	}
	return 0, typeErr("must be real number, not %s", typeName(v))
}

// signed applies a leading + or -.
func signed(op string, v any) (any, error) {
	if u, ok := v.(*undefined); ok {
		return nil, u.err()
	}
	n, ok := asNumber(v)
	if !ok {
		if d, ok := negateTime(v); ok && op == "-" {
			return d, nil
		}
		return nil, typeErr("bad operand type for unary %s: '%s'", op, typeName(v))
	}
	if op == "+" {
		return n, nil
	}
	if f, ok := n.(float64); ok {
		return -f, nil
	}
	return shrink(new(big.Int).Neg(asBig(n))), nil
}
