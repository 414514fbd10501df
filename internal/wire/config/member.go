package config

import "github.com/airfielddev/airfield/internal/wire"

// PermissionCheck asks whether a person has a role on a workspace or an organization.
type PermissionCheck struct {
	PermissionType PermissionType `json:"permissionType"`
	UserID         string         `json:"userId"`
	WorkspaceID    string         `json:"workspaceId,omitempty"`
	OrganizationID string         `json:"organizationId,omitempty"`
}

// PermissionCheckMultiple asks whether a person has a role in all of some workspaces.
type PermissionCheckMultiple struct {
	PermissionType PermissionType `json:"permissionType"`
	UserID         string         `json:"userId"`
	WorkspaceIDs   []string       `json:"workspaceIds"`
}

// PermissionCheckRead is the outcome of a check: succeeded or failed.
type PermissionCheckRead struct {
	Status  string `json:"status"`
	Message string `json:"message,omitempty"`
}

// UserOfWorkspace names a person in a workspace.
type UserOfWorkspace struct {
	UserID      string `json:"userId"`
	WorkspaceID string `json:"workspaceId"`
}

// OrganizationUserRead is a person with a role on an organization.
type OrganizationUserRead struct {
	UserID         string         `json:"userId"`
	Name           string         `json:"name,omitempty"`
	Email          string         `json:"email"`
	PermissionID   string         `json:"permissionId"`
	PermissionType PermissionType `json:"permissionType"`
	OrganizationID string         `json:"organizationId"`
}

// OrganizationUserReadList lists the people with a role on an organization.
type OrganizationUserReadList struct {
	Users wire.List[OrganizationUserRead] `json:"users"`
}

// WorkspaceUserAccessInfoRead is a person who may enter a workspace, and by which of their roles.
type WorkspaceUserAccessInfoRead struct {
	UserID                 string          `json:"userId"`
	UserEmail              string          `json:"userEmail"`
	UserName               string          `json:"userName"`
	WorkspaceID            string          `json:"workspaceId"`
	WorkspacePermission    *PermissionRead `json:"workspacePermission,omitempty"`
	OrganizationPermission *PermissionRead `json:"organizationPermission,omitempty"`
}

// WorkspaceUserAccessInfoReadList lists the people who may enter a workspace.
type WorkspaceUserAccessInfoReadList struct {
	UsersWithAccess wire.List[WorkspaceUserAccessInfoRead] `json:"usersWithAccess"`
}

// UserWithPermissionInfoRead is a person with one of their permissions.
type UserWithPermissionInfoRead struct {
	UserID       string `json:"userId"`
	Name         string `json:"name,omitempty"`
	Email        string `json:"email"`
	PermissionID string `json:"permissionId"`
}

// UserWithPermissionInfoReadList lists people with one of their permissions.
type UserWithPermissionInfoReadList struct {
	Users wire.List[UserWithPermissionInfoRead] `json:"users"`
}
