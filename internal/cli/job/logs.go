package job

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
func (o logOptions) keeps(e entry) bool {
	level := slices.Index(levels(), e.Level)
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
	attempts, err := r.Attempts(ctx)
	if err != nil {
		return err
	}
	entries := []entry{}
	for _, a := range attempts {
		entries = append(entries, o.wanted(a.Log())...)
	}
	return show(s, p, entries)
}

// wanted reads log entries and keeps those that were asked for.
func (o logOptions) wanted(log []cloud.LogEntry) []entry {
	entries := []entry{}
	for _, line := range log {
		if e := entryOf(line); o.keeps(e) {
			entries = append(entries, e)
		}
	}
	return entries
}

func show(s *session.Session, p *output.Printer, entries []entry) error {
	if p.Structured() {
		return p.Value(entries)
	}
	for _, e := range entries {
		if err := showLine(s, p, e); err != nil {
			return err
		}
	}
	return nil
}

func showLine(s *session.Session, p *output.Printer, e entry) error {
	if p.Structured() {
		return p.Value(e)
	}
	_, err := fmt.Fprintln(s.World.Stdout, e.line)
	return err
}
