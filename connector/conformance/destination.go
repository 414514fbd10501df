package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// DestinationCase says how to reach a destination and how to see what it stored.
type DestinationCase struct {
	Destination connector.Destination
	// Config makes a configuration for a new, empty place each time it is called.
	Config func(t *testing.T) json.RawMessage
	// BadConfigs are configurations for which a check fails, by what is wrong with them.
	BadConfigs map[string]json.RawMessage
	// Rows are the rows of a stream that anyone else could read now; none when the stream was never written.
	// It may be called while Write runs, from any goroutine. Nil: the destination keeps nothing, and rows are not looked at.
	Rows func(ctx context.Context, config json.RawMessage, stream protocol.StreamDescriptor) ([]Row, error)
}

// Destination holds a destination to the contract of [connector.Destination]. What is asked of deduplication applies when the
// specification lists append_dedup.
func Destination(t *testing.T, c DestinationCase) {
	t.Helper()
	s := destinationSuite{c}
	t.Run("spec", s.testSpec)
	t.Run("check", func(t *testing.T) { testCheck(t, c.Destination, c.Config(t), c.BadConfigs) })
	t.Run("bad config", s.testBadConfig)
	t.Run("append", s.testAppend)
	t.Run("interleaved streams", s.testInterleaved)
	t.Run("broken input", s.testBrokenInput)
	t.Run("cancel", s.testCancel)
	t.Run("empty", s.testEmpty)
	t.Run("values", s.testValues)
	t.Run("misfits", s.testMisfits)
	t.Run("names", s.testNames)
	t.Run("new column", s.testNewColumn)
	for _, mode := range []protocol.DestinationSyncMode{protocol.Append, protocol.Overwrite} {
		t.Run("replace in mode "+string(mode), func(t *testing.T) {
			t.Run("swap", func(t *testing.T) { s.testReplace(t, mode) })
			t.Run("retry", func(t *testing.T) { s.testReplaceRetry(t, mode) })
			t.Run("abandon", func(t *testing.T) { s.testReplaceAbandoned(t, mode) })
			t.Run("with nothing", func(t *testing.T) { s.testReplaceWithNothing(t, mode) })
		})
	}
	t.Run("dedup", s.testDedup)
	t.Run("dedup across syncs", s.testDedupAcrossSyncs)
	t.Run("dedup deletes", s.testDedupDeletes)
	t.Run("dedup replace", s.testDedupReplace)
}

type destinationSuite struct{ DestinationCase }

func (s destinationSuite) testSpec(t *testing.T) {
	spec := testSpec(t, s.Destination, s.Config(t))
	if len(spec.SupportedDestinationSyncModes) == 0 {
		t.Error("the specification lists no supported_destination_sync_modes")
	}
}

func (s destinationSuite) testBadConfig(t *testing.T) {
	users := stream("users", idAndName)
	for name, config := range s.BadConfigs {
		in := new(input).rows(users, `{"id":1}`).state(users).complete(users)
		err := s.Destination.Write(t.Context(), connector.WriteRequest{Config: config, Catalog: catalog(users)}, in.sequence(), connector.Discard)
		if err == nil {
			t.Errorf("Write with bad configuration %q succeeded", name)
		}
	}
}

// requireDedup skips the test of a destination that does not deduplicate.
func (s destinationSuite) requireDedup(t *testing.T) {
	t.Helper()
	spec, err := s.Destination.Spec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(spec.SupportedDestinationSyncModes, protocol.AppendDedup) {
		t.Skip("the destination does not support append_dedup")
	}
}

// write gives the input to the destination and checks the states that come back; seen tells what could be read of each
// state's stream at the moment the state was echoed.
func (s destinationSuite) write(t *testing.T, config json.RawMessage, c protocol.ConfiguredCatalog, in *input) (seen [][]string) {
	t.Helper()
	var echoed []*protocol.State
	var readErr error
	emit := func(m protocol.Message) error {
		if m.Type != protocol.TypeState {
			return nil
		}
		echoed = append(echoed, m.State)
		rows, err := s.visible(t.Context(), config, m.State.Stream.StreamDescriptor)
		seen, readErr = append(seen, rows), errors.Join(readErr, err)
		return nil
	}
	err := s.Destination.Write(t.Context(), connector.WriteRequest{Config: config, Catalog: c}, in.sequence(), emit)
	if !errors.Is(err, in.ending) {
		t.Fatalf("Write of an input that ends with %v returned %v", in.ending, err)
	}
	if readErr != nil {
		t.Fatalf("reading rows when a state was echoed: %v", readErr)
	}
	checkEchoes(t, in, echoed)
	return seen
}

// checkEchoes compares the states sent with those that came back. An input that breaks off may leave its last ones unanswered.
func checkEchoes(t *testing.T, in *input, echoed []*protocol.State) {
	t.Helper()
	sent := in.sent()
	if in.ending != nil && len(echoed) < len(sent) {
		sent = sent[:len(echoed)]
	}
	if diff := cmp.Diff(describe(sent), describe(echoed)); diff != "" {
		t.Fatalf("states echoed (-want +got):\n%s", diff)
	}
}

type echo struct {
	Stream  string
	Blob    string
	Records int64 // -1: no destinationStats
}

func describe(states []*protocol.State) []echo {
	var out []echo
	for _, state := range states {
		e := echo{Stream: state.Stream.StreamDescriptor.String(), Blob: string(state.Stream.StreamState), Records: -1}
		if state.DestinationStats != nil {
			e.Records = int64(state.DestinationStats.RecordCount)
		}
		out = append(out, e)
	}
	return out
}

func (s destinationSuite) visible(ctx context.Context, config json.RawMessage, d protocol.StreamDescriptor) ([]string, error) {
	if s.Rows == nil {
		return nil, nil
	}
	rows, err := s.Rows(ctx, config, d)
	return normal(rows), err
}

// want checks what can be read of a stream now.
func (s destinationSuite) want(t *testing.T, config json.RawMessage, c protocol.ConfiguredStream, rows ...Row) {
	t.Helper()
	got, err := s.visible(t.Context(), config, c.Descriptor())
	if err != nil {
		t.Fatalf("reading rows of %s: %v", c.Descriptor(), err)
	}
	s.compare(t, got, rows...)
}

func (s destinationSuite) compare(t *testing.T, got []string, want ...Row) {
	t.Helper()
	if s.Rows == nil {
		return
	}
	if diff := cmp.Diff(normal(want), got); diff != "" {
		t.Fatalf("rows (-want +got):\n%s", diff)
	}
}
