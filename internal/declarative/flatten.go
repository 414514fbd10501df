package declarative

import (
	"slices"
	"strconv"

	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// FlattenFields brings all values of a record to its top level. A value keeps its bare name unless that is taken, and is
// otherwise named with its parent.
type FlattenFields struct {
	Lists bool `manifest:"flatten_lists"`
}

// Build makes the transformation.
func (c *FlattenFields) Build(*Env) (Transformation, error) { return c, nil }

// pending is a value that waits to be flattened.
type pending struct {
	name  string
	value any
}

// Transform changes a record. The order in which values are taken decides which of them keep their bare names, so it is that
// of the reference: what was met last comes first.
func (c *FlattenFields) Transform(record *template.Dict, _ Slice) error {
	flat := template.NewDict(record.Len())
	stack := []pending{{"_", copyDict(record)}}
	inList := false
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch v := top.value.(type) {
		case *template.Dict:
			for key, inner := range v.All() {
				name := template.Str(key)
				if _, taken := flat.Get(name); taken || inList {
					name = top.name + "." + name
				}
				stack = append(stack, pending{name, inner})
			}
		case []any:
			if !c.Lists {
				flat.Set(top.name, v)
				continue
			}
			inList = true
			for i, item := range v {
				stack = append(stack, pending{top.name + "." + strconv.Itoa(i), item})
			}
		default:
			flat.Set(top.name, v)
		}
	}
	replace(record, flat)
	return nil
}

// replace gives a record the fields of another.
func replace(record, by *template.Dict) {
	record.Clear()
	for key, value := range by.All() {
		record.Set(template.Str(key), value)
	}
}

// DpathFlattenFields brings the fields of one object inside a record to its top level.
type DpathFlattenFields struct {
	FieldPath      []manifest.Template `manifest:"field_path,required"`
	DeleteOrigin   bool                `manifest:"delete_origin_value"`
	ReplaceRecord  bool                `manifest:"replace_record"`
	Transformation *KeyTransformation  `manifest:"key_transformation"`
}

// KeyTransformation puts something before and after keys.
type KeyTransformation struct {
	Prefix manifest.Template `manifest:"prefix"`
	Suffix manifest.Template `manifest:"suffix"`
}

// Build makes the transformation.
func (c *DpathFlattenFields) Build(env *Env) (Transformation, error) {
	t := &dpathFlatten{DpathFlattenFields: c}
	path := make([]string, len(c.FieldPath))
	var err error
	for i := range c.FieldPath {
		if path[i], err = c.FieldPath[i].Text(env.Vars()); err != nil {
			return nil, err
		}
	}
	t.path, t.many = dpath.Parse(path), slices.Contains(path, "*")
	if c.Transformation == nil {
		return t, nil
	}
	if t.prefix, err = c.Transformation.Prefix.Text(env.Vars()); err != nil {
		return nil, err
	}
	t.suffix, err = c.Transformation.Suffix.Text(env.Vars())
	return t, err
}

type dpathFlatten struct {
	*DpathFlattenFields
	path           dpath.Path
	many           bool // a step is "*": the first object of those that match
	prefix, suffix string
}

// Transform changes a record, unless one of the fields has a name that the record has already.
func (t *dpathFlatten) Transform(record *template.Dict, _ Slice) error {
	origin, err := t.origin(record)
	if err != nil || origin == nil {
		return err
	}
	fields := copyDict(origin)
	rename(fields, false, func(key string) string { return t.prefix + key + t.suffix })
	if t.ReplaceRecord && fields.Len() > 0 {
		replace(record, fields)
		return nil
	}
	for key := range fields.All() {
		if _, taken := record.Get(template.Str(key)); taken {
			return nil
		}
	}
	if t.DeleteOrigin {
		t.path.Delete(record)
	}
	for key, value := range fields.All() {
		record.Set(template.Str(key), value)
	}
	return nil
}

// origin is the object whose fields are wanted; nil: there is none.
func (t *dpathFlatten) origin(record *template.Dict) (*template.Dict, error) {
	var found any
	var err error
	if t.many {
		found, _ = t.path.First(record)
	} else {
		found, _, err = t.path.Get(record)
	}
	origin, _ := found.(*template.Dict)
	return origin, err
}
