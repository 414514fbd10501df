package platform_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
)

func (d *deployment) schedule(t *testing.T, c platform.Connection, s platform.Schedule) platform.Connection {
	t.Helper()
	c, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Schedule: &s})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wakes asks when the platform wants to be looked at next, as time after noon; negative is never.
func (d *deployment) wakes(t *testing.T, want time.Duration) {
	t.Helper()
	at, ok, err := d.NextWake(t.Context())
	if err != nil || ok != (want >= 0) || (ok && at.Sub(noon) != want) {
		t.Errorf("next wake: got %v (%v), %v; want %v", at.Sub(noon), ok, err, want)
	}
}

// due runs the schedules and tells how many jobs there are.
func (d *deployment) due(t *testing.T, want int64) {
	t.Helper()
	if err := d.RunSchedules(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := d.CountJobs(t.Context(), platform.JobFilter{}); err != nil || n != want {
		t.Errorf("at %v: got %d jobs, %v; want %d", d.clock.now().Sub(noon), n, err, want)
	}
}

func TestCronSchedule(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	d.wakes(t, -1)
	c = d.schedule(t, c, platform.Schedule{Type: platform.ScheduleCron, Cron: "0 30 * * * ? UTC"})
	if c.Schedule.Cron != "0 30 * * * ?" || c.Schedule.TimeZone != "UTC" {
		t.Errorf("got %+v", c.Schedule)
	}
	d.wakes(t, 30*time.Minute)
	d.due(t, 0)
	d.clock.advance(30 * time.Minute)
	d.due(t, 1)
	d.due(t, 1)
	run := d.next(t)
	d.clock.advance(3 * time.Hour)
	d.due(t, 1) // the first one still runs
	d.finish(t, run, succeeded)
	d.due(t, 1) // what came meanwhile is not made up for
	d.wakes(t, 4*time.Hour+30*time.Minute)
	d.clock.advance(24 * time.Hour) // no server ran for a day
	d.due(t, 2)
	d.due(t, 2)
}

func TestBasicSchedule(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.schedule(t, d.connect(t), platform.Schedule{Type: platform.ScheduleBasic, Units: 2, TimeUnit: "HOURS"})
	d.wakes(t, 0)
	d.due(t, 1)
	d.clock.advance(time.Hour)
	d.finish(t, d.next(t), succeeded)
	d.wakes(t, 2*time.Hour)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	d.finish(t, d.next(t), succeeded)
	d.wakes(t, 3*time.Hour) // counted from the sync that was asked for
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Status: new(platform.ConnectionInactive)}); err != nil {
		t.Fatal(err)
	}
	d.wakes(t, -1)
	d.clock.advance(24 * time.Hour)
	d.due(t, 2)
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Status: new(platform.ConnectionActive)}); err != nil {
		t.Fatal(err)
	}
	d.due(t, 3)
	if err := d.DeleteConnection(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	d.wakes(t, -1)
}

func TestTimeZones(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	d.schedule(t, d.connect(t), platform.Schedule{Type: platform.ScheduleCron, Cron: "0 0 9 * * ?", TimeZone: "America/New_York"})
	d.wakes(t, 2*time.Hour) // 14:00 UTC in March before the clocks change
}

func TestSchedulesRefused(t *testing.T) {
	t.Parallel()
	d := deployWith(t, func(c *platform.Config) { c.MinimumInterval = time.Hour })
	c := d.connect(t)
	f := func(s platform.Schedule, problem string) {
		t.Helper()
		_, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Schedule: &s})
		if e := refused(t, err, platform.ErrInvalid); e.Problem != problem {
			t.Errorf("%+v: got problem %q, want %q", s, e.Problem, problem)
		}
	}
	cron := func(expression, zone string) platform.Schedule {
		return platform.Schedule{Type: platform.ScheduleCron, Cron: expression, TimeZone: zone}
	}
	f(cron("", ""), "bad-request")
	f(cron("every day", ""), "error:cron-validation/invalid-expression")
	f(cron("0 0 0 1 1 ? 1999", ""), "error:cron-validation/invalid-expression")
	f(cron("0 0 12 * * ?", "Mars/Olympus"), "error:cron-validation/invalid-timezone")
	f(cron("0 */30 * * * ?", ""), "error:cron-validation/under-one-hour-not-allowed")
	f(platform.Schedule{Type: platform.ScheduleBasic, Units: 30, TimeUnit: "minutes"}, "error:basic-schedule-validation/under-one-hour-not-allowed")
	f(platform.Schedule{Type: platform.ScheduleBasic, Units: 0, TimeUnit: "hours"}, "bad-request")
	f(platform.Schedule{Type: platform.ScheduleBasic, Units: 1, TimeUnit: "moons"}, "bad-request")
	f(platform.Schedule{Type: "sometimes"}, "bad-request")
	d.schedule(t, c, cron("0 12 * * *", "")) // plain Unix cron
	d.wakes(t, 24*time.Hour)
}

// beforeWrite lets something happen between what is read and what is written.
type beforeWrite struct {
	platform.Store
	once sync.Once
	do   func()
}

func (b *beforeWrite) Write(ctx context.Context, fn func(platform.Tables) error) error {
	b.once.Do(b.do)
	return b.Store.Write(ctx, fn)
}

// TestTurnThatSomebodyElseTook has another caller create the job of a turn, and the job end, after this one has seen the turn.
func TestTurnThatSomebodyElseTook(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.schedule(t, d.connect(t), platform.Schedule{Type: platform.ScheduleBasic, Units: 1, TimeUnit: "hours"})
	slow := &beforeWrite{Store: d.store, do: func() {
		d.due(t, 1)
		d.finish(t, d.next(t), succeeded)
	}}
	if err := platform.New(platform.Config{Store: slow, Now: d.clock.now}).RunSchedules(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := d.CountJobs(t.Context(), platform.JobFilter{ConnectionID: c.ID}); err != nil || n != 1 {
		t.Errorf("%d jobs, %v", n, err)
	}
	d.wakes(t, time.Hour)
}

func TestForget(t *testing.T) {
	t.Parallel()
	d := deployWith(t, func(c *platform.Config) { c.Retention.Jobs = 60 * 24 * time.Hour })
	c := d.connect(t)
	line := []platform.LogLine{{Level: "INFO", Message: "hello"}}
	for range 70 {
		d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
		run := d.next(t)
		if err := d.AppendLogs(t.Context(), run.Job.ID, 0, line); err != nil {
			t.Fatal(err)
		}
		d.finish(t, run, succeeded)
	}
	forget := func(want platform.Forgotten) {
		t.Helper()
		got, err := d.Forget(t.Context())
		if got != want || err != nil {
			t.Errorf("at %v: got %+v, %v, want %+v", d.clock.now().Sub(noon), got, err, want)
		}
	}
	d.clock.advance(29 * 24 * time.Hour)
	forget(platform.Forgotten{})
	d.clock.advance(2 * 24 * time.Hour)
	forget(platform.Forgotten{LogLines: 70})
	d.clock.advance(30 * 24 * time.Hour)
	forget(platform.Forgotten{Jobs: 60})
	forget(platform.Forgotten{})
}
