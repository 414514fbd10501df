package template

import (
	"errors"
	"math"
	"math/big"
	"strconv"
)

func numberFilters() functionTable {
	return functionTable{
		"int":            {params: "default base", call: intFilter},
		"float":          {params: "default", call: floatFilter},
		"abs":            {call: absFilter},
		"round":          {params: "precision method", call: roundFilter},
		"filesizeformat": {params: "binary", call: fileSize},
	}
}

// intFilter reads an integer, or the whole part of a number, or gives the default.
func intFilter(_ *evaluation, self any, a args) (any, error) {
	base, err := a.int(1, 10)
	if err != nil {
		return nil, err
	}
	v, err := ParseInt(self, base)
	if errors.Is(err, ErrUndefined) {
		return nil, err
	}
	if f, ok := self.(float64); ok && math.IsInf(f, 0) {
		return nil, valueErr("cannot convert float infinity to integer")
	}
	if err == nil {
		return v, nil
	}
	f, err := ParseFloat(self)
	if err == nil {
		if v, err = ParseInt(f, 10); err == nil {
			return v, nil
		}
	}
	return a.or(0, int64(0)), nil
}

func floatFilter(_ *evaluation, self any, a args) (any, error) {
	f, err := ParseFloat(self)
	_, isInt := self.(*big.Int)
	switch {
	case err == nil:
		return f, nil
	case isInt || errors.Is(err, ErrUndefined):
		return nil, err
	}
	return a.or(0, 0.0), nil
}

func absFilter(_ *evaluation, self any, _ args) (any, error) {
	switch v := self.(type) {
	case timedelta:
		if v.days < 0 {
			return v.negate()
		}
		return v, nil
	case *undefined:
		return nil, typeErr("bad operand type for abs(): 'Undefined'")
	}
	n, ok := asNumber(self)
	if !ok {
		return nil, typeErr("bad operand type for abs(): '%s'", typeName(self))
	}
	if f, ok := n.(float64); ok {
		return math.Abs(f), nil
	}
	return shrink(new(big.Int).Abs(asBig(n))), nil
}

// roundFilter rounds to a number of decimals: to the nearest even, up or down.
func roundFilter(_ *evaluation, self any, a args) (any, error) {
	places, err := a.int(0, 0)
	if err != nil {
		return nil, err
	}
	method, err := a.str(1, "common")
	if err != nil {
		return nil, err
	}
	n, ok := asNumber(self)
	if u, undef := self.(*undefined); undef && method != "common" {
		return nil, u.err()
	}
	if !ok {
		return nil, typeErr("type %s doesn't define __round__ method", typeName(self))
	}
	f, isFloat := n.(float64)
	switch method {
	case "common":
		if !isFloat {
			return roundInt(asBig(n), places)
		}
		return roundFloat(f, places), nil
	case "ceil", "floor":
		return roundTo(n, places, method)
	}
	return nil, valueErr("method must be common, ceil or floor")
}

// roundFloat rounds the exact value, so that a half is only what is one in binary.
func roundFloat(f float64, places int) float64 {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0) || places > 323:
		return f
	case places < -308:
		return math.Copysign(0, f)
	case places >= 0:
		r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', places, 64), 64)
		return r
	}
	unit := math.Pow(10, float64(-places))
	return math.RoundToEven(f/unit) * unit
}

func roundInt(n *big.Int, places int) (any, error) {
	if places >= 0 {
		return shrink(n), nil
	}
	if places < -maxDigits {
		return int64(0), nil
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-places)), nil)
	q, m := new(big.Int), new(big.Int)
	floorDivide(q, m, n, unit)
	if c := m.Lsh(m, 1).Cmp(unit); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return shrink(q.Mul(q, unit)), nil
}

// roundTo is floor or ceil(n * 10**places) / 10**places.
func roundTo(n any, places int, method string) (any, error) {
	if places > 300 || places < -300 {
		return nil, valueErr("precision out of range")
	}
	unit, err := numeric("**", int64(10), int64(places))
	if err != nil {
		return nil, err
	}
	scaled, err := numeric("*", n, unit)
	if err != nil {
		return nil, err
	}
	if f, ok := scaled.(float64); ok {
		if method == "ceil" {
			f = math.Ceil(f)
		} else {
			f = math.Floor(f)
		}
		if scaled, err = ParseInt(f, 10); err != nil {
			return nil, err
		}
	}
	return numeric("/", scaled, unit)
}

func fileSize(_ *evaluation, self any, a args) (any, error) {
	n, err := ParseFloat(self)
	if err != nil {
		return nil, err
	}
	base, suffix := 1000.0, "B"
	prefixes := "kMGTPEZY"
	if a.bool(0) {
		base, suffix, prefixes = 1024, "iB", "KMGTPEZY"
	}
	if n == 1 {
		return "1 Byte", nil
	}
	if n < base {
		return strconv.FormatInt(int64(n), 10) + " Bytes", nil
	}
	unit := base
	i := 0
	for ; i < len(prefixes)-1 && n >= unit*base; i++ {
		unit *= base
	}
	return strconv.FormatFloat(n/unit, 'f', 1, 64) + " " + prefixes[i:i+1] + suffix, nil
}
