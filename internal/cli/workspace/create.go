package workspace

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newCreate(s *session.Session) *cobra.Command {
	var organization, region string
	cmd := &cobra.Command{
		Use:     "create NAME",
		Short:   "Create a workspace",
		Example: "  airfield workspace create staging",
		Args:    session.Words("NAME"),
		RunE: s.Run(func(ctx context.Context, args []string) error {
			var opts []cloud.CreateWorkspaceOption
			if organization != "" {
				opts = append(opts, cloud.InOrganization(organization))
			}
			if region != "" {
				opts = append(opts, cloud.InRegion(region))
			}
			return create(ctx, s, args[0], opts)
		}),
	}
	cmd.Flags().StringVar(&organization, "organization", "", "`id` of the organization that it belongs to")
	cmd.Flags().StringVar(&region, "region", "", "`id` of the region that keeps its data")
	s.BindChange(cmd)
	return cmd
}

func create(ctx context.Context, s *session.Session, name string, opts []cloud.CreateWorkspaceOption) error {
	if done, err := s.Preview(session.Change{Action: "create", Resource: "workspace", Name: name}); done {
		return err
	}
	client, err := s.Client(ctx)
	if err != nil {
		return err
	}
	w, err := client.CreateWorkspace(ctx, name, opts...)
	if err != nil {
		return err
	}
	return printOne(ctx, s, w)
}
