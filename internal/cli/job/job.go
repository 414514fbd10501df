// Package job is the noun for one request to sync or clear a connection.
package job

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// New is the command with its verbs.
func New(s *session.Session) *cobra.Command {
	group := session.Group("job", "Follow and stop what connections do",
		newList(s), newGet(s), newWait(s), newLogs(s), newCancel(s))
	group.Aliases = []string{"jobs"}
	return group
}

// on makes a verb that acts on the job that its argument names.
func on(s *session.Session, do func(ctx context.Context, r *cloud.SyncResult) error) func(*cobra.Command, []string) error {
	return s.Run(func(ctx context.Context, args []string) error {
		id, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil || id <= 0 {
			return exit.Hint(exit.Usagef("%q is no id of a job", args[0]), "see the ids with: airfield job list")
		}
		w, err := s.Workspace(ctx)
		if err != nil {
			return err
		}
		r, err := w.Job(ctx, id)
		if err != nil {
			return err
		}
		return do(ctx, r)
	})
}

// Print prints a job in the format that was asked for.
func Print(ctx context.Context, s *session.Session, r *cloud.SyncResult) error {
	one, err := rowOf(ctx, r)
	if err != nil {
		return err
	}
	return session.PrintOne(s, view(), one)
}
