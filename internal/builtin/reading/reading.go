// Package reading is what the sources written in Go share: the messages around the records of a stream.
package reading

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// refresh is how many records share one look at the clock and at the context; both would cost more than a small record.
const refresh = 64

// Stream is one selected stream while it is read.
type Stream struct {
	protocol.ConfiguredStream
	State json.RawMessage // what the last checkpoint said; nil: from the beginning

	emit    connector.Emit
	message protocol.Message
	total   int64
	since   protocol.Count // records since the last checkpoint
}

// Each reads the selected streams one after the other, with read. It announces each one, and ends it by COMPLETE or
// INCOMPLETE. A selected stream that is not available, or not in the mode that was asked for, is a config_error before
// anything is read.
func Each(ctx context.Context, req connector.ReadRequest, available protocol.Catalog, emit connector.Emit, read func(context.Context, *Stream) error) error {
	if err := checkSelection(req.Catalog, available); err != nil {
		return err
	}
	for _, configured := range req.Catalog.Streams {
		s := &Stream{ConfiguredStream: configured, State: stateOf(req.State, configured.Descriptor()), emit: emit}
		s.message = protocol.RecordMessage(protocol.Record{Stream: configured.Stream.Name, Namespace: configured.Stream.Namespace})
		if err := s.run(ctx, read); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func checkSelection(selected protocol.ConfiguredCatalog, available protocol.Catalog) error {
	for _, s := range selected.Streams {
		stream, ok := available.Stream(s.Descriptor())
		if !ok {
			return connector.ConfigError("stream %s does not exist in the source", s.Descriptor())
		}
		if !stream.Supports(s.SyncMode) {
			return connector.ConfigError("stream %s cannot be read in mode %s", s.Descriptor(), s.SyncMode)
		}
	}
	return nil
}

// stateOf finds the checkpoint of a stream. A state of null or {} says nothing, as no state does.
func stateOf(states []*protocol.State, d protocol.StreamDescriptor) json.RawMessage {
	for _, state := range states {
		if state.Kind() != protocol.StateTypeStream || state.Stream.StreamDescriptor != d {
			continue
		}
		blob := bytes.TrimSpace(state.Stream.StreamState)
		if string(blob) == "null" || string(blob) == "{}" {
			return nil
		}
		return blob
	}
	return nil
}

func (s *Stream) run(ctx context.Context, read func(context.Context, *Stream) error) error {
	if err := s.status(protocol.StreamStarted); err != nil {
		return err
	}
	err := read(ctx, s)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err == nil {
		return s.status(protocol.StreamComplete)
	}
	// The error says more than a status that could not be sent.
	_ = s.status(protocol.StreamIncomplete)
	return err
}

func (s *Stream) status(status protocol.StreamRunStatus) error {
	return s.emit(protocol.StatusMessage(s.Descriptor(), status, time.Now()))
}

// Record emits one record, a JSON object that may be changed afterwards. It fails soon after ctx is done.
func (s *Stream) Record(ctx context.Context, data []byte) error {
	if s.total%refresh == 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.message.Record.EmittedAt = time.Now().UnixMilli()
	}
	s.total++
	s.since++
	s.message.Record.Data = data
	return s.emit(s.message)
}

// RecordChanged emits a record that is not what the source's system holds: its meta tells which fields and why.
func (s *Stream) RecordChanged(ctx context.Context, data []byte, changes []protocol.Change) error {
	meta, err := json.Marshal(protocol.RecordMeta{Changes: changes})
	if err != nil {
		return fmt.Errorf("encoding meta of a record of stream %s: %w", s.Descriptor(), err)
	}
	s.message.Record.Meta = meta
	defer func() { s.message.Record.Meta = nil }()
	return s.Record(ctx, data)
}

// Since is the number of records emitted after the last checkpoint.
func (s *Stream) Since() int64 { return int64(s.since) }

// Total is the number of records emitted so far.
func (s *Stream) Total() int64 { return s.total }

// Checkpoint emits a state, which says that the records so far need not be read again.
func (s *Stream) Checkpoint(state any) error {
	blob, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("encoding state of stream %s: %w", s.Descriptor(), err)
	}
	message := protocol.NewStreamState(s.Descriptor(), blob)
	message.SourceStats = &protocol.Stats{RecordCount: s.since}
	s.since = 0
	return s.emit(protocol.StateMessage(message))
}

// Estimate tells how many rows this read is expected to emit.
func (s *Stream) Estimate(rows int64) error {
	return s.emit(protocol.EstimateMessage(s.Descriptor(), rows, time.Now()))
}

// Log writes a line to the job's log.
func (s *Stream) Log(level protocol.Level, format string, args ...any) error {
	return s.emit(protocol.LogMessage(level, fmt.Sprintf(format, args...)))
}

// DecodeState reads the stream's checkpoint into target, which is left alone when there is none. What cannot be read is a
// config_error: a person has to clear the stream or repair its state.
func (s *Stream) DecodeState(target any) error {
	if s.State == nil {
		return nil
	}
	if err := json.Unmarshal(s.State, target); err != nil {
		return connector.ConfigError("state of stream %s cannot be read, clear the stream to read it from the start: %w", s.Descriptor(), err)
	}
	return nil
}

// DecodeConfig reads a configuration into target. Problems are config_errors. Unknown fields are let be.
func DecodeConfig(config json.RawMessage, target any) error {
	if len(bytes.TrimSpace(config)) == 0 {
		return connector.ConfigError("the configuration is empty")
	}
	if err := json.Unmarshal(config, target); err != nil {
		return connector.ConfigError("the configuration cannot be read: %w", err)
	}
	return nil
}
