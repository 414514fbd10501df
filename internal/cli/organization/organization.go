// Package organization is the noun for what workspaces belong to.
package organization

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// New is the command with its verbs.
func New(s *session.Session) *cobra.Command {
	group := session.Group("organization", "Work with organizations", newList(s), newGet(s))
	group.Aliases = []string{"organizations", "org"}
	return group
}

// row is an organization under the API's names.
type row struct {
	ID    string `json:"organizationId"`
	Name  string `json:"organizationName"`
	Email string `json:"email,omitempty"`
}

func rowOf(o *cloud.Organization) (row, error) { return row{o.ID, o.Name, o.Email}, nil }

func view() output.View[row] {
	return output.View[row]{
		Name: func(r row) string { return r.Name },
		Columns: []output.Column[row]{
			{Title: "id", Text: func(r row) string { return r.ID }},
			{Title: "name", Text: func(r row) string { return r.Name }},
			{Title: "email", Text: func(r row) string { return r.Email }},
		},
	}
}

func newList(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the organizations that you belong to",
		Args:    session.Words(),
		RunE: s.Run(func(ctx context.Context, _ []string) error {
			client, err := s.Client(ctx)
			if err != nil {
				return err
			}
			return session.PrintList(s, view(), session.Map(client.Organizations(ctx), rowOf))
		}),
	}
}

func newGet(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:   "get [ID|NAME]",
		Short: "Tell about an organization, that of the workspace without an argument",
		Args:  session.AtMost(1),
		RunE: s.Run(func(ctx context.Context, args []string) error {
			r, err := find(ctx, s, args)
			if err != nil {
				return err
			}
			return session.PrintOne(s, view(), r)
		}),
	}
}

func find(ctx context.Context, s *session.Session, args []string) (row, error) {
	if len(args) == 0 {
		return own(ctx, s)
	}
	client, err := s.Client(ctx)
	if err != nil {
		return row{}, err
	}
	var found []row
	var names []string
	for o, err := range client.Organizations(ctx) {
		if err != nil {
			return row{}, err
		}
		names = append(names, o.Name)
		if o.ID == args[0] || o.Name == args[0] {
			found = append(found, row{o.ID, o.Name, o.Email})
		}
	}
	switch len(found) {
	case 0:
		return row{}, session.Missing("organization", args[0], names)
	case 1:
		return found[0], nil
	}
	return row{}, exit.Hint(exit.Usagef("%d organizations are called %q", len(found), args[0]), "use the id")
}

// own is the organization of the workspace.
func own(ctx context.Context, s *session.Session) (row, error) {
	w, err := s.Workspace(ctx)
	if err != nil {
		return row{}, err
	}
	o, err := w.Organization(ctx)
	if err != nil {
		return row{}, err
	}
	return rowOf(o)
}
