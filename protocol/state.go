package protocol

import (
	"encoding/json"
	"strconv"
)

// StateType says which part of a [State] is meaningful.
type StateType string

// The types of state. One sync never mixes stream and global states.
const (
	StateTypeStream StateType = "STREAM"
	StateTypeGlobal StateType = "GLOBAL"
	StateTypeLegacy StateType = "LEGACY"
)

// State is a checkpoint: everything emitted before it need not be read again once the destination has echoed it.
type State struct {
	Type             StateType       `json:"type,omitempty"` // "": legacy
	Stream           *StreamState    `json:"stream,omitempty"`
	Global           *GlobalState    `json:"global,omitempty"`
	Data             json.RawMessage `json:"data,omitempty"` // legacy only
	SourceStats      *Stats          `json:"sourceStats,omitempty"`
	DestinationStats *Stats          `json:"destinationStats,omitempty"`
}

// StreamState is the checkpoint of one stream.
type StreamState struct {
	StreamDescriptor StreamDescriptor `json:"stream_descriptor"`
	StreamState      json.RawMessage  `json:"stream_state,omitempty"` // nil: no state
}

// GlobalState is the checkpoint of all streams at once, as change-data-capture sources write it.
type GlobalState struct {
	SharedState  json.RawMessage `json:"shared_state,omitempty"`
	StreamStates []StreamState   `json:"stream_states"`
}

// Stats counts the records between one state of a stream and the one before it.
type Stats struct {
	RecordCount         Count `json:"recordCount,omitempty"`
	RejectedRecordCount Count `json:"rejectedRecordCount,omitempty"`
}

// Count is a whole number that the protocol writes as a double: 10 is written 10.0.
type Count int64

// MarshalJSON writes the count with a decimal point.
func (c Count) MarshalJSON() ([]byte, error) {
	return append(strconv.AppendInt(nil, int64(c), 10), ".0"...), nil
}

// UnmarshalJSON reads a whole or decimal number.
func (c *Count) UnmarshalJSON(b []byte) error {
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	*c = Count(f)
	return nil
}

// Kind is the state's type, with the absent type read as legacy.
func (s *State) Kind() StateType {
	if s.Type == "" {
		return StateTypeLegacy
	}
	return s.Type
}

// NewStreamState is the checkpoint of one stream.
func NewStreamState(d StreamDescriptor, blob json.RawMessage) *State {
	return &State{Type: StateTypeStream, Stream: &StreamState{StreamDescriptor: d, StreamState: blob}}
}
