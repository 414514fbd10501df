package declarative

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// RecordExpander makes records of the elements of a list inside a record.
type RecordExpander struct {
	Path         []manifest.Template `manifest:"expand_records_from_field,required"`
	KeepParent   bool                `manifest:"remain_original_record"`
	ParentFields []ParentFieldPath   `manifest:"parent_fields,default=ParentFieldPath"`
	Merge        bool                `manifest:"merge_parent"` // the fields of the record around the list go under those of its elements
	OnNoRecords  string              `manifest:"on_no_records"`
	Truncated    []manifest.Template `manifest:"truncation_indicator_path"` // where the record says that the list is not complete
	Complete     Of[Retriever]       `manifest:"truncated_list_retriever"`  // reads the complete list
}

// ParentFieldPath is a value of the record around a list that its elements are given.
type ParentFieldPath struct {
	From []manifest.Template `manifest:"parent_path,required"`
	To   []manifest.Template `manifest:"record_path,required"`
}

const emitParent = "emit_parent"

// UnmarshalManifest checks what the fields say together.
func (c *RecordExpander) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain RecordExpander
	d.Decode(n, (*plain)(c))
	switch c.OnNoRecords {
	case "", "skip", emitParent:
	default:
		d.ProblemOf(n, "on_no_records", manifest.CodeInvalidValue, "want skip or emit_parent, found %q", c.OnNoRecords)
	}
	if !c.Complete.Present() {
		return
	}
	if len(c.Truncated) == 0 {
		d.Problem(n, manifest.CodeMissingField, "truncated_list_retriever goes with a truncation_indicator_path, which is missing")
	}
	r, ok := c.Complete.Component().(*SimpleRetriever)
	if c.Complete.Component() != nil && !ok || ok && (len(r.Routers.list) > 0 || r.PaginationReset != nil || r.Splitting != nil) {
		d.ProblemOf(n, "truncated_list_retriever", manifest.CodeInvalidValue,
			"want a SimpleRetriever without partition_router, pagination_reset and request_window_splitting")
	}
}

// UnmarshalManifest checks that there are paths.
func (c *ParentFieldPath) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain ParentFieldPath
	d.Decode(n, (*plain)(c))
	wantSteps(d, n, "parent_path", c.From)
	wantSteps(d, n, "record_path", c.To)
}

func (c *RecordExpander) build(env *Env) (*recordExpander, error) {
	x := &recordExpander{RecordExpander: c, env: env}
	var err error
	if x.path, err = pathOf(c.Path, env.Vars()); err != nil {
		return nil, err
	}
	if c.Complete.Present() {
		if err := onePlace("expand_records_from_field", x.path); err != nil {
			return nil, err
		}
	}
	if x.truncated, err = pathOf(c.Truncated, env.Vars()); err != nil {
		return nil, err
	}
	if err := onePlace("truncation_indicator_path", x.truncated); err != nil {
		return nil, err
	}
	for i := range c.ParentFields {
		f, err := c.ParentFields[i].build(env)
		if err != nil {
			return nil, err
		}
		x.fields = append(x.fields, f)
	}
	x.complete, err = c.Complete.Build(env.nested())
	return x, err
}

func (c *ParentFieldPath) build(env *Env) (parentField, error) {
	var f parentField
	var err error
	if f.from, err = pathOf(c.From, env.Vars()); err != nil {
		return f, err
	}
	if f.to, err = texts(c.To, env.Vars()); err != nil {
		return f, err
	}
	return f, errors.Join(onePlace("parent_path", f.from), onePlace("record_path", dpath.Parse(f.to)))
}

// onePlace is an error for a path that may lead to several places.
func onePlace(field string, path dpath.Path) error {
	if step, many := path.Wildcard(); many {
		return fmt.Errorf("%s has the wildcard %s, but must lead to one place", field, step)
	}
	return nil
}

// recordExpander is a RecordExpander at work.
type recordExpander struct {
	*RecordExpander

	env             *Env
	path, truncated dpath.Path
	fields          []parentField
	complete        Retriever // nil: what the record has is all that can be had

	truncation, shortfall sync.Once // warnings
}

type parentField struct {
	from dpath.Path
	to   []string
}

func (x *recordExpander) expand(ctx context.Context, v any, yield func(any) error) error {
	parent, ok := v.(*template.Dict)
	if !ok || len(x.path) == 0 {
		return yield(v)
	}
	var base *template.Dict // what goes under each element; nil: nothing
	if x.Merge {
		base, _ = x.path.WithoutLists(parent).(*template.Dict)
	}
	give := func(item any) error {
		record, err := x.child(item, parent, base)
		if err != nil {
			return err
		}
		return yield(record)
	}
	truncated := x.isTruncated(parent)
	if truncated && x.complete != nil {
		if found, err := x.fetch(ctx, parent, give); found > 0 || err != nil {
			return err
		}
	}
	found := 0
	err := x.path.Walk(parent, func(v any) error {
		list, _ := v.([]any)
		for _, item := range list {
			found++
			if err := give(item); err != nil {
				return err
			}
		}
		return nil
	})
	if truncated && x.complete == nil {
		x.warnTruncated(parent, found)
	}
	if err == nil && found == 0 && x.OnNoRecords == emitParent {
		return yield(parent)
	}
	return err
}

// isTruncated tells whether a record says that its list is not complete.
func (x *recordExpander) isTruncated(parent *template.Dict) bool {
	if len(x.truncated) == 0 {
		return false
	}
	v, ok, err := x.truncated.Get(parent)
	return ok && err == nil && truthy(v)
}

// fetch reads the complete list of a record, and tells how much there was.
func (x *recordExpander) fetch(ctx context.Context, parent *template.Dict, give func(any) error) (found int, err error) {
	of := template.NewDict(1)
	of.Set("parent_record", parent)
	err = x.complete.Read(withPurpose(ctx, purposeWhole), Query{Slice: Slice{Partition: of}}, func(record *template.Dict) error {
		found++
		return give(record)
	})
	if total, ok := x.total(parent); ok && err == nil && int64(found) < total && x.env.bounds == nil {
		x.shortfall.Do(func() {
			x.env.Log(protocol.LevelWarn, "stream %s: truncated_list_retriever gave %d records of a list that has %d; want a paginator, or another request",
				x.env.Stream(), found, total)
		})
	}
	return found, err
}

func (x *recordExpander) warnTruncated(parent *template.Dict, found int) {
	x.truncation.Do(func() {
		of := ""
		if total, ok := x.total(parent); ok {
			of = " of " + strconv.FormatInt(total, 10)
		}
		x.env.Log(protocol.LevelWarn, "stream %s: a record has only %d%s elements of its list, which it says is truncated; a truncated_list_retriever can read the rest",
			x.env.Stream(), found, of)
	})
}

// total is how many elements a record says that its list has, beside what says that it is truncated.
func (x *recordExpander) total(parent *template.Dict) (int64, bool) {
	v, ok, err := x.truncated.Beside("total_count").Get(parent)
	n, whole := v.(int64)
	return n, ok && err == nil && whole
}

// child is the record that an element of a list becomes.
func (x *recordExpander) child(item any, parent, base *template.Dict) (any, error) {
	if !x.KeepParent && base == nil && len(x.fields) == 0 {
		return item, nil
	}
	record := template.NewDict(2)
	if base != nil {
		record, _ = deepCopy(base).(*template.Dict)
	}
	own, ok := item.(*template.Dict)
	if !ok {
		own = template.NewDict(1)
		own.Set("value", item)
	}
	for key, value := range own.All() {
		record.Set(template.Str(key), value)
	}
	for _, f := range x.fields {
		if err := f.copy(parent, record); err != nil {
			return nil, err
		}
	}
	if x.KeepParent {
		record.Set("original_record", deepCopy(parent))
	}
	return record, nil
}

// copy gives a record a value of its parent; null when it has none.
func (f *parentField) copy(parent, record *template.Dict) error {
	v, _, err := f.from.Get(parent)
	if err != nil {
		return err
	}
	if _, err := dpath.Set(record, f.to, deepCopy(v)); err != nil {
		return connector.ConfigError("setting %s of an expanded record, which is no object there: %w", strings.Join(f.to, "."), err)
	}
	return nil
}
