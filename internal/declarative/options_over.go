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
