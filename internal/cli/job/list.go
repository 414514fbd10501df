package job

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type listOptions struct {
	connection string
	kind       string
	limit      int
}

func newList(s *session.Session) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List jobs, the newest first",
		Args:    session.Words(),
		RunE:    s.Run(func(ctx context.Context, _ []string) error { return list(ctx, s, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.connection, "connection", "", "only those of the connection with this `id` or name")
	f.StringVar(&o.kind, "type", "", "only jobs of this `type`: sync, reset, clear or refresh")
	f.IntVar(&o.limit, "limit", 20, "end after so `many`; 0 lists all")
	return cmd
}

func list(ctx context.Context, s *session.Session, o listOptions) error {
	w, err := s.Workspace(ctx)
	if err != nil {
		return err
	}
	jobs, err := o.jobs(ctx, w)
	if err != nil {
		return err
	}
	return session.PrintList(s, view(), session.Map(jobs, func(r *cloud.SyncResult) (row, error) { return rowOf(ctx, r) }))
}

func (o listOptions) jobs(ctx context.Context, w *cloud.Workspace) (iter.Seq2[*cloud.SyncResult, error], error) {
	var opts []cloud.ListOption
	if o.limit != 0 {
		opts = append(opts, cloud.Limit(o.limit))
	}
	if o.kind != "" {
		opts = append(opts, cloud.OfType(cloud.JobType(o.kind)))
	}
	if o.connection == "" {
		return w.Jobs(ctx, opts...), nil
	}
	c, err := session.Find(ctx, "connection", o.connection, w.Connection, w.Connections(ctx))
	if err != nil {
		return nil, err
	}
	return c.SyncResults(ctx, opts...), nil
}
