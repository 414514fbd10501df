// Package workspace is the noun for what holds sources, destinations and connections.
package workspace

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// New is the command with its verbs.
func New(s *session.Session) *cobra.Command {
	group := session.Group("workspace", "Work with workspaces",
		newList(s), newGet(s), newCreate(s), newRename(s), newDelete(s))
	group.Aliases = []string{"workspaces", "ws"}
	return group
}

// row is a workspace under the API's names.
type row struct {
	ID             string `json:"workspaceId"`
	Name           string `json:"name"`
	DataResidency  string `json:"dataResidency,omitempty"`
	OrganizationID string `json:"organizationId,omitempty"`
	URL            string `json:"url"`
}

func view() output.View[row] {
	return output.View[row]{
		Name: func(r row) string { return r.Name },
		Columns: []output.Column[row]{
			{Title: "id", Text: func(r row) string { return r.ID }},
			{Title: "name", Text: func(r row) string { return r.Name }},
			{Title: "residency", Text: func(r row) string { return r.DataResidency }},
			{Title: "organization", Text: func(r row) string { return r.OrganizationID }, Detail: true},
			{Title: "url", Text: func(r row) string { return r.URL }, Detail: true},
		},
	}
}

func rowOf(ctx context.Context, w *cloud.Workspace) (row, error) {
	info, err := w.Info(ctx)
	if err != nil {
		return row{}, err
	}
	return row{ID: info.ID, Name: info.Name, DataResidency: info.DataResidency, OrganizationID: info.OrganizationID, URL: w.URL()}, nil
}

func rows(ctx context.Context, all iter.Seq2[*cloud.Workspace, error]) iter.Seq2[row, error] {
	return session.Map(all, func(w *cloud.Workspace) (row, error) { return rowOf(ctx, w) })
}

func printOne(ctx context.Context, s *session.Session, w *cloud.Workspace) error {
	r, err := rowOf(ctx, w)
	if err != nil {
		return err
	}
	return session.PrintOne(s, view(), r)
}

// find finds the workspace that an argument names, or without one that of --workspace.
func find(ctx context.Context, s *session.Session, args []string) (*cloud.Workspace, error) {
	if len(args) == 0 {
		return s.Workspace(ctx)
	}
	client, err := s.Client(ctx)
	if err != nil {
		return nil, err
	}
	return session.FindWorkspace(ctx, client, args[0])
}

func complete(s *session.Session) cobra.CompletionFunc {
	return session.Complete(func(ctx context.Context) (iter.Seq2[*cloud.Workspace, error], error) {
		client, err := s.Client(ctx)
		if err != nil {
			return nil, err
		}
		return client.Workspaces(ctx), nil
	})
}
