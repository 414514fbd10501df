package pipeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// part is what scripted sources and destinations have in common.
type part struct{}

func (part) Spec(context.Context) (protocol.Spec, error) { return protocol.Spec{}, nil }

func (part) Check(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
	return connector.Succeeded(), nil
}

// source is a source that does what its function does.
type source struct {
	part
	read func(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error
}

func (source) Discover(context.Context, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
	return protocol.Catalog{}, nil
}

func (s source) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	return s.read(ctx, req, emit)
}

// says is a source that writes messages and then ends with err.
func says(err error, messages ...protocol.Message) source {
	return source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		for _, m := range messages {
			if err := emit(m); err != nil {
				return err
			}
		}
		return err
	}}
}

// destination is a destination that does what its function does.
type destination struct {
	part
	write func(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error
}

func (d destination) Write(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	return d.write(ctx, req, in, emit)
}

// store is a destination that keeps everything in memory and echoes every state at once.
type store struct {
	part
	mu      sync.Mutex
	catalog protocol.ConfiguredCatalog
	heard   []string // every message in short
	rows    map[protocol.StreamDescriptor][]string
	since   map[protocol.StreamDescriptor]int
	// edit changes what is done with a message: true means that it has been dealt with.
	edit   func(ctx context.Context, m *protocol.Message, emit connector.Emit) (bool, error)
	ending error
}

func (s *store) Write(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	s.catalog = req.Catalog
	s.rows = map[protocol.StreamDescriptor][]string{}
	s.since = map[protocol.StreamDescriptor]int{}
	for m, err := range in {
		if err != nil {
			s.heard = append(s.heard, "error")
			return fmt.Errorf("reading input: %w", err)
		}
		if err := s.take(ctx, m, emit); err != nil {
			return err
		}
	}
	s.heard = append(s.heard, "end")
	return s.ending
}

func (s *store) take(ctx context.Context, m *protocol.Message, emit connector.Emit) error {
	if s.edit != nil {
		if done, err := s.edit(ctx, m, emit); done || err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.heard = append(s.heard, short(m))
	if m.Type == protocol.TypeRecord {
		d := m.Record.Descriptor()
		s.rows[d] = append(s.rows[d], string(m.Record.Data))
		s.since[d]++
	}
	s.mu.Unlock()
	if m.Type == protocol.TypeState {
		return emit(protocol.StateMessage(s.echo(m.State)))
	}
	return nil
}

// echo is the state with the count of the records since the one before it.
func (s *store) echo(state *protocol.State) *protocol.State {
	out := *state
	count := 0
	if state.Stream != nil {
		count = s.since[state.Stream.StreamDescriptor]
		s.since[state.Stream.StreamDescriptor] = 0
	} else {
		for d, n := range s.since {
			count += n
			s.since[d] = 0
		}
	}
	out.DestinationStats = &protocol.Stats{RecordCount: protocol.Count(count)}
	return &out
}

// short is a message in a few characters.
func short(m *protocol.Message) string {
	switch {
	case m.Type == protocol.TypeRecord:
		return m.Record.Descriptor().String() + string(m.Record.Data)
	case m.Type == protocol.TypeState && m.State.Stream != nil:
		return fmt.Sprintf("state %s %s after %d", m.State.Stream.StreamDescriptor, m.State.Stream.StreamState, m.State.SourceStats.RecordCount)
	case m.Type == protocol.TypeState && m.State.Global != nil:
		return fmt.Sprintf("global %s after %d", m.State.Global.SharedState, m.State.SourceStats.RecordCount)
	case m.Type == protocol.TypeState:
		return fmt.Sprintf("legacy %s", m.State.Data)
	case m.Type == protocol.TypeTrace && m.Trace.StreamStatus != nil:
		return string(m.Trace.StreamStatus.Status) + " " + m.Trace.StreamStatus.StreamDescriptor.String()
	}
	return string(m.Type)
}

// kept is what the hooks were told.
type kept struct {
	mu      sync.Mutex
	states  []string
	commits []pipeline.Commit
	lines   []pipeline.Line
	configs []string
	failing error
}

func (k *kept) hooks() pipeline.Hooks {
	return pipeline.Hooks{
		Commit: func(_ context.Context, c pipeline.Commit) error {
			k.mu.Lock()
			defer k.mu.Unlock()
			if k.failing != nil {
				return k.failing
			}
			k.commits = append(k.commits, c)
			for _, s := range c.States {
				m := protocol.StateMessage(s)
				if s.SourceStats == nil {
					s.SourceStats = &protocol.Stats{}
				}
				k.states = append(k.states, short(&m))
			}
			return nil
		},
		Log: func(l pipeline.Line) {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.lines = append(k.lines, l)
		},
		Config: func(_ context.Context, kind connector.Kind, config json.RawMessage) error {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.configs = append(k.configs, string(kind)+" "+string(config))
			return k.failing
		},
	}
}

func row(stream, data string) protocol.Message {
	return protocol.RecordMessage(protocol.Record{Stream: stream, Data: []byte(data), EmittedAt: 1})
}

func rows(stream string, n int) []protocol.Message {
	out := make([]protocol.Message, n)
	for i := range out {
		out[i] = row(stream, fmt.Sprintf(`{"id":%d}`, i))
	}
	return out
}

func state(stream, blob string) protocol.Message {
	return protocol.StateMessage(protocol.NewStreamState(protocol.StreamDescriptor{Name: stream}, json.RawMessage(blob)))
}

func status(stream string, s protocol.StreamRunStatus) protocol.Message {
	return protocol.StatusMessage(protocol.StreamDescriptor{Name: stream}, s, time.Now())
}

// incremental is a catalog of streams whose states the source writes itself.
func incremental(names ...string) protocol.ConfiguredCatalog {
	return catalog(protocol.Incremental, protocol.Append, names...)
}

func catalog(mode protocol.SyncMode, write protocol.DestinationSyncMode, names ...string) protocol.ConfiguredCatalog {
	var c protocol.ConfiguredCatalog
	for _, name := range names {
		c.Streams = append(c.Streams, protocol.ConfiguredStream{
			Stream:   protocol.Stream{Name: name, JSONSchema: json.RawMessage(`{"type":"object"}`)},
			SyncMode: mode, DestinationSyncMode: write, SyncID: 7,
		})
	}
	return c
}

// patience outlasts any pause of a busy machine. Tests of connectors that hang have a time of their own.
const patience = time.Minute

// job is a job over the parts of a test.
func job(src connector.Source, dst connector.Destination, c protocol.ConfiguredCatalog, k *kept) pipeline.Job {
	return pipeline.Job{
		Source: src, SourceTitle: "Scripted Source", Destination: dst, DestinationTitle: "Scripted Destination",
		SupportsRefreshes: true, Catalog: c, Hooks: k.hooks(),
		Limits: pipeline.Limits{Report: 5 * time.Millisecond, Patience: patience},
	}
}
