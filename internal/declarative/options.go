package declarative

import (
	"fmt"

	"github.com/airfielddev/airfield/internal/template"
)

// Options are parts of a request that come from beside the requester: from authenticators, paginators, cursors and partition
// routers. The zero Options are none.
type Options struct {
	Query  *template.Dict // values are texts, lists of them, or other scalars
	Header *template.Dict
	Form   *template.Dict
	JSON   *template.Dict
}

// Plus puts two sets of options together. A key that both set is an error, but for a JSON body, where objects are merged and equal
// values agree.
func (o Options) Plus(other Options) (Options, error) {
	var err error
	merge := func(a, b *template.Dict, where string) *template.Dict {
		if err != nil {
			return nil
		}
		var merged *template.Dict
		merged, err = mergeDicts(a, b, where, where == "body_json")
		return merged
	}
	sum := Options{
		Query:  merge(o.Query, other.Query, "query"),
		Header: merge(o.Header, other.Header, "headers"),
		Form:   merge(o.Form, other.Form, "body_data"),
		JSON:   merge(o.JSON, other.JSON, "body_json"),
	}
	return sum, err
}

// mergeDicts leaves its arguments unchanged.
func mergeDicts(a, b *template.Dict, where string, deep bool) (*template.Dict, error) {
	if a == nil || a.Len() == 0 {
		return b, nil
	}
	if b == nil || b.Len() == 0 {
		return a, nil
	}
	sum := template.NewDict(a.Len() + b.Len())
	for key, value := range a.All() {
		sum.Set(template.Str(key), value)
	}
	for key, value := range b.All() {
		name := template.Str(key)
		old, taken := sum.Get(name)
		if taken {
			merged, err := mergeValues(old, value, where+"."+name, deep)
			if err != nil {
				return nil, err
			}
			value = merged
		}
		sum.Set(name, value)
	}
	return sum, nil
}

func mergeValues(a, b any, where string, deep bool) (any, error) {
	if deep {
		x, isDict := a.(*template.Dict)
		y, both := b.(*template.Dict)
		if isDict && both {
			return mergeDicts(x, y, where, true)
		}
		if template.Str(a) == template.Str(b) {
			return a, nil
		}
	}
	return nil, fmt.Errorf("the request sets %s twice", where)
}

// In is options with one value in one place.
func (o *RequestOption) In(value any, vars map[string]any) (Options, error) {
	path, err := o.path(vars)
	if err != nil {
		return Options{}, err
	}
	d := template.NewDict(1)
	inner := d
	for _, step := range path[:len(path)-1] {
		next := template.NewDict(1)
		inner.Set(step, next)
		inner = next
	}
	inner.Set(path[len(path)-1], value)
	switch o.Into {
	case "header":
		return Options{Header: d}, nil
	case "body_data":
		return Options{Form: d}, nil
	case "body_json":
		return Options{JSON: d}, nil
	}
	return Options{Query: d}, nil
}
