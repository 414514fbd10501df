package actor

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type deployOptions struct {
	connector string
	config    string
	duplicate bool
	suffix    bool
	draft     bool
}

func newDeploy[T Deployed](s *session.Session, k Kind[T]) *cobra.Command {
	var o deployOptions
	cmd := &cobra.Command{
		Use:     "deploy NAME --connector CONNECTOR [--config CONFIG]",
		Aliases: []string{"create"},
		Short:   "Deploy a connector as a " + k.Noun,
		Long: "Deploy a connector as a " + k.Noun + ". The connector is given by name, or by the id of its definition.\n\n" +
			"The configuration is JSON or YAML; @FILE reads it from a file, - from stdin.",
		Example: k.Example,
		Args:    session.Words("NAME"),
		RunE: s.Run(func(ctx context.Context, args []string) error {
			return deploy(ctx, s, k, args[0], o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.connector, "connector", "", "`name` of the connector, such as "+k.Sample+", or id of its definition")
	f.StringVar(&o.config, "config", "", "`configuration`: JSON, YAML, @FILE or -")
	f.BoolVar(&o.duplicate, "allow-duplicate", false, "deploy it even if the name is taken")
	f.BoolVar(&o.suffix, "random-suffix", false, "add a random suffix to the name")
	f.BoolVar(&o.draft, "draft", false, "leave secrets and the like for later; no connection can use it until a check has succeeded; --connector is an id")
	s.BindChange(cmd)
	return cmd
}

func deploy[T Deployed](ctx context.Context, s *session.Session, k Kind[T], name string, o deployOptions) error {
	config, err := s.Object("config", o.config)
	if err != nil {
		return err
	}
	what, opts, err := k.deployable(o, config)
	if err != nil {
		return err
	}
	change := session.Change{Action: "deploy", Resource: k.Noun, Name: name, Detail: map[string]string{"connector": o.connector}}
	if done, err := s.Preview(change); done {
		return err
	}
	w, err := s.Workspace(ctx)
	if err != nil {
		return err
	}
	one, err := k.Deploy(ctx, w, name, what, opts...)
	if err != nil {
		return err
	}
	return k.print(ctx, s, one)
}

// deployable names the connector inside the configuration, where the client looks for it, unless a definition does.
func (k Kind[T]) deployable(o deployOptions, config map[string]any) (cloud.Configuration, []cloud.DeployOption, error) {
	what := cloud.Configuration{}
	for key, value := range config {
		what[key] = value
	}
	var opts []cloud.DeployOption
	if o.duplicate {
		opts = append(opts, cloud.AllowDuplicateName())
	}
	if o.suffix {
		opts = append(opts, cloud.RandomNameSuffix())
	}
	if o.draft {
		if !session.IsID(o.connector) {
			return nil, nil, exit.Usagef("--draft needs the id of a definition for --connector")
		}
		opts = append(opts, cloud.DeferCredentials())
	}
	key := k.Noun + "Type"
	switch {
	case session.IsID(o.connector):
		return what, append(opts, cloud.WithDefinitionID(o.connector)), nil
	case o.connector != "":
		what[key] = strings.TrimPrefix(o.connector, k.Noun+"-")
	case what[key] == nil:
		return nil, nil, session.Required(session.Flag{Name: "connector"})
	}
	return what, opts, nil
}
