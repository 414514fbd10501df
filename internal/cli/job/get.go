package job

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newGet(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:   "get ID",
		Short: "Tell about a job",
		Args:  session.Words("ID"),
		RunE:  on(s, func(ctx context.Context, r *cloud.SyncResult) error { return Print(ctx, s, r) }),
	}
}
