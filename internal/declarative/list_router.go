package declarative

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// ListPartitionRouter reads a stream once for each value of a list.
type ListPartitionRouter struct {
	Values        manifest.Template `manifest:"values,required"` // a list, or a template that evaluates to one
	Field         manifest.Template `manifest:"cursor_field,required"`
	RequestOption *RequestOption    `manifest:"request_option,default=RequestOption"`
}

// Build evaluates the list.
func (c *ListPartitionRouter) Build(env *Env) (PartitionRouter, error) {
	r := &listRouter{env: env, option: c.RequestOption}
	var err error
	if r.field, err = c.Field.Text(env.Vars()); err != nil {
		return nil, err
	}
	v, err := c.Values.Value(env.Vars())
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case []any:
		r.values = v
	case template.Tuple:
		r.values = v
	default:
		return nil, fmt.Errorf("values of the partitions: want a list, found %s", c.Values.Source())
	}
	return r, nil
}

type listRouter struct {
	env    *Env
	field  string
	values []any
	option *RequestOption
}

func (r *listRouter) Open(json.RawMessage) (Partitions, error) { return listPartitions{r}, nil }

func (r *listRouter) Options(slice Slice) (Options, error) {
	return partitionOption(r.env, r.option, r.field, slice)
}

func (r *listRouter) asks() bool { return r.option != nil }

func (r *listRouter) fields() []string { return []string{r.field} }

// partitionOption puts the value of a partition's field into a request, unless it is empty.
func partitionOption(env *Env, option *RequestOption, field string, slice Slice) (Options, error) {
	if option == nil || slice.Partition == nil {
		return Options{}, nil
	}
	value, _ := slice.Partition.Get(field)
	if !truthy(value) {
		return Options{}, nil
	}
	return option.In(value, env.Vars())
}

type listPartitions struct{ *listRouter }

func (listPartitions) ParentState() json.RawMessage { return nil }

func (p listPartitions) Each(_ context.Context, yield func(Slice) error) error {
	for _, value := range p.values {
		d := template.NewDict(1)
		d.Set(p.field, value)
		if err := yield(Slice{Partition: d}); err != nil {
			return err
		}
	}
	return nil
}
