package workspace

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/session"
)

func newRename(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "rename ID|NAME NEW-NAME",
		Short:             "Give a workspace another name",
		Args:              session.Words("ID|NAME", "NEW-NAME"),
		RunE:              s.Run(func(ctx context.Context, args []string) error { return rename(ctx, s, args[0], args[1]) }),
		ValidArgsFunction: complete(s),
	}
	s.BindChange(cmd)
	return cmd
}

func rename(ctx context.Context, s *session.Session, ref, name string) error {
	w, err := find(ctx, s, []string{ref})
	if err != nil {
		return err
	}
	if done, err := s.Preview(session.Change{Action: "rename", Resource: "workspace", ID: w.ID(), Detail: map[string]string{"name": name}}); done {
		return err
	}
	if err := w.Rename(ctx, name); err != nil {
		return err
	}
	return printOne(ctx, s, w)
}
