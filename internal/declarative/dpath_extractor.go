package declarative

import (
	"slices"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// DpathExtractor takes records from a path in a response: the elements of a list that stands there, or the object.
type DpathExtractor struct {
	FieldPath []manifest.Template `manifest:"field_path,required"`
	Expander  *RecordExpander     `manifest:"record_expander,default=RecordExpander"`
}

// Build makes the extractor.
func (c *DpathExtractor) Build(env *Env) (Extractor, error) {
	path := make([]string, len(c.FieldPath))
	for i := range c.FieldPath {
		var err error
		if path[i], err = c.FieldPath[i].Text(env.Vars()); err != nil {
			return nil, err
		}
	}
	return &dpathExtractor{path: parsePath(path), many: slices.Contains(path, "*"), expander: c.Expander}, nil
}

type dpathExtractor struct {
	path     []step
	many     bool // a step is "*": everything that matches is a record
	expander *RecordExpander
}

func (x *dpathExtractor) Extract(body any, yield func(any) error) error {
	if x.expander != nil {
		outer := yield
		yield = func(v any) error { return x.expander.expand(v, outer) }
	}
	if x.many {
		return walkPath(body, x.path, yield)
	}
	v, ok, err := getPath(body, x.path)
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

// RecordExpander makes records of the elements of a list inside a record.
type RecordExpander struct {
	Path        []manifest.Template `manifest:"expand_records_from_field,required"`
	KeepParent  bool                `manifest:"remain_original_record"`
	OnNoRecords string              `manifest:"on_no_records"`
}

// UnmarshalManifest checks the values.
func (c *RecordExpander) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain RecordExpander
	d.Decode(n, (*plain)(c))
	switch c.OnNoRecords {
	case "", "skip", "emit_parent":
	default:
		d.ProblemOf(n, "on_no_records", manifest.CodeInvalidValue, "want skip or emit_parent, found %q", c.OnNoRecords)
	}
}

func (c *RecordExpander) expand(v any, yield func(any) error) error {
	parent, ok := v.(*template.Dict)
	if !ok {
		return yield(v)
	}
	path := make([]string, len(c.Path))
	for i := range c.Path {
		path[i] = c.Path[i].Source()
	}
	found := false
	err := walkPath(parent, parsePath(path), func(v any) error {
		list, _ := v.([]any)
		for _, item := range list {
			found = true
			if err := yield(c.child(item, parent)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && !found && c.OnNoRecords == "emit_parent" {
		return yield(parent)
	}
	return err
}

func (c *RecordExpander) child(item any, parent *template.Dict) any {
	if !c.KeepParent {
		return item
	}
	record := template.NewDict(2)
	if d, ok := item.(*template.Dict); ok {
		record = copyDict(d)
	} else {
		record.Set("value", item)
	}
	record.Set("original_record", parent)
	return record
}
