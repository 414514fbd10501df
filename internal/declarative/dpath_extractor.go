package declarative

import (
	"context"
	"slices"

	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/manifest"
)

// DpathExtractor takes records from a path in a response: the elements of a list that stands there, or the object.
type DpathExtractor struct {
	FieldPath []manifest.Template `manifest:"field_path,required"`
	Expander  *RecordExpander     `manifest:"record_expander,default=RecordExpander"`
}

// Build makes the extractor.
func (c *DpathExtractor) Build(env *Env) (Extractor, error) {
	path, err := texts(c.FieldPath, env.Vars())
	if err != nil {
		return nil, err
	}
	x := &dpathExtractor{path: dpath.Parse(path), many: slices.Contains(path, "*")}
	if c.Expander != nil {
		x.expander, err = c.Expander.build(env)
	}
	return x, err
}

type dpathExtractor struct {
	path     dpath.Path
	many     bool            // a step is "*": everything that matches is a record
	expander *recordExpander // nil: values are records as they are
}

func (x *dpathExtractor) Extract(ctx context.Context, body any, yield func(any) error) error {
	if x.expander != nil {
		outer := yield
		yield = func(v any) error { return x.expander.expand(ctx, v, outer) }
	}
	if x.many {
		return x.path.Walk(body, yield)
	}
	v, ok, err := x.path.Get(body)
	if err != nil || !ok {
		return err
	}
	if list, ok := v.([]any); ok {
		for _, item := range list {
			if err := yield(item); err != nil {
				return err
			}
		}
		return nil
	}
	if truthy(v) {
		return yield(v)
	}
	return nil
}
