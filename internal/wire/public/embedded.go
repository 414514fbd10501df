package public

import "github.com/airfielddev/airfield/internal/wire"

// EmbeddedWidgetRequest asks for a token of the embedded widget.
type EmbeddedWidgetRequest struct {
	AllowedOrigin  string `json:"allowedOrigin"`
	ExternalUserID string `json:"externalUserId"`
	OrganizationID string `json:"organizationId"`
}

// EmbeddedScopedTokenRequest asks for a token of one workspace.
type EmbeddedScopedTokenRequest struct {
	WorkspaceID string `json:"workspaceId"`
}

// EmbeddedTokenResponse is the token that either request asks for.
type EmbeddedTokenResponse struct {
	Token string `json:"token"`
}

// EmbeddedOrganization is an organization and the role of the caller in it.
type EmbeddedOrganization struct {
	OrganizationID   string         `json:"organizationId"`
	OrganizationName string         `json:"organizationName"`
	Permission       PermissionType `json:"permission"`
}

// EmbeddedOrganizations lists organizations.
type EmbeddedOrganizations struct {
	Organizations wire.List[EmbeddedOrganization] `json:"organizations"`
}
