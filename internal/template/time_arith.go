package template

import (
	"cmp"
	"math"
	"time"
)

// timeArithmetic calculates with dates, times and spans, or gives nil where Python has no such operation.
func timeArithmetic(op string, l, r any) (any, error) {
	switch op {
	case "+":
		if v, err := addTime(l, r); v != nil || err != nil {
			return v, err
		}
		return addTime(r, l)
	case "-":
		if v, err := timeBetween(l, r); v != nil || err != nil {
			return v, err
		}
		minus, ok := negateTime(r)
		if !ok {
			return nil, nil
		}
		if v, err := addTime(l, minus); v != nil || err != nil {
			return v, err
		}
		if d, ok := l.(timedelta); ok {
			return addTime(minus, d)
		}
	case "*":
		if v, err := scaleTime(l, r); v != nil || err != nil {
			return v, err
		}
		return scaleTime(r, l)
	case "/", "//", "%":
		return divideTime(op, l, r)
	}
	return nil, nil
}

// negateTime turns a span around.
func negateTime(v any) (any, bool) {
	switch d := v.(type) {
	case timedelta:
		n, err := d.negate()
		return n, err == nil
	case *calendarDuration:
		n, err := d.negate()
		return &n, err == nil
	}
	return nil, false
}

// asDuration takes either kind of span.
func asDuration(v any) (Duration, bool) {
	switch d := v.(type) {
	case timedelta:
		return Duration{span: d}, true
	case *calendarDuration:
		return *d, true
	}
	return Duration{}, false
}

// addTime adds a span to a moment, day or span.
func addTime(l, r any) (any, error) {
	d, ok := asDuration(r)
	if !ok {
		return nil, nil
	}
	switch x := l.(type) {
	case *datetime:
		t, err := d.AddTo(x.t)
		return &datetime{t: t, naive: x.naive}, err
	case Date:
		d.span.micros = 0 // a day has no time to add to
		t, err := d.AddTo(x.time())
		return dateOf(t), err
	case timedelta:
		if _, both := r.(timedelta); both {
			return x.add(d.span)
		}
	case *calendarDuration:
		return x.add(d)
	}
	return nil, nil
}

// timeBetween subtracts moments, or days.
func timeBetween(l, r any) (any, error) {
	switch x := l.(type) {
	case *datetime:
		y, ok := r.(*datetime)
		if !ok {
			return nil, nil
		}
		if x.naive != y.naive {
			return nil, typeErr("can't subtract offset-naive and offset-aware datetimes")
		}
		return newTimedelta(0, x.t.UnixMicro()-y.t.UnixMicro())
	case Date:
		if y, ok := r.(Date); ok {
			return newTimedelta(int64(x.time().Sub(y.time())/(24*time.Hour)), 0)
		}
	}
	return nil, nil
}

func scaleTime(l, r any) (any, error) {
	n, ok := asNumber(r)
	if !ok {
		return nil, nil
	}
	switch x := l.(type) {
	case timedelta:
		f, err := toFloat(n)
		if err != nil {
			return nil, err
		}
		return x.scale(f)
	case *calendarDuration:
		i, ok := n.(int64)
		if !ok {
			return nil, nil
		}
		span, err := x.span.scale(float64(i))
		return &Duration{x.years * float64(i), x.months * float64(i), span}, err
	}
	return nil, nil
}

// divideTime divides a span by another or by a number.
func divideTime(op string, l, r any) (any, error) {
	x, ok := l.(timedelta)
	if !ok {
		return nil, nil
	}
	if y, ok := r.(timedelta); ok {
		if y == (timedelta{}) {
			return nil, valueErr("division by zero")
		}
		q := x.seconds() / y.seconds()
		switch op {
		case "/":
			return q, nil
		case "//":
			return int64(math.Floor(q)), nil
		}
		part, err := y.scale(-math.Floor(q))
		if err != nil {
			return nil, err
		}
		return x.add(part)
	}
	n, ok := asNumber(r)
	if !ok || op == "%" {
		return nil, nil
	}
	f, err := toFloat(n)
	if err != nil {
		return nil, err
	}
	if f == 0 {
		return nil, valueErr("division by zero")
	}
	return x.scale(1 / f)
}

// orderTimes orders two moments, days or spans.
func orderTimes(l, r any) (int, bool) {
	switch x := l.(type) {
	case *datetime:
		if y, ok := r.(*datetime); ok && x.naive == y.naive {
			return x.t.Compare(y.t), true
		}
	case Date:
		if y, ok := r.(Date); ok {
			return x.time().Compare(y.time()), true
		}
	case timedelta:
		if y, ok := r.(timedelta); ok {
			return cmp.Or(cmp.Compare(x.days, y.days), cmp.Compare(x.micros, y.micros)), true
		}
	}
	return 0, false
}
