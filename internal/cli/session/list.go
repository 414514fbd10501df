package session

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
)

// ListFlags narrow a list.
type ListFlags struct {
	name     string
	contains string
	limit    int
}

// Bind adds the flags to a verb.
func (f *ListFlags) Bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.name, "name", "", "only what has exactly this `name`")
	cmd.Flags().StringVar(&f.contains, "name-contains", "", "only what has this `text` in its name, in any case")
	cmd.Flags().IntVar(&f.limit, "limit", 0, "end after so `many`")
	cmd.MarkFlagsMutuallyExclusive("name", "name-contains")
}

// Options are the flags as the client wants them.
func (f *ListFlags) Options() []cloud.ListOption {
	var opts []cloud.ListOption
	switch {
	case f.name != "":
		opts = append(opts, cloud.ByName(f.name))
	case f.contains != "":
		part := strings.ToLower(f.contains)
		opts = append(opts, cloud.Where(func(name string) bool { return strings.Contains(strings.ToLower(name), part) }))
	}
	if f.limit != 0 {
		opts = append(opts, cloud.Limit(f.limit))
	}
	return opts
}

// AtMost allows so many arguments.
func AtMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return exit.Usagef("%q is too many for %s", args[n], cmd.CommandPath())
		}
		return nil
	}
}

// Map makes a list of one kind of a list of another.
func Map[A, B any](all iter.Seq2[A, error], to func(A) (B, error)) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for a, err := range all {
			var b B
			if err == nil {
				b, err = to(a)
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// PrintList prints a list in the format that was asked for.
func PrintList[T any](s *Session, view output.View[T], all iter.Seq2[T, error]) error {
	p, err := s.Printer()
	if err != nil {
		return err
	}
	return view.List(p, all)
}

// PrintOne prints one thing in the format that was asked for.
func PrintOne[T any](s *Session, view output.View[T], thing T) error {
	p, err := s.Printer()
	if err != nil {
		return err
	}
	return view.One(p, thing)
}

// patience is how long a shell waits for live names.
const patience = 3 * time.Second

// Complete offers the names of a list to the shell.
func Complete[T Named](list func(ctx context.Context) (iter.Seq2[T, error], error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := hurried(cmd.Context())
		defer cancel()
		all, err := list(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		_, names, err := called(ctx, "", all)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// hurried ends when a shell has waited long enough, unless its end is set already.
func hurried(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, patience)
}

// Date is a moment as tables show it.
func Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}

// Items is a list of what is in memory.
func Items[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}
