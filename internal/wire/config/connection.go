package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// NamespaceDefinition tells where the namespace of a stream in the destination comes from.
type NamespaceDefinition string

// Where a namespace comes from. The Public API spells the last one custom_format.
const (
	NamespaceSource       NamespaceDefinition = "source"
	NamespaceDestination  NamespaceDefinition = "destination"
	NamespaceCustomFormat NamespaceDefinition = "customformat"
)

// Values lists the enum.
func (NamespaceDefinition) Values() []NamespaceDefinition {
	return []NamespaceDefinition{NamespaceSource, NamespaceDestination, NamespaceCustomFormat}
}

// UnmarshalText reads the value without regard to case.
func (e *NamespaceDefinition) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// NonBreakingPreference tells what happens when the schema of a source changes harmlessly.
type NonBreakingPreference string

// What happens on a harmless change. The Public API spells the second one disable_connection.
const (
	NonBreakingIgnore           NonBreakingPreference = "ignore"
	NonBreakingDisable          NonBreakingPreference = "disable"
	NonBreakingPropagateColumns NonBreakingPreference = "propagate_columns"
	NonBreakingPropagateFully   NonBreakingPreference = "propagate_fully"
)

// Values lists the enum.
func (NonBreakingPreference) Values() []NonBreakingPreference {
	return []NonBreakingPreference{
		NonBreakingIgnore, NonBreakingDisable, NonBreakingPropagateColumns, NonBreakingPropagateFully,
	}
}

// UnmarshalText reads the value without regard to case.
func (e *NonBreakingPreference) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// ScheduleType is how a connection is started.
type ScheduleType string

// How a connection is started.
const (
	ScheduleManual ScheduleType = "manual"
	ScheduleBasic  ScheduleType = "basic"
	ScheduleCron   ScheduleType = "cron"
)

// Values lists the enum.
func (ScheduleType) Values() []ScheduleType {
	return []ScheduleType{ScheduleManual, ScheduleBasic, ScheduleCron}
}

// UnmarshalText reads the value without regard to case.
func (e *ScheduleType) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// TimeUnit is what a basic schedule counts.
type TimeUnit string

// What a basic schedule counts.
const (
	Minutes TimeUnit = "minutes"
	Hours   TimeUnit = "hours"
	Days    TimeUnit = "days"
	Weeks   TimeUnit = "weeks"
	Months  TimeUnit = "months"
)

// Values lists the enum.
func (TimeUnit) Values() []TimeUnit { return []TimeUnit{Minutes, Hours, Days, Weeks, Months} }

// UnmarshalText reads the value without regard to case.
func (e *TimeUnit) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// BasicSchedule is an interval.
type BasicSchedule struct {
	TimeUnit TimeUnit `json:"timeUnit"`
	Units    int64    `json:"units"`
}

// CronSchedule is a Quartz expression and its zone.
type CronSchedule struct {
	CronExpression string `json:"cronExpression"`
	CronTimeZone   string `json:"cronTimeZone"`
}

// ScheduleData is an interval or a Quartz expression.
type ScheduleData struct {
	BasicSchedule *BasicSchedule `json:"basicSchedule,omitempty"`
	Cron          *CronSchedule  `json:"cron,omitempty"`
}

// SchemaChange tells how the catalog of a source has changed since it was configured.
type SchemaChange string

// How a catalog has changed.
const (
	SchemaNoChange    SchemaChange = "no_change"
	SchemaNonBreaking SchemaChange = "non_breaking"
	SchemaBreaking    SchemaChange = "breaking"
)

// Values lists the enum.
func (SchemaChange) Values() []SchemaChange {
	return []SchemaChange{SchemaNoChange, SchemaNonBreaking, SchemaBreaking}
}

// BackfillPreference tells whether a new field is filled for old records.
type BackfillPreference string

// Whether a new field is filled for old records.
const (
	BackfillEnabled  BackfillPreference = "enabled"
	BackfillDisabled BackfillPreference = "disabled"
)

// Values lists the enum.
func (BackfillPreference) Values() []BackfillPreference {
	return []BackfillPreference{BackfillEnabled, BackfillDisabled}
}

// ConnectionCreate asks for a new connection. The default of namespaceDefinition is source here.
type ConnectionCreate struct {
	Name                         string                `json:"name,omitempty"`
	NamespaceDefinition          NamespaceDefinition   `json:"namespaceDefinition,omitempty"`
	NamespaceFormat              *string               `json:"namespaceFormat,omitempty"`
	Prefix                       *string               `json:"prefix,omitempty"`
	SourceID                     string                `json:"sourceId"`
	DestinationID                string                `json:"destinationId"`
	OperationIDs                 []string              `json:"operationIds,omitempty"`
	SyncCatalog                  *Catalog              `json:"syncCatalog,omitempty"`
	Schedule                     *BasicSchedule        `json:"schedule,omitempty"`
	ScheduleType                 ScheduleType          `json:"scheduleType,omitempty"`
	ScheduleData                 *ScheduleData         `json:"scheduleData,omitempty"`
	Status                       ConnectionStatus      `json:"status"`
	ResourceRequirements         *ResourceRequirements `json:"resourceRequirements,omitempty"`
	SourceCatalogID              string                `json:"sourceCatalogId,omitempty"`
	DestinationCatalogID         string                `json:"destinationCatalogId,omitempty"`
	DataplaneGroupID             string                `json:"dataplaneGroupId,omitempty"`
	NotifySchemaChanges          *bool                 `json:"notifySchemaChanges,omitempty"`
	NotifySchemaChangesByEmail   *bool                 `json:"notifySchemaChangesByEmail,omitempty"`
	NonBreakingChangesPreference NonBreakingPreference `json:"nonBreakingChangesPreference,omitempty"`
	BackfillPreference           BackfillPreference    `json:"backfillPreference,omitempty"`
	Tags                         []Tag                 `json:"tags,omitempty"`
	OnDemandEnabled              *bool                 `json:"onDemandEnabled,omitempty"`
}

// ConnectionUpdate changes a connection; what is absent stays. The web backend adds SkipReset and Operations, the plain call
// OperationIDs and BreakingChange.
type ConnectionUpdate struct {
	ConnectionID                 string                `json:"connectionId"`
	Name                         *string               `json:"name,omitempty"`
	NamespaceDefinition          NamespaceDefinition   `json:"namespaceDefinition,omitempty"`
	NamespaceFormat              *string               `json:"namespaceFormat,omitempty"`
	Prefix                       *string               `json:"prefix,omitempty"`
	OperationIDs                 []string              `json:"operationIds,omitempty"`
	SyncCatalog                  *Catalog              `json:"syncCatalog,omitempty"`
	Schedule                     *BasicSchedule        `json:"schedule,omitempty"`
	ScheduleType                 ScheduleType          `json:"scheduleType,omitempty"`
	ScheduleData                 *ScheduleData         `json:"scheduleData,omitempty"`
	Status                       ConnectionStatus      `json:"status,omitempty"`
	ResourceRequirements         *ResourceRequirements `json:"resourceRequirements,omitempty"`
	SkipReset                    *bool                 `json:"skipReset,omitempty"`
	Operations                   []json.RawMessage     `json:"operations,omitempty"`
	SourceCatalogID              string                `json:"sourceCatalogId,omitempty"`
	DestinationCatalogID         string                `json:"destinationCatalogId,omitempty"`
	DataplaneGroupID             string                `json:"dataplaneGroupId,omitempty"`
	NotifySchemaChanges          *bool                 `json:"notifySchemaChanges,omitempty"`
	NotifySchemaChangesByEmail   *bool                 `json:"notifySchemaChangesByEmail,omitempty"`
	NonBreakingChangesPreference NonBreakingPreference `json:"nonBreakingChangesPreference,omitempty"`
	BackfillPreference           BackfillPreference    `json:"backfillPreference,omitempty"`
	BreakingChange               *bool                 `json:"breakingChange,omitempty"`
	Tags                         *wire.List[Tag]       `json:"tags,omitempty"`
	OnDemandEnabled              *bool                 `json:"onDemandEnabled,omitempty"`
}

// ConnectionUpdateWithReason changes a connection and says why.
type ConnectionUpdateWithReason struct {
	ConnectionUpdate *ConnectionUpdate `json:"connectionUpdate"`
	UpdateReason     string            `json:"updateReason,omitempty"`
	AutoUpdate       bool              `json:"autoUpdate,omitempty"`
}

// ConnectionRead is a connection. The spelling of created_at is that of the API.
type ConnectionRead struct {
	ConnectionID                 string                `json:"connectionId"`
	Name                         string                `json:"name"`
	NamespaceDefinition          NamespaceDefinition   `json:"namespaceDefinition,omitempty"`
	NamespaceFormat              *string               `json:"namespaceFormat,omitempty"`
	Prefix                       *string               `json:"prefix,omitempty"`
	SourceID                     string                `json:"sourceId"`
	DestinationID                string                `json:"destinationId"`
	OperationIDs                 wire.List[string]     `json:"operationIds"`
	SyncCatalog                  Catalog               `json:"syncCatalog"`
	Schedule                     *BasicSchedule        `json:"schedule,omitempty"`
	ScheduleType                 ScheduleType          `json:"scheduleType,omitempty"`
	ScheduleData                 *ScheduleData         `json:"scheduleData,omitempty"`
	Status                       ConnectionStatus      `json:"status"`
	StatusReason                 string                `json:"statusReason,omitempty"`
	ResourceRequirements         *ResourceRequirements `json:"resourceRequirements,omitempty"`
	SourceCatalogID              string                `json:"sourceCatalogId,omitempty"`
	DestinationCatalogID         string                `json:"destinationCatalogId,omitempty"`
	BreakingChange               bool                  `json:"breakingChange"`
	NotifySchemaChanges          *bool                 `json:"notifySchemaChanges,omitempty"`
	NotifySchemaChangesByEmail   *bool                 `json:"notifySchemaChangesByEmail,omitempty"`
	NonBreakingChangesPreference NonBreakingPreference `json:"nonBreakingChangesPreference,omitempty"`
	CreatedAt                    *int64                `json:"created_at,omitempty"`
	BackfillPreference           BackfillPreference    `json:"backfillPreference,omitempty"`
	WorkspaceID                  string                `json:"workspaceId,omitempty"`
	DataplaneGroupID             string                `json:"dataplaneGroupId,omitempty"`
	Tags                         []Tag                 `json:"tags,omitempty"`
	OnDemandEnabled              *bool                 `json:"onDemandEnabled,omitempty"`
}

// ConnectionReadList lists connections.
type ConnectionReadList struct {
	Connections wire.List[ConnectionRead] `json:"connections"`
}

// ConnectionsForWorkspaces asks for a page of the connections of several workspaces.
type ConnectionsForWorkspaces struct {
	WorkspaceIDs   []string    `json:"workspaceIds"`
	Pagination     *Pagination `json:"pagination,omitempty"`
	IncludeDeleted bool        `json:"includeDeleted,omitempty"`
	TagIDs         []string    `json:"tagIds,omitempty"`
}

// StreamName names a stream of a connection.
type StreamName struct {
	StreamName      string  `json:"streamName"`
	StreamNamespace *string `json:"streamNamespace,omitempty"`
}

// ConnectionStreams names some streams of a connection, to reset or to clear.
type ConnectionStreams struct {
	ConnectionID string       `json:"connectionId"`
	Streams      []StreamName `json:"streams"`
}

// RefreshMode tells what becomes of the rows of earlier syncs.
type RefreshMode string

// What becomes of the rows of earlier syncs. These are capitalised in the API.
const (
	RefreshTruncate RefreshMode = "Truncate"
	RefreshMerge    RefreshMode = "Merge"
)

// Values lists the enum.
func (RefreshMode) Values() []RefreshMode { return []RefreshMode{RefreshTruncate, RefreshMerge} }

// UnmarshalText reads the value without regard to case.
func (e *RefreshMode) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// ConnectionRefresh reads streams again from the start; no streams means all.
type ConnectionRefresh struct {
	ConnectionID string       `json:"connectionId"`
	RefreshMode  RefreshMode  `json:"refreshMode"`
	Streams      []StreamName `json:"streams,omitempty"`
}

// ConnectionStatuses asks how connections are.
type ConnectionStatuses struct {
	ConnectionIDs []string `json:"connectionIds"`
}

// ConnectionSyncStatus is how a connection is, in one word.
type ConnectionSyncStatus string

// How a connection is.
const (
	SyncStatusRunning    ConnectionSyncStatus = "running"
	SyncStatusQueued     ConnectionSyncStatus = "queued"
	SyncStatusFailed     ConnectionSyncStatus = "failed"
	SyncStatusPaused     ConnectionSyncStatus = "paused"
	SyncStatusPending    ConnectionSyncStatus = "pending"
	SyncStatusIncomplete ConnectionSyncStatus = "incomplete"
	SyncStatusSynced     ConnectionSyncStatus = "synced"
)

// Values lists the enum.
func (ConnectionSyncStatus) Values() []ConnectionSyncStatus {
	return []ConnectionSyncStatus{
		SyncStatusRunning, SyncStatusQueued, SyncStatusFailed, SyncStatusPaused,
		SyncStatusPending, SyncStatusIncomplete, SyncStatusSynced,
	}
}

// ConnectionStatusRead is how a connection is. The answer to asking is a bare array of them.
type ConnectionStatusRead struct {
	ConnectionID          string               `json:"connectionId"`
	ConnectionSyncStatus  ConnectionSyncStatus `json:"connectionSyncStatus"`
	ScheduleData          *ScheduleData        `json:"scheduleData,omitempty"`
	LastSuccessfulSync    *int64               `json:"lastSuccessfulSync,omitempty"`
	ActiveJob             *JobRead             `json:"activeJob,omitempty"`
	LastSyncJobID         *int64               `json:"lastSyncJobId,omitempty"`
	LastSyncAttemptNumber *int64               `json:"lastSyncAttemptNumber,omitempty"`
	LastSyncJobCreatedAt  *int64               `json:"lastSyncJobCreatedAt,omitempty"`
	FailureReason         *FailureReason       `json:"failureReason,omitempty"`
}

// SyncProgress is how far the running job of a connection is.
type SyncProgress struct {
	ConnectionID     string                        `json:"connectionId"`
	JobID            *int64                        `json:"jobId,omitempty"`
	Streams          wire.List[StreamSyncProgress] `json:"streams"`
	RecordsEmitted   *int64                        `json:"recordsEmitted,omitempty"`
	RecordsCommitted *int64                        `json:"recordsCommitted,omitempty"`
	RecordsRejected  *int64                        `json:"recordsRejected,omitempty"`
	BytesEmitted     *int64                        `json:"bytesEmitted,omitempty"`
	BytesCommitted   *int64                        `json:"bytesCommitted,omitempty"`
	SyncStartedAt    *int64                        `json:"syncStartedAt,omitempty"`
	ConfigType       JobConfigType                 `json:"configType"`
}

// StreamSyncProgress is how far the running job is with a stream.
type StreamSyncProgress struct {
	StreamName       string        `json:"streamName"`
	StreamNamespace  *string       `json:"streamNamespace,omitempty"`
	RecordsEmitted   *int64        `json:"recordsEmitted,omitempty"`
	BytesEmitted     *int64        `json:"bytesEmitted,omitempty"`
	RecordsCommitted *int64        `json:"recordsCommitted,omitempty"`
	BytesCommitted   *int64        `json:"bytesCommitted,omitempty"`
	RecordsRejected  *int64        `json:"recordsRejected,omitempty"`
	ConfigType       JobConfigType `json:"configType"`
}

// LastJobPerStream is the newest job of a stream. The answer to asking is a bare array of them.
type LastJobPerStream struct {
	StreamName       string        `json:"streamName"`
	StreamNamespace  string        `json:"streamNamespace"`
	JobID            int64         `json:"jobId"`
	ConfigType       JobConfigType `json:"configType"`
	JobStatus        JobStatus     `json:"jobStatus"`
	RecordsCommitted int64         `json:"recordsCommitted"`
	BytesCommitted   int64         `json:"bytesCommitted"`
	StartedAt        int64         `json:"startedAt"`
	EndedAt          int64         `json:"endedAt"`
}
