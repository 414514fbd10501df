package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// Check tries to read one record of each stream the manifest names for it. That there is none is well.
func (s *Source) Check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	var over *template.Dict
	if o, ok := s.config.Check.Component().(overrider); ok {
		over = o.overrides()
	}
	r, err := s.beginWith(config, over, emit)
	if err != nil {
		return connector.Failed(err), nil
	}
	checker, err := s.config.Check.Build(r.env)
	if err != nil {
		return connector.Failed(r.explained(err)), nil
	}
	list, err := checker.Choose(ctx, r)
	if err != nil {
		return connector.Failed(r.explained(err)), ctx.Err()
	}
	for _, l := range list {
		err := r.try(ctx, l)
		if ctx.Err() != nil {
			return protocol.ConnectionStatus{}, ctx.Err()
		}
		if err != nil {
			return connector.Failed(r.explained(fmt.Errorf("Unable to connect to stream %s: %w", l.name, err))), nil //nolint:staticcheck // it is a sentence for people
		}
	}
	return connector.Succeeded(), nil
}

// errEnough ends a read that has learned what it wanted.
var errEnough = errors.New("enough was read")

// try reads one record of a stream.
func (r *run) try(ctx context.Context, l *listedStream) error {
	stream, err := r.build(l)
	if err != nil {
		return err
	}
	cursor, err := stream.Open(nil)
	if err != nil {
		return err
	}
	slices := 0
	err = cursor.Each(ctx, func(slice Slice) error {
		slices++
		err := stream.ReadSlice(ctx, cursor, slice, func(*template.Dict) error { return errEnough })
		if err == nil {
			err = errEnough
		}
		return err
	})
	switch {
	case errors.Is(err, errEnough):
		return nil
	case err == nil && slices == 0:
		return errNoSlices
	}
	return err
}
