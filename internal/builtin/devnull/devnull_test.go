package devnull

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/protocol"
)

func configOf(inner string) json.RawMessage {
	return json.RawMessage(`{"test_destination":` + inner + `}`)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"silent":    `{"test_destination_type":"SILENT"}`,
		"first":     `{"test_destination_type":"LOGGING","logging_config":{"logging_type":"FirstN","max_entry_count":3}}`,
		"throttled": `{"test_destination_type":"THROTTLED","millis_per_record":0}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Destination(t, conformance.DestinationCase{
				Destination: New(),
				Config:      func(*testing.T) json.RawMessage { return configOf(config) },
				BadConfigs: map[string]json.RawMessage{
					"empty":         json.RawMessage(`{}`),
					"not an object": json.RawMessage(`[]`),
					"unknown type":  configOf(`{"test_destination_type":"LOUD"}`),
					"no logging":    configOf(`{"test_destination_type":"LOGGING"}`),
					"no n":          configOf(`{"test_destination_type":"LOGGING","logging_config":{"logging_type":"EveryNth"}}`),
					"too many":      configOf(`{"test_destination_type":"LOGGING","logging_config":{"logging_type":"FirstN","max_entry_count":1001}}`),
					"bad ratio":     configOf(`{"test_destination_type":"LOGGING","logging_config":{"logging_type":"RandomSampling","sampling_ratio":2}}`),
					"back in time":  configOf(`{"test_destination_type":"THROTTLED","millis_per_record":-1}`),
				},
			})
		})
	}
}

// outcome is what a destination emitted: the ids of the records it logged and the counts of the states it echoed.
type outcome struct {
	Logged []string
	States []int64
}

// write sends records with the ids from 1 to n in turns to two streams, and a state of the first after each ten.
func write(tb testing.TB, config string, n int) (outcome, error) {
	tb.Helper()
	in := func(yield func(*protocol.Message, error) bool) {
		for id := 1; id <= n; id++ {
			m := protocol.RecordMessage(protocol.Record{Stream: []string{"b", "a"}[id%2], Data: fmt.Appendf(nil, `{"id":%d}`, id)})
			if !yield(&m, nil) {
				return
			}
			state := protocol.StateMessage(protocol.NewStreamState(protocol.StreamDescriptor{Name: "a"}, nil))
			if id%10 == 0 && !yield(&state, nil) {
				return
			}
		}
	}
	var out outcome
	emit := func(m protocol.Message) error {
		switch m.Type {
		case protocol.TypeLog:
			out.Logged = append(out.Logged, m.Log.Message[strings.LastIndex(m.Log.Message, ": ")+2:])
		case protocol.TypeState:
			out.States = append(out.States, int64(m.State.DestinationStats.RecordCount))
		}
		return nil
	}
	catalog := protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{
		{Stream: protocol.Stream{Name: "a"}}, {Stream: protocol.Stream{Name: "b"}},
	}}
	err := New().Write(tb.Context(), connector.WriteRequest{Config: configOf(config), Catalog: catalog}, in, emit)
	return out, err
}

func TestLogging(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config string
		want   []string
	}{
		"first": {`{"logging_type":"FirstN","max_entry_count":2}`, []string{`{"id":1}`, `{"id":2}`, `{"id":3}`, `{"id":4}`}},
		"every": {`{"logging_type":"EveryNth","nth_entry_to_log":3,"max_entry_count":2}`, []string{`{"id":5}`, `{"id":6}`, `{"id":11}`, `{"id":12}`}},
		"none":  {`{"logging_type":"RandomSampling","sampling_ratio":0}`, nil},
		"all":   {`{"logging_type":"RandomSampling","sampling_ratio":1,"max_entry_count":1}`, []string{`{"id":1}`, `{"id":2}`}},
	} {
		got, err := write(t, `{"test_destination_type":"LOGGING","logging_config":`+test.config+`}`, 30)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(outcome{test.want, []int64{5, 5, 5}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSamplingIsRepeatable(t *testing.T) {
	t.Parallel()
	const config = `{"test_destination_type":"LOGGING","logging_config":{"logging_type":"RandomSampling","sampling_ratio":0.2,"seed":%d,"max_entry_count":1000}}`
	var outcomes []outcome
	for _, seed := range []int{1, 1, 2} {
		out, err := write(t, fmt.Sprintf(config, seed), 1000)
		if err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, out)
	}
	if n := len(outcomes[0].Logged); n < 100 || n > 300 {
		t.Errorf("%d of 1000 records were logged, want about 200", n)
	}
	if !cmp.Equal(outcomes[0], outcomes[1]) || cmp.Equal(outcomes[0], outcomes[2]) {
		t.Error("the seed does not decide which records are logged")
	}
}

func TestFailing(t *testing.T) {
	t.Parallel()
	out, err := write(t, `{"test_destination_type":"FAILING","num_messages":25}`, 30)
	var failure *connector.Error
	if !errors.As(err, &failure) || failure.Stream.Name != "b" && failure.Stream.Name != "a" || failure.Type != protocol.FailureSystem {
		t.Errorf("got %v, want a system_error about a stream", err)
	}
	if diff := cmp.Diff([]int64{5, 5}, out.States); diff != "" {
		t.Errorf("states before the failure (-want +got):\n%s", diff)
	}
	if _, err := write(t, `{"test_destination_type":"FAILING","num_messages":30}`, 30); err != nil {
		t.Errorf("30 of 30 records: %v", err)
	}
}

func TestThrottled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if _, err := write(t, `{"test_destination_type":"THROTTLED","millis_per_record":20}`, 30); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 600*time.Millisecond {
			t.Errorf("30 records took %v, want 600ms", took)
		}
	})
}

func BenchmarkSilent(b *testing.B) {
	if _, err := write(b, `{"test_destination_type":"SILENT"}`, b.N); err != nil {
		b.Fatal(err)
	}
}
