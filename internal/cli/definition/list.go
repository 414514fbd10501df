package definition

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newList(s *session.Session) *cobra.Command {
	var f session.ListFlags
	var kind string
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the custom source connectors of the workspace",
		Args:    session.Words(),
		RunE: s.Run(func(ctx context.Context, _ []string) error {
			return list(ctx, s, kind, f.Options())
		}),
	}
	f.Bind(cmd)
	cmd.Flags().StringVar(&kind, "type", "", "only those of this `type`: yaml for manifests, docker for images, executable for programs")
	return cmd
}

func list(ctx context.Context, s *session.Session, kind string, opts []cloud.ListOption) error {
	w, err := s.Workspace(ctx)
	if err != nil {
		return err
	}
	var definitions iter.Seq2[*cloud.CustomSourceDefinition, error]
	switch kind {
	case "":
		definitions = all(ctx, w, opts...)
	case string(cloud.DefinitionYAML), string(cloud.DefinitionDocker), string(cloud.DefinitionExecutable):
		definitions = w.CustomSourceDefinitions(ctx, cloud.DefinitionType(kind), opts...)
	default:
		return exit.Usagef("--type is yaml, docker or executable, not %q", kind)
	}
	rows := session.Map(definitions, func(d *cloud.CustomSourceDefinition) (row, error) { return rowOf(ctx, d) })
	return session.PrintList(s, view(), rows)
}
