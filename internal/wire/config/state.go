package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// StateType is the shape of the state of a connection.
type StateType string

// The shapes of state.
const (
	StateGlobal StateType = "global"
	StateStream StateType = "stream"
	StateLegacy StateType = "legacy"
	StateNotSet StateType = "not_set"
)

// Values lists the enum.
func (StateType) Values() []StateType {
	return []StateType{StateGlobal, StateStream, StateLegacy, StateNotSet}
}

// UnmarshalText reads the value without regard to case.
func (e *StateType) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// ConnectionState is how far a connection has come.
type ConnectionState struct {
	StateType    StateType       `json:"stateType"`
	ConnectionID string          `json:"connectionId"`
	State        json.RawMessage `json:"state,omitempty"`
	StreamState  []StreamState   `json:"streamState,omitempty"`
	GlobalState  *GlobalState    `json:"globalState,omitempty"`
}

// StreamState is how far a stream has come. In a write an absent state deletes what is stored.
type StreamState struct {
	StreamDescriptor StreamDescriptor `json:"streamDescriptor"`
	StreamState      json.RawMessage  `json:"streamState,omitempty"`
}

// GlobalState is how far all streams have come together. The API spells shared_state in snake_case; the spelling that
// matches its sibling is read as well, because clients send it.
type GlobalState struct {
	SharedState  json.RawMessage        `json:"shared_state,omitempty"`
	StreamStates wire.List[StreamState] `json:"streamStates"`
}

type plainGlobal GlobalState

// UnmarshalJSON reads both spellings of the shared state.
func (g *GlobalState) UnmarshalJSON(text []byte) error {
	both := struct {
		*plainGlobal
		CamelShared json.RawMessage `json:"sharedState"`
	}{plainGlobal: (*plainGlobal)(g)}
	if err := json.Unmarshal(text, &both); err != nil {
		return err
	}
	if g.SharedState == nil {
		g.SharedState = both.CamelShared
	}
	return nil
}

// ConnectionStateCreateOrUpdate writes the state of a connection.
type ConnectionStateCreateOrUpdate struct {
	ConnectionID    string          `json:"connectionId"`
	ConnectionState ConnectionState `json:"connectionState"`
}
