package platform

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// ReasonFailures is why a connection was disabled whose syncs kept failing.
const ReasonFailures StatusReason = "TOO_MANY_CONSECUTIVE_FAILED_JOBS_IN_A_ROW"

// DisablePolicy says when a connection whose syncs keep failing is disabled: when so many jobs have failed in a row, and none has
// succeeded for so long. After two thirds of the jobs and four sevenths of the time there is a warning. Zero fields are as on
// Airbyte.
type DisablePolicy struct {
	Off  bool
	Jobs int64         // 0: 30
	Age  time.Duration // 0: seven days
}

func (d DisablePolicy) withDefaults() DisablePolicy {
	d.Jobs, d.Age = cmp.Or(d.Jobs, 30), cmp.Or(d.Age, 7*24*time.Hour)
	return d
}

// streak is how long a connection has had no success.
type streak struct {
	jobs  int64
	since time.Time
}

func (d DisablePolicy) warns(s streak, now time.Time) bool {
	return !d.Off && s.jobs >= max(d.Jobs*2/3, 1) && now.Sub(s.since) >= d.Age*4/7
}

func (d DisablePolicy) disables(s streak, now time.Time) bool {
	return !d.Off && s.jobs >= d.Jobs && now.Sub(s.since) >= d.Age
}

// moving are the jobs that move data.
func moving() []JobType { return []JobType{JobSync, JobRefresh} }

// streakOf counts the jobs of a connection that have failed since one succeeded.
func streakOf(ctx context.Context, tb Tables, connectionID string) (streak, error) {
	f := JobFilter{ConnectionID: connectionID, Types: moving(), Statuses: []JobStatus{JobSucceeded}, Descending: true, Limit: 1}
	last, err := tb.Jobs.List(ctx, f)
	if err != nil {
		return streak{}, err
	}
	f = JobFilter{ConnectionID: connectionID, Types: moving(), Statuses: []JobStatus{JobFailed}, Limit: 1}
	if len(last) > 0 {
		f.CreatedAfter = last[0].CreatedAt.UnixMilli()
	}
	first, err := tb.Jobs.List(ctx, f)
	if err != nil || len(first) == 0 {
		return streak{}, err
	}
	s := streak{since: first[0].CreatedAt}
	if len(last) > 0 {
		s.since = last[0].UpdatedAt
	}
	s.jobs, err = tb.Jobs.Count(ctx, f)
	return s, err
}

// judge disables the connection of a job that has failed once too often, or warns of it.
func (p *Platform) judge(ctx context.Context, tb Tables, c Connection, j Job) (Connection, error) {
	if p.disable.Off || j.Status != JobFailed || c.Status != ConnectionActive {
		return c, nil
	}
	s, err := streakOf(ctx, tb, c.ID)
	if err != nil {
		return c, err
	}
	now, before := p.clock(), c
	switch {
	case p.disable.disables(s, now):
		c.Status, c.StatusReason, c.UpdatedAt = ConnectionInactive, ReasonFailures, now
		p.log.WarnContext(ctx, "a connection was disabled since its syncs keep failing", "connection_id", c.ID, "failed_jobs", s.jobs)
		if err := p.tell(ctx, tb, TriggerDisabled, c, j); err != nil {
			return c, err
		}
	case p.disable.warns(s, now) && c.WarnedAt.Before(s.since):
		c.WarnedAt = now
		if err := p.tell(ctx, tb, TriggerDisabledWarning, c, j); err != nil {
			return c, err
		}
	default:
		return c, nil
	}
	return c, errors.Join(tb.Connections.Update(ctx, c), p.note(ctx, tb, before, c, Change{Reason: string(c.StatusReason)}))
}

// DisableFailing disables a connection if its syncs have failed for too long, and tells whether it did.
func (p *Platform) DisableFailing(ctx context.Context, connectionID string) (disabled bool, err error) {
	err = p.store.Write(ctx, func(tb Tables) error {
		disabled = false
		c, err := connection(ctx, tb, connectionID)
		if err != nil {
			return err
		}
		jobs, err := tb.Jobs.List(ctx, JobFilter{ConnectionID: c.ID, Types: moving(), Descending: true, Limit: 1})
		if err != nil || len(jobs) == 0 {
			return err
		}
		before := c.Status
		if c, err = p.judge(ctx, tb, c, jobs[0]); err != nil {
			return err
		}
		disabled = c.Status != before
		return p.reschedule(ctx, tb, c)
	})
	p.wake()
	return disabled, err
}
