package platform_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

func TestOneSyncAtATime(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	var made atomic.Int64
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			_, err := d.CreateJob(t.Context(), c.ID, platform.JobSync, platform.JobOptions{})
			switch {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, platform.ErrSyncRunning):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if made.Load() != 1 || d.engine.woken == 0 {
		t.Errorf("%d syncs were made, the engine was woken %d times", made.Load(), d.engine.woken)
	}
	_, err := d.CreateJob(t.Context(), c.ID, platform.JobRefresh, platform.JobOptions{})
	if e := refused(t, err, platform.ErrSyncRunning, c.ID); e.Problem != "try-again-later" {
		t.Errorf("got problem %q", e.Problem)
	}
}

func TestClaimOneOfAConnection(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	first, second := d.connect(t), d.connect(t)
	d.create(t, first.ID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	d.create(t, first.ID, platform.JobReset, platform.JobOptions{})
	if _, ok, err := d.ClaimJob(t.Context()); ok || err != nil {
		t.Errorf("claimed a second job of a connection: %v, %v", ok, err)
	}
	if !slices.Equal(d.engine.cancelled, []int64{run.Job.ID}) {
		t.Errorf("the reset has cancelled %v", d.engine.cancelled)
	}
	d.create(t, second.ID, platform.JobSync, platform.JobOptions{})
	if other := d.next(t); other.Connection.ID != second.ID {
		t.Error("claimed a job of the busy connection")
	}
	if j := d.finish(t, run, failed("system_error", 0)); j.Status != platform.JobCancelled {
		t.Errorf("the sync is %s", j.Status)
	}
	if reset := d.next(t); reset.Job.Type != platform.JobReset || !reset.ClearsOnly {
		t.Errorf("got %+v", reset.Job)
	}
}

func TestInactiveConnection(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Status: new(platform.ConnectionInactive)}); err != nil {
		t.Fatal(err)
	}
	_, err := d.CreateJob(t.Context(), c.ID, platform.JobSync, platform.JobOptions{})
	if e := refused(t, err, platform.ErrConflict, "inactive"); e.Problem != "state-conflict" {
		t.Errorf("got problem %q", e.Problem)
	}
	d.create(t, c.ID, platform.JobClear, platform.JobOptions{})
	_, err = d.CreateJob(t.Context(), c.ID, platform.JobClear, platform.JobOptions{Streams: []protocol.StreamDescriptor{{Name: "nothing"}}})
	refused(t, err, platform.ErrInvalid, "nothing")
}

func TestCancel(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	cancel := func(id int64, want platform.JobStatus) {
		t.Helper()
		j, err := d.CancelJob(t.Context(), id)
		if err != nil || j.Status != want {
			t.Errorf("cancelling job %d: got %s, %v; want %s", id, j.Status, err, want)
		}
	}
	old := d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	cancel(old.ID, platform.JobCancelled)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	cancel(old.ID, platform.JobCancelled)
	if len(d.engine.cancelled) != 0 {
		t.Errorf("cancelling a final job has stopped %v", d.engine.cancelled)
	}
	cancel(run.Job.ID, platform.JobRunning)
	if !slices.Equal(d.engine.cancelled, []int64{run.Job.ID}) {
		t.Errorf("the engine was asked to cancel %v", d.engine.cancelled)
	}
	j := d.finish(t, run, platform.AttemptResult{Status: platform.OutcomeCancelled})
	if j.Status != platform.JobCancelled || j.Attempts[0].Status != platform.AttemptFailed || j.Attempts[0].Failures[0].Type != "manual_cancellation" {
		t.Errorf("got %+v", j)
	}
	_, err := d.FinishAttempt(t.Context(), run.Job.ID, 0, succeeded)
	refused(t, err, platform.ErrConflict)
	refusedCommit := d.CommitStates(t.Context(), run.Job.ID, 0, []*protocol.State{protocol.NewStreamState(customers, []byte(`{}`))}, nil, platform.Stats{})
	refused(t, refusedCommit, platform.ErrConflict)
	d.wantState(t, c.ID, platform.ConnectionState{})
	_, err = d.CancelJob(t.Context(), 999)
	refused(t, err, platform.ErrNotFound)
}

func TestCancelBetweenClaimAndStart(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	claimed, _, err := d.ClaimJob(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.CancelJob(t.Context(), claimed.ID); err != nil {
		t.Fatal(err)
	}
	_, err = d.StartAttempt(t.Context(), claimed.ID)
	refused(t, err, platform.ErrConflict, "cancelled")
	if j, err := d.Job(t.Context(), claimed.ID); err != nil || j.Status != platform.JobCancelled {
		t.Errorf("got %s, %v", j.Status, err)
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	attempt := func(r platform.AttemptResult, want platform.JobStatus, wait time.Duration) {
		t.Helper()
		j := d.finish(t, d.next(t), r)
		waits := time.Duration(0)
		if !j.NotBefore.IsZero() {
			waits = j.NotBefore.Sub(d.clock.now())
		}
		if j.Status != want || waits != wait {
			t.Errorf("attempt %d: got %s after %v, want %s after %v", len(j.Attempts)-1, j.Status, waits, want, wait)
		}
		if wait > 0 {
			if _, ok, _ := d.ClaimJob(t.Context()); ok {
				t.Error("the job did not wait")
			}
			d.wakes(t, j.NotBefore.Sub(noon))
			d.clock.advance(wait)
		}
	}
	nothing, some := failed("system_error", 0), failed("transient_error", 5)
	attempt(nothing, platform.JobIncomplete, 10*time.Second)
	attempt(nothing, platform.JobIncomplete, 30*time.Second)
	attempt(platform.AttemptResult{Status: platform.OutcomeInterrupted}, platform.JobIncomplete, 0)
	attempt(nothing, platform.JobIncomplete, 90*time.Second)
	attempt(some, platform.JobIncomplete, 0)
	for _, wait := range []time.Duration{10, 30, 90, 270} {
		attempt(nothing, platform.JobIncomplete, wait*time.Second)
	}
	attempt(nothing, platform.JobFailed, 0)
	j, err := d.Jobs(t.Context(), platform.JobFilter{ConnectionID: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	last := j[0].Attempts[len(j[0].Attempts)-1].Failures
	if got := last[len(last)-1].Message; got != "Job failed after too many retries for connection "+c.ID {
		t.Errorf("the last failure is %q", got)
	}
}

func TestPartialFailuresHaveALimit(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	d.create(t, d.connect(t).ID, platform.JobSync, platform.JobOptions{})
	for n := 1; ; n++ {
		j := d.finish(t, d.next(t), failed("system_error", 1))
		if j.Status == platform.JobFailed {
			if n != 20 {
				t.Errorf("the job failed after %d attempts, want 20", n)
			}
			return
		}
	}
}

func TestConfigErrorIsNotRetried(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	r := failed("config_error", 5)
	r.Failures = append(r.Failures, platform.Failure{Type: "system_error"})
	if j := d.finish(t, d.next(t), r); j.Status != platform.JobFailed || len(j.Attempts[0].Failures) != 2 {
		t.Errorf("got %s with %+v", j.Status, j.Attempts[0].Failures)
	}
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	r = failed("system_error", 0)
	r.Failures = append(r.Failures, platform.Failure{Type: "config_error"})
	if j := d.finish(t, d.next(t), r); j.Status != platform.JobIncomplete {
		t.Errorf("a configuration error that is not the first: got %s", j.Status)
	}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	running, claimed, cancelled := d.connect(t), d.connect(t), d.connect(t)
	d.create(t, running.ID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	if err := d.CommitStates(t.Context(), run.Job.ID, 0, []*protocol.State{protocol.NewStreamState(customers, []byte(`{"n":7}`))}, nil, platform.Stats{RecordsCommitted: 7}); err != nil {
		t.Fatal(err)
	}
	second := d.create(t, claimed.ID, platform.JobSync, platform.JobOptions{})
	if _, ok, err := d.ClaimJob(t.Context()); !ok || err != nil {
		t.Fatal(ok, err)
	}
	d.create(t, cancelled.ID, platform.JobSync, platform.JobOptions{})
	third := d.next(t)
	if _, err := d.CancelJob(t.Context(), third.Job.ID); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := func(id int64, status platform.JobStatus) platform.Job {
		t.Helper()
		j, err := d.Job(t.Context(), id)
		if err != nil || j.Status != status {
			t.Errorf("job %d: got %s, %v; want %s", id, j.Status, err, status)
		}
		return j
	}
	want(second.ID, platform.JobPending)
	want(third.Job.ID, platform.JobCancelled)
	a := want(run.Job.ID, platform.JobIncomplete).Attempts[0]
	if a.Status != platform.AttemptFailed || !a.Interrupted || a.EndedAt.IsZero() || a.Stats.RecordsCommitted != 7 || a.Failures[0].Type != "system_error" {
		t.Errorf("the attempt is %+v", a)
	}
	d.wantState(t, running.ID, streamStates(streamState(customers, `{"n":7}`)))
	if again := d.next(t); again.Job.ID != run.Job.ID || again.Attempt.Number != 1 {
		t.Errorf("went on with attempt %d of job %d", again.Attempt.Number, again.Job.ID)
	}
}

func TestJobThatCannotRun(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	claimed, _, err := d.ClaimJob(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = d.store.Write(t.Context(), func(tb platform.Tables) error {
		a, err := tb.Actors.Get(t.Context(), c.SourceID)
		if err != nil {
			return err
		}
		a.Config = []byte(`"bm90IHNlYWxlZA=="`)
		return tb.Actors.Update(t.Context(), a)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.StartAttempt(t.Context(), claimed.ID)
	refused(t, err, platform.ErrConflict, "cannot be read")
	j, err := d.Job(t.Context(), claimed.ID)
	if err != nil || j.Status != platform.JobFailed || len(j.Attempts) != 1 || j.Attempts[0].Failures[0].Type != "config_error" {
		t.Errorf("got %+v, %v", j, err)
	}
}

func TestCommitStates(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "customers", SyncMode: "incremental_append", CursorField: []string{"at"}},
		platform.StreamChoice{Name: "orders", SyncMode: "incremental_append"})
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	commit := func(total int64, states ...*protocol.State) {
		t.Helper()
		streams := []platform.StreamStats{{Stream: orders, Stats: platform.Stats{RecordsCommitted: total}, Status: protocol.StreamRunning}}
		if err := d.CommitStates(t.Context(), run.Job.ID, 0, states, streams, platform.Stats{RecordsCommitted: total}); err != nil {
			t.Fatal(err)
		}
	}
	global := func(shared string, streams ...protocol.StreamState) *protocol.State {
		return &protocol.State{Type: protocol.StateTypeGlobal, Global: &protocol.GlobalState{SharedState: []byte(shared), StreamStates: streams}}
	}
	commit(1, &protocol.State{Data: []byte(`{"old":1}`)})
	commit(2, protocol.NewStreamState(orders, []byte(`{"n":1}`)), protocol.NewStreamState(customers, []byte(`{}`)), protocol.NewStreamState(orders, []byte(`{"n":2}`)))
	d.wantState(t, c.ID, streamStates(streamState(customers, `{}`), streamState(orders, `{"n":2}`)))
	commit(3, protocol.NewStreamState(customers, nil))
	d.wantState(t, c.ID, streamStates(streamState(orders, `{"n":2}`)))
	commit(4, global(`{"lsn":1}`, streamState(orders, `{}`)), global(`{"lsn":2}`, streamState(customers, `{}`)))
	d.wantState(t, c.ID, globalState(`{"lsn":2}`, streamState(customers, `{}`), streamState(orders, `{}`)))
	if err := d.Progress(t.Context(), run.Job.ID, 0, []platform.StreamStats{{Stream: customers, Stats: platform.Stats{RecordsEmitted: 9}}}, platform.Stats{RecordsEmitted: 9}); err != nil {
		t.Fatal(err)
	}
	j, err := d.Job(t.Context(), run.Job.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []platform.StreamStats{
		{Stream: customers, SyncMode: protocol.Incremental, Stats: platform.Stats{RecordsEmitted: 9}},
		{Stream: orders, SyncMode: protocol.Incremental, Stats: platform.Stats{RecordsCommitted: 4}, Status: protocol.StreamRunning},
	}
	if diff := cmp.Diff(want, j.Attempts[0].Streams); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestTotals(t *testing.T) {
	t.Parallel()
	stats := func(n int64) platform.Stats { return platform.Stats{RecordsCommitted: n, BytesCommitted: 10 * n} }
	full, resumable, incremental := protocol.StreamDescriptor{Name: "full"}, protocol.StreamDescriptor{Name: "resumable"}, protocol.StreamDescriptor{Name: "incremental"}
	attempt := func(number int, a, b, c int64, resumed bool) platform.Attempt {
		return platform.Attempt{Number: number, Stats: stats(a + b + c), Streams: []platform.StreamStats{
			{Stream: full, SyncMode: protocol.FullRefresh, Stats: stats(a)},
			{Stream: resumable, SyncMode: protocol.FullRefresh, Stats: stats(b), WasResumed: resumed},
			{Stream: incremental, SyncMode: protocol.Incremental, Stats: stats(c), WasResumed: number > 0},
		}}
	}
	j := platform.Job{Attempts: []platform.Attempt{attempt(0, 1, 2, 3, false), attempt(1, 10, 20, 30, false), attempt(2, 100, 200, 300, true)}}
	got := map[string]int64{}
	for _, s := range j.StreamTotals() {
		got[s.Stream.Name] = s.RecordsCommitted
	}
	if diff := cmp.Diff(map[string]int64{"full": 100, "resumable": 220, "incremental": 333}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if total := j.Totals(); total != stats(653) {
		t.Errorf("got %+v", total)
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	d.create(t, d.connect(t).ID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	lines := []platform.LogLine{{At: noon, Level: protocol.LevelInfo, Source: platform.LogFromPlatform, Message: "one"}, {At: noon, Message: "two"}}
	if err := d.AppendLogs(t.Context(), run.Job.ID, 0, lines); err != nil {
		t.Fatal(err)
	}
	got, err := d.Logs(t.Context(), run.Job.ID, 0, 1, 5)
	if diff := cmp.Diff(lines[1:], got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	_, err = d.Logs(t.Context(), run.Job.ID, 1, 0, 0)
	refused(t, err, platform.ErrNotFound)
}

func TestRunHasAllThatIsNeeded(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "customers", SelectedFields: [][]string{{"id"}}}, platform.StreamChoice{Name: "orders"})
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	if string(run.SourceConfig) != shopConfig || run.Source.Name != "source-shop" || run.SourceTitle != "The Shop" || run.SourceID != c.SourceID {
		t.Errorf("source: got %s, %+v", run.SourceConfig, run.Source)
	}
	if string(run.DestinationConfig) != plainConfig || run.Destination.Name != "destination-lake" || !run.SupportsRefreshes {
		t.Errorf("destination: got %s, %+v", run.DestinationConfig, run.Destination)
	}
	if diff := cmp.Diff(map[protocol.StreamDescriptor][][]string{customers: {{"id"}}}, run.SelectedFields); diff != "" {
		t.Errorf("selected fields (-want +got):\n%s", diff)
	}
	if run.Attempt.Status != platform.AttemptRunning || run.Job.Status != platform.JobRunning || !run.Job.StartedAt.Equal(noon) {
		t.Errorf("got %+v, %+v", run.Job, run.Attempt)
	}
}
