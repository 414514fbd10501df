package endpoint

import "github.com/airfielddev/airfield/internal/platform"

// Role is what a caller must be allowed to do. See https://docs.airbyte.com/platform/access-management/rbac.
type Role string

// The roles. A role on a workspace comes with the same role on its organization, and every role with the weaker ones.
const (
	Anonymous          Role = "anonymous"     // no credentials at all
	Authenticated      Role = "authenticated" // any caller
	WorkspaceReader    Role = "workspace_reader"
	WorkspaceRunner    Role = "workspace_runner"
	WorkspaceEditor    Role = "workspace_editor"
	OrganizationMember Role = "organization_member"
	OrganizationReader Role = "organization_reader"
	OrganizationEditor Role = "organization_editor"
	OrganizationAdmin  Role = "organization_admin"
	Admin              Role = "admin" // of the workspace or organization that the thing belongs to
	InstanceAdmin      Role = "instance_admin"
)

// Need is the role in the terms of the platform.
func (r Role) Need() platform.Need {
	if r == Admin {
		return platform.Need{Level: platform.LevelAdmin}
	}
	role := platform.Role(r)
	return platform.Need{Level: role.Level(), Organization: role.OfOrganization()}
}

// Scope says on what the caller of an operation must have its role.
type Scope string

// The scopes.
const (
	Named     Scope = ""          // each thing that the request names, of which there must be one
	Seen      Scope = "seen"      // nothing: it answers with what the caller can see, and the names in the request only narrow that
	Shared    Scope = "shared"    // each thing that the request names, if any; the rest is the same for everyone
	Home      Scope = "home"      // as Named; when there is none, the organization that the caller belongs to
	Somewhere Scope = "somewhere" // as Shared, and besides some workspace
)
