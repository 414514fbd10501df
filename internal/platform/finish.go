package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// FinishAttempt stores how an attempt ended and decides what becomes of its job: final, or incomplete with another attempt to
// come by the retry policy. A result without any counts leaves those of the last progress. An attempt that was already ended is an [Error] of [ErrConflict].
func (p *Platform) FinishAttempt(ctx context.Context, jobID int64, attempt int, r AttemptResult) (Job, error) {
	j, err := change(ctx, p, func(tb Tables) (Job, error) {
		j, a, err := p.underway(ctx, tb, jobID, attempt)
		if err != nil {
			return j, err
		}
		if r.Total != (Stats{}) || len(r.Streams) > 0 {
			a.count(r.Streams, r.Total)
		}
		a.Failures = r.Failures
		p.conclude(&j, a, r.Status)
		if err := tb.Attempts.Put(ctx, j.ID, j.Attempts[attempt]); err != nil {
			return j, err
		}
		if err := tb.Jobs.Update(ctx, j); err != nil {
			return j, err
		}
		return j, p.afterJob(ctx, tb, j)
	})
	if err != nil {
		return j, fmt.Errorf("finishing attempt %d of job %d: %w", attempt, jobID, err)
	}
	p.wake()
	return j, nil
}

// conclude ends an attempt and moves its job on.
func (p *Platform) conclude(j *Job, a Attempt, outcome AttemptOutcome) {
	now := p.clock()
	a.EndedAt, a.UpdatedAt, j.UpdatedAt = now, now, now
	a.Status, j.NotBefore = AttemptFailed, time.Time{}
	switch {
	case outcome == OutcomeSucceeded:
		a.Status, j.Status = AttemptSucceeded, JobSucceeded
	case outcome == OutcomeCancelled || j.CancelRequested:
		j.Status = JobCancelled
		a.explain(Failure{Origin: OriginPlatform, Type: "manual_cancellation", Message: "The job was cancelled.", At: now})
	case outcome == OutcomeInterrupted:
		j.Status, a.Interrupted = JobIncomplete, true
		a.explain(Failure{
			Origin: OriginPlatform, Type: string(protocol.FailureSystem), Retryable: true, At: now,
			Message: "The server stopped while this attempt was running.",
		})
	default:
		a.explain(Failure{Origin: OriginPlatform, Type: string(protocol.FailureSystem), Message: "The attempt failed without saying why.", At: now})
	}
	j.Attempts[a.Number] = a
	if j.Status == JobRunning {
		p.decide(j, now)
	}
}

// explain gives a failure to an attempt that has none.
func (a *Attempt) explain(f Failure) {
	if len(a.Failures) == 0 {
		a.Failures = []Failure{f}
	}
}

// decide applies the retry policy to a job whose last attempt has failed.
func (p *Platform) decide(j *Job, now time.Time) {
	last := &j.Attempts[len(j.Attempts)-1]
	if last.Failures[0].Type == string(protocol.FailureConfig) {
		j.Status = JobFailed
		return
	}
	wait, again := p.retry.next(j.Attempts)
	if !again {
		j.Status = JobFailed
		last.Failures = append(last.Failures, Failure{
			Origin: OriginPlatform, Type: string(protocol.FailureSystem), At: now,
			Message: "Job failed after too many retries for connection " + j.ConnectionID,
		})
		return
	}
	j.Status = JobIncomplete
	if wait > 0 {
		j.NotBefore = now.Add(wait)
	}
}

// afterJob tells of a job that is final, disables its connection if too many have failed, and plans the next sync: fires that came
// while it ran are not made up for.
func (p *Platform) afterJob(ctx context.Context, tb Tables, j Job) error {
	if !j.Status.Final() {
		return nil
	}
	c, err := connection(ctx, tb, j.ConnectionID)
	if err != nil {
		return err
	}
	if slices.Contains(moving(), j.Type) {
		if c, err = p.report(ctx, tb, c, j); err != nil {
			return err
		}
	}
	return p.reschedule(ctx, tb, c)
}

// report tells how a job has ended that moved data.
func (p *Platform) report(ctx context.Context, tb Tables, c Connection, j Job) (Connection, error) {
	switch j.Status {
	case JobSucceeded:
		return c, p.tell(ctx, tb, TriggerSuccess, c, j)
	case JobFailed:
		if err := p.tell(ctx, tb, TriggerFailure, c, j); err != nil {
			return c, err
		}
		return p.judge(ctx, tb, c, j)
	}
	return c, nil
}

// Recover ends the attempts that were running when the server stopped. Their jobs go on from what they have committed. It is
// called at start, before any job is claimed.
func (p *Platform) Recover(ctx context.Context) error {
	err := p.store.Write(ctx, func(tb Tables) error {
		jobs, err := tb.Jobs.List(ctx, JobFilter{Statuses: []JobStatus{JobRunning}})
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if err := p.recoverJob(ctx, tb, j); err != nil {
				return fmt.Errorf("job %d: %w", j.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recovering jobs: %w", err)
	}
	return nil
}

func (p *Platform) recoverJob(ctx context.Context, tb Tables, j Job) error {
	var errs []error
	for _, a := range j.Attempts {
		if a.Status == AttemptRunning {
			p.conclude(&j, a, OutcomeInterrupted)
			errs = append(errs, tb.Attempts.Put(ctx, j.ID, j.Attempts[a.Number]))
		}
	}
	if j.Status == JobRunning { // it was claimed, but no attempt had begun
		j.Status, j.UpdatedAt = JobIncomplete, p.clock()
		if len(j.Attempts) == 0 {
			j.Status = JobPending
		}
		if j.CancelRequested {
			j.Status = JobCancelled
		}
	}
	errs = append(errs, tb.Jobs.Update(ctx, j), p.afterJob(ctx, tb, j))
	return errors.Join(errs...)
}
