package airfield

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Record is one row as the source gave it.
type Record struct {
	Stream    string
	Namespace string
	Data      json.RawMessage
	EmittedAt time.Time
}

// Decode stores the record's data in the value that v points to, as [json.Unmarshal] does.
func (r Record) Decode(v any) error {
	if err := json.Unmarshal(r.Data, v); err != nil {
		return fmt.Errorf("decoding a record of stream %s: %w", r.Stream, err)
	}
	return nil
}

// ReadOption changes how [Source.Read] reads.
type ReadOption func(*reading)

// FromState reads on from states that an earlier read gave out. Streams with a cursor of their own are read incrementally.
func FromState(states ...*protocol.State) ReadOption {
	return func(r *reading) { r.from = states }
}

// OnState is called with each state, once the loop has taken all records before it. Keep the last of each stream for [FromState].
func OnState(f func(*protocol.State)) ReadOption {
	return func(r *reading) { r.onState = f }
}

// OnLog is called with each line the connector logs, from the loop's goroutine.
func OnLog(f func(protocol.Log)) ReadOption {
	return func(r *reading) { r.onLog = f }
}

// Read gives the records of the selected streams as the source reads them, holding only a few in memory. Each range starts
// anew. An error is yielded once, last. Leaving the loop, or ending ctx, stops the source.
func (s *Source) Read(ctx context.Context, opts ...ReadOption) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		r := &reading{source: s, messages: make(chan protocol.Message, 256)}
		for _, option := range opts {
			option(r)
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ended := make(chan error, 1)
		go func() {
			defer close(r.messages)
			ended <- r.run(ctx)
		}()
		if !r.deliver(yield) {
			cancel()
			for range r.messages { // the source has gone before the loop returns
			}
			return
		}
		if err := <-ended; err != nil {
			yield(Record{}, fmt.Errorf("reading %s: %w", s.name, err))
		}
	}
}

// reading is one range over a source.
type reading struct {
	source   *Source
	from     []*protocol.State
	onState  func(*protocol.State)
	onLog    func(protocol.Log)
	messages chan protocol.Message
}

func (r *reading) run(ctx context.Context) error {
	config, err := r.source.config.encode()
	if err != nil {
		return err
	}
	catalog, err := r.source.source.Discover(ctx, config, connector.Discard)
	if err != nil {
		return err
	}
	configured, err := r.source.configured(&catalog, len(r.from) > 0)
	if err != nil {
		return err
	}
	for _, state := range r.from {
		if err := state.Validate(); err != nil {
			return fmt.Errorf("reading on from a state: %w", err)
		}
	}
	req := connector.ReadRequest{Config: config, Catalog: configured, State: r.from}
	return r.source.source.Read(ctx, req, func(m protocol.Message) error {
		m.Record.Data = append([]byte(nil), m.Record.Data...)
		select {
		case r.messages <- m:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// deliver hands messages to the loop until the source ends or the loop is left, which it tells by returning false.
func (r *reading) deliver(yield func(Record, error) bool) bool {
	for m := range r.messages {
		switch {
		case m.Type == protocol.TypeRecord:
			record := Record{Stream: m.Record.Stream, Namespace: m.Record.Namespace, Data: m.Record.Data, EmittedAt: time.UnixMilli(m.Record.EmittedAt)}
			if !yield(record, nil) {
				return false
			}
		case m.State != nil && r.onState != nil:
			r.onState(m.State)
		case m.Log != nil && r.onLog != nil:
			r.onLog(*m.Log)
		}
	}
	return true
}
