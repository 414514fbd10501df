package platform

import (
	"context"
	"errors"

	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

// MapperTrial tells what mappers would do to a stream, which stays as it is.
type MapperTrial struct {
	Before protocol.ConfiguredStream // what is selected of the stream
	Steps  []MapperStep              // one for each mapper, in their order
}

// MapperStep tells what one mapper would do to what those before it have left.
type MapperStep struct {
	After protocol.ConfiguredStream // as before when the mapper cannot be applied
	Fault *mapping.Fault            // nil: it can be applied
}

// After is the stream when all mappers that can be applied have been.
func (t MapperTrial) After() protocol.ConfiguredStream {
	if len(t.Steps) == 0 {
		return t.Before
	}
	return t.Steps[len(t.Steps)-1].After
}

// TryMappers tells what mappers would do to a stream of a connection. Where one has a mask for its key, the stored key of the mapper
// with its id is meant. A stream that the source does not have is an [Error] of [ErrNotFound].
func (p *Platform) TryMappers(ctx context.Context, connectionID string, d protocol.StreamDescriptor, mappers []mapping.Mapper) (MapperTrial, error) {
	c, err := p.storedConnection(ctx, connectionID)
	if err != nil {
		return MapperTrial{}, err
	}
	c = p.opened(c)
	entries, err := p.AllStreams(ctx, c)
	if err != nil {
		return MapperTrial{}, err
	}
	for _, e := range entries {
		if e.Stream.Descriptor() == d {
			return c.try(e.ConnectionStream, mappers)
		}
	}
	return MapperTrial{}, NotFound("stream", d.String())
}

// try applies mappers to a stream one at a time.
func (c Connection) try(s ConnectionStream, mappers []mapping.Mapper) (t MapperTrial, err error) {
	list, err := unmaskMappers(c, s, mappers)
	if err != nil {
		return t, err
	}
	selected, err := mapping.New(s.configured(), s.selection(), nil)
	if err != nil {
		return t, err
	}
	t.Before = selected.Stream()
	now := t.Before
	for _, m := range list {
		step := MapperStep{After: now}
		mapped, err := mapping.New(now, nil, []mapping.Mapper{m})
		switch faults, _ := errors.AsType[mapping.Faults](err); {
		case len(faults) > 0:
			step.Fault = faults[0]
		case err != nil:
			return t, err
		default:
			now = mapped.Stream()
			step.After = now
		}
		t.Steps = append(t.Steps, step)
	}
	return t, nil
}
