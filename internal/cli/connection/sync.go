package connection

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/job"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type syncOptions struct {
	wait, noWait bool
	onConflict   string
	waiting      job.WaitFlags
}

func newSync(s *session.Session) *cobra.Command {
	var o syncOptions
	cmd := &cobra.Command{
		Use:   "sync ID|NAME",
		Short: "Sync a connection, wait for the end, and exit by how it ended",
		Long: `Sync a connection, wait for the end, and exit by how it ended: 0 succeeded, 6 failed, 7 cancelled, 8 still going on when --timeout
was over.

When a sync of the connection is running already, it is waited for instead, unless --on-conflict fail is given: then the exit
code is 5.`,
		Example: `  airfield connection sync people-to-files
  airfield connection sync people-to-files --timeout 30m --cancel-on-timeout
  airfield connection sync people-to-files --no-wait -o name`,
		Args:              session.Words("ID|NAME"),
		RunE:              on(s, func(ctx context.Context, c *cloud.Connection, _ []string) error { return sync(ctx, s, c, o) }),
		ValidArgsFunction: complete(s),
	}
	f := cmd.Flags()
	f.BoolVar(&o.wait, "wait", true, "wait for the end")
	f.BoolVar(&o.noWait, "no-wait", false, "return as soon as the sync was started")
	f.StringVar(&o.onConflict, "on-conflict", "adopt", "`what` to do when a sync is running: adopt it, or fail")
	o.waiting.Bind(cmd)
	s.BindChange(cmd)
	return cmd
}

func (o syncOptions) conflict() (cloud.Conflict, error) {
	switch o.onConflict {
	case "adopt":
		return cloud.Adopt, nil
	case "fail":
		return cloud.Fail, nil
	}
	return 0, exit.Usagef("--on-conflict is adopt or fail, not %q", o.onConflict)
}

func sync(ctx context.Context, s *session.Session, c *cloud.Connection, o syncOptions) error {
	conflict, err := o.conflict()
	if err != nil {
		return err
	}
	if done, err := s.Preview(session.Change{Action: "sync", Resource: "connection", ID: c.ID()}); done {
		return err
	}
	r, err := c.RunSync(ctx, cloud.NoWait(), cloud.OnConflict(conflict))
	if err != nil {
		return err
	}
	return finish(ctx, s, r, o.wait && !o.noWait, o.waiting)
}

// finish waits for a job that was started, or only tells about it.
func finish(ctx context.Context, s *session.Session, r *cloud.SyncResult, wait bool, f job.WaitFlags) error {
	if !wait {
		return job.Print(ctx, s, r)
	}
	s.Note("job %d: %s", r.JobID(), r.URL())
	return job.Await(ctx, s, r, f)
}
