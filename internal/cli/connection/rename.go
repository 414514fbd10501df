package connection

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newRename(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rename ID|NAME NEW-NAME",
		Short: "Give a connection another name",
		Args:  session.Words("ID|NAME", "NEW-NAME"),
		RunE: on(s, func(ctx context.Context, c *cloud.Connection, args []string) error {
			change := session.Change{Action: "rename", Resource: "connection", ID: c.ID(), Detail: map[string]string{"name": args[0]}}
			if done, err := s.Preview(change); done {
				return err
			}
			if err := c.Rename(ctx, args[0]); err != nil {
				return err
			}
			return printOne(ctx, s, c)
		}),
		ValidArgsFunction: complete(s),
	}
	s.BindChange(cmd)
	return cmd
}
