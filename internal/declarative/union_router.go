package declarative

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// UnionPartitionRouter gives the partitions of several routers, each value once.
type UnionPartitionRouter struct {
	Field   manifest.Template     `manifest:"partition_field,required"`
	Routers []Of[PartitionRouter] `manifest:"partition_routers,required"`
}

// UnmarshalManifest checks the number of routers.
func (c *UnionPartitionRouter) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain UnionPartitionRouter
	d.Decode(n, (*plain)(c))
	if routers := n.Get("partition_routers"); !routers.Null() && len(c.Routers) < 2 {
		d.Problem(routers, manifest.CodeInvalidValue, "want two routers or more")
	}
}

// Build makes the router.
func (c *UnionPartitionRouter) Build(env *Env) (PartitionRouter, error) {
	field, err := c.Field.Text(env.Vars())
	if err != nil {
		return nil, err
	}
	routers, err := buildAll(env, c.Routers)
	if err != nil {
		return nil, err
	}
	for _, r := range routers {
		if err := refuseOptions(r); err != nil {
			return nil, err
		}
		named, ok := r.(interface{ fields() []string })
		if !ok {
			continue
		}
		for _, other := range named.fields() {
			if other != field {
				return nil, fmt.Errorf("uniting partitions by %s: a router gives the field %s", field, other)
			}
		}
	}
	return &unionRouter{field: field, routers: routers}, nil
}

type unionRouter struct {
	field   string
	routers []PartitionRouter
}

func (r *unionRouter) Open(state json.RawMessage) (Partitions, error) {
	open := make([]Partitions, len(r.routers))
	for i := range r.routers {
		var err error
		if open[i], err = r.routers[i].Open(state); err != nil {
			return nil, err
		}
	}
	return &unionPartitions{field: r.field, open: open}, nil
}

func (r *unionRouter) Options(Slice) (Options, error) { return Options{}, nil }

func (r *unionRouter) fields() []string { return []string{r.field} }

type unionPartitions struct {
	field string
	open  []Partitions
}

// ParentState is that of all routers. Of two with a parent of the same name, the last counts.
func (u *unionPartitions) ParentState() json.RawMessage {
	all := map[string]json.RawMessage{}
	for _, p := range u.open {
		var states map[string]json.RawMessage
		if json.Unmarshal(p.ParentState(), &states) != nil {
			continue
		}
		for name, state := range states {
			all[name] = state
		}
	}
	b, err := json.Marshal(all)
	if err != nil {
		return nil
	}
	return b
}

func (u *unionPartitions) Each(ctx context.Context, yield func(Slice) error) error {
	seen := map[string]struct{}{}
	for _, p := range u.open {
		err := p.Each(ctx, func(s Slice) error {
			value, ok := orEmpty(s.Partition).Get(u.field)
			if !ok {
				return fmt.Errorf("uniting partitions by %s: a partition has no such field", u.field)
			}
			key, err := template.AppendJSON(nil, sorted(value))
			if err != nil {
				return err
			}
			if _, twice := seen[string(key)]; twice {
				return nil
			}
			seen[string(key)] = struct{}{}
			return yield(u.only(s, value))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// only is a slice that is known by the one field; the others come along.
func (u *unionPartitions) only(s Slice, value any) Slice {
	partition := template.NewDict(1)
	partition.Set(u.field, value)
	extra := copyDict(orEmpty(s.Extra))
	for key, field := range orEmpty(s.Partition).All() {
		if key != u.field {
			extra.Set(template.Str(key), field)
		}
	}
	return Slice{Partition: partition, Extra: extra}
}
