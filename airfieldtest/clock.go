package airfieldtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/embed"
)

// tick is how far the clock moves each time it is read, so that what happens later has a later time.
const tick = time.Millisecond

// Clock is the time that a server lives in. It begins at noon of 1 January 2026 in UTC and stands still, but for a millisecond each time
// that it is read, until it is moved. It is safe for concurrent use.
type Clock struct {
	server *embed.Server

	mu  sync.Mutex
	now time.Time
}

func newClock() *Clock {
	return &Clock{now: time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)}
}

// Now is the server's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(tick)
	return c.now
}

// moveTo never turns the clock back.
func (c *Clock) moveTo(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}

// engineClock is the clock as the engine sees it.
type engineClock struct{ *Clock }

// mostPatience is how long, in the time of the machine, the engine sleeps before it looks at the clock again.
const mostPatience = 100 * time.Millisecond

// Until does not wait for the clock, which may stand still: it makes the engine look again.
func (engineClock) Until(time.Time) <-chan time.Time { return time.After(mostPatience) }

// Advance moves the clock on. It stops at each moment at which a schedule is due or an attempt follows, lets the jobs of that moment come to
// their end, and goes on; when it returns no job is running or waiting to run. ctx limits how long it waits for jobs.
func (c *Clock) Advance(ctx context.Context, d time.Duration) error {
	if err := c.advance(ctx, c.Now().Add(d)); err != nil {
		return fmt.Errorf("advancing the clock: %w", err)
	}
	return nil
}

// advance lets what is under way come to its end first: a connection that is at work has no next time yet.
func (c *Clock) advance(ctx context.Context, end time.Time) error {
	if err := c.run(ctx, c.Now()); err != nil {
		return err
	}
	for {
		next, ok, err := c.server.Platform.NextWake(ctx)
		if err != nil {
			return err
		}
		if !ok || next.After(end) {
			return c.run(ctx, end)
		}
		if err := c.run(ctx, next); err != nil {
			return err
		}
	}
}

// run makes it the given time and waits until the engine has nothing left to do.
func (c *Clock) run(ctx context.Context, at time.Time) error {
	c.moveTo(at)
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for {
		c.server.Engine.Wake()
		if busy, err := c.busy(ctx); err != nil || !busy {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for jobs to end: %w", ctx.Err())
		}
	}
}

// busy tells whether something is due or under way. What is due is looked at first, because it becomes a job.
func (c *Clock) busy(ctx context.Context) (bool, error) {
	next, ok, err := c.server.Platform.NextWake(ctx)
	if err != nil || ok && !next.After(c.Now()) {
		return true, err
	}
	jobs, err := c.server.Platform.CountJobs(ctx, platform.JobFilter{
		Statuses: []platform.JobStatus{platform.JobPending, platform.JobRunning},
	})
	return jobs > 0, err
}
