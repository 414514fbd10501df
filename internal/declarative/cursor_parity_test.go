package declarative

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/template"
)

// parityVector is a run of the reference implementation, release 7.39.1: a cursor, the state it began with, and all that came of
// it.
type parityVector struct {
	Cursor   json.RawMessage     `json:"cursor"`
	State    json.RawMessage     `json:"state"`
	Slices   []any               `json:"slices"`
	Closes   []int               `json:"closes"`
	Observed map[string][]string `json:"observed"`
	Synced   map[string]bool     `json:"synced"` // whether a record with that value is taken when records are filtered here
	States   []any               `json:"states"` // after each close, then the final one
}

func TestDatetimeCursorParity(t *testing.T) {
	t.Parallel()
	for i, v := range vectors[parityVector](t, "reference_datetime_cursor.json") {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			definition := component(t, "DatetimeBasedCursor", string(v.Cursor), new(DatetimeBasedCursor))
			definition.ClientSide = true
			sync, err := definition.Build(quietEnv(t, "{}"))
			if err != nil {
				t.Fatal(err)
			}
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
				t.Fatalf("%s\n%s\nslices (-want +got):\n%s", v.Cursor, v.State, d)
			}
			checkAdmitted(t, c, v.Synced)
			if d := cmp.Diff(v.States, closeInOrder(t, c, list, v)); d != "" {
				t.Errorf("%s\n%s\nstates (-want +got):\n%s", v.Cursor, v.State, d)
			}
		})
	}
}

func checkAdmitted(t *testing.T, c Cursor, want map[string]bool) {
	t.Helper()
	q, err := c.Query(Slice{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for value := range want {
		record := template.NewDict(1)
		record.Set("updated_at", value)
		got[value] = q.Admit(record)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("records that are taken (-want +got):\n%s", d)
	}
}

// partitionParityVector is a run of the reference implementation's cursor of partitions. In none of them is there a partition with
// nothing to read: the reference takes such for never read, and keeps the parents' state back until the end.
type partitionParityVector struct {
	parityVector

	Partitions []json.RawMessage `json:"partitions"`
	Parents    bool              `json:"parents"` // whether the router has a state
}

// parentRouter is a router whose parents' state changes with every second partition.
type parentRouter struct {
	countedRouter
	stateless bool
}

func (r *parentRouter) Open(json.RawMessage) (Partitions, error) { return r, nil }

func (r *parentRouter) ParentState() json.RawMessage {
	if r.stateless {
		return nil
	}
	return fmt.Appendf(nil, `{"parent":{"u":"2024-02-%02d"}}`, r.came/2)
}

func TestPartitionCursorParity(t *testing.T) {
	t.Parallel()
	for i, v := range vectors[partitionParityVector](t, "reference_partition_cursor.json") {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			router := &parentRouter{stateless: !v.Parents}
			for _, raw := range v.Partitions {
				p, err := template.DecodeJSON(raw)
				if err != nil {
					t.Fatal(err)
				}
				router.list = append(router.list, p.(*template.Dict))
			}
			sync := incremental(t, quietEnv(t, "{}"), string(v.Cursor))
			c, err := sync.Open(CursorInput{Stream: "s", State: v.State, Router: router})
			if err != nil {
				t.Fatal(err)
			}
			list := allSlices(t, c)
			got := []any{}
			for _, s := range list {
				got = append(got, plain(t, s.Dict()))
			}
			if d := cmp.Diff(v.Slices, got); d != "" {
				t.Fatalf("%s\n%s\nslices (-want +got):\n%s", v.Cursor, v.State, d)
			}
			states := closeInOrder(t, c, list, v.parityVector)
			if d := cmp.Diff(v.States, states); d != "" {
				t.Errorf("%s\n%s\nstates (-want +got):\n%s", v.Cursor, v.State, d)
			}
		})
	}
}

// closeInOrder closes slices in the order of a vector, and gives the states that came of it and the final one.
func closeInOrder(t *testing.T, c Cursor, list []Slice, v parityVector) []any {
	t.Helper()
	var states []any
	for _, i := range v.Closes {
		observe(t, c, list[i], v.Observed[strconv.Itoa(i)]...)
		state, err := c.Close(list[i])
		if err != nil {
			t.Fatal(err)
		}
		if state != nil {
			states = append(states, plain(t, state))
		}
	}
	state, err := c.Final()
	if err != nil {
		t.Fatal(err)
	}
	return append(states, plain(t, state))
}
