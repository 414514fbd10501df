package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/engine/attempt"
	"github.com/airfielddev/airfield/internal/platform"
)

// How long the dispatcher sleeps when something is due that it could not start, and at most, so that a clock that was set is
// noticed.
const (
	shortestSleep = time.Second
	longestSleep  = time.Minute
)

// Run takes up what an earlier process left, and runs jobs and schedules until ctx is done. Then it stops all attempts: they
// end as interrupted and go on at the next start. It returns when all have ended, nil after a shutdown in order. It may be
// called once.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.platform.Recover(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("recovering jobs: %w", err)
	}
	stop := make(chan struct{})
	work, cancelAll := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancelAll(nil)
	for ctx.Err() == nil {
		looked := e.clock.Now()
		e.startDue(ctx, work, stop)
		e.sleep(ctx, looked)
	}
	close(stop)
	e.awaitWorkers(cancelAll)
	return nil
}

// startDue creates the jobs whose time has come and starts as many as there are free workers.
func (e *Engine) startDue(ctx, work context.Context, stop <-chan struct{}) {
	if err := e.platform.RunSchedules(ctx); err != nil {
		e.complain(ctx, "running schedules", err)
	}
	for ctx.Err() == nil {
		select {
		case e.slots <- struct{}{}:
		default:
			if err := e.platform.TellQueued(ctx); err != nil {
				e.complain(ctx, "telling of jobs that wait", err)
			}
			return
		}
		job, found, err := e.platform.ClaimJob(ctx)
		if err != nil {
			e.complain(ctx, "claiming a job", err)
		}
		if err != nil || !found {
			<-e.slots
			return
		}
		e.start(work, stop, job)
	}
}

func (e *Engine) start(work context.Context, stop <-chan struct{}, job platform.Job) {
	ctx, cancel := context.WithCancelCause(work)
	e.enter(job.ID, cancel)
	e.workers.Go(func() {
		defer e.Wake()
		defer func() { <-e.slots }()
		defer cancel(nil)
		defer e.leave(job.ID)
		_, err := e.runner.Run(ctx, job.ID, stop)
		switch {
		case errors.Is(err, platform.ErrConflict):
			e.log.InfoContext(ctx, "job is not run any more", "job_id", job.ID, "reason", err)
		case err != nil:
			e.complain(context.WithoutCancel(ctx), "running a job", err)
		}
	})
}

// sleep waits until there is something to do that there was not when the engine looked.
func (e *Engine) sleep(ctx context.Context, looked time.Time) {
	next, found, err := e.platform.NextWake(ctx)
	if err != nil {
		e.complain(ctx, "looking for the next job", err)
		next, found = looked, true
	}
	select {
	case <-ctx.Done():
	case <-e.woken:
	case <-e.clock.Until(wakeTime(looked, next, found)):
	}
}

// wakeTime is when to look again. What was due already is held up by something, so that looking at once would not help.
func wakeTime(looked, next time.Time, found bool) time.Time {
	latest := looked.Add(longestSleep)
	switch {
	case !found || next.After(latest):
		return latest
	case !next.After(looked):
		return looked.Add(shortestSleep)
	}
	return next
}

// awaitWorkers gives attempts the grace to stop by themselves and then cancels them.
func (e *Engine) awaitWorkers(cancelAll context.CancelCauseFunc) {
	home := make(chan struct{})
	go func() {
		defer close(home)
		e.workers.Wait()
	}()
	select {
	case <-home:
	case <-time.After(e.grace):
		cancelAll(attempt.ErrShutdown)
		<-home
	}
}

// complain logs a failure of the platform that another try may heal.
func (e *Engine) complain(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		e.log.ErrorContext(ctx, "engine cannot go on, it will try again", "while", doing, "error", err)
	}
}
