package contexts

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/profile"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newList(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the contexts",
		Args:    session.Words(),
		RunE:    s.Run(func(context.Context, []string) error { return list(s) }),
	}
}

func list(s *session.Session) error {
	contexts, err := profile.Load(s.World)
	if err != nil {
		return err
	}
	server, running, err := profile.Server(s.World)
	if err != nil {
		return err
	}
	p, err := s.Printer()
	if err != nil {
		return err
	}
	return view().List(p, rows(contexts, server, running))
}

// rows shows the server of this machine after the contexts, unless a context has taken its name.
func rows(c *profile.Contexts, server profile.Profile, running bool) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for _, name := range c.Names() {
			r := rowOf(name, c.Contexts[name])
			r.Current = name == c.Current
			if !yield(r, nil) {
				return
			}
		}
		if _, taken := c.Contexts[profile.Local]; running && !taken {
			r := rowOf(profile.Local, server)
			r.Current = c.Current == "" || c.Current == profile.Local
			yield(r, nil)
		}
	}
}
