package declarative

import (
	"fmt"
	"strings"
	"sync"

	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// AddFields computes fields of a record. Later ones see earlier ones.
type AddFields struct {
	Fields    []AddedField      `manifest:"fields,required,default=AddedFieldDefinition"`
	Condition manifest.Template `manifest:"condition"`
}

// AddedField is one computed field.
type AddedField struct {
	Path  []string          `manifest:"path,required"`
	Value manifest.Template `manifest:"value,required"`
	Type  string            `manifest:"value_type"`
}

var valueTypes = map[string]template.Types{
	"": 0, "string": template.String, "number": template.Float, "integer": template.Integer, "boolean": template.Boolean,
}

// UnmarshalManifest checks the type.
func (f *AddedField) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain AddedField
	d.Decode(n, (*plain)(f))
	if _, known := valueTypes[f.Type]; !known {
		d.ProblemOf(n, "value_type", manifest.CodeInvalidValue, "want string, number, integer or boolean, found %q", f.Type)
	}
	if len(f.Path) == 0 && !n.Get("path").Null() {
		d.ProblemOf(n, "path", manifest.CodeInvalidValue, "the path is empty")
	}
}

// Build makes the transformation.
func (c *AddFields) Build(env *Env) (Transformation, error) {
	t := &addFields{AddFields: c, env: env, sliced: mentionsSlice(&c.Condition)}
	for i := range c.Fields {
		t.sliced = t.sliced || mentionsSlice(&c.Fields[i].Value)
	}
	return t, nil
}

// mentionsSlice tells whether a template may look at the slice that is read.
func mentionsSlice(t *manifest.Template) bool { return strings.Contains(t.Source(), "stream_") }

type addFields struct {
	*AddFields
	env    *Env
	sliced bool      // the slice is among the variables: making it one takes longer than all the rest
	vars   sync.Pool // of variables, since making them anew takes long, too
}

func (t *addFields) Transform(record *template.Dict, slice Slice) error {
	vars, ok := t.vars.Get().(map[string]any)
	if !ok {
		vars = t.env.Vars()
	}
	defer t.vars.Put(vars)
	if t.sliced {
		vars = slice.Vars(vars)
	}
	vars["record"] = record
	for i := range t.Fields {
		f := &t.Fields[i]
		value, err := f.Value.Value(vars, valueTypes[f.Type])
		if err != nil {
			return err
		}
		wanted, err := t.wanted(vars, f, value)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		if _, err := dpath.Set(record, f.Path, value); err != nil {
			return fmt.Errorf("adding field %s: %w", strings.Join(f.Path, "."), err)
		}
	}
	return nil
}

func (t *addFields) wanted(vars map[string]any, f *AddedField, value any) (bool, error) {
	if !t.Condition.Present() {
		return true, nil
	}
	vars["value"], vars["path"] = value, template.Texts(f.Path)
	defer delete(vars, "value")
	defer delete(vars, "path")
	return holds(&t.Condition, vars)
}

// RemoveFields removes fields of a record. With a condition, it does not count where the pointers lead: each of them removes every
// value of the record for which it holds.
type RemoveFields struct {
	Pointers  [][]string        `manifest:"field_pointers,required"`
	Condition manifest.Template `manifest:"condition"`
}

// Build makes the transformation.
func (c *RemoveFields) Build(env *Env) (Transformation, error) {
	t := &removeFields{condition: &c.Condition, env: env}
	for _, pointer := range c.Pointers {
		t.paths = append(t.paths, dpath.Parse(pointer))
	}
	return t, nil
}

type removeFields struct {
	paths     []dpath.Path
	condition *manifest.Template
	env       *Env
}

func (t *removeFields) Transform(record *template.Dict, _ Slice) error {
	if !t.condition.Present() || t.condition.Source() == "" {
		for _, path := range t.paths {
			path.Delete(record)
		}
		return nil
	}
	vars := t.env.Vars()
	var failed error
	for range t.paths {
		dpath.DeleteLeaves(record, func(v any) bool {
			vars["property"] = v
			gone, err := t.condition.Bool(vars)
			if failed == nil {
				failed = err
			}
			return gone && err == nil
		})
	}
	return failed
}
