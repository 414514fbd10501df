package faker_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/internal/builtin/faker"
	"github.com/airfielddev/airfield/protocol"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Source(t, conformance.SourceCase{
		Source: faker.New(),
		Config: json.RawMessage(`{"count":297,"seed":7,"records_per_slice":20}`),
		BadConfigs: map[string]json.RawMessage{
			"negative count":  json.RawMessage(`{"count":-1}`),
			"count is text":   json.RawMessage(`{"count":"many"}`),
			"empty slice":     json.RawMessage(`{"records_per_slice":0}`),
			"not JSON at all": json.RawMessage(`count: 5`),
			"empty":           nil,
		},
		Unstable: []string{"updated_at"},
	})
}

// heard is what a read emitted for one stream.
type heard struct {
	records  []map[string]any
	states   []*protocol.State
	estimate int64
}

func read(t *testing.T, config, stream string, mode protocol.SyncMode, state *protocol.State) heard {
	t.Helper()
	source, out := faker.New(), heard{}
	found, err := source.Discover(t.Context(), json.RawMessage(config), connector.Discard)
	if err != nil {
		t.Fatal(err)
	}
	selected, ok := found.Stream(protocol.StreamDescriptor{Name: stream})
	if !ok {
		t.Fatalf("no stream %s", stream)
	}
	req := connector.ReadRequest{Config: json.RawMessage(config)}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: *selected, SyncMode: mode}}
	if state != nil {
		req.State = []*protocol.State{state}
	}
	err = source.Read(t.Context(), req, func(m protocol.Message) error {
		switch {
		case m.Type == protocol.TypeRecord:
			var record map[string]any
			if err := json.Unmarshal(m.Record.Data, &record); err != nil {
				t.Errorf("record %s: %v", m.Record.Data, err)
			}
			out.records = append(out.records, record)
		case m.Type == protocol.TypeState:
			out.states = append(out.states, m.State)
		case m.Type == protocol.TypeTrace && m.Trace.Estimate != nil:
			out.estimate = m.Trace.Estimate.RowEstimate
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		stream string
		config string
		want   int
	}{
		{"users", `{}`, 1000},
		{"users", `{"count":7}`, 7},
		{"products", `{"count":7}`, 7},
		{"products", `{"count":5000}`, 100},
		{"purchases", `{"count":1000}`, 1000},
		{"purchases", `{"count":6}`, 5},
		{"purchases", `{"count":8}`, 8},
	} {
		got := read(t, c.config, c.stream, protocol.FullRefresh, nil)
		if len(got.records) != c.want || got.estimate != int64(c.want) {
			t.Errorf("%s with %s: %d records, estimate %d, want %d of both", c.stream, c.config, len(got.records), got.estimate, c.want)
		}
		for i, record := range got.records {
			if record["id"] != float64(i+1) {
				t.Fatalf("%s: record %d has id %v", c.stream, i, record["id"])
			}
		}
	}
}

// TestReferences checks that purchases point at users and products that the same configuration makes.
func TestReferences(t *testing.T) {
	t.Parallel()
	for _, record := range read(t, `{"count":30}`, "purchases", protocol.FullRefresh, nil).records {
		if user := record["user_id"].(float64); user < 1 || user > 30 {
			t.Errorf("user_id %v is not a user", user)
		}
		if product := record["product_id"].(float64); product < 1 || product > 30 {
			t.Errorf("product_id %v is not a product", product)
		}
		moments := []string{record["created_at"].(string)}
		for _, field := range []string{"added_to_cart_at", "purchased_at", "returned_at"} {
			if at, ok := record[field].(string); ok {
				moments = append(moments, at)
			}
		}
		if !slices.IsSorted(moments) {
			t.Errorf("purchase %v goes back in time: %v", record["id"], moments)
		}
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	names := func(config string) (out []any) {
		for _, record := range read(t, config, "users", protocol.FullRefresh, nil).records {
			out = append(out, record["email"])
		}
		return out
	}
	same := names(`{"count":50,"seed":3}`)
	if diff := cmp.Diff(same, names(`{"count":50,"seed":3}`)); diff != "" {
		t.Errorf("the same seed made different users:\n%s", diff)
	}
	if cmp.Equal(same, names(`{"count":50,"seed":4}`)) {
		t.Error("different seeds made the same users")
	}
	if cmp.Equal(names(`{"count":50}`), names(`{"count":50,"seed":-1}`)) {
		t.Error("two syncs without a seed made the same users")
	}
	distinct := map[any]bool{}
	for _, email := range names(`{"count":5000,"seed":3}`) {
		distinct[email] = true
	}
	if len(distinct) != 5000 {
		t.Errorf("5000 users have %d different addresses", len(distinct))
	}
}

func TestIncremental(t *testing.T) {
	t.Parallel()
	first := read(t, `{"count":60}`, "users", protocol.Incremental, nil)
	last := first.states[len(first.states)-1]
	again := read(t, `{"count":60}`, "users", protocol.Incremental, last)
	if len(again.records) != 60 || again.records[0]["updated_at"].(string) <= first.records[59]["updated_at"].(string) {
		t.Errorf("the next sync made %d records updated at %v, after %v", len(again.records), again.records[0]["updated_at"], first.records[59]["updated_at"])
	}
	still := read(t, `{"count":60,"always_updated":false}`, "users", protocol.Incremental, last)
	if len(still.records) != 0 || len(still.states) != 1 {
		t.Errorf("the next sync without updates made %d records and %d states", len(still.records), len(still.states))
	}
	more := read(t, `{"count":65,"always_updated":false}`, "users", protocol.Incremental, last)
	if len(more.records) != 5 || more.records[0]["id"] != 61.0 {
		t.Errorf("a greater count made %d more records, want those after 60", len(more.records))
	}
	foreign := protocol.NewStreamState(protocol.StreamDescriptor{Name: "users"}, json.RawMessage(`{"updated_at":"2024-01-01T00:00:00+00:00"}`))
	if got := read(t, `{"count":60,"always_updated":false}`, "users", protocol.Incremental, foreign); len(got.records) != 0 {
		t.Errorf("a state without an offset made %d records", len(got.records))
	}
}

// TestRandomSeedResumes goes on from the middle of a read whose seed was drawn: the state carries it.
func TestRandomSeedResumes(t *testing.T) {
	t.Parallel()
	const config = `{"count":60,"records_per_slice":25}`
	first := read(t, config, "users", protocol.Incremental, nil)
	rest := read(t, config, "users", protocol.Incremental, first.states[0])
	if len(rest.records) != 35 {
		t.Fatalf("going on after 25 of 60 users made %d", len(rest.records))
	}
	for i, record := range rest.records {
		if want := first.records[25+i]; record["email"] != want["email"] || record["id"] != want["id"] {
			t.Fatalf("going on made %v, want %v", record["email"], want["email"])
		}
	}
}

// TestFullRefreshRetry reads a stream again whose state says that it was read to the end: a later attempt of the same sync.
func TestFullRefreshRetry(t *testing.T) {
	t.Parallel()
	first := read(t, `{"count":60}`, "users", protocol.FullRefresh, nil)
	if again := read(t, `{"count":60}`, "users", protocol.FullRefresh, first.states[len(first.states)-1]); len(again.records) != 0 {
		t.Errorf("the retry of a stream that was complete made %d records", len(again.records))
	}
}

func TestStatesStayFew(t *testing.T) {
	t.Parallel()
	if got := len(read(t, `{"count":50000,"records_per_slice":1}`, "users", protocol.FullRefresh, nil).states); got > 210 || got < 100 {
		t.Errorf("50000 records came with %d states", got)
	}
	if got := len(read(t, `{"count":1000,"records_per_slice":100}`, "users", protocol.FullRefresh, nil).states); got != 10 {
		t.Errorf("1000 records in slices of 100 came with %d states", got)
	}
}

func BenchmarkUsers(b *testing.B) { benchmark(b, "users") }

func BenchmarkPurchases(b *testing.B) { benchmark(b, "purchases") }

func benchmark(b *testing.B, stream string) {
	b.Helper()
	b.ReportAllocs()
	source := faker.New()
	config, err := json.Marshal(map[string]int{"count": b.N, "seed": 1})
	if err != nil {
		b.Fatal(err)
	}
	found, err := source.Discover(b.Context(), config, connector.Discard)
	if err != nil {
		b.Fatal(err)
	}
	selected, _ := found.Stream(protocol.StreamDescriptor{Name: stream})
	req := connector.ReadRequest{Config: config}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: *selected, SyncMode: protocol.FullRefresh}}
	var size int64
	err = source.Read(context.Background(), req, func(m protocol.Message) error {
		size += int64(len(m.Record.Data))
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size / int64(b.N))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
