package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// SourceCase says how to reach a source whose data does not change while the suite runs. Its streams have a few records
// each, and enough in one of them for several states.
type SourceCase struct {
	Source connector.Source
	Config json.RawMessage
	// BadConfigs are configurations for which a check fails and a read is a config_error, by what is wrong with them.
	BadConfigs map[string]json.RawMessage
	// Unstable are top-level fields that differ from one read of a record to the next.
	Unstable []string
	// Cursors are the cursor fields of streams, by name, that are read incrementally but do not define a cursor of their own.
	Cursors map[string]string
}

// Source holds a source to the contract of [connector.Source].
func Source(t *testing.T, c SourceCase) {
	t.Helper()
	s := sourceSuite{c}
	t.Run("spec", func(t *testing.T) { testSpec(t, c.Source, c.Config) })
	t.Run("check", func(t *testing.T) { testCheck(t, c.Source, c.Config, c.BadConfigs) })
	t.Run("discover", func(t *testing.T) { s.discover(t) })
	t.Run("bad config", s.testBadConfig)
	t.Run("unknown stream", s.testUnknownStream)
	t.Run("nobody listens", s.testNobodyListens)
	t.Run("cancel", s.testCancel)
	t.Run("concurrent reads", s.testConcurrent)
	for _, mode := range []protocol.SyncMode{protocol.FullRefresh, protocol.Incremental} {
		t.Run("read "+string(mode), func(t *testing.T) { s.testRead(t, mode) })
		t.Run("resume "+string(mode), func(t *testing.T) { s.testResume(t, mode) })
	}
}

type sourceSuite struct{ SourceCase }

func (s sourceSuite) discover(t *testing.T) protocol.Catalog {
	t.Helper()
	found, err := s.Source.Discover(t.Context(), s.Config, connector.Discard)
	if err != nil {
		t.Fatalf("Discover: %v", err)
	}
	if len(found.Streams) == 0 {
		t.Fatal("Discover found no streams")
	}
	names := map[protocol.StreamDescriptor]bool{}
	for _, stream := range found.Streams {
		if stream.Name == "" || names[stream.Descriptor()] {
			t.Errorf("stream name %q is empty or used twice", stream.Descriptor())
		}
		names[stream.Descriptor()] = true
		checkStream(t, stream)
	}
	return found
}

func checkStream(t *testing.T, stream protocol.Stream) {
	t.Helper()
	compile(t, "json_schema", stream.JSONSchema)
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(stream.JSONSchema, &schema); err != nil {
		t.Fatalf("json_schema of %s: %v", stream.Descriptor(), err)
	}
	if len(stream.SupportedSyncModes) == 0 {
		t.Errorf("stream %s supports no sync mode", stream.Descriptor())
	}
	paths := slices.Clone(stream.SourceDefinedPrimaryKey)
	if len(stream.DefaultCursorField) > 0 {
		paths = append(paths, stream.DefaultCursorField)
	}
	for _, path := range paths {
		if len(path) == 0 || schema.Properties[path[0]] == nil {
			t.Errorf("key or cursor %v of stream %s is not in its schema", path, stream.Descriptor())
		}
	}
}

// selection selects every stream that can be read in the mode.
func (s sourceSuite) selection(t *testing.T, mode protocol.SyncMode) protocol.ConfiguredCatalog {
	t.Helper()
	var selected protocol.ConfiguredCatalog
	for _, stream := range s.discover(t).Streams {
		cursor := stream.DefaultCursorField
		if name, ok := s.Cursors[stream.Name]; ok {
			cursor = []string{name}
		}
		readable := mode == protocol.FullRefresh || stream.SourceDefinedCursor || len(cursor) > 0
		if stream.Supports(mode) && readable {
			selected.Streams = append(selected.Streams, protocol.ConfiguredStream{
				Stream: stream, SyncMode: mode, DestinationSyncMode: protocol.Append, CursorField: cursor, PrimaryKey: stream.SourceDefinedPrimaryKey, SyncID: 1,
			})
		}
	}
	if len(selected.Streams) == 0 {
		t.Skipf("no stream can be read in mode %s", mode)
	}
	return selected
}

func (s sourceSuite) testBadConfig(t *testing.T) {
	selected := s.selection(t, protocol.FullRefresh)
	for name, config := range s.BadConfigs {
		if _, err := s.Source.Discover(t.Context(), config, connector.Discard); connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("Discover with bad configuration %q: got %v, want a config_error", name, err)
		}
		err := s.Source.Read(t.Context(), connector.ReadRequest{Config: config, Catalog: selected}, connector.Discard)
		if connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("Read with bad configuration %q: got %v, want a config_error", name, err)
		}
	}
}

func (s sourceSuite) testUnknownStream(t *testing.T) {
	selected := s.selection(t, protocol.FullRefresh)
	selected.Streams[0].Stream.Name = "no such stream"
	err := s.Source.Read(t.Context(), connector.ReadRequest{Config: s.Config, Catalog: selected}, connector.Discard)
	if connector.FailureOf(err) != protocol.FailureConfig {
		t.Errorf("Read of an unknown stream: got %v, want a config_error", err)
	}
}

func (s sourceSuite) testNobodyListens(t *testing.T) {
	gone := errors.New("nobody listens")
	err := s.read(t.Context(), s.selection(t, protocol.FullRefresh), nil, func(m protocol.Message) error {
		if m.Type == protocol.TypeRecord {
			return gone
		}
		return nil
	})
	if !errors.Is(err, gone) {
		t.Errorf("Read whose emit fails with %v returned %v", gone, err)
	}
}

// testCancel cancels at the first record. The source may finish what it is at, but says that it was cancelled.
func (s sourceSuite) testCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	selected, done := s.selection(t, protocol.FullRefresh), make(chan error, 1)
	go func() {
		done <- s.read(ctx, selected, nil, func(m protocol.Message) error {
			if m.Type == protocol.TypeRecord {
				cancel()
			}
			return nil
		})
	}()
	<-ctx.Done()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Read that was cancelled returned %v, want %v", err, context.Canceled)
		}
	case <-time.After(soon):
		t.Fatal("Read goes on long after it was cancelled")
	}
}

func (s sourceSuite) testConcurrent(t *testing.T) {
	selected := s.selection(t, protocol.FullRefresh)
	transcripts := make(chan *transcript, 2)
	for range 2 {
		go func() { transcripts <- s.transcribe(t.Context(), selected, nil) }()
	}
	one, two := <-transcripts, <-transcripts
	if one.err != nil || two.err != nil {
		t.Fatalf("two reads at once: %v and %v", one.err, two.err)
	}
	if len(one.records) != len(two.records) {
		t.Errorf("two reads at once gave %d and %d records", len(one.records), len(two.records))
	}
}

func (s sourceSuite) read(ctx context.Context, selected protocol.ConfiguredCatalog, state []*protocol.State, emit connector.Emit) error {
	return s.Source.Read(ctx, connector.ReadRequest{Config: s.Config, Catalog: selected, State: state}, emit)
}
