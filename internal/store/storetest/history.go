package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// testHistory removes old logs and old jobs, and nothing of what is newer, under way or among the newest of a connection.
func testHistory(t *testing.T, s platform.Store) {
	t.Helper()
	connections := connect(t, s, 2)
	job := func(connection string, status platform.JobStatus, age time.Duration) int64 {
		t.Helper()
		at := start.Add(-age)
		id := insertJob(t, s, platform.Job{ConnectionID: connection, WorkspaceID: "w", Type: platform.JobSync, Status: status, CreatedAt: at, UpdatedAt: at})
		write(t, s, func(ctx context.Context, tb platform.Tables) error {
			return errors.Join(tb.Attempts.Put(ctx, id, platform.Attempt{}), tb.Logs.Append(ctx, id, 0, []platform.LogLine{{Message: "a"}, {Message: "b"}}))
		})
		return id
	}
	const day = 24 * time.Hour
	oldest := job(connections[0], platform.JobSucceeded, 9*day)
	older := job(connections[0], platform.JobFailed, 8*day)
	other := job(connections[1], platform.JobCancelled, 9*day)
	running := job(connections[1], platform.JobRunning, 9*day)
	fresh := job(connections[0], platform.JobSucceeded, day)

	left := func() (jobs []int64, lines map[int64]int) {
		t.Helper()
		lines = map[int64]int{}
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			list, err := tb.Jobs.List(ctx, platform.JobFilter{})
			jobs = nil
			for _, j := range list {
				jobs = append(jobs, j.ID)
				log, logErr := tb.Logs.Read(ctx, j.ID, 0, 0, 0)
				lines[j.ID], err = len(log), errors.Join(err, logErr)
			}
			return err
		})
		return jobs, lines
	}
	forget := func(want int64, fn func(context.Context, platform.HistoryTable) (int64, error)) {
		t.Helper()
		write(t, s, func(ctx context.Context, tb platform.Tables) error {
			n, err := fn(ctx, tb.History)
			if n != want {
				t.Errorf("removed %d, want %d", n, want)
			}
			return err
		})
	}
	logs := func(ctx context.Context, h platform.HistoryTable) (int64, error) {
		return h.ForgetLogs(ctx, start.Add(-7*day))
	}
	forget(6, logs)
	forget(0, logs)
	_, lines := left()
	if diff := cmp.Diff(map[int64]int{oldest: 0, older: 0, other: 0, running: 2, fresh: 2}, lines); diff != "" {
		t.Errorf("log lines (-want +got):\n%s", diff)
	}
	jobs := func(ctx context.Context, h platform.HistoryTable) (int64, error) {
		return h.ForgetJobs(ctx, start.Add(-7*day), 2)
	}
	forget(1, jobs)
	forget(0, jobs)
	if ids, _ := left(); !cmp.Equal([]int64{other, running, older, fresh}, ids) {
		t.Errorf("jobs %v are left", ids)
	}
}

// testSchedulesAtOnce has many look for what is due at the same time: each connection gets one job.
func testSchedulesAtOnce(t *testing.T, s platform.Store) {
	t.Helper()
	connections := connect(t, s, 20)
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		for _, id := range connections {
			c, err := tb.Connections.Get(ctx, id)
			if err != nil {
				return err
			}
			c.Schedule = platform.Schedule{Type: platform.ScheduleBasic, Units: 1, TimeUnit: "hours"}
			if err := errors.Join(tb.Connections.Update(ctx, c), tb.Queue.Schedule(ctx, id, start)); err != nil {
				return err
			}
		}
		return nil
	})
	var group sync.WaitGroup
	for range 4 {
		p := platform.New(platform.Config{Store: s, Now: func() time.Time { return start.Add(time.Minute) }})
		group.Go(func() {
			if err := p.RunSchedules(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		for _, id := range connections {
			if n, err := tb.Jobs.Count(ctx, platform.JobFilter{ConnectionID: id}); err != nil || n != 1 {
				t.Errorf("connection %s has %d jobs, %v", id, n, err)
			}
		}
		due, err := tb.Queue.Due(ctx, start.Add(time.Minute))
		if len(due) > 0 {
			t.Errorf("%v are due again", due)
		}
		return err
	})
}

// testChanges keeps what was changed about connections, finds it by connection and by workspace, and forgets the oldest.
func testChanges(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, crowd)
	was := &platform.Connection{ID: "c1", Name: "before"}
	kept := []platform.Change{
		{ID: "a", ConnectionID: "c1", Type: platform.ChangeSettings, Reason: "why", UserID: "u", Before: was, After: was},
		{ID: "b", ConnectionID: "c2", Type: platform.ChangeStreams, Streams: []protocol.StreamDescriptor{{Name: "people"}}},
		{ID: "c", ConnectionID: "c1", Type: platform.ChangeDisabled},
	}
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		for i := range kept {
			kept[i].WorkspaceID, kept[i].CreatedAt = "w", start.Add(time.Duration(i)*time.Hour)
			if err := tb.Changes.Insert(ctx, kept[i]); err != nil {
				return err
			}
		}
		return nil
	})
	find := func(f platform.Filter, want ...platform.Change) {
		t.Helper()
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			got, err := tb.Changes.List(ctx, f)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", f, diff)
			}
			return err
		})
	}
	find(platform.Filter{ConnectionID: "c1"}, kept[0], kept[2])
	find(platform.Filter{WorkspaceIDs: []string{"w"}}, kept...)
	find(platform.Filter{WorkspaceIDs: []string{"other"}})
	find(platform.Filter{ConnectionID: "c1", IDs: []string{"b"}})
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		for _, want := range []int64{2, 0} {
			if n, err := tb.History.ForgetChanges(ctx, start.Add(2*time.Hour)); n != want || err != nil {
				t.Errorf("removed %d, want %d; %v", n, want, err)
			}
		}
		return nil
	})
	find(platform.Filter{WorkspaceIDs: []string{"w"}}, kept[2])
}
