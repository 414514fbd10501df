package declarative

import "github.com/airfielddev/airfield/internal/template"

// over lays options over others: where both set the same, these count. Those underneath come first.
func (o Options) over(under Options) Options {
	return Options{
		Query:  laidOver(under.Query, o.Query),
		Header: laidOver(under.Header, o.Header),
		Form:   laidOver(under.Form, o.Form),
		JSON:   laidOver(under.JSON, o.JSON),
	}
}

// then adds options in turn, as they go into a request: where both set the same, the later count, and objects of a JSON body are
// put together.
func (o Options) then(next Options) Options {
	sum := next.over(o)
	sum.JSON = injected(o.JSON, next.JSON)
	return sum
}

func injected(before, next *template.Dict) *template.Dict {
	sum := laidOver(before, next)
	for key, value := range orEmpty(next).All() {
		name := template.Str(key)
		old, _ := orEmpty(before).Get(name)
		outer, ok := old.(*template.Dict)
		if inner, both := value.(*template.Dict); ok && both {
			sum.Set(name, injected(outer, inner))
		}
	}
	return sum
}

func laidOver(under, over *template.Dict) *template.Dict {
	if under == nil {
		return over
	}
	sum := template.NewDict(under.Len())
	for _, d := range []*template.Dict{under, orEmpty(over)} {
		for key, value := range d.All() {
			sum.Set(template.Str(key), value)
		}
	}
	return sum
}
