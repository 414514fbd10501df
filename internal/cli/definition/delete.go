package definition

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newDelete(s *session.Session) *cobra.Command {
	var f session.DeleteFlags
	cmd := &cobra.Command{
		Use:     "delete ID|NAME",
		Aliases: []string{"rm"},
		Short:   "Delete a custom source connector for good",
		Args:    session.Words("ID|NAME"),
		RunE: on(s, func(ctx context.Context, d *cloud.CustomSourceDefinition, _ []string) error {
			r, err := rowOf(ctx, d)
			if err != nil {
				return err
			}
			return session.Delete(ctx, s, session.Deletion[row]{
				Noun: "definition", ID: r.ID, Name: r.Name, View: view(), Thing: r, Flags: f, Do: d.PermanentlyDelete,
			})
		}),
		ValidArgsFunction: complete(s),
	}
	f.Bind(cmd)
	s.BindChange(cmd)
	return cmd
}
