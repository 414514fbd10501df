package definition

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newGet(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:     "get ID|NAME",
		Short:   "Tell about a custom source connector",
		Example: "  airfield definition get my-api --jq .manifest > manifest.json",
		Args:    session.Words("ID|NAME"),
		RunE: on(s, func(ctx context.Context, d *cloud.CustomSourceDefinition, _ []string) error {
			return printOne(ctx, s, d)
		}),
		ValidArgsFunction: complete(s),
	}
}
