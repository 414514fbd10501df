package declarative

import (
	"context"
	"encoding/json"
	"runtime"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/template"
)

// endlessRouter lists n partitions, and makes each when it is asked for.
type endlessRouter struct{ n int }

func (r *endlessRouter) Open(json.RawMessage) (Partitions, error) { return r, nil }
func (r *endlessRouter) Options(Slice) (Options, error)           { return Options{}, nil }
func (r *endlessRouter) ParentState() json.RawMessage             { return json.RawMessage("{}") }

func (r *endlessRouter) Each(_ context.Context, yield func(Slice) error) error {
	for i := range r.n {
		d := template.NewDict(2)
		d.Set("id", int64(i))
		d.Set(parentSliceKey, template.NewDict(0))
		if err := yield(Slice{Partition: d}); err != nil {
			return err
		}
	}
	return nil
}

type wideState struct {
	Wide   bool              `json:"use_global_cursor"`
	States []json.RawMessage `json:"states"`
	State  map[string]string `json:"state"`
}

// readWide reads n partitions with a record each, from a state, and gives the final one.
func readWide(t *testing.T, n int, state json.RawMessage, during func()) (wideState, json.RawMessage) {
	t.Helper()
	env := quietEnv(t, "{}")
	now := env.Now()
	env.Now = func() time.Time { now = now.Add(time.Millisecond); return now }
	sync := incremental(t, env, `{type: DatetimeBasedCursor, cursor_field: updated_at, datetime_format: "%Y-%m-%d", start_datetime: "2024-01-01"}`)
	c, err := sync.Open(CursorInput{Stream: "s", State: state, Router: &endlessRouter{n}})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Each(t.Context(), func(s Slice) error {
		observe(t, c, s, "2024-02-03")
		_, err := c.Close(s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	during()
	raw, err := c.Final()
	if err != nil {
		t.Fatal(err)
	}
	var final wideState
	if err := json.Unmarshal(raw, &final); err != nil {
		t.Fatal(err)
	}
	return final, raw
}

func TestManyPartitionsShareOneState(t *testing.T) {
	t.Parallel()
	state, raw := readWide(t, 10_001, nil, func() {})
	equal(t, "10,001 partitions", []any{state.Wide, len(state.States), state.State["updated_at"]}, []any{false, 10_001, "2024-02-03"})
	state, _ = readWide(t, 10_001, raw, func() {})
	equal(t, "the same again", []any{state.Wide, len(state.States)}, []any{true, 0})
	state, raw = readWide(t, 10_002, nil, func() {})
	equal(t, "10,002 partitions", []any{state.Wide, len(state.States), state.State["updated_at"]}, []any{true, 0, "2024-02-03"})
	state, _ = readWide(t, 3, raw, func() {})
	equal(t, "few again", []any{state.Wide, len(state.States)}, []any{true, 0})
}

// TestManyPartitionsTakeLittleMemory measures alone: it must not run beside others.
func TestManyPartitionsTakeLittleMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	readWide(t, 100_000, nil, func() {
		runtime.GC()
		runtime.ReadMemStats(&after)
	})
	const limit = 32 << 20
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > limit {
		t.Errorf("100,000 partitions hold %d bytes, want no more than %d", grown, limit)
	} else {
		t.Logf("100,000 partitions hold %d bytes", grown)
	}
}
