package connection

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newList(s *session.Session) *cobra.Command {
	var f session.ListFlags
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the connections of the workspace",
		Args:    session.Words(),
		RunE: s.Run(func(ctx context.Context, _ []string) error {
			w, err := s.Workspace(ctx)
			if err != nil {
				return err
			}
			rows := session.Map(w.Connections(ctx, f.Options()...), func(c *cloud.Connection) (row, error) { return rowOf(ctx, c) })
			return session.PrintList(s, view(), rows)
		}),
	}
	f.Bind(cmd)
	return cmd
}
