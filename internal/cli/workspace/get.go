package workspace

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/session"
)

func newGet(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:   "get [ID|NAME]",
		Short: "Tell about a workspace, the chosen one without an argument",
		Args:  session.AtMost(1),
		RunE: s.Run(func(ctx context.Context, args []string) error {
			w, err := find(ctx, s, args)
			if err != nil {
				return err
			}
			return printOne(ctx, s, w)
		}),
		ValidArgsFunction: complete(s),
	}
}
