package public

// NotificationEmail tells whether an event is mailed.
type NotificationEmail struct {
	Enabled *bool `json:"enabled,omitempty"`
}

// NotificationWebhook tells whether an event is posted, and where to.
type NotificationWebhook struct {
	Enabled *bool   `json:"enabled,omitempty"`
	URL     *string `json:"url,omitempty"`
}

// NotificationConfig is how one kind of event is told.
type NotificationConfig struct {
	Email   *NotificationEmail   `json:"email,omitempty"`
	Webhook *NotificationWebhook `json:"webhook,omitempty"`
}

// NotificationsConfig is how the events of a workspace are told.
type NotificationsConfig struct {
	Failure                        *NotificationConfig `json:"failure,omitempty"`
	Success                        *NotificationConfig `json:"success,omitempty"`
	ConnectionUpdate               *NotificationConfig `json:"connectionUpdate,omitempty"`
	ConnectionUpdateActionRequired *NotificationConfig `json:"connectionUpdateActionRequired,omitempty"`
	SyncDisabled                   *NotificationConfig `json:"syncDisabled,omitempty"`
	SyncDisabledWarning            *NotificationConfig `json:"syncDisabledWarning,omitempty"`
}

// WorkspaceCreateRequest asks for a new workspace.
type WorkspaceCreateRequest struct {
	Name           string               `json:"name"`
	OrganizationID string               `json:"organizationId,omitempty"`
	Notifications  *NotificationsConfig `json:"notifications,omitempty"`
	RegionID       string               `json:"regionId,omitempty"`
}

// WorkspaceUpdateRequest changes a workspace; what is absent stays.
type WorkspaceUpdateRequest struct {
	Name          *string              `json:"name,omitempty"`
	Notifications *NotificationsConfig `json:"notifications,omitempty"`
	RegionID      *string              `json:"regionId,omitempty"`
}

// WorkspaceResponse is a workspace. DataResidency is the name of its region in lower case. It does not name its organization.
type WorkspaceResponse struct {
	WorkspaceID   string              `json:"workspaceId"`
	Name          string              `json:"name"`
	DataResidency string              `json:"dataResidency"`
	Notifications NotificationsConfig `json:"notifications"`
}

// WorkspacesResponse is a page of workspaces.
type WorkspacesResponse = Page[WorkspaceResponse]
