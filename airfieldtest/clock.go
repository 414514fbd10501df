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

func (c *Clock) advance(ctx context.Context, end time.Time) error {
	var last time.Time
	for {
		next, ok, err := c.server.Platform.NextWake(ctx)
		if err != nil {
			return err
		}
		if !ok || next.After(end) || !next.After(last) {
			break
		}
		last = next
		if err := c.run(ctx, next); err != nil {
			return err
		}
	}
	return c.run(ctx, end)
}

// run makes it the given time and waits until nothing is left to do.
func (c *Clock) run(ctx context.Context, at time.Time) error {
	c.moveTo(at)
	if err := c.server.Platform.RunSchedules(ctx); err != nil {
		return err
	}
	c.server.Engine.Wake()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for {
		busy, err := c.server.Platform.CountJobs(ctx, platform.JobFilter{
			Statuses: []platform.JobStatus{platform.JobPending, platform.JobRunning},
		})
		if err != nil || busy == 0 {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("%d jobs have not ended: %w", busy, ctx.Err())
		}
	}
}
