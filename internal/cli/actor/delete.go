package actor

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/session"
)

func newDelete[T Deployed](s *session.Session, k Kind[T]) *cobra.Command {
	var f session.DeleteFlags
	cmd := &cobra.Command{
		Use:     "delete ID|NAME",
		Aliases: []string{"rm"},
		Short:   "Delete a " + k.Noun + " for good",
		Long: "Delete a " + k.Noun + " for good. The server deletes the connections that use it as well.\n\n" +
			"Its name must have delete-me or deleteme in it, unless --no-safe-mode is given.",
		Args: session.Words("ID|NAME"),
		RunE: k.on(s, func(ctx context.Context, one T, _ []string) error {
			facts, err := k.Facts(ctx, one)
			if err != nil {
				return err
			}
			return session.Delete(ctx, s, session.Deletion[Facts]{
				Noun: k.Noun, ID: facts.ID, Name: facts.Name, View: view(), Thing: facts, Flags: f, Do: one.PermanentlyDelete,
			})
		}),
		ValidArgsFunction: k.Complete(s),
	}
	f.Bind(cmd)
	s.BindChange(cmd)
	return cmd
}
