package contexts

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/profile"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newShow(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:               "show [NAME]",
		Short:             "Tell which server and credentials are used, or would be with a context",
		Args:              session.AtMost(1),
		RunE:              s.Run(func(_ context.Context, args []string) error { return show(s, args) }),
		ValidArgsFunction: complement(s),
	}
}

func show(s *session.Session, args []string) error {
	if len(args) == 1 {
		s.UseContext(args[0])
	}
	choice, err := s.Profile()
	if err != nil {
		return err
	}
	if choice.Origin == "nothing" {
		return exit.Hint(exit.With(exit.Auth, errNothing), "start a server with: airfield server, or add one with: airfield context add")
	}
	r := rowOf(cmp.Or(choice.Name, "-"), choice.Profile)
	r.Origin, r.Current = choice.Origin, true
	return printRow(s, r)
}

func showOne(s *session.Session, name string, c *profile.Contexts) error {
	p, ok := c.Contexts[name]
	if !ok {
		server, _, err := profile.Server(s.World)
		if err != nil {
			return err
		}
		p = server
	}
	r := rowOf(name, p)
	r.Current = name == c.Current
	return printRow(s, r)
}

func printRow(s *session.Session, r row) error {
	p, err := s.Printer()
	if err != nil {
		return err
	}
	return view().One(p, r)
}

var errNothing = errors.New("no server was named, and none has run on this machine")
