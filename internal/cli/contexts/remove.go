package contexts

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/profile"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newRemove(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "remove NAME",
		Aliases:           []string{"delete", "rm"},
		Short:             "Forget a context and its credentials",
		Args:              session.Words("NAME"),
		RunE:              s.Run(func(ctx context.Context, args []string) error { return remove(ctx, s, args[0]) }),
		ValidArgsFunction: complement(s),
	}
	s.BindChange(cmd)
	return cmd
}

func remove(ctx context.Context, s *session.Session, name string) error {
	contexts, err := profile.Load(s.World)
	if err != nil {
		return err
	}
	if _, ok := contexts.Contexts[name]; !ok {
		return profile.Unknown(name, contexts)
	}
	change := session.Change{Action: "remove", Resource: "context", Name: name}
	if done, err := s.Preview(change); done {
		return err
	}
	if err := s.ConfirmDelete(ctx, change); err != nil {
		return err
	}
	delete(contexts.Contexts, name)
	if contexts.Current == name {
		contexts.Current = ""
	}
	if err := contexts.Save(s.World); err != nil {
		return err
	}
	s.Note("removed context %s", name)
	return nil
}
