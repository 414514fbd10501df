package platform

import "strings"

// Role is what a permission allows, and where. Roles on an organization hold in all of its workspaces. See
// https://docs.airbyte.com/platform/access-management/rbac.
type Role string

// The roles. The owner of a workspace is its administrator under an older name.
const (
	RoleInstanceAdmin      Role = "instance_admin"
	RoleOrganizationAdmin  Role = "organization_admin"
	RoleOrganizationEditor Role = "organization_editor"
	RoleOrganizationRunner Role = "organization_runner"
	RoleOrganizationReader Role = "organization_reader"
	RoleOrganizationMember Role = "organization_member"
	RoleWorkspaceOwner     Role = "workspace_owner"
	RoleWorkspaceAdmin     Role = "workspace_admin"
	RoleWorkspaceEditor    Role = "workspace_editor"
	RoleWorkspaceRunner    Role = "workspace_runner"
	RoleWorkspaceReader    Role = "workspace_reader"
)

// Level is how much a role allows. Each level allows what those below it do.
type Level int

// The levels. A member of an organization sees the organization and who is in it, but none of its workspaces.
const (
	LevelNone Level = iota
	LevelMember
	LevelReader
	LevelRunner
	LevelEditor
	LevelAdmin
)

// Level is how much the role allows; LevelNone of what is no role.
func (r Role) Level() Level {
	switch r {
	case RoleInstanceAdmin, RoleOrganizationAdmin, RoleWorkspaceOwner, RoleWorkspaceAdmin:
		return LevelAdmin
	case RoleOrganizationEditor, RoleWorkspaceEditor:
		return LevelEditor
	case RoleOrganizationRunner, RoleWorkspaceRunner:
		return LevelRunner
	case RoleOrganizationReader, RoleWorkspaceReader:
		return LevelReader
	case RoleOrganizationMember:
		return LevelMember
	}
	return LevelNone
}

// OfOrganization tells whether the role is one on an organization.
func (r Role) OfOrganization() bool { return strings.HasPrefix(string(r), "organization_") }

// OfWorkspace tells whether the role is one on a workspace.
func (r Role) OfWorkspace() bool { return strings.HasPrefix(string(r), "workspace_") }

// roleAt is the role of a level on a scope, "organization_" or "workspace_".
func roleAt(scope string, level Level) Role {
	for _, name := range []string{"member", "reader", "runner", "editor", "admin"} {
		if role := Role(scope + name); role.Level() == level {
			return role
		}
	}
	return ""
}

// givable tells whether the role can be given: nobody is made an administrator of the whole instance.
func (r Role) givable() bool {
	return r.Level() != LevelNone && r != RoleInstanceAdmin && r != RoleWorkspaceOwner
}
