// Package connection is the noun for what syncs streams of a source to a destination.
package connection

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// New is the command with its verbs.
func New(s *session.Session) *cobra.Command {
	group := session.Group("connection", "Work with the connections of a workspace",
		newList(s), newGet(s), newDeploy(s), newUpdate(s), newRename(s), newDelete(s),
		newSync(s), newClear(s), newState(s), newStreams(s))
	group.Aliases = []string{"connections"}
	return group
}

// find finds the connection that ref names.
func find(ctx context.Context, w *cloud.Workspace, ref string) (*cloud.Connection, error) {
	return session.Find(ctx, "connection", ref, w.Connection, w.Connections(ctx))
}

// complete offers live names to the shell.
func complete(s *session.Session) cobra.CompletionFunc {
	return session.Complete(func(ctx context.Context) (iter.Seq2[*cloud.Connection, error], error) {
		w, err := s.Workspace(ctx)
		if err != nil {
			return nil, err
		}
		return w.Connections(ctx), nil
	})
}

// on makes a verb that acts on the connection that its first argument names.
func on(s *session.Session, do func(ctx context.Context, c *cloud.Connection, args []string) error) func(*cobra.Command, []string) error {
	return s.Run(func(ctx context.Context, args []string) error {
		w, err := s.Workspace(ctx)
		if err != nil {
			return err
		}
		c, err := find(ctx, w, args[0])
		if err != nil {
			return err
		}
		return do(ctx, c, args[1:])
	})
}

func printOne(ctx context.Context, s *session.Session, c *cloud.Connection) error {
	r, err := rowOf(ctx, c)
	if err != nil {
		return err
	}
	return session.PrintOne(s, view(), r)
}
