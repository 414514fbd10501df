package contexts

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/profile"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newUse(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "use NAME",
		Short:             "Make a context the current one",
		Example:           "  airfield context use prod\n  airfield context use local   # the server on this machine",
		Args:              session.Words("NAME"),
		RunE:              s.Run(func(_ context.Context, args []string) error { return use(s, args[0]) }),
		ValidArgsFunction: complement(s),
	}
	s.BindChange(cmd)
	return cmd
}

func use(s *session.Session, name string) error {
	contexts, err := profile.Load(s.World)
	if err != nil {
		return err
	}
	if _, ok := contexts.Contexts[name]; !ok && name != profile.Local {
		return profile.Unknown(name, contexts)
	}
	if done, err := s.Preview(session.Change{Action: "use", Resource: "context", Name: name}); done {
		return err
	}
	contexts.Current = name
	if err := contexts.Save(s.World); err != nil {
		return err
	}
	return showOne(s, name, contexts)
}

func complement(s *session.Session) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		contexts, err := profile.Load(s.World)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return append(contexts.Names(), profile.Local), cobra.ShellCompDirectiveNoFileComp
	}
}
