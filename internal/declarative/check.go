package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// Checker says which streams a check tries.
type Checker interface {
	Names(config *template.Dict, all []string) []string
}

// CheckStream tries the streams it names.
type CheckStream struct {
	StreamNames   []string    `manifest:"stream_names"`
	DynamicChecks any         `manifest:"dynamic_streams_check_configs"`
	Overrides     Unsupported `manifest:"config_overrides"`
}

// UnmarshalManifest accepts one name in place of a list.
func (c *CheckStream) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain CheckStream
	d.Decode(n, (*plain)(c))
}

// Build makes the checker.
func (c *CheckStream) Build(*Env) (Checker, error) { return c, nil }

// Names are those of the manifest, or those the configuration puts in their place.
func (c *CheckStream) Names(config *template.Dict, _ []string) []string {
	v, _ := config.Get("__airbyte_check_stream_names")
	list, ok := v.([]any)
	if !ok {
		return c.StreamNames
	}
	names := make([]string, len(list))
	for i, name := range list {
		names[i] = template.Str(name)
	}
	return names
}

// CheckDynamicStream tries the first streams, however they are called.
type CheckDynamicStream struct {
	Count        int         `manifest:"stream_count,required"`
	Availability bool        `manifest:"use_check_availability"`
	Overrides    Unsupported `manifest:"config_overrides"`
}

// Build makes the checker.
func (c *CheckDynamicStream) Build(*Env) (Checker, error) { return c, nil }

// Names are the first of all streams.
func (c *CheckDynamicStream) Names(_ *template.Dict, all []string) []string {
	if !c.Availability {
		return nil
	}
	return all[:max(0, min(c.Count, len(all)))]
}

// Check tries to read one record of each stream the manifest names for it. That there is none is well.
func (s *Source) Check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	r, err := s.begin(config, emit)
	if err != nil {
		return connector.Failed(err), nil
	}
	checker, err := s.config.Check.Build(r.env)
	if err != nil {
		return connector.Failed(r.explained(err)), nil
	}
	var all []string
	for _, l := range s.config.Streams.list {
		all = append(all, l.name)
	}
	for _, name := range checker.Names(r.env.Config, all) {
		err := r.try(ctx, name)
		if ctx.Err() != nil {
			return protocol.ConnectionStatus{}, ctx.Err()
		}
		if err != nil {
			return connector.Failed(r.explained(fmt.Errorf("Unable to connect to stream %s: %w", name, err))), nil //nolint:staticcheck // it is a sentence for people
		}
	}
	return connector.Succeeded(), nil
}

// errEnough ends a read that has learned what it wanted.
var errEnough = errors.New("enough was read")

// try reads one record of a stream.
func (r *run) try(ctx context.Context, name string) error {
	stream, err := r.find(name)
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
