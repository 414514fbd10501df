package platform_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

var (
	customers = protocol.StreamDescriptor{Name: "customers"}
	orders    = protocol.StreamDescriptor{Name: "orders", Namespace: "shop"}
)

func streamState(d protocol.StreamDescriptor, blob string) protocol.StreamState {
	s := protocol.StreamState{StreamDescriptor: d}
	if blob != "" {
		s.StreamState = json.RawMessage(blob)
	}
	return s
}

func streamStates(streams ...protocol.StreamState) platform.ConnectionState {
	return platform.ConnectionState{Type: protocol.StateTypeStream, Streams: streams}
}

func globalState(shared string, streams ...protocol.StreamState) platform.ConnectionState {
	s := platform.ConnectionState{Type: protocol.StateTypeGlobal, Streams: streams}
	if shared != "" {
		s.Shared = json.RawMessage(shared)
	}
	return s
}

func (d *deployment) wantState(t *testing.T, connectionID string, want platform.ConnectionState) {
	t.Helper()
	got, err := d.State(t.Context(), connectionID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

func TestSetState(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	set := func(s, want platform.ConnectionState) {
		t.Helper()
		got, err := d.SetState(t.Context(), c.ID, s, true)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("answered (-want +got):\n%s", diff)
		}
		d.wantState(t, c.ID, want)
	}
	refuse := func(s platform.ConnectionState) {
		t.Helper()
		_, err := d.SetState(t.Context(), c.ID, s, true)
		refused(t, err, platform.ErrInvalid)
	}
	none := platform.ConnectionState{}
	set(none, none)
	legacy := platform.ConnectionState{Type: protocol.StateTypeLegacy, Legacy: json.RawMessage(`{"z":1,"a":2}`)}
	set(legacy, legacy)
	set(streamStates(streamState(customers, `{"n":12345678901234567890}`)), streamStates(streamState(customers, `{"n":12345678901234567890}`)))
	set(streamStates(streamState(orders, `{"b":1}`)), streamStates(streamState(customers, `{"n":12345678901234567890}`), streamState(orders, `{"b":1}`)))
	set(streamStates(streamState(customers, "null")), streamStates(streamState(orders, `{"b":1}`)))
	refuse(globalState(`{}`))
	refuse(legacy)
	refuse(streamStates(streamState(protocol.StreamDescriptor{}, `{}`)))
	refuse(streamStates(streamState(orders, `{`)))
	refuse(platform.ConnectionState{Type: "SIDEWAYS"})
	set(none, none)
	set(globalState(`{"lsn":42}`, streamState(orders, `{}`)), globalState(`{"lsn":42}`, streamState(orders, `{}`)))
	set(globalState("", streamState(customers, `{}`)), globalState("", streamState(customers, `{}`), streamState(orders, `{}`)))
	_, err := d.SetState(t.Context(), "nothing", none, true)
	refused(t, err, platform.ErrNotFound)
}

func TestSetStateWhileSyncing(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	state := streamStates(streamState(orders, `{}`))
	set := func(safe bool) error {
		_, err := d.SetState(t.Context(), c.ID, state, safe)
		return err
	}
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	refused(t, set(true), platform.ErrSyncRunning)
	run := d.next(t)
	refused(t, set(true), platform.ErrSyncRunning)
	if err := set(false); err != nil {
		t.Error(err)
	}
	d.finish(t, run, succeeded)
	if err := set(true); err != nil {
		t.Error(err)
	}
	d.create(t, c.ID, platform.JobReset, platform.JobOptions{})
	if err := set(true); err != nil {
		t.Errorf("beside a reset: %v", err)
	}
}
