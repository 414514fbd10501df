package configapi

import (
	"encoding/binary"
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// moment is one of the two events that a job is.
type moment byte

const (
	begun moment = iota + 1
	ended
)

// turn is an event of a job.
type turn struct {
	job  platform.Job
	what moment
}

// turnsOf are the events of a job, the last one first.
func turnsOf(j platform.Job) []happening {
	if j.Status.Final() {
		return []happening{turn{j, ended}, turn{j, begun}}
	}
	return []happening{turn{j, begun}}
}

func (h turn) connection() string { return h.job.ConnectionID }

func (h turn) at() instant {
	at := h.job.UpdatedAt
	if h.what == begun {
		at = h.job.CreatedAt
	}
	return instant{at, h.job.ID<<1 | int64(h.what-begun)}
}

// kind is the type of the event: REFRESH_STARTED, SYNC_SUCCEEDED.
func (h turn) kind() config.EventType {
	job := map[platform.JobType]string{
		platform.JobSync: "SYNC", platform.JobRefresh: "REFRESH", platform.JobReset: "CLEAR", platform.JobClear: "CLEAR",
	}[h.job.Type]
	if h.what == begun {
		return config.EventType(job + "_STARTED")
	}
	if h.job.Status == platform.JobFailed && h.job.Totals().RecordsCommitted > 0 {
		return config.EventType(job + "_INCOMPLETE")
	}
	return config.EventType(job + "_" + strings.ToUpper(string(h.job.Status)))
}

// id holds the job and which of its events it is, so that it can be found again: a UUID of version 8, see RFC 9562.
func (h turn) id() string {
	var id uuid.UUID
	id[3], id[6], id[8] = byte(h.what), 0x80, 0x80
	binary.BigEndian.PutUint32(id[12:], uint32(h.job.ID))
	binary.BigEndian.PutUint16(id[10:], uint16(h.job.ID>>32))
	return id.String()
}

// readTurnID is the job and the event of an id; false when it is that of no event.
func readTurnID(text string) (jobID int64, what moment, ok bool) {
	id, err := uuid.Parse(text)
	if err != nil || id.Version() != 8 {
		return 0, 0, false
	}
	job := int64(binary.BigEndian.Uint16(id[10:]))<<32 | int64(binary.BigEndian.Uint32(id[12:]))
	return job, moment(id[3]), job > 0
}

// summary says what happened.
type summary struct {
	JobID        int64                     `json:"jobId"`
	JobType      platform.JobType          `json:"jobType"`
	Created      int64                     `json:"createdTimeEpochSeconds,omitempty"`
	Start        int64                     `json:"startTimeEpochSeconds,omitempty"`
	End          int64                     `json:"endTimeEpochSeconds,omitempty"`
	Status       platform.JobStatus        `json:"statusType,omitempty"`
	Attempts     int                       `json:"attemptsCount,omitempty"`
	Bytes        int64                     `json:"bytesLoaded,omitempty"`
	Records      int64                     `json:"recordsLoaded,omitempty"`
	Rejected     int64                     `json:"recordsRejected,omitempty"`
	Streams      []config.StreamDescriptor `json:"streams,omitempty"`
	FailureCause *config.FailureReason     `json:"failureReason,omitempty"`
}

func (h turn) summary() (json.RawMessage, error) {
	j := h.job
	s := summary{JobID: j.ID, JobType: j.Type}
	if j.Type != platform.JobSync {
		s.Streams = descriptors(j.Streams)
	}
	if h.what == begun {
		s.Created = j.CreatedAt.Unix()
	} else {
		total := j.Totals()
		s.Start, s.End, s.Status, s.Attempts = j.CreatedAt.Unix(), j.UpdatedAt.Unix(), j.Status, len(j.Attempts)
		s.Bytes, s.Records, s.Rejected = total.BytesCommitted, total.RecordsCommitted, total.RecordsRejected
		if n := len(j.Attempts); n > 0 && len(j.Attempts[n-1].Failures) > 0 {
			s.FailureCause = printFailure(&j.Attempts[n-1].Failures[0])
		}
	}
	return json.Marshal(s)
}
