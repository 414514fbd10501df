package platform

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// Retention says how long what jobs leave is kept. Zero fields are the defaults; negative ones keep for ever.
type Retention struct {
	Logs time.Duration // of attempts whose jobs have ended; 0: thirty days
	Jobs time.Duration // jobs that have ended, with their attempts and logs, except the newest ten of each connection, and changes of connections; 0: for ever
}

func (r Retention) withDefaults() Retention {
	r.Logs, r.Jobs = cmp.Or(r.Logs, 30*24*time.Hour), cmp.Or(r.Jobs, -1)
	return r
}

// newestJobs is how many jobs of each connection stay whatever their age.
const newestJobs = 10

// forgetTick is how often what is too old is looked for.
const forgetTick = time.Hour

// Forgotten counts what was removed for its age.
type Forgotten struct {
	Jobs     int64
	LogLines int64
	Changes  int64 // of connections
}

// Forget removes what is older than it is to be kept.
func (p *Platform) Forget(ctx context.Context) (out Forgotten, err error) {
	now := p.clock()
	if p.retention.Jobs > 0 {
		before := now.Add(-p.retention.Jobs)
		out.Jobs, err = p.drain(ctx, func(tb Tables) (int64, error) { return tb.History.ForgetJobs(ctx, before, newestJobs) })
	}
	if err == nil && p.retention.Jobs > 0 {
		before := now.Add(-p.retention.Jobs)
		out.Changes, err = p.drain(ctx, func(tb Tables) (int64, error) { return tb.History.ForgetChanges(ctx, before) })
	}
	if err == nil && p.retention.Logs > 0 {
		before := now.Add(-p.retention.Logs)
		out.LogLines, err = p.drain(ctx, func(tb Tables) (int64, error) { return tb.History.ForgetLogs(ctx, before) })
	}
	if err != nil {
		return out, fmt.Errorf("removing old jobs and logs: %w", err)
	}
	return out, nil
}

// drain removes part after part until there is nothing left.
func (p *Platform) drain(ctx context.Context, remove func(Tables) (int64, error)) (total int64, err error) {
	for {
		n, err := change(ctx, p, remove)
		if err != nil || n == 0 {
			return total, err
		}
		total += n
	}
}

// KeepForgetting removes what has become too old, at once and then every hour, until ctx is done.
func (p *Platform) KeepForgetting(ctx context.Context) error {
	tick := time.NewTicker(forgetTick)
	defer tick.Stop()
	for {
		gone, err := p.Forget(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			p.log.ErrorContext(ctx, "old jobs and logs stay for now", "error", err)
		case gone != Forgotten{}:
			p.log.InfoContext(ctx, "old jobs and logs were removed", "jobs", gone.Jobs, "log_lines", gone.LogLines, "changes", gone.Changes)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
