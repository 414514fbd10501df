package cloud

import (
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/wire/public"
)

// JobStatus is where a job is. See https://docs.airbyte.com/platform/understanding-airbyte/jobs.
type JobStatus string

// The statuses of a job. Succeeded, failed and cancelled are final; incomplete is not: an attempt failed and another one follows.
const (
	JobPending    JobStatus = "pending"
	JobQueued     JobStatus = "queued"
	JobRunning    JobStatus = "running"
	JobIncomplete JobStatus = "incomplete"
	JobFailed     JobStatus = "failed"
	JobSucceeded  JobStatus = "succeeded"
	JobCancelled  JobStatus = "cancelled"
)

// Final tells whether the status can no longer change.
func (s JobStatus) Final() bool {
	return s == JobSucceeded || s == JobFailed || s == JobCancelled
}

// JobType is what a job does.
type JobType string

// The types of jobs. Deployments answer reset for jobs that were started as clear.
const (
	JobSync    JobType = "sync"
	JobReset   JobType = "reset"
	JobRefresh JobType = "refresh"
	JobClear   JobType = "clear"
)

// JobInfo is what is known about a job.
type JobInfo struct {
	ID            int64
	ConnectionID  string
	Type          JobType
	Status        JobStatus
	StartTime     time.Time     // when the job was created
	LastUpdated   time.Time     // zero while the job goes on
	Duration      time.Duration // 0 while it is not known
	BytesSynced   int64
	RecordsSynced int64
}

func jobInfo(r *public.JobResponse) *JobInfo {
	return &JobInfo{
		ID: r.JobID, ConnectionID: r.ConnectionID, Type: JobType(r.JobType), Status: JobStatus(r.Status),
		StartTime: parseTime(r.StartTime), LastUpdated: parseTime(r.LastUpdatedAt), Duration: parseDuration(r.Duration),
		BytesSynced: deref(r.BytesSynced), RecordsSynced: deref(r.RowsSynced),
	}
}

// parseTime reads a time as servers print it: RFC 3339, where Java leaves out seconds that are zero. It is the zero time for anything else.
func parseTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// parseDuration reads an ISO-8601 duration of hours, minutes and seconds, such as PT26H3M1.5S. It is 0 for anything else.
func parseDuration(text string) time.Duration {
	rest, ok := strings.CutPrefix(text, "PT")
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(strings.ToLower(rest))
	if err != nil {
		return 0
	}
	return d
}
