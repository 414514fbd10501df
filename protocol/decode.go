package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/airfielddev/airfield/internal/rawjson"
)

// ErrNotMessage is returned for a line that is not a JSON object with a type. Connectors write such lines as plain log text.
var ErrNotMessage = errors.New("line is not a protocol message")

// ErrInvalidMessage is returned for a line that is a message but breaks the protocol.
var ErrInvalidMessage = errors.New("invalid protocol message")

// Parse reads one line into m. The record's data and meta point into line, so they are valid as long as line is.
//
// It returns [ErrNotMessage] for text that is no message at all, and [ErrInvalidMessage] for a message that is malformed.
// A type that this version does not know is an empty message of that type, which readers ignore.
func (m *Message) Parse(line []byte) error {
	*m = Message{}
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '{' {
		return ErrNotMessage
	}
	if !json.Valid(line) {
		return fmt.Errorf("%w: the line is not valid JSON", ErrInvalidMessage)
	}
	kind, _ := rawjson.String(rawjson.Get(line, "type"))
	if kind == "" {
		return ErrNotMessage
	}
	m.Type = MessageType(kind)
	if m.Type == TypeRecord {
		return m.Record.parse(rawjson.Get(line, "record"))
	}
	return m.parsePayload(line)
}

// UnmarshalJSON reads a message. The record's bytes are copied.
func (m *Message) UnmarshalJSON(b []byte) error { return m.Parse(bytes.Clone(b)) }

func (m *Message) parsePayload(line []byte) error {
	key, target := m.target()
	if key == "" {
		return nil
	}
	value := rawjson.Get(line, key)
	if rawjson.IsNull(value) {
		return fmt.Errorf("%w: %s without %q", ErrInvalidMessage, m.Type, key)
	}
	if err := json.Unmarshal(value, target); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrInvalidMessage, m.Type, err)
	}
	return m.validate()
}

// target allocates the payload that the message's type calls for.
func (m *Message) target() (key string, value any) {
	switch m.Type {
	case TypeState:
		m.State = new(State)
		return "state", m.State
	case TypeLog:
		m.Log = new(Log)
		return "log", m.Log
	case TypeTrace:
		m.Trace = new(Trace)
		return "trace", m.Trace
	case TypeControl:
		m.Control = new(Control)
		return "control", m.Control
	case TypeSpec:
		m.Spec = new(Spec)
		return "spec", m.Spec
	case TypeConnectionStatus:
		m.ConnectionStatus = new(ConnectionStatus)
		return "connectionStatus", m.ConnectionStatus
	case TypeCatalog:
		m.Catalog = new(Catalog)
		return "catalog", m.Catalog
	}
	return "", nil
}

// validate makes sure that the payload a type promises is there, so that readers need not test for nil.
func (m *Message) validate() error {
	switch {
	case m.State != nil:
		return m.State.Validate()
	case m.Trace != nil:
		return m.Trace.validate()
	}
	return nil
}

// Validate makes sure that the payload a state's type promises is there. The error is [ErrInvalidMessage].
func (s *State) Validate() error {
	if s == nil {
		return fmt.Errorf("%w: a state of null", ErrInvalidMessage)
	}
	switch s.Kind() {
	case StateTypeStream:
		if s.Stream == nil || s.Stream.StreamDescriptor.Name == "" {
			return fmt.Errorf("%w: STREAM state without a stream", ErrInvalidMessage)
		}
	case StateTypeGlobal:
		if s.Global == nil {
			return fmt.Errorf("%w: GLOBAL state without global", ErrInvalidMessage)
		}
	case StateTypeLegacy:
	default:
		return fmt.Errorf("%w: unknown state type %q", ErrInvalidMessage, s.Type)
	}
	return nil
}

func (t *Trace) validate() error {
	absent := (t.Type == TraceTypeError && t.Error == nil) ||
		(t.Type == TraceTypeStreamStatus && t.StreamStatus == nil) ||
		(t.Type == TraceTypeEstimate && t.Estimate == nil)
	if absent {
		return fmt.Errorf("%w: %s trace without its payload", ErrInvalidMessage, t.Type)
	}
	return nil
}

func (r *Record) parse(text []byte) error {
	fields := rawjson.Fields(text)
	for fields.Next() {
		value := fields.Value()
		switch string(fields.Key()) {
		case "stream":
			r.Stream, _ = rawjson.String(value)
		case "namespace":
			r.Namespace, _ = rawjson.String(value)
		case "data":
			r.Data = value
		case "emitted_at":
			r.EmittedAt = parseMillis(value)
		case "meta":
			if !rawjson.IsNull(value) {
				r.Meta = value
			}
		case "file_reference":
			if err := json.Unmarshal(value, &r.File); err != nil {
				return fmt.Errorf("%w: RECORD whose file_reference is none: %w", ErrInvalidMessage, err)
			}
		}
	}
	if fields.Err() != nil || r.Stream == "" {
		return fmt.Errorf("%w: RECORD without a stream", ErrInvalidMessage)
	}
	if len(r.Data) == 0 || r.Data[0] != '{' {
		return fmt.Errorf("%w: RECORD of stream %q whose data is not an object", ErrInvalidMessage, r.Stream)
	}
	return nil
}

// parseMillis reads a whole number quickly and anything else slowly; what is no number at all is zero.
func parseMillis(text []byte) int64 {
	var n int64
	for _, c := range text {
		if c < '0' || c > '9' || n > math.MaxInt64/10-1 {
			var f float64
			if json.Unmarshal(text, &f) != nil || math.Abs(f) > math.MaxInt64/2 {
				return 0
			}
			return int64(f)
		}
		n = n*10 + int64(c-'0')
	}
	return n
}
