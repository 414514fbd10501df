package public

import "github.com/airfielddev/airfield/internal/wire"

// JobType is what a job does.
type JobType string

// What a job does. Clear reads back as reset; refresh cannot be asked for here.
const (
	JobSync    JobType = "sync"
	JobReset   JobType = "reset"
	JobRefresh JobType = "refresh"
	JobClear   JobType = "clear"
)

// Values lists the enum.
func (JobType) Values() []JobType { return []JobType{JobSync, JobReset, JobRefresh, JobClear} }

// UnmarshalText reads the value without regard to case.
func (e *JobType) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// JobCreateRequest starts a job of a connection.
type JobCreateRequest struct {
	ConnectionID string  `json:"connectionId"`
	JobType      JobType `json:"jobType"`
}

// JobResponse is a job. Times are RFC 3339 in UTC; StartTime is when the job was created; Duration is an ISO-8601 duration
// whose largest unit is the hour. The counts are absent in the answers to starting and cancelling.
type JobResponse struct {
	JobID         int64     `json:"jobId"`
	Status        JobStatus `json:"status"`
	JobType       JobType   `json:"jobType"`
	StartTime     string    `json:"startTime"`
	ConnectionID  string    `json:"connectionId"`
	LastUpdatedAt string    `json:"lastUpdatedAt,omitempty"`
	Duration      string    `json:"duration,omitempty"`
	BytesSynced   *int64    `json:"bytesSynced,omitempty"`
	RowsSynced    *int64    `json:"rowsSynced,omitempty"`
}

// JobsResponse is a page of jobs.
type JobsResponse = Page[JobResponse]

// The orders of a list of jobs. Without one it is by creation, the oldest first.
const (
	OrderCreatedAsc  = "createdAt|ASC"
	OrderCreatedDesc = "createdAt|DESC"
	OrderUpdatedAsc  = "updatedAt|ASC"
	OrderUpdatedDesc = "updatedAt|DESC"
)
