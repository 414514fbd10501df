package config

import "github.com/airfielddev/airfield/internal/wire"

// JobConfigType is what a job does.
type JobConfigType string

// What a job does.
const (
	ConfigCheckSource      JobConfigType = "check_connection_source"
	ConfigCheckDestination JobConfigType = "check_connection_destination"
	ConfigDiscoverSchema   JobConfigType = "discover_schema"
	ConfigGetSpec          JobConfigType = "get_spec"
	ConfigSync             JobConfigType = "sync"
	ConfigReset            JobConfigType = "reset_connection"
	ConfigRefresh          JobConfigType = "refresh"
	ConfigClear            JobConfigType = "clear"
)

// Values lists the enum.
func (JobConfigType) Values() []JobConfigType {
	return []JobConfigType{
		ConfigCheckSource, ConfigCheckDestination, ConfigDiscoverSchema, ConfigGetSpec,
		ConfigSync, ConfigReset, ConfigRefresh, ConfigClear,
	}
}

// UnmarshalText reads the value without regard to case.
func (e *JobConfigType) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// AttemptStatus is where an attempt is.
type AttemptStatus string

// Where an attempt is.
const (
	AttemptRunning   AttemptStatus = "running"
	AttemptFailed    AttemptStatus = "failed"
	AttemptSucceeded AttemptStatus = "succeeded"
)

// Values lists the enum.
func (AttemptStatus) Values() []AttemptStatus {
	return []AttemptStatus{AttemptRunning, AttemptFailed, AttemptSucceeded}
}

// AggregatedStats is what a job moved.
type AggregatedStats struct {
	RecordsEmitted   int64 `json:"recordsEmitted"`
	BytesEmitted     int64 `json:"bytesEmitted"`
	RecordsCommitted int64 `json:"recordsCommitted"`
	BytesCommitted   int64 `json:"bytesCommitted"`
	RecordsRejected  int64 `json:"recordsRejected"`
}

// StreamAggregatedStats is what a job moved of a stream.
type StreamAggregatedStats struct {
	StreamName       string  `json:"streamName"`
	StreamNamespace  *string `json:"streamNamespace,omitempty"`
	RecordsEmitted   int64   `json:"recordsEmitted"`
	BytesEmitted     int64   `json:"bytesEmitted"`
	RecordsCommitted int64   `json:"recordsCommitted"`
	BytesCommitted   int64   `json:"bytesCommitted"`
	RecordsRejected  int64   `json:"recordsRejected"`
	WasBackfilled    *bool   `json:"wasBackfilled,omitempty"`
	WasResumed       *bool   `json:"wasResumed,omitempty"`
}

// ResetConfig names what a reset or clear job empties.
type ResetConfig struct {
	StreamsToReset []StreamDescriptor `json:"streamsToReset,omitempty"`
}

// RefreshConfig names what a refresh job reads again.
type RefreshConfig struct {
	StreamsToRefresh []StreamDescriptor `json:"streamsToRefresh,omitempty"`
}

// JobRead is a job. ConfigID is the id of its connection.
type JobRead struct {
	ID                    int64                   `json:"id"`
	ConfigType            JobConfigType           `json:"configType"`
	ConfigID              string                  `json:"configId"`
	EnabledStreams        []StreamDescriptor      `json:"enabledStreams,omitempty"`
	CreatedAt             int64                   `json:"createdAt"`
	UpdatedAt             int64                   `json:"updatedAt"`
	StartedAt             *int64                  `json:"startedAt,omitempty"`
	Status                JobStatus               `json:"status"`
	ResetConfig           *ResetConfig            `json:"resetConfig,omitempty"`
	RefreshConfig         *RefreshConfig          `json:"refreshConfig,omitempty"`
	AggregatedStats       *AggregatedStats        `json:"aggregatedStats,omitempty"`
	StreamAggregatedStats []StreamAggregatedStats `json:"streamAggregatedStats,omitempty"`
}

// AttemptStats is what an attempt moved so far.
type AttemptStats struct {
	RecordsEmitted       *int64 `json:"recordsEmitted,omitempty"`
	BytesEmitted         *int64 `json:"bytesEmitted,omitempty"`
	StateMessagesEmitted *int64 `json:"stateMessagesEmitted,omitempty"`
	BytesCommitted       *int64 `json:"bytesCommitted,omitempty"`
	RecordsCommitted     *int64 `json:"recordsCommitted,omitempty"`
	RecordsRejected      *int64 `json:"recordsRejected,omitempty"`
	EstimatedRecords     *int64 `json:"estimatedRecords,omitempty"`
	EstimatedBytes       *int64 `json:"estimatedBytes,omitempty"`
}

// AttemptStreamStats is what an attempt moved so far of a stream.
type AttemptStreamStats struct {
	StreamName      string       `json:"streamName"`
	StreamNamespace *string      `json:"streamNamespace,omitempty"`
	Stats           AttemptStats `json:"stats"`
}

// FailureSummary says why an attempt failed, and whether records were committed all the same.
type FailureSummary struct {
	Failures       wire.List[FailureReason] `json:"failures"`
	PartialSuccess *bool                    `json:"partialSuccess,omitempty"`
}

// AttemptRead is an attempt. ID is its number, counted from zero.
type AttemptRead struct {
	ID             int64                `json:"id"`
	Status         AttemptStatus        `json:"status"`
	CreatedAt      int64                `json:"createdAt"`
	UpdatedAt      int64                `json:"updatedAt"`
	EndedAt        *int64               `json:"endedAt,omitempty"`
	BytesSynced    *int64               `json:"bytesSynced,omitempty"`
	RecordsSynced  *int64               `json:"recordsSynced,omitempty"`
	TotalStats     *AttemptStats        `json:"totalStats,omitempty"`
	StreamStats    []AttemptStreamStats `json:"streamStats,omitempty"`
	FailureSummary *FailureSummary      `json:"failureSummary,omitempty"`
}

// AttemptInfo is an attempt with its log.
type AttemptInfo struct {
	Attempt AttemptRead `json:"attempt"`
	LogType LogFormat   `json:"logType,omitempty"`
	Logs    *Logs       `json:"logs,omitempty"`
}

// JobInfoRead is a job with its attempts and their logs.
type JobInfoRead struct {
	Job      JobRead                `json:"job"`
	Attempts wire.List[AttemptInfo] `json:"attempts"`
}

// JobDebug is a job with what is known of the connectors that ran in it.
type JobDebug struct {
	ID                    int64                     `json:"id"`
	ConfigType            JobConfigType             `json:"configType"`
	ConfigID              string                    `json:"configId"`
	Status                JobStatus                 `json:"status"`
	AirbyteVersion        string                    `json:"airbyteVersion"`
	SourceDefinition      SourceDefinitionRead      `json:"sourceDefinition"`
	DestinationDefinition DestinationDefinitionRead `json:"destinationDefinition"`
}

// JobDebugInfo is a [JobDebug] with its attempts and their logs.
type JobDebugInfo struct {
	Job      JobDebug               `json:"job"`
	Attempts wire.List[AttemptInfo] `json:"attempts"`
}

// JobLight is a job alone.
type JobLight struct {
	Job JobRead `json:"job"`
}

// JobOptional is a job, if there is one.
type JobOptional struct {
	Job *JobRead `json:"job,omitempty"`
}

// JobWithAttempts is a job with its attempts.
type JobWithAttempts struct {
	Job      JobRead                `json:"job"`
	Attempts wire.List[AttemptRead] `json:"attempts"`
}

// OrderField is the time that jobs are ordered by.
type OrderField string

// The times that jobs are ordered by.
const (
	OrderByCreated OrderField = "createdAt"
	OrderByUpdated OrderField = "updatedAt"
)

// Values lists the enum.
func (OrderField) Values() []OrderField { return []OrderField{OrderByCreated, OrderByUpdated} }

// UnmarshalText reads the value without regard to case.
func (e *OrderField) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// OrderMethod is the direction that jobs are ordered in.
type OrderMethod string

// The directions that jobs are ordered in.
const (
	Ascending  OrderMethod = "ASC"
	Descending OrderMethod = "DESC"
)

// Values lists the enum.
func (OrderMethod) Values() []OrderMethod { return []OrderMethod{Ascending, Descending} }

// UnmarshalText reads the value without regard to case.
func (e *OrderMethod) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// JobList asks for jobs, the newest first and two hundred at a time when nothing else is said.
type JobList struct {
	ConfigTypes    []JobConfigType `json:"configTypes"`
	ConfigID       string          `json:"configId,omitempty"`
	IncludingJobID *int64          `json:"includingJobId,omitempty"`
	Pagination     *Pagination     `json:"pagination,omitempty"`
	Statuses       []JobStatus     `json:"statuses,omitempty"`
	CreatedAtStart string          `json:"createdAtStart,omitempty"`
	CreatedAtEnd   string          `json:"createdAtEnd,omitempty"`
	UpdatedAtStart string          `json:"updatedAtStart,omitempty"`
	UpdatedAtEnd   string          `json:"updatedAtEnd,omitempty"`
	OrderByField   OrderField      `json:"orderByField,omitempty"`
	OrderByMethod  OrderMethod     `json:"orderByMethod,omitempty"`
}

// JobReadList is a list of jobs and how many there are in all.
type JobReadList struct {
	Jobs          wire.List[JobWithAttempts] `json:"jobs"`
	TotalJobCount int64                      `json:"totalJobCount"`
}

// JobCreate starts a job from within a deployment.
type JobCreate struct {
	ConnectionID string `json:"connectionId"`
	IsScheduled  bool   `json:"isScheduled"`
}

// AttemptID names an attempt.
type AttemptID struct {
	JobID         int64 `json:"jobId"`
	AttemptNumber int64 `json:"attemptNumber"`
}

// JobListForWorkspaces asks for a page of the jobs of several workspaces.
type JobListForWorkspaces struct {
	JobList
	WorkspaceIDs []string `json:"workspaceIds,omitempty"`
}
