package workspace

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newList(s *session.Session) *cobra.Command {
	var f session.ListFlags
	var organization string
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the workspaces that you can see",
		Args:    session.Words(),
		RunE:    s.Run(func(ctx context.Context, _ []string) error { return list(ctx, s, f, organization) }),
	}
	f.Bind(cmd)
	cmd.Flags().StringVar(&organization, "organization", "", "only those of the organization with this `id`")
	return cmd
}

func list(ctx context.Context, s *session.Session, f session.ListFlags, organization string) error {
	client, err := s.Client(ctx)
	if err != nil {
		return err
	}
	opts := f.Options()
	if organization != "" {
		opts = append(opts, cloud.InOrganization(organization))
	}
	return session.PrintList(s, view(), rows(ctx, client.Workspaces(ctx, opts...)))
}
