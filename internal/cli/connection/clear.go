package connection

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/job"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type clearOptions struct {
	wait, noWait bool
	waiting      job.WaitFlags
}

func newClear(s *session.Session) *cobra.Command {
	var o clearOptions
	cmd := &cobra.Command{
		Use:     "clear ID|NAME",
		Aliases: []string{"reset"},
		Short:   "Delete what a connection has synced",
		Long: `Delete what a connection has synced, in the destination, and forget how far it has come: the next sync begins at the beginning. A
running job of the connection is cancelled first.`,
		Args:              session.Words("ID|NAME"),
		RunE:              on(s, func(ctx context.Context, c *cloud.Connection, _ []string) error { return wipe(ctx, s, c, o) }),
		ValidArgsFunction: complete(s),
	}
	cmd.Flags().BoolVar(&o.wait, "wait", true, "wait for the end")
	cmd.Flags().BoolVar(&o.noWait, "no-wait", false, "return as soon as the job was started")
	o.waiting.Bind(cmd)
	s.BindChange(cmd)
	return cmd
}

func wipe(ctx context.Context, s *session.Session, c *cloud.Connection, o clearOptions) error {
	info, err := c.Info(ctx)
	if err != nil {
		return err
	}
	change := session.Change{Action: "clear the data of", Resource: "connection", ID: info.ID, Name: info.Name, Detail: names(streamRows(info.Streams))}
	if done, err := s.Preview(change); done {
		return err
	}
	if err := s.ConfirmDelete(ctx, change); err != nil {
		return err
	}
	r, err := c.Reset(ctx)
	if err != nil {
		return err
	}
	return finish(ctx, s, r, o.wait && !o.noWait, o.waiting)
}
