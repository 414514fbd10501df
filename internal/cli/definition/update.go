package definition

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newUpdate(s *session.Session) *cobra.Command {
	var c content
	cmd := &cobra.Command{
		Use:   "update ID|NAME --manifest FILE | --image REPOSITORY:TAG | --executable COMMAND",
		Short: "Publish another manifest, another tag of the same image, or another program",
		Args:  session.Words("ID|NAME"),
		RunE: on(s, func(ctx context.Context, d *cloud.CustomSourceDefinition, _ []string) error {
			return update(ctx, s, d, c)
		}),
		ValidArgsFunction: complete(s),
	}
	c.bind(cmd)
	s.BindChange(cmd)
	return cmd
}

func update(ctx context.Context, s *session.Session, d *cloud.CustomSourceDefinition, c content) error {
	def, err := c.source(s)
	if err != nil {
		return err
	}
	change := session.Change{Action: "update", Resource: "definition", ID: d.ID(), Detail: map[string]string{"from": c.String()}}
	if done, err := s.Preview(change); done {
		return err
	}
	if err := d.Update(ctx, def); err != nil {
		return err
	}
	return printOne(ctx, s, d)
}
