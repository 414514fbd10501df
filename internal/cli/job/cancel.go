package job

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newCancel(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cancel ID",
		Short: "Cancel a job",
		Long:  "Cancel a job. What it has committed stays. A job that has ended is not cancelled any more: the exit code is 5.",
		Args:  session.Words("ID"),
		RunE: on(s, func(ctx context.Context, r *cloud.SyncResult) error {
			if done, err := s.Preview(session.Change{Action: "cancel", Resource: "job", ID: strconv.FormatInt(r.JobID(), 10)}); done {
				return err
			}
			if err := r.Cancel(ctx); err != nil {
				return err
			}
			return Print(ctx, s, r)
		}),
	}
	s.BindChange(cmd)
	return cmd
}
