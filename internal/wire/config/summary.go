package config

// CheckUpdatesRead counts the connectors that could be updated.
type CheckUpdatesRead struct {
	DestinationDefinitions int `json:"destinationDefinitions"`
	SourceDefinitions      int `json:"sourceDefinitions"`
}

// WorkspaceState tells what a workspace has.
type WorkspaceState struct {
	HasConnections  bool `json:"hasConnections"`
	HasSources      bool `json:"hasSources"`
	HasDestinations bool `json:"hasDestinations"`
}

// ConnectionStatusCounts counts the connections of a workspace by how they do.
type ConnectionStatusCounts struct {
	Running   int `json:"running"`
	Queued    int `json:"queued"`
	Healthy   int `json:"healthy"`
	Failed    int `json:"failed"`
	Paused    int `json:"paused"`
	NotSynced int `json:"notSynced"`
}

// ConnectionContext names what a connection has to do with.
type ConnectionContext struct {
	ConnectionID            string `json:"connectionId"`
	SourceID                string `json:"sourceId"`
	DestinationID           string `json:"destinationId"`
	SourceDefinitionID      string `json:"sourceDefinitionId"`
	DestinationDefinitionID string `json:"destinationDefinitionId"`
	WorkspaceID             string `json:"workspaceId"`
	OrganizationID          string `json:"organizationId"`
}

// PermissionID names a permission.
type PermissionID struct {
	PermissionID string `json:"permissionId"`
}

// PermissionCreate asks for a role on either a workspace or an organization.
type PermissionCreate struct {
	PermissionType PermissionType `json:"permissionType"`
	WorkspaceID    string         `json:"workspaceId,omitempty"`
	OrganizationID string         `json:"organizationId,omitempty"`
	UserID         string         `json:"userId"`
}

// PermissionUpdate changes a role.
type PermissionUpdate struct {
	PermissionID   string         `json:"permissionId"`
	PermissionType PermissionType `json:"permissionType"`
}

// WorkspaceUpdateName renames a workspace.
type WorkspaceUpdateName struct {
	WorkspaceID string `json:"workspaceId"`
	Name        string `json:"name"`
}
