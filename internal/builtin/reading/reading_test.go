package reading_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/reading"
	"github.com/airfielddev/airfield/protocol"
)

var available = protocol.Catalog{Streams: []protocol.Stream{{Name: "a", SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh}}}}

func request(mode protocol.SyncMode, state string) connector.ReadRequest {
	var req connector.ReadRequest
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: protocol.Stream{Name: "a"}, SyncMode: mode}}
	if state != "" {
		req.State = []*protocol.State{protocol.NewStreamState(protocol.StreamDescriptor{Name: "a"}, json.RawMessage(state))}
	}
	return req
}

// TestMessages writes down what is emitted around the records of a stream.
func TestMessages(t *testing.T) {
	t.Parallel()
	failure := errors.New("broken")
	for _, c := range []struct {
		name string
		end  error
		want []string
	}{
		{"complete", nil, []string{"STARTED", `{"n":1}`, `{"n":2} {"changes":[{"field":"n","change":"NULLED","reason":"x"}]}`, `state 2`, `{"n":3}`, "COMPLETE"}},
		{"broken", failure, []string{"STARTED", `{"n":1}`, `{"n":2} {"changes":[{"field":"n","change":"NULLED","reason":"x"}]}`, `state 2`, `{"n":3}`, "INCOMPLETE"}},
	} {
		var got []string
		emit := func(m protocol.Message) error {
			switch m.Type {
			case protocol.TypeRecord:
				text := string(m.Record.Data)
				if m.Record.Meta != nil {
					text += " " + string(m.Record.Meta)
				}
				got = append(got, text)
			case protocol.TypeState:
				count, _ := m.State.SourceStats.RecordCount.MarshalJSON()
				got = append(got, "state "+string(count[:1]))
			case protocol.TypeTrace:
				got = append(got, string(m.Trace.StreamStatus.Status))
			}
			return nil
		}
		err := reading.Each(t.Context(), request(protocol.FullRefresh, ""), available, emit, func(ctx context.Context, s *reading.Stream) error {
			return errors.Join(
				s.Record(ctx, []byte(`{"n":1}`)),
				s.RecordChanged(ctx, []byte(`{"n":2}`), []protocol.Change{{Field: "n", Change: protocol.ChangeNulled, Reason: "x"}}),
				s.Checkpoint(map[string]int{"n": 2}),
				s.Record(ctx, []byte(`{"n":3}`)),
				c.end)
		})
		if !errors.Is(err, c.end) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.end)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{"": "", "null": "", "{}": "", ` {"n":1} `: `{"n":1}`} {
		err := reading.Each(t.Context(), request(protocol.FullRefresh, state), available, connector.Discard, func(_ context.Context, s *reading.Stream) error {
			if string(s.State) != want {
				t.Errorf("state %q is seen as %q, want %q", state, s.State, want)
			}
			var target struct{ N string }
			if err := s.DecodeState(&target); (err != nil) != (want != "") || err != nil && connector.FailureOf(err) != protocol.FailureConfig {
				t.Errorf("decoding %q: %v", state, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	never := func(context.Context, *reading.Stream) error { t.Error("the stream was read"); return nil }
	err := reading.Each(t.Context(), request(protocol.Incremental, ""), available, connector.Discard, never)
	if connector.FailureOf(err) != protocol.FailureConfig {
		t.Errorf("a mode that is not supported: %v, want a config_error", err)
	}
	err = reading.Each(t.Context(), request(protocol.FullRefresh, ""), protocol.Catalog{}, connector.Discard, never)
	if connector.FailureOf(err) != protocol.FailureConfig {
		t.Errorf("a stream that does not exist: %v, want a config_error", err)
	}
}
