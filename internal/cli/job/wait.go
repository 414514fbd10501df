package job

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/progress"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// WaitFlags say how the end of a job is waited for.
type WaitFlags struct {
	timeout         time.Duration
	cancelOnTimeout bool
}

// Bind adds the flags to a verb.
func (f *WaitFlags) Bind(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.timeout, "timeout", 0, "wait no longer than this `duration`, such as 30m")
	cmd.Flags().BoolVar(&f.cancelOnTimeout, "cancel-on-timeout", false, "cancel the job when waiting ends before the job does, by --timeout or Ctrl-C")
}

func (f WaitFlags) options() []cloud.WaitOption {
	var opts []cloud.WaitOption
	if f.timeout > 0 {
		opts = append(opts, cloud.Timeout(f.timeout))
	}
	if f.cancelOnTimeout {
		opts = append(opts, cloud.CancelOnTimeout())
	}
	return opts
}

func newWait(s *session.Session) *cobra.Command {
	var f WaitFlags
	cmd := &cobra.Command{
		Use:   "wait ID",
		Short: "Wait until a job has ended, and exit by how it did",
		Long:  "Wait until a job has ended, and exit by how it did: 0 succeeded, 6 failed, 7 cancelled, 8 still going on when --timeout was over.",
		Args:  session.Words("ID"),
		RunE:  on(s, func(ctx context.Context, r *cloud.SyncResult) error { return Await(ctx, s, r, f) }),
	}
	f.Bind(cmd)
	return cmd
}

// Await waits for a job, shows how far it has come, prints it, and returns an error unless it succeeded.
func Await(ctx context.Context, s *session.Session, r *cloud.SyncResult, f WaitFlags) error {
	bar := progress.Start(s.World, fmt.Sprintf("job %d", r.JobID()), 0)
	_, err := r.Wait(ctx, append(f.options(), cloud.OnProgress(bar.Update))...)
	bar.Stop()
	if err != nil {
		return f.goesOn(err, r.JobID())
	}
	if err := Print(ctx, s, r); err != nil {
		return err
	}
	return exit.Hint(r.Err(ctx), "see why with: airfield job logs %d", r.JobID())
}

// goesOn tells how to come back to a job that was left.
func (f WaitFlags) goesOn(err error, id int64) error {
	if f.cancelOnTimeout {
		return err
	}
	return exit.Hint(err, "wait on with: airfield job wait %d, or stop it with: airfield job cancel %d", id, id)
}
