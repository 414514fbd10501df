package connection

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type deleteOptions struct {
	session.DeleteFlags

	cascadeSource, cascadeDestination bool
}

func newDelete(s *session.Session) *cobra.Command {
	var o deleteOptions
	cmd := &cobra.Command{
		Use:     "delete ID|NAME",
		Aliases: []string{"rm"},
		Short:   "Delete a connection for good",
		Long: `Delete a connection for good. What it has synced stays in the destination.

Its name must have delete-me or deleteme in it, unless --no-safe-mode is given; so must those of a source and destination that go with it.`,
		Args:              session.Words("ID|NAME"),
		RunE:              on(s, func(ctx context.Context, c *cloud.Connection, _ []string) error { return remove(ctx, s, c, o) }),
		ValidArgsFunction: complete(s),
	}
	o.Bind(cmd)
	cmd.Flags().BoolVar(&o.cascadeSource, "cascade-source", false, "delete its source after it")
	cmd.Flags().BoolVar(&o.cascadeDestination, "cascade-destination", false, "delete its destination after it")
	s.BindChange(cmd)
	return cmd
}

func remove(ctx context.Context, s *session.Session, c *cloud.Connection, o deleteOptions) error {
	r, err := rowOf(ctx, c)
	if err != nil {
		return err
	}
	with := map[string]string{}
	var cascade []cloud.DeleteOption
	if o.cascadeSource {
		cascade, with["source"] = append(cascade, cloud.CascadeSource()), r.SourceID
	}
	if o.cascadeDestination {
		cascade, with["destination"] = append(cascade, cloud.CascadeDestination()), r.DestinationID
	}
	return session.Delete(ctx, s, session.Deletion[row]{
		Noun: "connection", ID: r.ID, Name: r.Name, View: view(), Thing: r, Detail: with, Flags: o.DeleteFlags,
		Do: func(ctx context.Context, opts ...cloud.DeleteOption) error {
			return c.PermanentlyDelete(ctx, append(opts, cascade...)...)
		},
	})
}
