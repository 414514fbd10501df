package public

// GroupCreateRequest asks for a new group.
type GroupCreateRequest struct {
	Name           string  `json:"name"`
	OrganizationID string  `json:"organizationId"`
	Description    *string `json:"description,omitempty"`
}

// GroupUpdateRequest changes a group; what is absent stays.
type GroupUpdateRequest struct {
	Name        *string `json:"name,omitempty"`
	Description *string `json:"description,omitempty"`
}

// GroupResponse is a group of people.
type GroupResponse struct {
	GroupID        string  `json:"groupId"`
	Name           string  `json:"name"`
	Description    *string `json:"description,omitempty"`
	OrganizationID string  `json:"organizationId"`
	MemberCount    int64   `json:"memberCount"`
}

// GroupsResponse is a page of groups.
type GroupsResponse = NullablePage[GroupResponse]

// GroupMemberAddRequest adds a person to a group.
type GroupMemberAddRequest struct {
	UserID string `json:"userId"`
}

// GroupMemberResponse is a person in a group.
type GroupMemberResponse struct {
	MemberID  string `json:"memberId"`
	GroupID   string `json:"groupId"`
	UserID    string `json:"userId"`
	UserEmail string `json:"userEmail"`
	UserName  string `json:"userName"`
}

// GroupMembersResponse is a page of people in a group.
type GroupMembersResponse = NullablePage[GroupMemberResponse]

// GroupPermissionCreateRequest gives a role to a group, in a workspace or in an organization but not both.
type GroupPermissionCreateRequest struct {
	PermissionType PermissionType `json:"permissionType"`
	WorkspaceID    *string        `json:"workspaceId,omitempty"`
	OrganizationID *string        `json:"organizationId,omitempty"`
}

// GroupPermissionResponse is a role of a group.
type GroupPermissionResponse struct {
	PermissionID   string         `json:"permissionId"`
	GroupID        string         `json:"groupId"`
	PermissionType PermissionType `json:"permissionType"`
	WorkspaceID    *string        `json:"workspaceId,omitempty"`
	OrganizationID *string        `json:"organizationId,omitempty"`
}

// GroupPermissionsResponse lists the roles of a group.
type GroupPermissionsResponse = Whole[GroupPermissionResponse]
