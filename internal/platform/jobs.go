package platform

import (
	"encoding/json"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

// JobType is what a job does.
type JobType string

// The types of job that act on a connection.
const (
	JobSync    JobType = "sync"
	JobReset   JobType = "reset_connection"
	JobClear   JobType = "clear"
	JobRefresh JobType = "refresh"
)

// The modes of a refresh. Truncate drops what the destination held when the refresh is complete; merge keeps it.
const (
	RefreshTruncate = "Truncate"
	RefreshMerge    = "Merge"
)

// JobStatus is how far a job has come. Only succeeded, failed and cancelled are final.
type JobStatus string

// The statuses of a job.
const (
	JobPending    JobStatus = "pending"
	JobRunning    JobStatus = "running"
	JobIncomplete JobStatus = "incomplete"
	JobFailed     JobStatus = "failed"
	JobSucceeded  JobStatus = "succeeded"
	JobCancelled  JobStatus = "cancelled"
)

// Final tells whether the status never changes again.
func (s JobStatus) Final() bool {
	return s == JobSucceeded || s == JobFailed || s == JobCancelled
}

// Job is one request to move or clear data.
type Job struct {
	ID              int64
	ConnectionID    string
	WorkspaceID     string
	Type            JobType
	Status          JobStatus
	Streams         []protocol.StreamDescriptor // the streams it was created for
	RefreshMode     string                      // refresh only: Truncate or Merge
	CancelRequested bool
	NotBefore       time.Time // zero: now; else the next attempt waits until then
	CreatedAt       time.Time
	StartedAt       time.Time // zero: not yet
	UpdatedAt       time.Time
	Attempts        []Attempt // oldest first
}

// AttemptStatus is how far an attempt has come.
type AttemptStatus string

// The statuses of an attempt.
const (
	AttemptRunning   AttemptStatus = "running"
	AttemptSucceeded AttemptStatus = "succeeded"
	AttemptFailed    AttemptStatus = "failed"
)

// Attempt is one try at a job. Numbers start at 0.
type Attempt struct {
	Number   int
	Status   AttemptStatus
	Stats    Stats
	Streams  []StreamStats
	Failures []Failure
	// Interrupted says that the attempt was stopped for no fault of its own, so that it does not count as a failure.
	Interrupted bool
	CreatedAt   time.Time
	UpdatedAt   time.Time
	EndedAt     time.Time // zero: running
}

// Stats counts what was moved.
type Stats struct {
	RecordsEmitted   int64 `json:",omitzero"` // read from the source
	BytesEmitted     int64 `json:",omitzero"` // of record data
	RecordsCommitted int64 `json:",omitzero"` // covered by a state that the destination echoed, or by a completed stream
	BytesCommitted   int64 `json:",omitzero"`
	RecordsFiltered  int64 `json:",omitzero"` // left out by mappers
	RecordsRejected  int64 `json:",omitzero"` // by the destination
	StatesEmitted    int64 `json:",omitzero"`
	EstimatedRecords int64 `json:",omitzero"` // 0: unknown
}

// StreamStats are the counts of one stream, under the source's name.
type StreamStats struct {
	Stream protocol.StreamDescriptor
	Stats
	SyncMode   protocol.SyncMode        `json:",omitzero"` // filled in by the platform
	Status     protocol.StreamRunStatus `json:",omitzero"` // "": nothing heard
	WasResumed bool                     `json:",omitzero"` // filled in by the platform: the attempt went on where the one before it had stopped
}

// FailureOrigin is the part that failed.
type FailureOrigin string

// The origins of a failure.
const (
	OriginSource      FailureOrigin = "source"
	OriginDestination FailureOrigin = "destination"
	OriginReplication FailureOrigin = "replication"
	OriginPlatform    FailureOrigin = "airbyte_platform"
)

// Failure is one reason why an attempt failed.
type Failure struct {
	Origin    FailureOrigin
	Type      string // config_error, system_error, transient_error, manual_cancellation, heartbeat_timeout, ...
	Message   string // for people
	Internal  string
	Stack     string
	Stream    *protocol.StreamDescriptor
	FromTrace bool
	Retryable bool
	At        time.Time
}

// LogSource is the part that wrote a line of log.
type LogSource string

// The sources of log lines.
const (
	LogFromSource      LogSource = "source"
	LogFromDestination LogSource = "destination"
	LogFromPlatform    LogSource = "platform"
)

// LogLine is one line of an attempt's log.
type LogLine struct {
	At      time.Time
	Level   protocol.Level
	Source  LogSource
	Message string
	Stack   string
}

// ConnectionState is what a connection has committed, in one of the protocol's forms.
type ConnectionState struct {
	Type    protocol.StateType // "": not set
	Streams []protocol.StreamState
	Shared  json.RawMessage // global only
	Legacy  json.RawMessage // legacy only
}

// Run is all that an engine needs for one attempt.
type Run struct {
	Job               Job
	Attempt           Attempt
	Connection        Connection
	Source            connector.Ref
	SourceID          string
	SourceConfig      json.RawMessage
	SourceTitle       string // for messages: "Sample Data (Faker)"
	Destination       connector.Ref
	DestinationID     string
	DestinationConfig json.RawMessage
	DestinationTitle  string
	SupportsRefreshes bool                       // of the destination
	TakesFiles        bool                       // the destination does
	Catalog           protocol.ConfiguredCatalog // under the source's names, generations set, modes as configured
	SelectedFields    map[protocol.StreamDescriptor][][]string
	Mappers           map[protocol.StreamDescriptor][]mapping.Mapper // with their keys; a stream that is absent has none
	State             []*protocol.State                              // committed so far; empty: none
	ClearsOnly        bool                                           // reset and clear: no source is run
}
