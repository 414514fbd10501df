package actor

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/session"
)

func newList[T Deployed](s *session.Session, k Kind[T]) *cobra.Command {
	var f session.ListFlags
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the " + k.Noun + "s of the workspace",
		Args:    session.Words(),
		RunE: s.Run(func(ctx context.Context, _ []string) error {
			w, err := s.Workspace(ctx)
			if err != nil {
				return err
			}
			facts := session.Map(k.All(ctx, w, f.Options()...), func(one T) (Facts, error) { return k.Facts(ctx, one) })
			return session.PrintList(s, view(), facts)
		}),
	}
	f.Bind(cmd)
	return cmd
}
