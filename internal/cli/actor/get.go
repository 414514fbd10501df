package actor

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/session"
)

func newGet[T Deployed](s *session.Session, k Kind[T]) *cobra.Command {
	return &cobra.Command{
		Use:               "get ID|NAME",
		Short:             "Tell about a " + k.Noun,
		Long:              "Tell about a " + k.Noun + ". Secrets in its configuration are shown as **********.",
		Args:              session.Words("ID|NAME"),
		RunE:              k.on(s, func(ctx context.Context, one T, _ []string) error { return k.print(ctx, s, one) }),
		ValidArgsFunction: k.Complete(s),
	}
}
