package workspace

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/session"
)

func newDelete(s *session.Session) *cobra.Command {
	var f session.DeleteFlags
	cmd := &cobra.Command{
		Use:               "delete ID|NAME",
		Aliases:           []string{"rm"},
		Short:             "Delete an empty workspace for good",
		Args:              session.Words("ID|NAME"),
		RunE:              s.Run(func(ctx context.Context, args []string) error { return remove(ctx, s, args[0], f) }),
		ValidArgsFunction: complete(s),
	}
	f.Bind(cmd)
	s.BindChange(cmd)
	return cmd
}

func remove(ctx context.Context, s *session.Session, ref string, f session.DeleteFlags) error {
	w, err := find(ctx, s, []string{ref})
	if err != nil {
		return err
	}
	r, err := rowOf(ctx, w)
	if err != nil {
		return err
	}
	return session.Delete(ctx, s, session.Deletion[row]{
		Noun: "workspace", ID: r.ID, Name: r.Name, View: view(), Thing: r, Flags: f, Do: w.PermanentlyDelete,
	})
}
