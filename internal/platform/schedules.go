package platform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // schedules name time zones on machines that have no list of them too

	"github.com/airfielddev/airfield/internal/platform/cron"
)

// normalize reads a schedule as callers write it, and refuses one that can never fire.
func (p *Platform) normalize(s Schedule) (Schedule, error) {
	switch s.Type {
	case "", ScheduleManual:
		return Schedule{Type: ScheduleManual}, nil
	case ScheduleBasic:
		return p.normalizeBasic(s)
	case ScheduleCron:
		return p.normalizeCron(s)
	}
	return s, badRequest(fmt.Sprintf("There is no schedule type %q.", s.Type))
}

func (p *Platform) normalizeBasic(s Schedule) (Schedule, error) {
	s = Schedule{Type: ScheduleBasic, Units: s.Units, TimeUnit: strings.ToLower(s.TimeUnit)}
	interval, ok := s.interval()
	if !ok || s.Units <= 0 {
		return s, badRequest(fmt.Sprintf("Every %d %s is not a schedule.", s.Units, s.TimeUnit))
	}
	if interval < p.minimumInterval {
		return s, &Error{
			Condition: ErrInvalid, Problem: "error:basic-schedule-validation/under-one-hour-not-allowed",
			Message: fmt.Sprintf("This server does not allow syncs more often than every %v.", p.minimumInterval),
			Data:    map[string]any{"timeUnit": s.TimeUnit, "units": s.Units},
		}
	}
	return s, nil
}

// interval is the time between the syncs of a basic schedule. A month has thirty days.
func (s Schedule) interval() (time.Duration, bool) {
	const day = 24 * time.Hour
	unit, ok := map[string]time.Duration{
		"minutes": time.Minute, "hours": time.Hour, "days": day, "weeks": 7 * day, "months": 30 * day,
	}[s.TimeUnit]
	return time.Duration(s.Units) * unit, ok && s.Units < 1_000_000
}

func (p *Platform) normalizeCron(s Schedule) (Schedule, error) {
	expression := strings.TrimSpace(s.Cron)
	if strings.HasSuffix(expression, "UTC") {
		expression = strings.TrimSpace(strings.ReplaceAll(expression, "UTC", ""))
	}
	if expression == "" {
		return s, badRequest("Missing cron expression in the schedule.")
	}
	s = Schedule{Type: ScheduleCron, Cron: expression, TimeZone: cmp.Or(s.TimeZone, "UTC")}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return s, &Error{
			Condition: ErrInvalid, Problem: "error:cron-validation/invalid-timezone", Message: "There is no time zone " + s.TimeZone + ".",
			Data: map[string]any{"cronTimezone": s.TimeZone},
		}
	}
	parsed, err := cron.Parse(expression)
	if err != nil {
		return s, invalidCron("error:cron-validation/invalid-expression", expression, fmt.Sprintf(
			"The cron expression %s is not valid. Error: %v. Please check the cron expression format at "+
				"https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html", expression, err))
	}
	return s, p.checkPace(parsed, expression, p.clock().In(zone))
}

func invalidCron(problem, expression, message string) *Error {
	return &Error{
		Condition: ErrInvalid, Problem: problem, Message: message,
		Data: map[string]any{"cronExpression": expression, "validationErrorMessage": message},
	}
}

// firesToCheck is how many fires ahead are looked at to find two that are too close.
const firesToCheck = 100

func (p *Platform) checkPace(parsed *cron.Schedule, expression string, now time.Time) error {
	last, ok := parsed.Next(now)
	if !ok {
		return invalidCron("error:cron-validation/invalid-expression", expression, "The cron expression "+expression+" never fires.")
	}
	if p.minimumInterval == 0 {
		return nil
	}
	for range firesToCheck {
		next, ok := parsed.Next(last)
		if !ok {
			return nil
		}
		if next.Sub(last) < p.minimumInterval {
			return invalidCron("error:cron-validation/under-one-hour-not-allowed", expression,
				fmt.Sprintf("The cron expression %s fires more often than every %v.", expression, p.minimumInterval))
		}
		last = next
	}
	return nil
}

// nextSync is when a connection syncs by itself; zero is never. Last is when its last sync was created; zero is no sync yet.
func nextSync(c Connection, last, now time.Time) time.Time {
	if c.Status != ConnectionActive {
		return time.Time{}
	}
	switch c.Schedule.Type {
	case ScheduleBasic:
		interval, ok := c.Schedule.interval()
		if !ok {
			return time.Time{}
		}
		if last.IsZero() {
			return now
		}
		return last.Add(interval)
	case ScheduleCron:
		return nextFire(c.Schedule, now)
	}
	return time.Time{}
}

func nextFire(s Schedule, now time.Time) time.Time {
	zone, err := time.LoadLocation(cmp.Or(s.TimeZone, "UTC"))
	if err != nil {
		return time.Time{}
	}
	parsed, err := cron.Parse(s.Cron)
	if err != nil {
		return time.Time{}
	}
	next, ok := parsed.Next(now.In(zone))
	if !ok {
		return time.Time{}
	}
	return next.UTC()
}

// reschedule stores when a connection syncs next.
func (p *Platform) reschedule(ctx context.Context, tb Tables, c Connection) error {
	jobs, err := tb.Jobs.List(ctx, JobFilter{ConnectionID: c.ID, Types: []JobType{JobSync, JobRefresh}, Descending: true, Limit: 1})
	if err != nil {
		return err
	}
	var last time.Time
	if len(jobs) > 0 {
		last = jobs[0].CreatedAt
	}
	return tb.Queue.Schedule(ctx, c.ID, nextSync(c, last, p.clock()))
}

// RunSchedules creates the sync jobs that are due. Connections with a job under way are left for when it has ended; fires that
// were missed meanwhile, or while no server ran, make one sync. It may be called by several at once: each turn of a connection makes
// one job.
func (p *Platform) RunSchedules(ctx context.Context) error {
	due, err := view(ctx, p, func(tb Tables) ([]string, error) { return tb.Queue.Due(ctx, p.clock()) })
	if err != nil {
		return fmt.Errorf("looking for due connections: %w", err)
	}
	for _, id := range due {
		if err := p.runDue(ctx, id); err != nil && !errors.Is(err, ErrSyncRunning) {
			if err := p.skip(ctx, id, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// runDue creates the job of a connection that is due, unless somebody else has done so since it was found.
func (p *Platform) runDue(ctx context.Context, id string) error {
	created, err := change(ctx, p, func(tb Tables) (bool, error) {
		if due, err := tb.Queue.Overdue(ctx, id, p.clock()); err != nil || !due {
			return false, err
		}
		_, _, err := p.enqueue(ctx, tb, id, JobSync, JobOptions{})
		return true, err
	})
	if created {
		p.wake()
	}
	return err
}

// skip lets a connection that could not be synced wait for its next turn, so that it does not hold up the others.
func (p *Platform) skip(ctx context.Context, id string, reason error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.log.WarnContext(ctx, "a scheduled sync was not created", "connection_id", id, "error", reason)
	err := p.store.Write(ctx, func(tb Tables) error {
		c, err := tb.Connections.Get(ctx, id)
		if err != nil {
			return err
		}
		now := p.clock()
		if due, err := tb.Queue.Overdue(ctx, id, now); err != nil || !due {
			return err
		}
		return tb.Queue.Schedule(ctx, id, nextSync(c, now, now))
	})
	if err != nil {
		return fmt.Errorf("postponing connection %s: %w", id, err)
	}
	return nil
}

// NextWake is the earliest time at which a job may start or a connection is due; it may have passed. False is never.
func (p *Platform) NextWake(ctx context.Context) (time.Time, bool, error) {
	var ok bool
	at, err := view(ctx, p, func(tb Tables) (at time.Time, err error) {
		at, ok, err = tb.Queue.NextWake(ctx)
		return at, err
	})
	return at, ok, err
}
