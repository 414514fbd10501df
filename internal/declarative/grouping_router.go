package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// GroupingPartitionRouter puts several partitions of another router into one, for APIs that take many ids in a request.
type GroupingPartitionRouter struct {
	Size        int                 `manifest:"group_size,required"`
	Underlying  Of[PartitionRouter] `manifest:"underlying_partition_router,required"`
	Deduplicate bool                `manifest:"deduplicate"`
}

// UnmarshalManifest checks the size.
func (c *GroupingPartitionRouter) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain GroupingPartitionRouter
	d.Decode(n, (*plain)(c))
	if size := n.Get("group_size"); !size.Null() && c.Size < 1 {
		d.Problem(size, manifest.CodeInvalidValue, "want a number above 0")
	}
}

// Build makes the router.
func (c *GroupingPartitionRouter) Build(env *Env) (PartitionRouter, error) {
	under, err := c.Underlying.Build(env)
	if err != nil {
		return nil, err
	}
	return &groupingRouter{under: under, size: c.Size, once: c.Deduplicate}, refuseOptions(under)
}

var errChildOption = errors.New("request_option is not supported in a router inside another; use stream_partition in the requester")

// refuseOptions rejects routers that add to requests, since what they would add is of one of their partitions.
func refuseOptions(r PartitionRouter) error {
	if r, ok := r.(interface{ asks() bool }); ok && r.asks() {
		return errChildOption
	}
	return nil
}

type groupingRouter struct {
	under PartitionRouter
	size  int
	once  bool
}

func (r *groupingRouter) Open(state json.RawMessage) (Partitions, error) {
	under, err := r.under.Open(state)
	return &groups{router: r, under: under, parents: json.RawMessage("{}")}, err
}

func (r *groupingRouter) Options(Slice) (Options, error) { return Options{}, nil }

type groups struct {
	router  *groupingRouter
	under   Partitions
	parents json.RawMessage // the parents' state when the group was full
}

func (g *groups) ParentState() json.RawMessage { return g.parents }

func (g *groups) Each(ctx context.Context, yield func(Slice) error) error {
	var batch []Slice
	seen := map[string]struct{}{}
	err := g.under.Each(ctx, func(s Slice) error {
		key, err := soleValue(s.Partition)
		if err != nil {
			return err
		}
		if _, twice := seen[key]; twice {
			return nil
		}
		if g.router.once {
			seen[key] = struct{}{}
		}
		if batch = append(batch, s); len(batch) < g.router.size {
			return nil
		}
		full := batch
		batch = nil
		g.parents = g.under.ParentState()
		return yield(grouped(full))
	})
	if err != nil {
		return err
	}
	g.parents = g.under.ParentState()
	if len(batch) == 0 {
		return nil
	}
	return yield(grouped(batch))
}

// soleValue is the value of the one key of a partition, besides the parent's slice, as JSON.
func soleValue(partition *template.Dict) (string, error) {
	var value any
	n := 0
	for key, v := range orEmpty(partition).All() {
		if key != parentSliceKey {
			value = v
			n++
		}
	}
	if n != 1 {
		return "", fmt.Errorf("grouping partitions: want partitions with one field, found one with %d", n)
	}
	b, err := template.AppendJSON(nil, sorted(value))
	return string(b), err
}

// grouped is one partition with the values of several.
func grouped(batch []Slice) Slice {
	partition := template.NewDict(2)
	for key := range batch[0].Partition.All() {
		partition.Set(template.Str(key), column(batch, template.Str(key), func(s Slice) *template.Dict { return s.Partition }))
	}
	var extra *template.Dict
	for _, s := range batch {
		for key := range orEmpty(s.Extra).All() {
			if extra == nil {
				extra = template.NewDict(1)
			}
			extra.Set(template.Str(key), column(batch, template.Str(key), func(s Slice) *template.Dict { return s.Extra }))
		}
	}
	return Slice{Partition: partition, Extra: extra}
}

func column(batch []Slice, key string, of func(Slice) *template.Dict) []any {
	values := make([]any, len(batch))
	for i, s := range batch {
		values[i], _ = orEmpty(of(s)).Get(key)
	}
	return values
}
