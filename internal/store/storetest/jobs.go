package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

func testJobs(t *testing.T, s platform.Store) {
	t.Helper()
	connection := connect(t, s, 1)[0]
	want := platform.Job{
		ConnectionID: connection, WorkspaceID: "w", Type: platform.JobRefresh, Status: platform.JobPending, RefreshMode: "Truncate",
		Streams:   []protocol.StreamDescriptor{{Name: "users", Namespace: "public"}, {Name: "pets"}},
		CreatedAt: start, UpdatedAt: start,
	}
	want.ID = insertJob(t, s, want)
	if want.ID != 1 {
		t.Errorf("the first job has id %d", want.ID)
	}
	want.Status, want.CancelRequested = platform.JobRunning, true
	want.StartedAt, want.UpdatedAt, want.NotBefore = start.Add(time.Second), start.Add(time.Minute), start.Add(time.Hour)
	want.Attempts = []platform.Attempt{
		{Number: 0, Status: platform.AttemptFailed, Interrupted: true, Failures: []platform.Failure{{Message: "x", At: start}}, CreatedAt: start, UpdatedAt: start, EndedAt: start},
		{Number: 1, Status: platform.AttemptRunning, Stats: platform.Stats{RecordsEmitted: 1 << 60},
			Streams:   []platform.StreamStats{{Stream: want.Streams[0], Stats: platform.Stats{BytesCommitted: 9}, Status: protocol.StreamRunning, WasResumed: true}},
			CreatedAt: start, UpdatedAt: start},
	}
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		replaced := platform.Attempt{Number: 0, Status: platform.AttemptRunning}
		return errors.Join(tb.Jobs.Update(ctx, want), tb.Attempts.Put(ctx, want.ID, replaced),
			tb.Attempts.Put(ctx, want.ID, want.Attempts[1]), tb.Attempts.Put(ctx, want.ID, want.Attempts[0]))
	})
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		got, err := tb.Jobs.Get(ctx, want.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("job (-want +got):\n%s", diff)
		}
		list, listErr := tb.Jobs.List(ctx, platform.JobFilter{})
		if diff := cmp.Diff([]platform.Job{want}, list); diff != "" {
			t.Errorf("jobs (-want +got):\n%s", diff)
		}
		attempt, attemptErr := tb.Attempts.Get(ctx, want.ID, 1)
		if diff := cmp.Diff(want.Attempts[1], attempt); diff != "" {
			t.Errorf("attempt (-want +got):\n%s", diff)
		}
		return errors.Join(err, listErr, attemptErr)
	})
}

func testJobFilters(t *testing.T, s platform.Store) {
	t.Helper()
	connections := connect(t, s, 2)
	at := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	insertJob(t, s, platform.Job{ConnectionID: connections[0], WorkspaceID: "w", Type: platform.JobSync, Status: platform.JobFailed, CreatedAt: at(1), UpdatedAt: at(9)})
	insertJob(t, s, platform.Job{ConnectionID: connections[1], WorkspaceID: "v", Type: platform.JobReset, Status: platform.JobPending, CreatedAt: at(2), UpdatedAt: at(5)})
	insertJob(t, s, platform.Job{ConnectionID: connections[0], WorkspaceID: "w", Type: platform.JobSync, Status: platform.JobSucceeded, CreatedAt: at(3), UpdatedAt: at(3)})
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		f := func(filter platform.JobFilter, want ...string) {
			t.Helper()
			list, err := tb.Jobs.List(ctx, filter)
			same(t, filter, err, want, ids(list, func(j platform.Job) string { return fmt.Sprint(j.ID) }))
			filter.Offset, filter.Limit = 0, 0
			all, err := tb.Jobs.List(ctx, filter)
			if n, countErr := tb.Jobs.Count(ctx, filter); err != nil || countErr != nil || n != int64(len(all)) {
				t.Errorf("%+v: counted %d of %d, %v, %v", filter, n, len(all), err, countErr)
			}
		}
		f(platform.JobFilter{}, "1", "2", "3")
		f(platform.JobFilter{Descending: true}, "3", "2", "1")
		f(platform.JobFilter{OrderByUpdated: true}, "3", "2", "1")
		f(platform.JobFilter{Offset: 1, Limit: 1}, "2")
		f(platform.JobFilter{ConnectionID: connections[0]}, "1", "3")
		f(platform.JobFilter{WorkspaceIDs: []string{"v"}}, "2")
		f(platform.JobFilter{Types: []platform.JobType{platform.JobReset, platform.JobClear}}, "2")
		f(platform.JobFilter{Statuses: []platform.JobStatus{platform.JobSucceeded, platform.JobFailed}}, "1", "3")
		f(platform.JobFilter{CreatedAfter: at(2).UnixMilli()}, "2", "3")
		f(platform.JobFilter{CreatedBefore: at(2).UnixMilli()}, "1", "2")
		f(platform.JobFilter{UpdatedAfter: at(5).UnixMilli(), UpdatedBefore: at(8).UnixMilli()}, "2")
		return nil
	})
}

func testOneActiveSync(t *testing.T, s platform.Store) {
	t.Helper()
	connections := connect(t, s, 2)
	job := platform.Job{ConnectionID: connections[0], Type: platform.JobSync, Status: platform.JobPending, CreatedAt: start, UpdatedAt: start}
	first := insertJob(t, s, job)
	insert := func(kind platform.JobType) error {
		return s.Write(t.Context(), func(tb platform.Tables) error {
			j := job
			j.Type = kind
			_, err := tb.Jobs.Insert(t.Context(), j)
			return err
		})
	}
	for _, status := range []platform.JobStatus{platform.JobPending, platform.JobRunning, platform.JobIncomplete} {
		write(t, s, func(ctx context.Context, tb platform.Tables) error {
			return tb.Jobs.Update(ctx, platform.Job{ID: first, Status: status})
		})
		if err := insert(platform.JobSync); !errors.Is(err, platform.ErrConflict) {
			t.Errorf("a second sync beside one that is %s: got %v, want ErrConflict", status, err)
		}
		if err := insert(platform.JobRefresh); !errors.Is(err, platform.ErrConflict) {
			t.Errorf("a refresh beside a sync that is %s: got %v, want ErrConflict", status, err)
		}
	}
	if err := insert(platform.JobReset); err != nil {
		t.Errorf("a reset beside a sync: %v", err)
	}
	job.ConnectionID = connections[1]
	if err := insert(platform.JobSync); err != nil {
		t.Errorf("a sync of another connection: %v", err)
	}
	job.ConnectionID = connections[0]
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return tb.Jobs.Update(ctx, platform.Job{ID: first, Status: platform.JobCancelled})
	})
	if err := insert(platform.JobSync); err != nil {
		t.Errorf("a sync after the first was cancelled: %v", err)
	}
}

func testQueue(t *testing.T, s platform.Store) {
	t.Helper()
	connections := connect(t, s, 3)
	sync := func(connection string, status platform.JobStatus, notBefore time.Time) int64 {
		return insertJob(t, s, platform.Job{ConnectionID: connection, Type: platform.JobSync, Status: status, NotBefore: notBefore, CreatedAt: start, UpdatedAt: start})
	}
	running := sync(connections[0], platform.JobRunning, time.Time{})
	held := insertJob(t, s, platform.Job{ConnectionID: connections[0], Type: platform.JobReset, Status: platform.JobPending, CreatedAt: start, UpdatedAt: start})
	resting := sync(connections[1], platform.JobIncomplete, start.Add(time.Minute))
	later := sync(connections[2], platform.JobIncomplete, start.Add(time.Hour))
	waiting := func(now time.Time, want int64) {
		t.Helper()
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			j, ok, err := tb.Queue.Waiting(ctx, now)
			if ok != (want != 0) || j.ID != want {
				t.Errorf("waiting at %v: got job %d, want %d", now.Sub(start), j.ID, want)
			}
			return err
		})
	}
	waiting(start, 0)
	waiting(start.Add(time.Minute), resting)
	wake(t, s, start.Add(time.Minute))
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return errors.Join(tb.Jobs.Update(ctx, platform.Job{ID: running, Status: platform.JobSucceeded}),
			tb.Jobs.Update(ctx, platform.Job{ID: resting, Status: platform.JobFailed}))
	})
	waiting(start, held)
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return tb.Jobs.Update(ctx, platform.Job{ID: held, Status: platform.JobSucceeded})
	})
	waiting(start, 0)
	wake(t, s, start.Add(time.Hour))
	waiting(start.Add(time.Hour), later)
}

// wake asks when the queue wants to be looked at again; the zero time is never.
func wake(t *testing.T, s platform.Store, want time.Time) {
	t.Helper()
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		got, ok, err := tb.Queue.NextWake(ctx)
		if ok != !want.IsZero() || (ok && !got.Equal(want)) {
			t.Errorf("next wake: got %v, %v; want %v", got, ok, want)
		}
		return err
	})
}

func testDue(t *testing.T, s platform.Store) {
	t.Helper()
	connections := connect(t, s, 3)
	wake(t, s, time.Time{})
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return errors.Join(tb.Queue.Schedule(ctx, connections[0], start.Add(time.Minute)), tb.Queue.Schedule(ctx, connections[1], start))
	})
	due := func(now time.Time, want ...string) {
		t.Helper()
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			got, err := tb.Queue.Due(ctx, now)
			same(t, now, err, want, got)
			return nil
		})
	}
	due(start.Add(-time.Second))
	due(start.Add(time.Minute), connections[1], connections[0])
	wake(t, s, start)
	insertJob(t, s, platform.Job{ConnectionID: connections[1], Type: platform.JobClear, Status: platform.JobRunning, CreatedAt: start, UpdatedAt: start})
	due(start.Add(time.Minute), connections[0])
	wake(t, s, start.Add(time.Minute))
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		c, err := tb.Connections.Get(ctx, connections[0])
		if err != nil {
			return err
		}
		return tb.Connections.Update(ctx, c)
	})
	due(start.Add(time.Minute), connections[0])
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return tb.Queue.Schedule(ctx, connections[0], time.Time{})
	})
	due(start.Add(time.Hour))
	wake(t, s, time.Time{})
}
