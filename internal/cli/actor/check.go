package actor

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// outcome is what a check found, as it is shown.
type outcome struct {
	ID      string `json:"id"`
	Status  string `json:"status"` // succeeded, failed, or broken when the check itself could not be done
	Message string `json:"message,omitempty"`
}

func newCheck[T Deployed](s *session.Session, k Kind[T]) *cobra.Command {
	return &cobra.Command{
		Use:               "check ID|NAME",
		Short:             "Try whether a " + k.Noun + " works",
		Long:              "Try whether a " + k.Noun + " works. Exits with 0 when it does, 2 when its configuration does not work, and 1 when that could not be found out.",
		Args:              session.Words("ID|NAME"),
		RunE:              k.on(s, func(ctx context.Context, one T, _ []string) error { return check(ctx, s, one) }),
		ValidArgsFunction: k.Complete(s),
	}
}

func check(ctx context.Context, s *session.Session, one Deployed) error {
	result, err := one.Check(ctx)
	if err != nil {
		return err
	}
	o := outcome{ID: one.ID(), Status: "succeeded", Message: result.Message}
	switch {
	case result.Broken:
		o.Status = "broken"
	case !result.Succeeded:
		o.Status = "failed"
	}
	view := output.View[outcome]{
		Name: func(o outcome) string { return o.Status },
		Columns: []output.Column[outcome]{
			{Title: "status", Text: func(o outcome) string { return o.Status }},
			{Title: "message", Text: func(o outcome) string { return o.Message }},
		},
	}
	if err := session.PrintOne(s, view, o); err != nil {
		return err
	}
	return result.Err()
}
