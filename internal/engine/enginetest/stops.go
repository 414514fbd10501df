package enginetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// holding reads up to a number and then waits to be stopped; it tells when it waits.
func holding(upTo int, waits chan<- struct{}) script {
	return func(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
		if err := counting(upTo)(ctx, req, emit); err != nil {
			return err
		}
		waits <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
}

// receive waits for a signal of a script.
func receive(t *testing.T, signal <-chan struct{}) {
	t.Helper()
	select {
	case <-signal:
	case <-time.After(soon):
		t.Fatal("the script did not come to the point that the test waits for")
	}
}

func testCancel(t *testing.T, w *world) {
	t.Helper()
	w.start()
	waits := make(chan struct{}, 1)
	c := w.connect("cancelled", incremental, platform.Schedule{}, failing(holding(2, waits), counting(3)))
	id := w.create(c, platform.JobSync)
	receive(t, waits)
	w.await(id, func(j platform.Job) bool { return j.Totals().RecordsCommitted == 2 })
	if _, err := w.platform.CancelJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	job := w.await(id, func(j platform.Job) bool { return j.Status.Final() })
	w.wantStatus(job, platform.JobCancelled, 1)
	w.wantState(c, "2")
	w.wantStatus(w.sync(c), platform.JobSucceeded, 1)
	w.wantRows("cancelled", text(1), text(2), text(3))
}

// testCancelFetch cancels a job while its source is being fetched: that is no failure of the source.
func testCancelFetch(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("fetched", incremental, platform.Schedule{}, counting(1))
	fetching := make(chan struct{}, 1)
	w.connectors.fetchWith(func(ctx context.Context) error {
		fetching <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	id := w.create(c, platform.JobSync)
	receive(t, fetching)
	if _, err := w.platform.CancelJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.wantStatus(w.await(id, func(j platform.Job) bool { return j.Status.Final() }), platform.JobCancelled, 1)
}

// testCancelWaiting cancels a job that waits for its next attempt: there is none.
func testCancelWaiting(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("waiting", incremental, platform.Schedule{}, failing(breaking(0, context.DeadlineExceeded), counting(1)))
	id := w.create(c, platform.JobSync)
	w.await(id, func(j platform.Job) bool { return j.Status == platform.JobIncomplete })
	if _, err := w.platform.CancelJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(24 * time.Hour)
	w.wantStatus(w.await(id, func(j platform.Job) bool { return j.Status.Final() }), platform.JobCancelled, 1)
	w.wantStatus(w.sync(c), platform.JobSucceeded, 1)
}

// testRestart stops the engine in the middle of a sync: the attempt ends in order, and another engine goes on from the state.
func testRestart(t *testing.T, w *world) {
	t.Helper()
	stop := w.start()
	waits := make(chan struct{}, 1)
	c := w.connect("restarted", incremental, platform.Schedule{}, failing(holding(3, waits), counting(5)))
	id := w.create(c, platform.JobSync)
	receive(t, waits)
	stop()
	stopped, err := w.platform.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if stopped.Status.Final() || stopped.Status == platform.JobRunning || stopped.Attempts[0].EndedAt.IsZero() {
		t.Fatalf("after the engine has stopped, the job is %+v", stopped)
	}
	w.wantState(c, "3")
	w.start()
	job := w.await(id, func(j platform.Job) bool { return j.Status.Final() })
	w.wantStatus(job, platform.JobSucceeded, 2)
	w.wantRows("restarted", text(1), text(2), text(3), text(4), text(5))
}

// testCrash finds an attempt that a dead process has left running, with a state committed.
func testCrash(t *testing.T, w *world) {
	t.Helper()
	c := w.connect("crashed", incremental, platform.Schedule{}, counting(4))
	id := w.create(c, platform.JobSync)
	claimed, found, err := w.platform.ClaimJob(t.Context())
	if err != nil || !found || claimed.ID != id {
		t.Fatalf("claimed %+v, %v, %v", claimed, found, err)
	}
	run, err := w.platform.StartAttempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.platform.CommitStates(t.Context(), id, run.Attempt.Number, states(2), nil, platform.Stats{RecordsCommitted: 2}); err != nil {
		t.Fatal(err)
	}
	w.start()
	job := w.await(id, func(j platform.Job) bool { return j.Status.Final() })
	w.wantStatus(job, platform.JobSucceeded, 2)
	if first := job.Attempts[0]; first.Status != platform.AttemptFailed || len(first.Failures) == 0 {
		t.Errorf("the attempt that was left behind is %+v", first)
	}
	w.wantRows("crashed", text(3), text(4))
}

// testDeafConnector stops the engine while a source ignores that it is told to stop: the engine ends without it, and the job
// goes on later.
func testDeafConnector(t *testing.T, w *world) {
	t.Helper()
	stop := w.startWith(Parts{Grace: 10 * time.Millisecond, Patience: 100 * time.Millisecond})
	release, waits := make(chan struct{}), make(chan struct{}, 1)
	c := w.connect("deaf", incremental, platform.Schedule{}, failing(
		func(context.Context, connector.ReadRequest, connector.Emit) error {
			waits <- struct{}{}
			<-release
			return nil
		}, counting(1)))
	id := w.create(c, platform.JobSync)
	receive(t, waits)
	stop()
	stopped := w.await(id, func(j platform.Job) bool { return !j.Attempts[0].EndedAt.IsZero() })
	if stopped.Status.Final() {
		t.Errorf("after the engine has stopped, the job is %+v", stopped)
	}
	close(release)
	w.start()
	w.wantStatus(w.await(id, func(j platform.Job) bool { return j.Status.Final() }), platform.JobSucceeded, 2)
	w.wantRows("deaf", text(1))
}

// testOrder gives one worker three jobs.
func testOrder(t *testing.T, w *world) {
	t.Helper()
	var order []string
	var last int64
	for _, name := range []string{"b", "a", "c"} {
		c := w.connect(name, incremental, platform.Schedule{}, func(context.Context, connector.ReadRequest, connector.Emit) error {
			order = append(order, name)
			return nil
		})
		last = w.create(c, platform.JobSync)
	}
	w.startWith(Parts{Workers: 1})
	w.await(last, func(j platform.Job) bool { return j.Status.Final() })
	if want := []string{"b", "a", "c"}; !slices.Equal(order, want) {
		t.Errorf("jobs ran in the order %q, want %q", order, want)
	}
}

// testTellsOfWaiting keeps the only worker busy until a web hook is to hear of the job that waits for it.
func testTellsOfWaiting(t *testing.T, w *world) {
	t.Helper()
	hooks := platform.WorkspaceUpdate{Notifications: []byte(`{"connectionSyncQueued":{"webhook":{"enabled":true,"url":"http://hooks/"}}}`)}
	if _, err := w.platform.UpdateWorkspace(t.Context(), w.workspace, hooks); err != nil {
		t.Fatal(err)
	}
	w.startWith(Parts{Workers: 1})
	waits := make(chan struct{}, 1)
	w.create(w.connect("busy", incremental, platform.Schedule{}, holding(1, waits)), platform.JobSync)
	receive(t, waits)
	waiting := w.create(w.connect("waiting", incremental, platform.Schedule{}, counting(1)), platform.JobSync)
	w.clock.Advance(2 * time.Minute)
	w.engine.Wake()
	deadline := time.After(soon)
	for {
		changed := w.store.next()
		var notices []platform.Notice
		err := w.store.Read(t.Context(), func(tb platform.Tables) (err error) {
			notices, err = tb.Notices.List(t.Context(), platform.Filter{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(notices) > 0 {
			if want := fmt.Sprintf(`"jobId":%d,`, waiting); len(notices) != 1 || !strings.Contains(string(notices[0].Body), want) {
				t.Errorf("got %d notices, the first is %s", len(notices), notices[0].Body)
			}
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatal("nobody is told of the job that waits")
		}
	}
}

// testParallel runs two connections that wait for each other.
func testParallel(_ *testing.T, w *world) {
	w.start()
	here, there := make(chan struct{}), make(chan struct{})
	meet := func(mine chan<- struct{}, other <-chan struct{}) script {
		return func(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
			close(mine)
			select {
			case <-other:
				return counting(1)(ctx, req, emit)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	a := w.connect("here", incremental, platform.Schedule{}, meet(here, there))
	b := w.connect("there", incremental, platform.Schedule{}, meet(there, here))
	first, second := w.create(a, platform.JobSync), w.create(b, platform.JobSync)
	for _, id := range []int64{first, second} {
		w.wantStatus(w.await(id, func(j platform.Job) bool { return j.Status.Final() }), platform.JobSucceeded, 1)
	}
}

// testSchedule lets an hour pass by the clock.
func testSchedule(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("hourly", "full_refresh_append", platform.Schedule{Type: platform.ScheduleBasic, Units: 1, TimeUnit: "hours"}, counting(1))
	w.engine.Wake() // a connection that has never run is due
	first := w.awaitJobs(c, 1)
	w.clock.Advance(time.Hour)
	second := w.awaitJobs(c, 2)
	if gap := second.CreatedAt.Sub(first.CreatedAt); gap != time.Hour {
		t.Errorf("the second sync was created %v after the first", gap)
	}
	w.wantRows("hourly", text(1), text(1))
}

// awaitJobs waits until a connection has so many jobs and returns the newest when it has succeeded.
func (w *world) awaitJobs(c platform.Connection, count int) platform.Job {
	w.testing.Helper()
	ctx, cancel := context.WithTimeout(w.testing.Context(), soon)
	defer cancel()
	for {
		changed := w.store.next()
		jobs, err := w.platform.Jobs(ctx, platform.JobFilter{ConnectionID: c.ID})
		if err != nil {
			w.testing.Fatal(err)
		}
		if len(jobs) > count {
			w.testing.Fatalf("%d jobs, want %d", len(jobs), count)
		}
		if len(jobs) == count {
			job := w.await(jobs[count-1].ID, func(j platform.Job) bool { return j.Status.Final() })
			w.wantStatus(job, platform.JobSucceeded, 1)
			return job
		}
		select {
		case <-changed:
		case <-ctx.Done():
			w.testing.Fatalf("%d jobs, want %d", len(jobs), count)
		}
	}
}

// testClear empties a table that a sync has filled, and forgets its state.
func testClear(_ *testing.T, w *world) {
	w.start()
	c := w.connect("cleared", incremental, platform.Schedule{}, counting(2))
	w.wantStatus(w.sync(c), platform.JobSucceeded, 1)
	w.wantRows("cleared", text(1), text(2))
	id := w.create(c, platform.JobClear)
	w.wantStatus(w.await(id, func(j platform.Job) bool { return j.Status.Final() }), platform.JobSucceeded, 1)
	w.wantRows("cleared")
	w.wantState(c, "")
	w.wantStatus(w.sync(c), platform.JobSucceeded, 1)
	w.wantRows("cleared", text(1), text(2))
}
