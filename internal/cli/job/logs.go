package job

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type logOptions struct {
	follow  bool
	attempt int
	source  string
	level   string
}

func newLogs(s *session.Session) *cobra.Command {
	o := logOptions{}
	cmd := &cobra.Command{
		Use:     "logs ID",
		Aliases: []string{"log"},
		Short:   "Print the log of a job",
		Example: "  airfield job logs 12 -f\n  airfield job logs 12 --level warn\n  airfield job logs 12 --attempt 0 --source source -o jsonl",
		Args:    session.Words("ID"),
		RunE:    on(s, func(ctx context.Context, r *cloud.SyncResult) error { return logs(ctx, s, r, o) }),
	}
	f := cmd.Flags()
	f.BoolVarP(&o.follow, "follow", "f", false, "go on until the job has ended")
	f.IntVar(&o.attempt, "attempt", -1, "only the attempt with this `number`, counted from 0")
	f.StringVar(&o.source, "source", "", "only what this `part` wrote: source, destination or platform")
	f.StringVar(&o.level, "level", "", "only this `level` and worse: trace, debug, info, warn, error")
	return cmd
}

// levels are the levels of log entries, the least important first.
func levels() []string { return []string{"trace", "debug", "info", "warn", "error", "fatal"} }

func (o logOptions) check() error {
	if o.level != "" && !slices.Contains(levels(), o.level) {
		return exit.Usagef("there is no level %q; choose one of %s", o.level, strings.Join(levels(), ", "))
	}
	if o.source != "" && !slices.Contains([]string{"source", "destination", "platform"}, o.source) {
		return exit.Usagef("there is no part %q; choose one of source, destination, platform", o.source)
	}
	return nil
}

// keeps tells whether an entry is wanted. Entries without a level or a source are plain lines that could be anything: they stay.
func (o logOptions) keeps(e cloud.LogEntry) bool {
	level := slices.Index(levels(), strings.ToLower(e.Level))
	return (o.attempt < 0 || e.Attempt == o.attempt) &&
		(o.source == "" || e.Source == "" || part(e.Source) == o.source) &&
		(level < 0 || level >= slices.Index(levels(), o.level))
}

// part takes the platform's components for one.
func part(source string) string {
	if source == "source" || source == "destination" {
		return source
	}
	return "platform"
}

// entry is a line of a log as it is shown.
type entry struct {
	Attempt int       `json:"attempt"`
	Time    time.Time `json:"time,omitzero"`
	Level   string    `json:"level,omitempty"`
	Source  string    `json:"source,omitempty"`
	Message string    `json:"message"`
}

func logs(ctx context.Context, s *session.Session, r *cloud.SyncResult, o logOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	p, err := s.Printer()
	if err != nil {
		return err
	}
	if o.follow {
		return follow(ctx, s, p, r, o)
	}
	entries := []entry{}
	for e, err := range r.Logs(ctx) {
		if err != nil {
			return err
		}
		if o.keeps(e) {
			entries = append(entries, entry(e))
		}
	}
	if p.Structured() {
		return p.Value(entries)
	}
	return lines(s, entries)
}

func lines(s *session.Session, entries []entry) error {
	for _, e := range entries {
		if _, err := fmt.Fprintln(s.World.Stdout, cloud.LogEntry(e)); err != nil {
			return err
		}
	}
	return nil
}

const followInterval = 500 * time.Millisecond

func follow(ctx context.Context, s *session.Session, p *output.Printer, r *cloud.SyncResult, o logOptions) error {
	if p.Structured() && p.Format() != output.JSONL {
		return exit.Usagef("-f goes with -o jsonl or no -o")
	}
	tick := time.NewTicker(followInterval)
	defer tick.Stop()
	seen := map[int]int{}
	for {
		info, err := r.Refresh(ctx) // before the log: an ended job writes no more
		if err != nil {
			return err
		}
		if err := printNew(ctx, s, p, r, o, seen); err != nil || info.Status.Final() {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// printNew prints what was written since the last time. seen counts the entries of each attempt.
func printNew(ctx context.Context, s *session.Session, p *output.Printer, r *cloud.SyncResult, o logOptions, seen map[int]int) error {
	attempts, err := r.Attempts(ctx)
	if err != nil {
		return err
	}
	for _, a := range attempts {
		all := a.Log()
		fresh := []entry{}
		for _, e := range all[min(seen[a.Number], len(all)):] {
			if o.keeps(e) {
				fresh = append(fresh, entry(e))
			}
		}
		seen[a.Number] = len(all)
		if p.Structured() {
			err = p.Value(fresh)
		} else {
			err = lines(s, fresh)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
