package airfieldtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// custom is a connector of the test's own.
type custom struct {
	connector.Definition

	source      connector.Source
	destination connector.Destination
}

func newCustom(kind connector.Kind, name string, source connector.Source, destination connector.Destination) custom {
	name = string(kind) + "-" + strings.TrimPrefix(name, string(kind)+"-")
	return custom{
		Definition: connector.Definition{
			ID: uuid.NewSHA1(uuid.Nil, []byte(name)).String(), Kind: kind, Name: name, Title: name,
			DockerRepository: "test/" + name, DockerImageTag: "0.0.0", SupportsRefreshes: true,
		},
		source: source, destination: destination,
	}
}

// connectors are those of the test before those that are built in, with faults in what sources read.
type connectors struct {
	own    []custom
	rest   platform.Connectors
	faults *Faults
}

func (c *connectors) Known() []connector.Definition {
	known := make([]connector.Definition, 0, len(c.own))
	for _, one := range c.own {
		known = append(known, one.Definition)
	}
	for _, d := range c.rest.Known() {
		if _, replaced := c.find(d.Kind, d.Name); !replaced {
			known = append(known, d)
		}
	}
	return known
}

func (c *connectors) find(kind connector.Kind, name string) (custom, bool) {
	i := slices.IndexFunc(c.own, func(o custom) bool { return o.Kind == kind && o.Name == name })
	if i < 0 {
		return custom{}, false
	}
	return c.own[i], true
}

func (c *connectors) Source(ctx context.Context, ref connector.Ref) (connector.Source, error) {
	if one, ok := c.find(connector.KindSource, ref.Name); ok {
		return breakable{one.source, ref.Name, c.faults}, nil
	}
	source, err := c.rest.Source(ctx, ref)
	if err != nil {
		return nil, err
	}
	b := breakable{source, ref.Name, c.faults}
	if d, ok := source.(platform.Described); ok {
		return described{b, d}, nil
	}
	return b, nil
}

func (c *connectors) Destination(ctx context.Context, ref connector.Ref) (connector.Destination, error) {
	if one, ok := c.find(connector.KindDestination, ref.Name); ok {
		return one.destination, nil
	}
	return c.rest.Destination(ctx, ref)
}

// breakable is a source that breaks where the faults say.
type breakable struct {
	connector.Source

	name   string
	faults *Faults
}

// described is a breakable source that a manifest describes. Trials of its streams do not break.
type described struct {
	breakable
	platform.Described
}

func (b breakable) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	fault := b.faults.nextRead(b.name)
	if fault == nil {
		return b.Source.Read(ctx, req, emit)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var count atomic.Int64
	err := b.Source.Read(ctx, req, func(m protocol.Message) error {
		if m.Type == protocol.TypeRecord && count.Add(1) >= fault.AtRecord {
			stop(fault.Err)
		}
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return emit(m)
	})
	if errors.Is(context.Cause(ctx), fault.Err) {
		return fault.Err
	}
	return err
}
