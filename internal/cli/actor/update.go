package actor

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type updateOptions struct {
	name    string
	config  string
	replace bool
}

func newUpdate[T Deployed](s *session.Session, k Kind[T]) *cobra.Command {
	var o updateOptions
	cmd := &cobra.Command{
		Use:   "update ID|NAME [--config CONFIG] [--name NAME]",
		Short: "Change a " + k.Noun,
		Long: "Change a " + k.Noun + ". The configuration is merged into the one it has: what is not mentioned stays, and so does a secret that is\n" +
			"given as **********. --replace takes the given configuration as the whole.",
		Args:              session.Words("ID|NAME"),
		RunE:              k.on(s, func(ctx context.Context, one T, _ []string) error { return update(ctx, s, k, one, o) }),
		ValidArgsFunction: k.Complete(s),
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "`configuration`: JSON, YAML, @FILE or -")
	f.StringVar(&o.name, "name", "", "another `name`")
	f.BoolVar(&o.replace, "replace", false, "replace the configuration instead of merging into it")
	s.BindChange(cmd)
	return cmd
}

func update[T Deployed](ctx context.Context, s *session.Session, k Kind[T], one T, o updateOptions) error {
	config, err := s.Object("config", o.config)
	if err != nil {
		return err
	}
	if config == nil && o.name == "" {
		return exit.Usagef("there is nothing to change: give --config or --name")
	}
	change := session.Change{Action: "update", Resource: k.Noun, ID: one.ID(), Detail: map[string]any{"name": o.name, "members": keys(config)}}
	if done, err := s.Preview(change); done {
		return err
	}
	if config != nil {
		if err := k.Configure(ctx, one, config, o.replace); err != nil {
			return err
		}
	}
	if o.name != "" {
		if err := one.Rename(ctx, o.name); err != nil {
			return err
		}
	}
	return k.print(ctx, s, one)
}

func keys(config map[string]any) []string {
	return slices.Sorted(maps.Keys(config))
}
