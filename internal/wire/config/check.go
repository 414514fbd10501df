package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// CheckStatus is the outcome of a check.
type CheckStatus string

// The outcomes of a check. An absent status means that the check itself broke.
const (
	CheckSucceeded CheckStatus = "succeeded"
	CheckFailed    CheckStatus = "failed"
)

// Values lists the enum.
func (CheckStatus) Values() []CheckStatus { return []CheckStatus{CheckSucceeded, CheckFailed} }

// CheckConnectionRead is the answer to a check. When Status is absent JobInfo.FailureReason says why.
type CheckConnectionRead struct {
	Status  CheckStatus        `json:"status,omitempty"`
	Message string             `json:"message,omitempty"`
	JobInfo SynchronousJobRead `json:"jobInfo"`
}

// SynchronousJobRead is a job that is done when the call answers. ID is a UUID.
type SynchronousJobRead struct {
	ID                            string         `json:"id"`
	ConfigType                    JobConfigType  `json:"configType"`
	ConfigID                      string         `json:"configId,omitempty"`
	CreatedAt                     int64          `json:"createdAt"`
	EndedAt                       int64          `json:"endedAt"`
	Succeeded                     bool           `json:"succeeded"`
	ConnectorConfigurationUpdated bool           `json:"connectorConfigurationUpdated"`
	LogType                       LogFormat      `json:"logType,omitempty"`
	Logs                          *Logs          `json:"logs,omitempty"`
	FailureReason                 *FailureReason `json:"failureReason,omitempty"`
}

// FailureOrigin is where a failure came from.
type FailureOrigin string

// Where a failure came from.
const (
	OriginSource        FailureOrigin = "source"
	OriginDestination   FailureOrigin = "destination"
	OriginReplication   FailureOrigin = "replication"
	OriginPersistence   FailureOrigin = "persistence"
	OriginPlatform      FailureOrigin = "airbyte_platform"
	OriginNormalization FailureOrigin = "normalization"
	OriginDbt           FailureOrigin = "dbt"
	OriginUnknown       FailureOrigin = "unknown"
)

// Values lists the enum.
func (FailureOrigin) Values() []FailureOrigin {
	return []FailureOrigin{
		OriginSource, OriginDestination, OriginReplication, OriginPersistence, OriginPlatform,
		OriginNormalization, OriginDbt, OriginUnknown,
	}
}

// FailureType is the kind of a failure.
type FailureType string

// The kinds of failures.
const (
	FailureConfigError        FailureType = "config_error"
	FailureSystemError        FailureType = "system_error"
	FailureManualCancellation FailureType = "manual_cancellation"
	FailureRefreshSchema      FailureType = "refresh_schema"
	FailureHeartbeatTimeout   FailureType = "heartbeat_timeout"
	FailureDestinationTimeout FailureType = "destination_timeout"
	FailureTransientError     FailureType = "transient_error"
)

// Values lists the enum.
func (FailureType) Values() []FailureType {
	return []FailureType{
		FailureConfigError, FailureSystemError, FailureManualCancellation, FailureRefreshSchema,
		FailureHeartbeatTimeout, FailureDestinationTimeout, FailureTransientError,
	}
}

// FailureReason says what went wrong. Timestamp is Unix milliseconds.
type FailureReason struct {
	FailureOrigin    FailureOrigin     `json:"failureOrigin,omitempty"`
	FailureType      FailureType       `json:"failureType,omitempty"`
	ExternalMessage  string            `json:"externalMessage,omitempty"`
	InternalMessage  string            `json:"internalMessage,omitempty"`
	Stacktrace       string            `json:"stacktrace,omitempty"`
	Retryable        *bool             `json:"retryable,omitempty"`
	Timestamp        int64             `json:"timestamp"`
	FromTraceMessage *bool             `json:"fromTraceMessage,omitempty"`
	StreamDescriptor *StreamDescriptor `json:"streamDescriptor,omitempty"`
}

// SourceCoreConfig checks or discovers a source that is not stored.
type SourceCoreConfig struct {
	SourceID                string          `json:"sourceId,omitempty"`
	SourceDefinitionID      string          `json:"sourceDefinitionId"`
	ConnectionConfiguration json.RawMessage `json:"connectionConfiguration"`
	WorkspaceID             string          `json:"workspaceId"`
}

// DestinationCoreConfig checks a destination that is not stored.
type DestinationCoreConfig struct {
	DestinationID           string          `json:"destinationId,omitempty"`
	DestinationDefinitionID string          `json:"destinationDefinitionId"`
	ConnectionConfiguration json.RawMessage `json:"connectionConfiguration"`
	WorkspaceID             string          `json:"workspaceId"`
}

// DiscoverSchema asks for the catalog of a source. The spelling of disable_cache is that of the API.
type DiscoverSchema struct {
	SourceID     string `json:"sourceId"`
	ConnectionID string `json:"connectionId,omitempty"`
	DisableCache bool   `json:"disable_cache,omitempty"`
	Priority     string `json:"priority,omitempty"`
}

// DiscoverSchemaRead is the catalog of a source. It is absent when discovery failed; JobInfo says why.
type DiscoverSchemaRead struct {
	Catalog          *Catalog           `json:"catalog,omitempty"`
	JobInfo          SynchronousJobRead `json:"jobInfo"`
	CatalogID        string             `json:"catalogId,omitempty"`
	CatalogDiff      *CatalogDiff       `json:"catalogDiff,omitempty"`
	BreakingChange   *bool              `json:"breakingChange,omitempty"`
	ConnectionStatus ConnectionStatus   `json:"connectionStatus,omitempty"`
}

// CatalogDiff is what changed between two catalogs.
type CatalogDiff struct {
	Transforms wire.List[StreamTransform] `json:"transforms"`
}

// StreamTransform is a stream that came, went or changed: add_stream, remove_stream or update_stream.
type StreamTransform struct {
	TransformType    string            `json:"transformType"`
	StreamDescriptor StreamDescriptor  `json:"streamDescriptor"`
	UpdateStream     *StreamUpdateDiff `json:"updateStream,omitempty"`
}

// StreamUpdateDiff is what changed in a stream.
type StreamUpdateDiff struct {
	FieldTransforms           wire.List[FieldTransform]           `json:"fieldTransforms"`
	StreamAttributeTransforms wire.List[StreamAttributeTransform] `json:"streamAttributeTransforms"`
}

// StreamAttributeTransform is something else about a stream that changed: update_primary_key.
type StreamAttributeTransform struct {
	TransformType    string          `json:"transformType"`
	Breaking         bool            `json:"breaking"`
	UpdatePrimaryKey *PrimaryKeyDiff `json:"updatePrimaryKey,omitempty"`
}

// PrimaryKeyDiff is the primary key that a source defines, before and after.
type PrimaryKeyDiff struct {
	OldPrimaryKey wire.List[[]string] `json:"oldPrimaryKey"`
	NewPrimaryKey wire.List[[]string] `json:"newPrimaryKey"`
}

// ApplySchemaChange asks a connection to take over what changed in its source.
type ApplySchemaChange struct {
	Catalog      Catalog `json:"catalog"`
	CatalogID    string  `json:"catalogId"`
	ConnectionID string  `json:"connectionId"`
	WorkspaceID  string  `json:"workspaceId"`
}

// ApplySourceSchemaChange asks all connections of a source to take over what changed in it.
type ApplySourceSchemaChange struct {
	Catalog     Catalog `json:"catalog"`
	CatalogID   string  `json:"catalogId"`
	SourceID    string  `json:"sourceId"`
	WorkspaceID string  `json:"workspaceId"`
}

// PropagatedSchemaChange is what a connection has taken over.
type PropagatedSchemaChange struct {
	PropagatedDiff *CatalogDiff `json:"propagatedDiff,omitempty"`
}

// DiscoveredCatalog asks what the last discover of a source means for a connection.
type DiscoveredCatalog struct {
	CatalogID    string `json:"catalogId"`
	ConnectionID string `json:"connectionId"`
}

// PostprocessedSchemaChange is what a connection has taken over of the last discover.
type PostprocessedSchemaChange struct {
	AppliedDiff *CatalogDiff `json:"appliedDiff,omitempty"`
}

// FieldTransform is a field that came, went or changed: add_field, remove_field or update_field_schema.
type FieldTransform struct {
	TransformType     string            `json:"transformType"`
	FieldName         wire.List[string] `json:"fieldName"`
	Breaking          bool              `json:"breaking"`
	AddField          *FieldSchema      `json:"addField,omitempty"`
	RemoveField       *FieldSchema      `json:"removeField,omitempty"`
	UpdateFieldSchema *FieldSchemaDiff  `json:"updateFieldSchema,omitempty"`
}

// FieldSchema is the schema of a field that came or went.
type FieldSchema struct {
	Schema json.RawMessage `json:"schema,omitempty"`
}

// FieldSchemaDiff is the schema of a field before and after.
type FieldSchemaDiff struct {
	OldSchema json.RawMessage `json:"oldSchema"`
	NewSchema json.RawMessage `json:"newSchema"`
}
