package job

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

const followInterval = 500 * time.Millisecond

// follow prints what is written until the job has ended.
func follow(ctx context.Context, s *session.Session, p *output.Printer, r *cloud.SyncResult, o logOptions) error {
	if p.Structured() && p.Format() != output.JSONL {
		return exit.Usagef("-f goes with -o jsonl, or without -o")
	}
	err := listen(ctx, s, p, r, o)
	if !errors.Is(err, cloud.ErrUnsupported) {
		return err
	}
	return poll(ctx, s, p, r, o)
}

// listen prints what the server sends.
func listen(ctx context.Context, s *session.Session, p *output.Printer, r *cloud.SyncResult, o logOptions) error {
	for line, err := range r.FollowLogs(ctx) {
		if err != nil {
			return err
		}
		for _, e := range o.wanted([]cloud.LogEntry{line}) {
			if err := showLine(s, p, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// poll asks for the log time after time.
func poll(ctx context.Context, s *session.Session, p *output.Printer, r *cloud.SyncResult, o logOptions) error {
	tick := time.NewTicker(followInterval)
	defer tick.Stop()
	seen := map[int][]cloud.LogEntry{}
	for {
		info, err := r.Refresh(ctx) // before the log: an ended job writes no more
		if err != nil {
			return err
		}
		attempts, err := r.Attempts(ctx)
		if err != nil {
			return err
		}
		for _, a := range attempts {
			fresh := after(seen[a.Number], a.Log())
			seen[a.Number] = a.Log()
			for _, e := range o.wanted(fresh) {
				if err := showLine(s, p, e); err != nil {
					return err
				}
			}
		}
		if info.Status.Final() {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// after is what has come to a log since it was seen. Servers give the end of a long log alone, so its beginning may have gone.
func after(seen, log []cloud.LogEntry) []cloud.LogEntry {
	for gone := range seen {
		rest := seen[gone:]
		if len(rest) <= len(log) && slices.Equal(rest, log[:len(rest)]) {
			return log[len(rest):]
		}
	}
	return log
}
