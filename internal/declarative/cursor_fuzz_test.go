package declarative

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/airfielddev/airfield/internal/template"
)

// FuzzCursorState opens cursors on any state: each gives an error, or slices and a state that it can go on from.
func FuzzCursorState(f *testing.F) {
	for _, state := range []string{
		``, `null`, `[]`, `{"updated_at":"2024-01-05"}`, `{"updated_at":null,"other":[1]}`, `{"updated_at":{"a":1}}`, `{"updated_at":1704412800}`,
		`{"state_type":"date-range","slices":[{"start":"2024-01-05","end":"2024-01-06"},{"start":"2024-02-05","end":"2024-02-06"}]}`,
		`{"state_type":"date-range","slices":{}}`, `{"state_type":"integer","slices":[{"end":7}]}`, `{"id":1e300}`,
		`{"states":[{"partition":{"id":1,"parent_slice":{}},"cursor":{"updated_at":"2024-01-05"}}],"lookback_window":"12","state":{"updated_at":"2024-01-07"}}`,
		`{"states":[{"partition":{},"cursor":{}}],"use_global_cursor":true,"lookback_window":1e300,"parent_state":{"p":{}}}`,
		`{"updated_at":"0001-01-01","lookback_window":-1,"state":{"updated_at":"0001-01-01"}}`, `{"states":1,"state":[]}`,
		`{"state":{"updated_at":"9999-12-31"},"lookback_window":99999999999}`, `{"1":{"updated_at":"2024-01-01"}}`,
	} {
		f.Add([]byte(state))
	}
	const cursor = `{type: DatetimeBasedCursor, cursor_field: updated_at, datetime_format: "%Y-%m-%d", cursor_datetime_formats: ["%s"],
		start_datetime: "2024-01-01", end_datetime: "2024-03-01", step: P1M, cursor_granularity: P1D, lookback_window: P3D}`
	datetimes := incremental(f, quietEnv(f, "{}"), cursor)
	counts, err := component(f, "IncrementingCountCursor", `{type: IncrementingCountCursor, cursor_field: id}`, new(IncrementingCountCursor)).
		Build(quietEnv(f, "{}"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"other":1e700}`))
	f.Fuzz(func(t *testing.T, state []byte) {
		readFrom(t, datetimes, CursorInput{Stream: "s", State: state})
		readFrom(t, counts, CursorInput{Stream: "s", State: state})
		id := template.NewDict(2)
		id.Set("id", int64(1))
		id.Set(parentSliceKey, template.NewDict(0))
		readFrom(t, datetimes, CursorInput{Stream: "s", State: state, Router: &countedRouter{list: []*template.Dict{id}}})
	})
}

var errTooMany = errors.New("too many slices")

// readFrom reads all slices from a state, and then opens the cursor again on what it left.
func readFrom(t *testing.T, sync IncrementalSync, in CursorInput) {
	t.Helper()
	c, err := sync.Open(in)
	if err != nil {
		return
	}
	n := 0
	err = c.Each(t.Context(), func(s Slice) error {
		if n++; n > 100 {
			return errTooMany
		}
		if _, err := c.Query(s); err != nil {
			t.Errorf("%s: %v", in.State, err)
		}
		state, err := c.Close(s)
		if err == nil && state != nil && !json.Valid(state) {
			t.Errorf("%s: closing a slice gives %s", in.State, state)
		}
		return err
	})
	if err != nil && !errors.Is(err, errTooMany) {
		return
	}
	state, err := c.Final()
	if err != nil {
		t.Fatalf("%s: %v", in.State, err)
	}
	if !json.Valid(state) {
		t.Fatalf("%s: the state is %s", in.State, state)
	}
	in.State = state
	if _, err := sync.Open(in); err != nil {
		t.Errorf("the state that came of %s is refused: %v", state, err)
	}
}
