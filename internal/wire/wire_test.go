package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/wire"
)

func TestListIsNeverNull(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(struct {
		None, Empty, Some wire.List[int]
	}{nil, wire.List[int]{}, wire.List[int]{1}})
	if err != nil || string(text) != `{"None":[],"Empty":[],"Some":[1]}` {
		t.Errorf("%s, %v", text, err)
	}
}

func TestEnumsFoldCase(t *testing.T) {
	t.Parallel()
	f := func(text string, want wire.JobStatus, known bool) {
		t.Helper()
		var got wire.JobStatus
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want || wire.Known(got) != known {
			t.Errorf("%s: %q, known %v, %v", text, got, wire.Known(got), err)
		}
	}
	f(`"running"`, wire.JobRunning, true)
	f(`"RUNNING"`, wire.JobRunning, true)
	f(`"paused"`, "paused", false)
	f(`null`, "", false)
}

func TestMembersKeepOrderAndNumbers(t *testing.T) {
	t.Parallel()
	const text = `{"z":1.00,"a":{"y":2,"b":[1e400]},"é\"":null}`
	members, err := wire.Members([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range members {
		names = append(names, m.Name)
	}
	if diff := cmp.Diff([]string{"z", "a", `é"`}, names); diff != "" {
		t.Error(diff)
	}
	again, err := wire.Object(members)
	if err != nil || string(again) != text {
		t.Errorf("%s, %v", again, err)
	}
	if none, err := wire.Members([]byte(" null ")); err != nil || len(none) != 0 {
		t.Errorf("null: %v, %v", none, err)
	}
	for _, bad := range []string{``, `[]`, `7`, `{`, `{"a"`, `{"a":}`, `{"a":1`} {
		if m, err := wire.Members([]byte(bad)); err == nil {
			t.Errorf("%q: %v", bad, m)
		}
	}
	if text, err := wire.Object(nil); err != nil || string(text) != "{}" {
		t.Errorf("%s, %v", text, err)
	}
}

func FuzzMembers(f *testing.F) {
	f.Add(`{"a":1,"a":2,"b":{"c":[]}}`)
	f.Add(`{"\u0000":"\ud800"}`)
	f.Fuzz(func(t *testing.T, text string) {
		members, err := wire.Members([]byte(text))
		if err != nil {
			return
		}
		printed, err := wire.Object(members)
		if err != nil || !json.Valid(printed) {
			t.Fatalf("%q is printed as %q, %v", text, printed, err)
		}
		again, err := wire.Members(printed)
		if diff := cmp.Diff(members, again); err != nil || diff != "" {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	})
}
