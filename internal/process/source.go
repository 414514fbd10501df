package process

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Source is a source in a child process.
type Source struct{ program Program }

var _ connector.Source = (*Source)(nil)

// NewSource makes a source of a program. Nothing is started yet.
func NewSource(p Program) *Source { return &Source{program: p} }

// Spec runs the spec command.
func (s *Source) Spec(ctx context.Context) (protocol.Spec, error) { return s.program.spec(ctx) }

// Check runs the check command.
func (s *Source) Check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	return s.program.check(ctx, config, emit)
}

// Discover runs the discover command.
func (s *Source) Discover(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.Catalog, error) {
	var found *protocol.Catalog
	err := s.program.start(ctx, emit, nil, func(m *protocol.Message) error {
		if m.Catalog != nil {
			found = m.Catalog
		}
		return nil
	}, "discover", file{"config", config})
	if err == nil && found == nil {
		err = fmt.Errorf("discovering the streams of %s: it wrote no catalog", s.program.Name)
	}
	if err != nil {
		return protocol.Catalog{}, err
	}
	return *found, nil
}

// Read runs the read command and forwards everything it writes.
func (s *Source) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	catalog, err := json.Marshal(req.Catalog)
	if err != nil {
		return fmt.Errorf("encoding the catalog for %s: %w", s.program.Name, err)
	}
	files := []file{{"config", req.Config}, {"catalog", catalog}}
	if len(req.State) > 0 {
		state, err := encodeState(req.State)
		if err != nil {
			return fmt.Errorf("encoding the state for %s: %w", s.program.Name, err)
		}
		files = append(files, file{"state", state})
	}
	return s.program.within(req.Staging).start(ctx, emit, nil, func(m *protocol.Message) error { return emit(*m) }, "read", files...)
}

// encodeState writes a list of messages, or for legacy connectors the bare blob, as each kind is read by connectors.
func encodeState(states []*protocol.State) ([]byte, error) {
	if states[0].Kind() == protocol.StateTypeLegacy {
		return states[0].Data, nil
	}
	return json.Marshal(states)
}

func (p Program) spec(ctx context.Context) (protocol.Spec, error) {
	var found *protocol.Spec
	err := p.start(ctx, connector.Discard, nil, func(m *protocol.Message) error {
		if m.Spec != nil {
			found = m.Spec
		}
		return nil
	}, "spec")
	if err == nil && found == nil {
		err = fmt.Errorf("asking %s for its specification: it wrote none", p.Name)
	}
	if err != nil {
		return protocol.Spec{}, err
	}
	return *found, nil
}

func (p Program) check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	var found *protocol.ConnectionStatus
	err := p.start(ctx, emit, nil, func(m *protocol.Message) error {
		if m.ConnectionStatus != nil {
			found = m.ConnectionStatus
		}
		return nil
	}, "check", file{"config", config})
	if found != nil && ctx.Err() == nil {
		return *found, nil
	}
	if err == nil {
		err = fmt.Errorf("checking %s: it wrote no status", p.Name)
	}
	return protocol.ConnectionStatus{}, err
}
