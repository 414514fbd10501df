// Package contexts is the noun for the deployments that a person has named.
package contexts

import (
	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/profile"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// New is the command with its verbs.
func New(s *session.Session) *cobra.Command {
	group := session.Group("context", "Name the servers you work with",
		newAdd(s), newUse(s), newList(s), newShow(s), newRemove(s))
	group.Aliases = []string{"contexts"}
	group.Long = `Name the servers you work with.

What a command talks to is found in this order: the flags --context, --api-root and --workspace; the AIRBYTE_* variables, when they
hold credentials; the current context; the server that runs on this machine, under the name local.`
	return group
}

// row is a context as it is shown. It never holds a secret.
type row struct {
	Name           string `json:"name"`
	Current        bool   `json:"current"`
	Origin         string `json:"origin,omitempty"`
	APIRoot        string `json:"api_root"`
	ConfigAPIRoot  string `json:"config_api_root,omitempty"`
	OrganizationID string `json:"organization_id,omitempty"`
	WorkspaceID    string `json:"workspace_id,omitempty"`
	ClientID       string `json:"client_id,omitempty"`
	Auth           string `json:"auth"`
}

const airbyteCloud = "https://api.airbyte.com/v1"

func rowOf(name string, p profile.Profile) row {
	root := p.APIRoot
	if root == "" {
		root = airbyteCloud
	}
	return row{
		Name: name, APIRoot: root, ConfigAPIRoot: p.ConfigAPIRoot, OrganizationID: p.OrganizationID,
		WorkspaceID: p.WorkspaceID, ClientID: p.ClientID, Auth: p.Auth(),
	}
}

func view() output.View[row] {
	return output.View[row]{
		Name: func(r row) string { return r.Name },
		Columns: []output.Column[row]{
			{Title: "current", Text: func(r row) string { return mark(r.Current) }},
			{Title: "name", Text: func(r row) string { return r.Name }},
			{Title: "origin", Text: func(r row) string { return r.Origin }, Detail: true},
			{Title: "server", Text: func(r row) string { return r.APIRoot }},
			{Title: "workspace", Text: func(r row) string { return r.WorkspaceID }},
			{Title: "organization", Text: func(r row) string { return r.OrganizationID }, Detail: true},
			{Title: "client id", Text: func(r row) string { return r.ClientID }, Detail: true},
			{Title: "auth", Text: func(r row) string { return r.Auth }},
		},
	}
}

func mark(current bool) string {
	if current {
		return "*"
	}
	return ""
}
