package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// NotificationType is a way of telling of an event.
type NotificationType string

// The ways of telling of an event. Any web hook goes by the name of Slack.
const (
	NotifySlack      NotificationType = "slack"
	NotifyCustomerio NotificationType = "customerio"
)

// Values lists the enum.
func (NotificationType) Values() []NotificationType {
	return []NotificationType{NotifySlack, NotifyCustomerio}
}

// NotificationTrigger is an event that may be told of.
type NotificationTrigger string

// The events that may be told of.
const (
	SyncSuccess                    NotificationTrigger = "sync_success"
	SyncFailure                    NotificationTrigger = "sync_failure"
	SyncDisabled                   NotificationTrigger = "sync_disabled"
	SyncDisabledWarning            NotificationTrigger = "sync_disabled_warning"
	ConnectionUpdated              NotificationTrigger = "connection_update"
	ConnectionUpdateActionRequired NotificationTrigger = "connection_update_action_required"
	BreakingChangeWarning          NotificationTrigger = "breaking_change_warning"
	BreakingChangeSyncsDisabled    NotificationTrigger = "breaking_change_syncs_disabled"
	ConnectionSyncQueued           NotificationTrigger = "connection_sync_queued"
)

// Values lists the enum.
func (NotificationTrigger) Values() []NotificationTrigger {
	return []NotificationTrigger{
		SyncSuccess, SyncFailure, SyncDisabled, SyncDisabledWarning, ConnectionUpdated, ConnectionUpdateActionRequired,
		BreakingChangeWarning, BreakingChangeSyncsDisabled, ConnectionSyncQueued,
	}
}

// NotificationItem is how one kind of event is told: any of slack and customerio.
type NotificationItem struct {
	NotificationType        []NotificationType `json:"notificationType,omitempty"`
	SlackConfiguration      *SlackConfig       `json:"slackConfiguration,omitempty"`
	CustomerioConfiguration json.RawMessage    `json:"customerioConfiguration,omitempty"`
}

// SlackConfig is a web hook.
type SlackConfig struct {
	Webhook string `json:"webhook"`
}

// NotificationSettings is how the events of a workspace are told.
type NotificationSettings struct {
	SendOnSuccess                        *NotificationItem `json:"sendOnSuccess,omitempty"`
	SendOnFailure                        *NotificationItem `json:"sendOnFailure,omitempty"`
	SendOnSyncDisabled                   *NotificationItem `json:"sendOnSyncDisabled,omitempty"`
	SendOnSyncDisabledWarning            *NotificationItem `json:"sendOnSyncDisabledWarning,omitempty"`
	SendOnConnectionUpdate               *NotificationItem `json:"sendOnConnectionUpdate,omitempty"`
	SendOnConnectionUpdateActionRequired *NotificationItem `json:"sendOnConnectionUpdateActionRequired,omitempty"`
	SendOnBreakingChangeWarning          *NotificationItem `json:"sendOnBreakingChangeWarning,omitempty"`
	SendOnBreakingChangeSyncsDisabled    *NotificationItem `json:"sendOnBreakingChangeSyncsDisabled,omitempty"`
	SendOnConnectionSyncQueued           *NotificationItem `json:"sendOnConnectionSyncQueued,omitempty"`
}

// Notification is the older way of telling how events are told. Unlike in the Public API they are a list.
type Notification struct {
	NotificationType        NotificationType `json:"notificationType"`
	SendOnSuccess           *bool            `json:"sendOnSuccess"`
	SendOnFailure           *bool            `json:"sendOnFailure"`
	SlackConfiguration      *SlackConfig     `json:"slackConfiguration,omitempty"`
	CustomerioConfiguration json.RawMessage  `json:"customerioConfiguration,omitempty"`
}

// NotificationTrial asks to try a web hook, with an event such as sync_failure.
type NotificationTrial struct {
	SlackConfiguration  *SlackConfig        `json:"slackConfiguration"`
	NotificationTrigger NotificationTrigger `json:"notificationTrigger,omitempty"`
}

// NotificationRead is the outcome of a trial: succeeded or failed.
type NotificationRead struct {
	Status  string `json:"status"`
	Message string `json:"message,omitempty"`
}

// WorkspaceLimits is how much a workspace uses and may use.
type WorkspaceLimits struct {
	Sources           Limit `json:"sources"`
	Destinations      Limit `json:"destinations"`
	ActiveConnections Limit `json:"activeConnections"`
}

// WebhookConfig is a web hook of a workspace.
type WebhookConfig struct {
	ID            string `json:"id"`
	Name          string `json:"name,omitempty"`
	CustomDbtHost string `json:"customDbtHost,omitempty"`
}

// WorkspaceRead is a workspace.
type WorkspaceRead struct {
	WorkspaceID             string                `json:"workspaceId"`
	CustomerID              string                `json:"customerId"`
	Email                   string                `json:"email,omitempty"`
	Name                    string                `json:"name"`
	Slug                    string                `json:"slug"`
	InitialSetupComplete    bool                  `json:"initialSetupComplete"`
	DisplaySetupWizard      *bool                 `json:"displaySetupWizard,omitempty"`
	AnonymousDataCollection *bool                 `json:"anonymousDataCollection,omitempty"`
	News                    *bool                 `json:"news,omitempty"`
	SecurityUpdates         *bool                 `json:"securityUpdates,omitempty"`
	Notifications           []Notification        `json:"notifications,omitempty"`
	NotificationSettings    *NotificationSettings `json:"notificationSettings,omitempty"`
	FirstCompletedSync      *bool                 `json:"firstCompletedSync,omitempty"`
	FeedbackDone            *bool                 `json:"feedbackDone,omitempty"`
	DataplaneGroupID        string                `json:"dataplaneGroupId,omitempty"`
	WebhookConfigs          []WebhookConfig       `json:"webhookConfigs,omitempty"`
	OrganizationID          string                `json:"organizationId"`
	Tombstone               *bool                 `json:"tombstone,omitempty"`
	WorkspaceLimits         *WorkspaceLimits      `json:"workspaceLimits,omitempty"`
}

// WorkspaceReadList lists workspaces.
type WorkspaceReadList struct {
	Workspaces wire.List[WorkspaceRead] `json:"workspaces"`
}

// WorkspacesByOrganization asks for the workspaces of an organization. NameContains ignores case.
type WorkspacesByOrganization struct {
	OrganizationID string      `json:"organizationId"`
	Pagination     *Pagination `json:"pagination,omitempty"`
	NameContains   string      `json:"nameContains,omitempty"`
}

// ResourcesForWorkspaces asks for what several workspaces have.
type ResourcesForWorkspaces struct {
	WorkspaceIDs   []string   `json:"workspaceIds"`
	IncludeDeleted bool       `json:"includeDeleted,omitempty"`
	Pagination     Pagination `json:"pagination"`
	NameContains   string     `json:"nameContains,omitempty"`
}

// WorkspaceCreate asks for a new workspace.
type WorkspaceCreate struct {
	Name                    string                `json:"name"`
	OrganizationID          string                `json:"organizationId"`
	Email                   string                `json:"email,omitempty"`
	AnonymousDataCollection *bool                 `json:"anonymousDataCollection,omitempty"`
	News                    *bool                 `json:"news,omitempty"`
	SecurityUpdates         *bool                 `json:"securityUpdates,omitempty"`
	Notifications           []Notification        `json:"notifications,omitempty"`
	NotificationSettings    *NotificationSettings `json:"notificationSettings,omitempty"`
	DisplaySetupWizard      *bool                 `json:"displaySetupWizard,omitempty"`
	DataplaneGroupID        string                `json:"dataplaneGroupId,omitempty"`
}

// WorkspaceCreateWithID asks for a workspace with an id, new or not.
type WorkspaceCreateWithID struct {
	ID string `json:"id"`
	WorkspaceCreate
}

// WorkspaceUpdate changes a workspace; what is absent stays.
type WorkspaceUpdate struct {
	WorkspaceID             string                `json:"workspaceId"`
	Name                    *string               `json:"name,omitempty"`
	Email                   *string               `json:"email,omitempty"`
	InitialSetupComplete    *bool                 `json:"initialSetupComplete,omitempty"`
	DisplaySetupWizard      *bool                 `json:"displaySetupWizard,omitempty"`
	AnonymousDataCollection *bool                 `json:"anonymousDataCollection,omitempty"`
	News                    *bool                 `json:"news,omitempty"`
	SecurityUpdates         *bool                 `json:"securityUpdates,omitempty"`
	Notifications           []Notification        `json:"notifications,omitempty"`
	NotificationSettings    *NotificationSettings `json:"notificationSettings,omitempty"`
	DataplaneGroupID        *string               `json:"dataplaneGroupId,omitempty"`
}

// SlugRequest asks for the workspace of a slug.
type SlugRequest struct {
	Slug             string `json:"slug"`
	IncludeTombstone bool   `json:"includeTombstone,omitempty"`
}

// TagList asks for the tags of a workspace; the answer is a bare array of [Tag].
type TagList struct {
	WorkspaceID string `json:"workspaceId"`
}

// TagCreate asks for a new tag.
type TagCreate struct {
	WorkspaceID string `json:"workspaceId"`
	Name        string `json:"name"`
	Color       string `json:"color"`
}

// TagUpdate changes a tag.
type TagUpdate struct {
	TagID       string `json:"tagId"`
	WorkspaceID string `json:"workspaceId"`
	Name        string `json:"name"`
	Color       string `json:"color"`
}

// TagDelete removes a tag.
type TagDelete struct {
	TagID       string `json:"tagId"`
	WorkspaceID string `json:"workspaceId"`
}
