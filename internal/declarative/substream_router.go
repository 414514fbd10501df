package declarative

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// parentSliceKey is where a partition keeps the partition of the parent record it was made of.
const parentSliceKey = "parent_slice"

// SubstreamPartitionRouter reads a stream once for each record of other streams, its parents.
type SubstreamPartitionRouter struct {
	Parents []Of[*parentStream] `manifest:"parent_stream_configs,required,default=ParentStreamConfig"`
}

// Build makes the parent streams.
func (c *SubstreamPartitionRouter) Build(env *Env) (PartitionRouter, error) {
	parents, err := buildAll(env, c.Parents)
	if err != nil {
		return nil, err
	}
	if len(parents) == 0 {
		return nil, fmt.Errorf("stream %s has a SubstreamPartitionRouter without parent streams", env.Stream())
	}
	return &substreamRouter{env: env, parents: parents}, nil
}

type substreamRouter struct {
	env     *Env
	parents []*parentStream
}

func (r *substreamRouter) asks() bool {
	return slices.ContainsFunc(r.parents, func(p *parentStream) bool { return p.option != nil })
}

// lazy tells whether records of a parent bring the first pages of their partitions along.
func (r *substreamRouter) lazy() bool {
	return slices.ContainsFunc(r.parents, func(p *parentStream) bool { return len(p.lazy) > 0 })
}

func (r *substreamRouter) fields() []string {
	names := make([]string, len(r.parents))
	for i, p := range r.parents {
		names[i] = p.field
	}
	return names
}

func (r *substreamRouter) Options(slice Slice) (Options, error) {
	var sum Options
	for _, p := range r.parents {
		o, err := partitionOption(r.env, p.option, p.field, slice)
		if err != nil {
			return Options{}, err
		}
		sum = sum.then(o)
	}
	return sum, nil
}

func (r *substreamRouter) Open(state json.RawMessage) (Partitions, error) {
	child, err := decodeState(state)
	if err != nil {
		return nil, err
	}
	s := &substreams{reads: make([]*parentRead, len(r.parents))}
	for i, p := range r.parents {
		if s.reads[i], err = p.open(child); err != nil {
			return nil, fmt.Errorf("opening parent stream %s: %w", p.stream.Name, err)
		}
	}
	return s, nil
}

// substreams lists the partitions that the records of the parents make, one parent after the other.
type substreams struct {
	reads []*parentRead
}

func (s *substreams) Each(ctx context.Context, yield func(Slice) error) error {
	for _, r := range s.reads {
		if err := r.each(ctx, yield); err != nil {
			return fmt.Errorf("reading parent stream %s: %w", r.stream.Name, err)
		}
	}
	return nil
}

// ParentState is the state of the parents that are read incrementally, by name.
func (s *substreams) ParentState() json.RawMessage {
	b := []byte{'{'}
	for _, r := range s.reads {
		state, ok := r.state()
		if !ok {
			continue
		}
		name, err := json.Marshal(r.stream.Name)
		if err != nil {
			return nil
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, name...), ':'), state...)
	}
	return append(b, '}')
}
