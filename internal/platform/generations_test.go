package platform_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// generations writes for each stream of a run how it is written, its generation and the oldest to be kept, and its state.
func generations(run platform.Run) []string {
	states := map[protocol.StreamDescriptor]string{}
	for _, s := range run.State {
		if s.Stream != nil {
			states[s.Stream.StreamDescriptor] = " " + string(s.Stream.StreamState)
		}
		if s.Global != nil {
			states[protocol.StreamDescriptor{}] = "shared " + string(s.Global.SharedState)
			for _, stream := range s.Global.StreamStates {
				states[stream.StreamDescriptor] = " " + string(stream.StreamState)
			}
		}
	}
	var lines []string
	for _, s := range run.Catalog.Streams {
		lines = append(lines, fmt.Sprintf("%s %s/%s %d/%d%s", s.Stream.Name, s.SyncMode, s.DestinationSyncMode, s.GenerationID, s.MinimumGenerationID, states[s.Descriptor()]))
	}
	if shared := states[protocol.StreamDescriptor{}]; shared != "" {
		lines = append(lines, shared)
	}
	return lines
}

// attempt starts the next attempt, compares it, commits the states n and ends it.
func (d *deployment) attempt(t *testing.T, r platform.AttemptResult, n int, want ...string) {
	t.Helper()
	run := d.next(t)
	if diff := cmp.Diff(want, generations(run)); diff != "" {
		t.Errorf("attempt %d of job %d (-want +got):\n%s", run.Attempt.Number, run.Job.ID, diff)
	}
	if n > 0 {
		var states []*protocol.State
		for _, s := range run.Catalog.Streams {
			if s.SyncID != run.Job.ID {
				t.Errorf("sync id %d of job %d", s.SyncID, run.Job.ID)
			}
			states = append(states, protocol.NewStreamState(s.Descriptor(), fmt.Appendf(nil, "%d", n)))
		}
		if err := d.CommitStates(t.Context(), run.Job.ID, run.Attempt.Number, states, nil, platform.Stats{RecordsCommitted: 1}); err != nil {
			t.Fatal(err)
		}
	}
	d.finish(t, run, r)
}

var (
	fullOverwrite = platform.StreamChoice{Name: "customers"}                                              // resumable
	fullAppend    = platform.StreamChoice{Name: "views", Namespace: "a", SyncMode: "full_refresh_append"} // not resumable
	changes       = platform.StreamChoice{Name: "orders", SyncMode: "incremental_deduped_history"}
	partly        = failed("system_error", 1)
)

func TestGenerationsOfSyncs(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, fullOverwrite, fullAppend, changes)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	d.attempt(t, partly, 1, "customers full_refresh/overwrite 1/1", "views full_refresh/append 1/0", "orders incremental/append_dedup 0/0")
	d.attempt(t, partly, 2, "customers full_refresh/overwrite 1/1 1", "views full_refresh/append 2/0", "orders incremental/append_dedup 0/0 1")
	d.attempt(t, succeeded, 3, "customers full_refresh/overwrite 1/1 2", "views full_refresh/append 3/0", "orders incremental/append_dedup 0/0 2")
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	d.attempt(t, succeeded, 0, "customers full_refresh/overwrite 2/2", "views full_refresh/append 4/0", "orders incremental/append_dedup 0/0 3")
}

func TestGenerationsWithoutRefreshes(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connectTo(t, plainID, fullOverwrite, changes)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	d.attempt(t, partly, 1, "customers full_refresh/overwrite 1/1", "orders incremental/append_dedup 0/0")
	d.attempt(t, succeeded, 2, "customers full_refresh/overwrite 2/2", "orders incremental/append_dedup 0/0 1")
	d.create(t, c.ID, platform.JobClear, platform.JobOptions{Streams: []protocol.StreamDescriptor{orders}})
	d.attempt(t, succeeded, 0, "orders full_refresh/overwrite 1/1")
}

func TestGenerationsOfRefreshes(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, fullAppend, changes, platform.StreamChoice{Name: "customers", SyncMode: "incremental_append", CursorField: []string{"at"}})
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	d.attempt(t, succeeded, 1, "views full_refresh/append 1/0", "orders incremental/append_dedup 0/0", "customers incremental/append 0/0")
	d.create(t, c.ID, platform.JobRefresh, platform.JobOptions{Streams: []protocol.StreamDescriptor{orders}})
	d.attempt(t, partly, 2, "views full_refresh/append 2/0", "orders incremental/append_dedup 1/1", "customers incremental/append 0/0 1")
	d.attempt(t, succeeded, 3, "views full_refresh/append 3/0", "orders incremental/append_dedup 1/1 2", "customers incremental/append 0/0 2")
	d.create(t, c.ID, platform.JobRefresh, platform.JobOptions{RefreshMode: platform.RefreshMerge, Streams: []protocol.StreamDescriptor{orders}})
	d.attempt(t, succeeded, 4, "views full_refresh/append 4/0", "orders incremental/append_dedup 2/0", "customers incremental/append 0/0 3")
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	d.attempt(t, succeeded, 0, "views full_refresh/append 5/0", "orders incremental/append_dedup 2/0 4", "customers incremental/append 0/0 4")
}

func TestGenerationsOfClears(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, fullOverwrite, changes)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	d.attempt(t, succeeded, 1, "customers full_refresh/overwrite 1/1", "orders incremental/append_dedup 0/0")
	d.create(t, c.ID, platform.JobClear, platform.JobOptions{Streams: []protocol.StreamDescriptor{orders}})
	d.attempt(t, partly, 0, "orders full_refresh/append_dedup 1/1")
	d.wantState(t, c.ID, streamStates(streamState(customers, "1")))
	d.attempt(t, succeeded, 0, "orders full_refresh/append_dedup 1/1")
	d.create(t, c.ID, platform.JobReset, platform.JobOptions{})
	d.attempt(t, succeeded, 0, "customers full_refresh/overwrite 2/2", "orders full_refresh/append_dedup 2/2")
	d.wantState(t, c.ID, platform.ConnectionState{})
}

func TestGlobalStateIsClearedWhole(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, changes, platform.StreamChoice{Name: "customers", SyncMode: "incremental_append", CursorField: []string{"at"}})
	set := func() {
		t.Helper()
		if _, err := d.SetState(t.Context(), c.ID, globalState(`{"lsn":1}`, streamState(orders, `1`), streamState(customers, `2`)), true); err != nil {
			t.Fatal(err)
		}
	}
	set()
	d.create(t, c.ID, platform.JobRefresh, platform.JobOptions{Streams: []protocol.StreamDescriptor{orders}})
	d.attempt(t, succeeded, 0, "orders incremental/append_dedup 1/1", "customers incremental/append 0/0 2", `shared {"lsn":1}`)
	set()
	d.create(t, c.ID, platform.JobRefresh, platform.JobOptions{})
	d.attempt(t, succeeded, 0, "orders incremental/append_dedup 2/2", "customers incremental/append 1/1")
	d.wantState(t, c.ID, platform.ConnectionState{})
}
