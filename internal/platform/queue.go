package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/protocol"
)

// activeStatuses are those of jobs that are not final.
var activeStatuses = []JobStatus{JobPending, JobRunning, JobIncomplete}

// CreateJob puts a job into the queue and wakes the engine. Syncs and refreshes return an [Error] of [ErrSyncRunning] while
// another job of the connection is not final, and of [ErrConflict] when the connection is not active. Resets and clears cancel
// what is there first, and run when it has stopped.
func (p *Platform) CreateJob(ctx context.Context, connectionID string, t JobType, o JobOptions) (Job, error) {
	var running []int64
	j, err := change(ctx, p, func(tb Tables) (j Job, err error) {
		j, running, err = p.enqueue(ctx, tb, connectionID, t, o)
		return j, err
	})
	if err != nil {
		return Job{}, err
	}
	p.stop(running)
	p.wake()
	return j, nil
}

// enqueue makes a job and returns those that have to stop for it.
func (p *Platform) enqueue(ctx context.Context, tb Tables, connectionID string, t JobType, o JobOptions) (j Job, running []int64, err error) {
	c, err := connection(ctx, tb, connectionID)
	if err != nil {
		return j, nil, err
	}
	if j, err = p.newJob(c, t, o); err != nil {
		return j, nil, err
	}
	if running, err = p.makeWay(ctx, tb, c, t); err != nil {
		return j, nil, err
	}
	if t == JobSync && c.refreshes(&j) {
		if err := tb.Connections.Update(ctx, c); err != nil {
			return j, nil, err
		}
	}
	if j.ID, err = tb.Jobs.Insert(ctx, j); errors.Is(err, ErrConflict) {
		return j, nil, busy(connectionID)
	}
	if err != nil {
		return j, nil, err
	}
	return j, running, p.reschedule(ctx, tb, c)
}

func busy(connectionID string) *Error {
	return &Error{
		Condition: ErrSyncRunning, Problem: "try-again-later", Resource: "connection", ID: connectionID,
		Message: "A sync is already running for: " + connectionID,
	}
}

func (p *Platform) newJob(c Connection, t JobType, o JobOptions) (Job, error) {
	now := p.clock()
	j := Job{ConnectionID: c.ID, WorkspaceID: c.WorkspaceID, Type: t, Status: JobPending, CreatedAt: now, UpdatedAt: now}
	selected := make([]protocol.StreamDescriptor, 0, len(c.Streams))
	for _, s := range c.Streams {
		selected = append(selected, s.Stream.Descriptor())
	}
	j.Streams = selected
	switch t {
	case JobSync:
		return j, nil
	case JobRefresh:
		j.RefreshMode = o.RefreshMode
		if j.RefreshMode == "" {
			j.RefreshMode = RefreshTruncate
		}
		if j.RefreshMode != RefreshTruncate && j.RefreshMode != RefreshMerge {
			return j, badRequest(fmt.Sprintf("There is no refresh mode %q.", o.RefreshMode))
		}
	case JobReset, JobClear:
	default:
		return j, badRequest(fmt.Sprintf("There is no job type %q.", t))
	}
	if len(o.Streams) > 0 {
		j.Streams = o.Streams
	}
	for _, d := range j.Streams {
		if !slices.Contains(selected, d) {
			return j, badRequest(fmt.Sprintf("Stream %s is not selected in the connection.", d))
		}
	}
	return j, nil
}

// makeWay refuses a sync that others stand in the way of, and cancels what stands in the way of a reset.
func (p *Platform) makeWay(ctx context.Context, tb Tables, c Connection, t JobType) (running []int64, err error) {
	if c.Status == ConnectionDeprecated || (c.Status != ConnectionActive && (t == JobSync || t == JobRefresh)) {
		return nil, &Error{
			Condition: ErrConflict, Problem: "state-conflict", Resource: "connection", ID: c.ID,
			Message: fmt.Sprintf("The connection %s is %s; only an active connection can be synced.", c.ID, c.Status),
		}
	}
	if t == JobReset || t == JobClear {
		return p.cancelJobs(ctx, tb, c.ID)
	}
	active, err := tb.Jobs.List(ctx, JobFilter{ConnectionID: c.ID, Statuses: activeStatuses, Descending: true, Limit: 1})
	if err == nil && len(active) > 0 {
		refusal := busy(c.ID)
		refusal.Data = map[string]any{"jobId": active[0].ID}
		err = refusal
	}
	return nil, err
}

// cancelJobs cancels all jobs of a connection and returns those that an engine must be asked to stop.
func (p *Platform) cancelJobs(ctx context.Context, tb Tables, connectionID string) (running []int64, err error) {
	jobs, err := tb.Jobs.List(ctx, JobFilter{ConnectionID: connectionID, Statuses: activeStatuses})
	if err != nil {
		return nil, err
	}
	for _, j := range jobs {
		if j, err = p.cancel(ctx, tb, j); err != nil {
			return nil, err
		}
		if j.Status == JobRunning {
			running = append(running, j.ID)
		}
	}
	return running, nil
}

// cancel ends a job that waits, and asks one that runs to end.
func (p *Platform) cancel(ctx context.Context, tb Tables, j Job) (Job, error) {
	if j.Status.Final() {
		return j, nil
	}
	j.CancelRequested, j.UpdatedAt = true, p.clock()
	if j.Status != JobRunning {
		j.Status = JobCancelled
	}
	return j, tb.Jobs.Update(ctx, j)
}

// stop asks the engine to stop jobs that were cancelled while they ran.
func (p *Platform) stop(running []int64) {
	e := p.engine.Load()
	if e == nil {
		return
	}
	for _, id := range running {
		(*e).Cancel(id)
	}
}

// CancelJob cancels the job that is named. A job that waits is cancelled at once; one that runs is asked to stop, and is
// cancelled when it has. A job that is final is returned as it is.
func (p *Platform) CancelJob(ctx context.Context, id int64) (Job, error) {
	j, err := change(ctx, p, func(tb Tables) (Job, error) {
		j, err := tb.Jobs.Get(ctx, id)
		if err != nil {
			return j, err
		}
		final := j.Status.Final()
		if j, err = p.cancel(ctx, tb, j); err != nil || final || !j.Status.Final() {
			return j, err
		}
		return j, p.afterJob(ctx, tb, j)
	})
	if err == nil && j.Status == JobRunning {
		p.stop([]int64{id})
	}
	return j, err
}

// Job reads a job with its attempts.
func (p *Platform) Job(ctx context.Context, id int64) (Job, error) {
	return view(ctx, p, func(tb Tables) (Job, error) { return tb.Jobs.Get(ctx, id) })
}

// Jobs lists jobs with their attempts, the oldest first unless the filter says otherwise.
func (p *Platform) Jobs(ctx context.Context, f JobFilter) ([]Job, error) {
	f.Within = grantsOf(ctx).reach()
	return view(ctx, p, func(tb Tables) ([]Job, error) { return tb.Jobs.List(ctx, f) })
}

// CountJobs counts the jobs that a filter lets through, whatever its offset and limit.
func (p *Platform) CountJobs(ctx context.Context, f JobFilter) (int64, error) {
	f.Within = grantsOf(ctx).reach()
	return view(ctx, p, func(tb Tables) (int64, error) { return tb.Jobs.Count(ctx, f) })
}

// Logs reads lines of an attempt's log from a position on, at most limit of them; 0 is all.
func (p *Platform) Logs(ctx context.Context, jobID int64, attempt, from, limit int) ([]LogLine, error) {
	return view(ctx, p, func(tb Tables) ([]LogLine, error) {
		if _, err := tb.Attempts.Get(ctx, jobID, attempt); err != nil {
			return nil, err
		}
		return tb.Logs.Read(ctx, jobID, attempt, from, limit)
	})
}

// AppendLogs adds lines to an attempt's log.
func (p *Platform) AppendLogs(ctx context.Context, jobID int64, attempt int, lines []LogLine) error {
	if len(lines) == 0 {
		return nil
	}
	return p.store.Write(ctx, func(tb Tables) error { return tb.Logs.Append(ctx, jobID, attempt, lines) })
}
