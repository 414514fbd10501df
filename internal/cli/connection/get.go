package connection

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newGet(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:               "get ID|NAME",
		Short:             "Tell about a connection",
		Args:              session.Words("ID|NAME"),
		RunE:              on(s, func(ctx context.Context, c *cloud.Connection, _ []string) error { return printOne(ctx, s, c) }),
		ValidArgsFunction: complete(s),
	}
}
