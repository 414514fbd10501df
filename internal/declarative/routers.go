package declarative

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/airfielddev/airfield/manifest"
)

// Routers is a slot for one partition router or for a list of them, which are then crossed.
type Routers struct {
	list   []Of[PartitionRouter]
	listed bool
}

// UnmarshalManifest reads a component or a list of them.
func (r *Routers) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() != manifest.Sequence {
		r.list = make([]Of[PartitionRouter], 1)
		d.Decode(n, &r.list[0])
		return
	}
	r.list, r.listed = make([]Of[PartitionRouter], len(n.Items())), true
	for i, item := range n.Items() {
		d.In("["+strconv.Itoa(i)+"]", func() { d.Decode(item, &r.list[i]) })
	}
}

// lazy tells whether records of parents bring the first pages of their partitions along.
func (r *Routers) lazy() bool {
	if len(r.list) != 1 {
		return false
	}
	substreams, ok := r.list[0].Component().(*SubstreamPartitionRouter)
	if !ok {
		return false
	}
	return slices.ContainsFunc(substreams.Parents, func(p Of[*parentStream]) bool {
		parent, ok := p.Component().(*ParentStreamConfig)
		return ok && len(parent.Lazy) > 0
	})
}

// Build makes the router; nil when there is none.
func (r *Routers) Build(env *Env) (PartitionRouter, error) {
	routers := make(crossRouter, len(r.list))
	for i := range r.list {
		var err error
		if routers[i], err = r.list[i].Build(env); err != nil {
			return nil, err
		}
	}
	switch {
	case len(routers) == 0:
		return nil, nil
	case !r.listed:
		return routers[0], nil
	}
	return routers, nil
}

// crossRouter gives every combination of the partitions of the routers in a list, be it of one; the first varies slowest.
type crossRouter []PartitionRouter

func (c crossRouter) Open(state json.RawMessage) (Partitions, error) {
	open := make(crossPartitions, len(c))
	for i, r := range c {
		var err error
		if open[i], err = r.Open(state); err != nil {
			return nil, err
		}
	}
	return open, nil
}

func (c crossRouter) Options(slice Slice) (Options, error) {
	var sum Options
	for _, r := range c {
		o, err := r.Options(slice)
		if err != nil {
			return Options{}, err
		}
		sum = sum.over(o)
	}
	return sum, nil
}

// crossPartitions are known as a whole before the first of them is given, so that none is read when one of the routers fails.
type crossPartitions []Partitions

// ParentState is none: the partitions say nothing of how far their parents were read.
func (crossPartitions) ParentState() json.RawMessage { return nil }

func (c crossPartitions) Each(ctx context.Context, yield func(Slice) error) error {
	lists := make([][]Slice, len(c))
	for i, p := range c {
		err := p.Each(ctx, func(s Slice) error {
			lists[i] = append(lists[i], s)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, first := range lists[0] {
		if err := crossed(first, lists[1:], yield); err != nil {
			return err
		}
	}
	return nil
}

func crossed(with Slice, rest [][]Slice, yield func(Slice) error) error {
	if len(rest) == 0 {
		return yield(with)
	}
	for _, s := range rest[0] {
		both := Slice{Partition: laidOver(s.Partition, with.Partition), Extra: laidOver(s.Extra, with.Extra)}
		if err := crossed(both, rest[1:], yield); err != nil {
			return err
		}
	}
	return nil
}
