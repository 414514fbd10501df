package public

// OrganizationResponse is an organization.
type OrganizationResponse struct {
	OrganizationID   string `json:"organizationId"`
	OrganizationName string `json:"organizationName"`
	Email            string `json:"email"`
}

// OrganizationsResponse lists the organizations of the caller.
type OrganizationsResponse = Whole[OrganizationResponse]

// UserResponse is a person.
type UserResponse struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// UsersResponse lists people.
type UsersResponse = Whole[UserResponse]

// PermissionScope is what a permission is for.
type PermissionScope string

// What a permission is for.
const (
	ScopeWorkspace    PermissionScope = "workspace"
	ScopeOrganization PermissionScope = "organization"
	ScopeNone         PermissionScope = "none"
)

// Values lists the enum.
func (PermissionScope) Values() []PermissionScope {
	return []PermissionScope{ScopeWorkspace, ScopeOrganization, ScopeNone}
}

// PermissionCreateRequest gives a role to a person, in a workspace or in an organization but not both.
type PermissionCreateRequest struct {
	PermissionType PermissionType `json:"permissionType"`
	UserID         string         `json:"userId"`
	WorkspaceID    string         `json:"workspaceId,omitempty"`
	OrganizationID string         `json:"organizationId,omitempty"`
}

// PermissionUpdateRequest changes a role.
type PermissionUpdateRequest struct {
	PermissionType PermissionType `json:"permissionType"`
}

// PermissionResponse is a role as single calls answer it.
type PermissionResponse struct {
	PermissionID   string         `json:"permissionId"`
	PermissionType PermissionType `json:"permissionType"`
	UserID         string         `json:"userId"`
	WorkspaceID    string         `json:"workspaceId,omitempty"`
	OrganizationID string         `json:"organizationId,omitempty"`
}

// PermissionListItem is a role as the list answers it.
type PermissionListItem struct {
	PermissionID   string          `json:"permissionId"`
	PermissionType PermissionType  `json:"permissionType"`
	UserID         string          `json:"userId"`
	ScopeID        string          `json:"scopeId"`
	Scope          PermissionScope `json:"scope"`
}

// PermissionsResponse lists roles.
type PermissionsResponse = Whole[PermissionListItem]
