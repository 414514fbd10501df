package actor

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/session"
)

func newRename[T Deployed](s *session.Session, k Kind[T]) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rename ID|NAME NEW-NAME",
		Short: "Give a " + k.Noun + " another name",
		Args:  session.Words("ID|NAME", "NEW-NAME"),
		RunE: k.on(s, func(ctx context.Context, one T, args []string) error {
			change := session.Change{Action: "rename", Resource: k.Noun, ID: one.ID(), Detail: map[string]string{"name": args[0]}}
			if done, err := s.Preview(change); done {
				return err
			}
			if err := one.Rename(ctx, args[0]); err != nil {
				return err
			}
			return k.print(ctx, s, one)
		}),
		ValidArgsFunction: k.Complete(s),
	}
	s.BindChange(cmd)
	return cmd
}
