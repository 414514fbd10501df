package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// WebBackendConnectionRequest asks for a connection with its catalog, discovered anew when wanted.
type WebBackendConnectionRequest struct {
	ConnectionID         string `json:"connectionId"`
	WithRefreshedCatalog bool   `json:"withRefreshedCatalog,omitempty"`
}

// SupportState tells whether a connector version is looked after.
type SupportState string

// Whether a connector version is looked after.
const (
	Supported   SupportState = "supported"
	Unsupported SupportState = "unsupported"
	Deprecated  SupportState = "deprecated"
)

// Values lists the enum.
func (SupportState) Values() []SupportState {
	return []SupportState{Supported, Unsupported, Deprecated}
}

// ActorDefinitionVersion is the version of a connector that a source or destination runs.
type ActorDefinitionVersion struct {
	DockerRepository         string          `json:"dockerRepository"`
	DockerImageTag           string          `json:"dockerImageTag"`
	SupportsRefreshes        bool            `json:"supportsRefreshes"`
	IsVersionOverrideApplied bool            `json:"isVersionOverrideApplied"`
	SupportLevel             string          `json:"supportLevel,omitempty"`
	SupportState             SupportState    `json:"supportState"`
	BreakingChanges          json.RawMessage `json:"breakingChanges,omitempty"`
	LastPublished            string          `json:"lastPublished,omitempty"`
	CDKVersion               string          `json:"cdkVersion,omitempty"`
	SupportsFileTransfer     bool            `json:"supportsFileTransfer"`
	SupportsDataActivation   bool            `json:"supportsDataActivation"`
}

// WebBackendConnectionRead is a connection with both of its ends. Its catalog holds all discovered streams, the
// unselected ones too.
type WebBackendConnectionRead struct {
	ConnectionID                      string                     `json:"connectionId"`
	Name                              string                     `json:"name"`
	NamespaceDefinition               NamespaceDefinition        `json:"namespaceDefinition,omitempty"`
	NamespaceFormat                   *string                    `json:"namespaceFormat,omitempty"`
	Prefix                            *string                    `json:"prefix,omitempty"`
	SourceID                          string                     `json:"sourceId"`
	DestinationID                     string                     `json:"destinationId"`
	SyncCatalog                       Catalog                    `json:"syncCatalog"`
	Schedule                          *BasicSchedule             `json:"schedule,omitempty"`
	ScheduleType                      ScheduleType               `json:"scheduleType,omitempty"`
	ScheduleData                      *ScheduleData              `json:"scheduleData,omitempty"`
	Status                            ConnectionStatus           `json:"status"`
	StatusReason                      string                     `json:"statusReason,omitempty"`
	OperationIDs                      wire.List[string]          `json:"operationIds"`
	Source                            SourceRead                 `json:"source"`
	Destination                       DestinationRead            `json:"destination"`
	Operations                        wire.List[json.RawMessage] `json:"operations"`
	LatestSyncJobCreatedAt            *int64                     `json:"latestSyncJobCreatedAt,omitempty"`
	LatestSyncJobStatus               JobStatus                  `json:"latestSyncJobStatus,omitempty"`
	IsSyncing                         bool                       `json:"isSyncing"`
	ResourceRequirements              *ResourceRequirements      `json:"resourceRequirements,omitempty"`
	CatalogID                         string                     `json:"catalogId,omitempty"`
	DestinationCatalogID              string                     `json:"destinationCatalogId,omitempty"`
	CatalogDiff                       *CatalogDiff               `json:"catalogDiff,omitempty"`
	DataplaneGroupID                  string                     `json:"dataplaneGroupId,omitempty"`
	SchemaChange                      SchemaChange               `json:"schemaChange"`
	NotifySchemaChanges               bool                       `json:"notifySchemaChanges"`
	NotifySchemaChangesByEmail        bool                       `json:"notifySchemaChangesByEmail"`
	NonBreakingChangesPreference      NonBreakingPreference      `json:"nonBreakingChangesPreference"`
	CreatedAt                         *int64                     `json:"createdAt,omitempty"`
	BackfillPreference                BackfillPreference         `json:"backfillPreference,omitempty"`
	SourceActorDefinitionVersion      ActorDefinitionVersion     `json:"sourceActorDefinitionVersion"`
	DestinationActorDefinitionVersion ActorDefinitionVersion     `json:"destinationActorDefinitionVersion"`
	Tags                              wire.List[Tag]             `json:"tags"`
	OnDemandEnabled                   bool                       `json:"onDemandEnabled"`
}

// ConnectionSortKey is the order that connections are listed in.
type ConnectionSortKey string

// The orders of lists of connections.
const (
	ConnectionByName            ConnectionSortKey = "connectionName_asc"
	ConnectionByNameDown        ConnectionSortKey = "connectionName_desc"
	ConnectionBySource          ConnectionSortKey = "sourceName_asc"
	ConnectionBySourceDown      ConnectionSortKey = "sourceName_desc"
	ConnectionByDestination     ConnectionSortKey = "destinationName_asc"
	ConnectionByDestinationDown ConnectionSortKey = "destinationName_desc"
	ConnectionByLastSync        ConnectionSortKey = "lastSync_asc"
	ConnectionByLastSyncDown    ConnectionSortKey = "lastSync_desc"
)

// Values lists the enum.
func (ConnectionSortKey) Values() []ConnectionSortKey {
	return []ConnectionSortKey{
		ConnectionByName, ConnectionByNameDown, ConnectionBySource, ConnectionBySourceDown,
		ConnectionByDestination, ConnectionByDestinationDown, ConnectionByLastSync, ConnectionByLastSyncDown,
	}
}

// UnmarshalText reads the value without regard to case.
func (e *ConnectionSortKey) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// ConnectionHealth is how a connection is, as far as lists are narrowed to it.
type ConnectionHealth string

// The healths of connections.
const (
	ConnectionHealthy ConnectionHealth = "healthy"
	ConnectionFailed  ConnectionHealth = "failed"
	ConnectionRunning ConnectionHealth = "running"
	ConnectionPaused  ConnectionHealth = "paused"
)

// Values lists the enum.
func (ConnectionHealth) Values() []ConnectionHealth {
	return []ConnectionHealth{ConnectionHealthy, ConnectionFailed, ConnectionRunning, ConnectionPaused}
}

// UnmarshalText reads the value without regard to case.
func (e *ConnectionHealth) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// WebBackendConnectionFilters narrows a list of connections.
type WebBackendConnectionFilters struct {
	SourceDefinitionIDs      []string           `json:"sourceDefinitionIds,omitempty"`
	DestinationDefinitionIDs []string           `json:"destinationDefinitionIds,omitempty"`
	Statuses                 []ConnectionHealth `json:"statuses,omitempty"`
	States                   []ActorStatus      `json:"states,omitempty"`
	TagIDs                   []string           `json:"tagIds,omitempty"`
	SearchTerm               string             `json:"searchTerm,omitempty"`
}

// WebBackendConnectionList asks for a page of the connections of a workspace.
type WebBackendConnectionList struct {
	WorkspaceID   string                       `json:"workspaceId"`
	SourceID      []string                     `json:"sourceId,omitempty"`
	DestinationID []string                     `json:"destinationId,omitempty"`
	Cursor        string                       `json:"cursor,omitempty"`
	SortKey       ConnectionSortKey            `json:"sortKey,omitempty"`
	Filters       *WebBackendConnectionFilters `json:"filters,omitempty"`
	PageSize      int                          `json:"pageSize,omitempty"`
}

// SourceSnippet is a source in few words.
type SourceSnippet struct {
	SourceID           string `json:"sourceId"`
	Name               string `json:"name"`
	SourceDefinitionID string `json:"sourceDefinitionId"`
	SourceName         string `json:"sourceName"`
	Icon               string `json:"icon,omitempty"`
}

// DestinationSnippet is a destination in few words.
type DestinationSnippet struct {
	DestinationID           string `json:"destinationId"`
	Name                    string `json:"name"`
	DestinationDefinitionID string `json:"destinationDefinitionId"`
	DestinationName         string `json:"destinationName"`
	Icon                    string `json:"icon,omitempty"`
}

// WebBackendConnectionListItem is a connection in a list.
type WebBackendConnectionListItem struct {
	ConnectionID                      string                 `json:"connectionId"`
	Name                              string                 `json:"name"`
	ScheduleType                      ScheduleType           `json:"scheduleType,omitempty"`
	ScheduleData                      *ScheduleData          `json:"scheduleData,omitempty"`
	Status                            ConnectionStatus       `json:"status"`
	Source                            SourceSnippet          `json:"source"`
	Destination                       DestinationSnippet     `json:"destination"`
	LatestSyncJobCreatedAt            *int64                 `json:"latestSyncJobCreatedAt,omitempty"`
	LatestSyncJobStatus               JobStatus              `json:"latestSyncJobStatus,omitempty"`
	IsSyncing                         bool                   `json:"isSyncing"`
	SchemaChange                      SchemaChange           `json:"schemaChange"`
	SourceActorDefinitionVersion      ActorDefinitionVersion `json:"sourceActorDefinitionVersion"`
	DestinationActorDefinitionVersion ActorDefinitionVersion `json:"destinationActorDefinitionVersion"`
	Tags                              wire.List[Tag]         `json:"tags"`
	OnDemandEnabled                   bool                   `json:"onDemandEnabled"`
}

// WebBackendConnectionReadList is a page of connections. Two of its keys are in snake_case.
type WebBackendConnectionReadList struct {
	Connections    wire.List[WebBackendConnectionListItem] `json:"connections"`
	PageSize       *int                                    `json:"page_size,omitempty"`
	NumConnections *int                                    `json:"num_connections,omitempty"`
}

// CronExpression asks what a cron expression means.
type CronExpression struct {
	CronExpression string `json:"cronExpression"`
}

// CronDescription is a cron expression in words, with the times at which it fires next.
type CronDescription struct {
	CronExpression string           `json:"cronExpression"`
	Description    string           `json:"description"`
	NextExecutions wire.List[int64] `json:"nextExecutions"`
}
