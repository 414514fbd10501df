package cloud

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// StateType is the shape of a [State].
type StateType string

// The shapes of a state.
const (
	StateStream StateType = "stream"  // one per stream
	StateGlobal StateType = "global"  // one for all streams together
	StateLegacy StateType = "legacy"  // one of no known structure
	StateNotSet StateType = "not_set" // none: the next sync begins at the beginning
)

// State is how far a connection has come. It has two forms: that of the Config API, which State marshals to as JSON, and that of the
// Airbyte protocol, see [State.Messages]; [ParseState] reads both.
type State struct {
	wire config.ConnectionState
}

// Type is the shape of the state.
func (s *State) Type() StateType { return StateType(s.wire.StateType) }

// MarshalJSON prints the state in the form of the Config API.
func (s *State) MarshalJSON() ([]byte, error) { return json.Marshal(s.wire) }

// UnmarshalJSON reads the state in either form, see [ParseState].
func (s *State) UnmarshalJSON(text []byte) error {
	parsed, err := ParseState(text)
	if err != nil {
		return err
	}
	*s = *parsed
	return nil
}

// Messages is the state as a source is given it: a message for each stream, one message for all, or none.
func (s *State) Messages() []protocol.State {
	switch s.Type() {
	case StateStream:
		messages := make([]protocol.State, len(s.wire.StreamState))
		for i, stream := range s.wire.StreamState {
			messages[i] = *protocol.NewStreamState(descriptor(stream.StreamDescriptor), stream.StreamState)
		}
		return messages
	case StateGlobal:
		return []protocol.State{{Type: protocol.StateTypeGlobal, Global: s.global()}}
	case StateLegacy:
		return []protocol.State{{Type: protocol.StateTypeLegacy, Data: s.wire.State}}
	}
	return []protocol.State{}
}

func (s *State) global() *protocol.GlobalState {
	global := &protocol.GlobalState{StreamStates: []protocol.StreamState{}}
	if s.wire.GlobalState == nil {
		return global
	}
	global.SharedState = s.wire.GlobalState.SharedState
	for _, stream := range s.wire.GlobalState.StreamStates {
		global.StreamStates = append(global.StreamStates, protocol.StreamState{
			StreamDescriptor: descriptor(stream.StreamDescriptor), StreamState: stream.StreamState,
		})
	}
	return global
}

// Stream is how far a stream has come, as the source wrote it; nil when nothing is stored for it.
func (s *State) Stream(stream protocol.StreamDescriptor) json.RawMessage {
	for _, candidate := range s.streams() {
		if descriptor(candidate.StreamDescriptor) == stream {
			return candidate.StreamState
		}
	}
	return nil
}

func (s *State) streams() []config.StreamState {
	if s.wire.GlobalState != nil {
		return s.wire.GlobalState.StreamStates
	}
	return s.wire.StreamState
}

// NewState is the state that messages of a source describe. A GLOBAL or LEGACY message stands alone; the error matches [ErrInvalidInput]
// when types are mixed.
func NewState(messages ...protocol.State) (*State, error) {
	s := &State{config.ConnectionState{StateType: config.StateNotSet}}
	for i, m := range messages {
		if i > 0 && (m.Kind() != protocol.StateTypeStream || s.Type() != StateStream) {
			return nil, refuse(ErrInvalidInput, "reading state", "state", "", "a state of type %s stands beside others", m.Kind())
		}
		if err := s.add(m); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *State) add(m protocol.State) error {
	switch {
	case m.Kind() == protocol.StateTypeStream && m.Stream != nil:
		s.wire.StateType = config.StateStream
		s.wire.StreamState = append(s.wire.StreamState, streamState(*m.Stream))
	case m.Kind() == protocol.StateTypeGlobal && m.Global != nil:
		s.wire.StateType = config.StateGlobal
		s.wire.GlobalState = &config.GlobalState{SharedState: m.Global.SharedState}
		for _, stream := range m.Global.StreamStates {
			s.wire.GlobalState.StreamStates = append(s.wire.GlobalState.StreamStates, streamState(stream))
		}
	case m.Kind() == protocol.StateTypeLegacy && m.Data != nil:
		s.wire.StateType = config.StateLegacy
		s.wire.State = m.Data
	default:
		return refuse(ErrInvalidInput, "reading state", "state", "", "a state of type %s lacks its content", m.Kind())
	}
	return nil
}

func streamState(s protocol.StreamState) config.StreamState {
	return config.StreamState{StreamDescriptor: wireDescriptor(s.StreamDescriptor), StreamState: s.StreamState}
}

func descriptor(d config.StreamDescriptor) protocol.StreamDescriptor {
	return protocol.StreamDescriptor{Name: d.Name, Namespace: deref(d.Namespace)}
}

func wireDescriptor(d protocol.StreamDescriptor) config.StreamDescriptor {
	w := config.StreamDescriptor{Name: d.Name}
	if d.Namespace != "" {
		w.Namespace = &d.Namespace
	}
	return w
}

// ParseState reads a state from JSON: the object of the Config API, a list of protocol states, or a single one of them. The error
// matches [ErrInvalidInput].
func ParseState(text []byte) (*State, error) {
	const op = "reading state"
	text = bytes.TrimSpace(text)
	if bytes.HasPrefix(text, []byte("[")) {
		var messages []protocol.State
		if err := json.Unmarshal(text, &messages); err != nil {
			return nil, refuse(ErrInvalidInput, op, "state", "", "it is no list of protocol states: %v", err)
		}
		return NewState(messages...)
	}
	var form struct {
		Type      *protocol.StateType `json:"type"`
		StateType *config.StateType   `json:"stateType"`
	}
	if err := json.Unmarshal(text, &form); err != nil {
		return nil, refuse(ErrInvalidInput, op, "state", "", "it is no JSON object: %v", err)
	}
	if form.StateType == nil && form.Type != nil {
		var message protocol.State
		if err := json.Unmarshal(text, &message); err != nil {
			return nil, refuse(ErrInvalidInput, op, "state", "", "it is no protocol state: %v", err)
		}
		return NewState(message)
	}
	s := &State{}
	if err := json.Unmarshal(text, &s.wire); err != nil {
		return nil, refuse(ErrInvalidInput, op, "state", "", "it is no connection state: %v", err)
	}
	if s.wire.StateType == "" {
		return nil, refuse(ErrInvalidInput, op, "state", "", "it has neither stateType nor type")
	}
	return s, nil
}

// State is how far the connection has come. A connection that has synced nothing has a state of type [StateNotSet].
func (c *Connection) State(ctx context.Context) (*State, error) {
	req := c.workspace.client.query("getting state of connection "+c.id, config.ConnectionID{ConnectionID: c.id}, "state", "get")
	answer, err := ask[config.ConnectionState](ctx, c.workspace.client, req, "connection", c.id)
	if err != nil {
		return nil, err
	}
	return &State{*answer}, nil
}

// SetState writes a state. A server stores what state mentions and keeps the rest: streams that are not in it keep their state, and a
// stream that is in it with none loses its own. [Connection.ReplaceState] leaves nothing behind.
//
// The error matches [ErrSyncActive] while a sync of the connection is running.
func (c *Connection) SetState(ctx context.Context, state *State) error {
	op := "setting state of connection " + c.id
	if state == nil {
		return refuse(ErrInvalidInput, op, "connection", c.id, "a state is needed")
	}
	body := config.ConnectionStateCreateOrUpdate{ConnectionID: c.id, ConnectionState: state.wire}
	body.ConnectionState.ConnectionID = c.id
	req := c.workspace.client.query(op, body, "state", "create_or_update_safe")
	return c.workspace.client.tell(ctx, req, "connection", c.id)
}

// ReplaceState makes state the whole state of the connection: it reads what is stored and deletes what state does not mention.
func (c *Connection) ReplaceState(ctx context.Context, state *State) error {
	if state == nil {
		return refuse(ErrInvalidInput, "replacing state of connection "+c.id, "connection", c.id, "a state is needed")
	}
	stored, err := c.State(ctx)
	if err != nil {
		return err
	}
	return c.SetState(ctx, state.replacing(stored))
}

// replacing is s with an empty entry for each stream that only stored has, which deletes it. Without state of its own it takes
// stored's type, since servers refuse to change the type of a state.
func (s *State) replacing(stored *State) *State {
	whole := &State{s.wire}
	if s.Type() == StateNotSet {
		whole.wire.StateType = stored.wire.StateType
	}
	var gone []config.StreamState
	for _, old := range stored.streams() {
		if s.Stream(descriptor(old.StreamDescriptor)) == nil {
			gone = append(gone, config.StreamState{StreamDescriptor: old.StreamDescriptor})
		}
	}
	if whole.Type() != StateGlobal {
		whole.wire.StreamState = append(append([]config.StreamState{}, s.wire.StreamState...), gone...)
		return whole
	}
	global := config.GlobalState{}
	if s.wire.GlobalState != nil {
		global = *s.wire.GlobalState
	}
	global.StreamStates = append(append([]config.StreamState{}, global.StreamStates...), gone...)
	whole.wire.GlobalState = &global
	return whole
}

// StreamState is how far a stream has come, as the source wrote it; nil when nothing is stored for it.
func (c *Connection) StreamState(ctx context.Context, stream protocol.StreamDescriptor) (json.RawMessage, error) {
	state, err := c.State(ctx)
	if err != nil {
		return nil, err
	}
	return state.Stream(stream), nil
}

// SetStreamState writes how far one stream has come; nil deletes it. Other streams keep their state. The error matches
// [ErrInvalidInput] when the state of the connection is of type [StateLegacy], which knows no streams, and [ErrSyncActive] while a sync of the connection is
// running.
func (c *Connection) SetStreamState(ctx context.Context, stream protocol.StreamDescriptor, blob json.RawMessage) error {
	op := "setting stream state of connection " + c.id
	if blob != nil && !json.Valid(blob) {
		return refuse(ErrInvalidInput, op, "stream", stream.String(), "the state is no JSON")
	}
	state, err := c.State(ctx)
	if err != nil {
		return err
	}
	entry := []config.StreamState{{StreamDescriptor: wireDescriptor(stream), StreamState: blob}}
	switch state.Type() {
	case StateLegacy:
		return refuse(ErrInvalidInput, op, "stream", stream.String(), "the state of the connection is of type legacy, which has no streams")
	case StateGlobal:
		global := config.GlobalState{StreamStates: entry}
		if state.wire.GlobalState != nil {
			global.SharedState = state.wire.GlobalState.SharedState // absent it would be removed
		}
		return c.SetState(ctx, &State{config.ConnectionState{StateType: config.StateGlobal, GlobalState: &global}})
	}
	return c.SetState(ctx, &State{config.ConnectionState{StateType: config.StateStream, StreamState: entry}})
}
