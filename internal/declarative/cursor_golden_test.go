package declarative

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// quietEnv is an environment that reaches nothing.
func quietEnv(tb testing.TB, config string) *Env {
	tb.Helper()
	v, err := template.DecodeJSON([]byte(config))
	if err != nil {
		tb.Fatal(err)
	}
	now := time.Date(2024, time.March, 1, 0, 0, 0, 0, time.UTC)
	return &Env{
		Config: v.(*template.Dict), Now: func() time.Time { return now },
		Sleep:   func(context.Context, time.Duration) error { return nil },
		Log:     func(protocol.Level, string, ...any) {},
		Control: func(protocol.Control) error { return nil },
	}
}

// component decodes a component that is written as JSON or YAML.
func component[T any](tb testing.TB, name, text string, into T) T {
	tb.Helper()
	doc, err := manifest.Parse("test.yaml", []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	if err := manifest.Decode(doc, name, into, Registry(), manifest.Options{}).Err(); err != nil {
		tb.Fatal(err)
	}
	return into
}

func incremental(tb testing.TB, env *Env, text string) IncrementalSync {
	tb.Helper()
	s, err := component(tb, "DatetimeBasedCursor", text, new(DatetimeBasedCursor)).Build(env)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func vectors[T any](t *testing.T, name string) []T {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var list []T
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("no vectors")
	}
	return list
}

func allSlices(tb testing.TB, c Cursor) []Slice {
	tb.Helper()
	var list []Slice
	err := c.Each(tb.Context(), func(s Slice) error {
		list = append(list, s)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

func plain(tb testing.TB, v any) any {
	tb.Helper()
	b, ok := v.(json.RawMessage)
	if !ok {
		var err error
		if b, err = template.AppendJSON(nil, v); err != nil {
			tb.Fatal(err)
		}
	}
	var p any
	if err := json.Unmarshal(b, &p); err != nil {
		tb.Fatalf("%s: %v", b, err)
	}
	return p
}

func observe(tb testing.TB, c Cursor, s Slice, values ...string) {
	tb.Helper()
	for _, v := range values {
		record := template.NewDict(1)
		record.Set("updated_at", v)
		if err := c.Observe(s, record); err != nil {
			tb.Fatal(err)
		}
	}
}

type datetimeVector struct {
	Name     string              `json:"name"`
	State    json.RawMessage     `json:"state"`
	Start    string              `json:"start"`
	End      string              `json:"end"`
	Step     string              `json:"step"`
	Gran     string              `json:"gran"`
	Look     string              `json:"look"`
	Format   string              `json:"fmt"`
	Inputs   []string            `json:"inp"`
	Slices   []any               `json:"slices"`
	Closes   []int               `json:"close_order"`
	Observed map[string][]string `json:"observed"`
	States   []any               `json:"states_after_each_close_then_final"`
}

func (v datetimeVector) manifest(tb testing.TB) string {
	tb.Helper()
	if v.Format == "" {
		v.Format = "%Y-%m-%d"
	}
	moment := func(s string) map[string]string {
		return map[string]string{"datetime": s, "datetime_format": "%Y-%m-%dT%H:%M:%S%z"}
	}
	fields := map[string]any{
		"type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": v.Format,
		"start_datetime": moment(v.Start), "end_datetime": moment(v.End),
	}
	if v.Step != "" {
		fields["step"], fields["cursor_granularity"] = v.Step, v.Gran
	}
	if v.Look != "" {
		fields["lookback_window"] = v.Look
	}
	if v.Inputs != nil {
		fields["cursor_datetime_formats"] = v.Inputs
	}
	b, err := json.Marshal(fields)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func TestDatetimeCursorVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors[datetimeVector](t, "datetime_cursor.json") {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			sync := incremental(t, quietEnv(t, "{}"), v.manifest(t))
			c, err := sync.Open(CursorInput{Stream: "s", State: v.State})
			if err != nil {
				t.Fatal(err)
			}
			list := allSlices(t, c)
			got := []any{}
			for _, s := range list {
				got = append(got, plain(t, s.Interval))
			}
			if d := cmp.Diff(v.Slices, got); d != "" {
				t.Fatalf("slices (-want +got):\n%s", d)
			}
			var states []any
			for _, i := range v.Closes {
				observe(t, c, list[i], v.Observed[strconv.Itoa(i)]...)
				state, err := c.Close(list[i])
				if err != nil {
					t.Fatal(err)
				}
				states = append(states, plain(t, state))
			}
			state, err := c.Final()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(v.States, append(states, plain(t, state))); d != "" {
				t.Errorf("states (-want +got):\n%s", d)
			}
		})
	}
}

type partitionVector struct {
	Name       string              `json:"name"`
	State      json.RawMessage     `json:"state"`
	Partitions []json.RawMessage   `json:"partitions"`
	Observed   map[string][]string `json:"observed"`
	Slices     []any               `json:"slices"`
	First      any                 `json:"first_state"`
	Final      any                 `json:"final_state"`
}

// countedRouter lists fixed partitions; the state of its parents is the number of those that came.
type countedRouter struct {
	list []*template.Dict
	came int
}

func (r *countedRouter) Open(json.RawMessage) (Partitions, error) { return r, nil }
func (r *countedRouter) Options(Slice) (Options, error)           { return Options{}, nil }

func (r *countedRouter) ParentState() json.RawMessage {
	return fmt.Appendf(nil, `{"parent":{"u":"2024-02-%02d"}}`, r.came)
}

func (r *countedRouter) Each(_ context.Context, yield func(Slice) error) error {
	for _, d := range r.list {
		r.came++
		if err := yield(Slice{Partition: d}); err != nil {
			return err
		}
	}
	return nil
}

func TestPartitionCursorVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors[partitionVector](t, "per_partition_cursor.json") {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			text := `{type: DatetimeBasedCursor, cursor_field: updated_at, datetime_format: "%Y-%m-%d",
				start_datetime: "2024-01-01", end_datetime: "2024-01-10", global_substream_cursor: ` +
				strconv.FormatBool(v.Name == "global_substream_cursor") + `}`
			router := new(countedRouter)
			for _, raw := range v.Partitions {
				p, err := template.DecodeJSON(raw)
				if err != nil {
					t.Fatal(err)
				}
				router.list = append(router.list, p.(*template.Dict))
			}
			c, err := incremental(t, quietEnv(t, "{}"), text).Open(CursorInput{Stream: "s", State: v.State, Router: router})
			if err != nil {
				t.Fatal(err)
			}
			slices, states := readPartitions(t, c, v.Observed)
			if d := cmp.Diff(v.Slices, slices); d != "" {
				t.Fatalf("slices (-want +got):\n%s", d)
			}
			if d := cmp.Diff([]any{v.First, v.Final}, states); d != "" {
				t.Errorf("states (-want +got):\n%s", d)
			}
		})
	}
}

// readPartitions closes every slice as it comes. It gives the slices, the states that came of closing them, and the final one.
func readPartitions(t *testing.T, c Cursor, observed map[string][]string) (slices, states []any) {
	t.Helper()
	slices = []any{}
	err := c.Each(t.Context(), func(s Slice) error {
		slices = append(slices, plain(t, s.Dict()))
		id, _ := s.Partition.Get("id")
		observe(t, c, s, observed[template.Str(id)]...)
		state, err := c.Close(s)
		if state != nil {
			states = append(states, plain(t, state))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	state, err := c.Final()
	if err != nil {
		t.Fatal(err)
	}
	return slices, append(states, plain(t, state))
}
