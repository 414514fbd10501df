package cloud

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// SyncResult is a handle of a job of a connection. It is safe for concurrent use. What is known about a job that has ended is
// remembered; while it goes on every method asks.
type SyncResult struct {
	connection *Connection
	jobID      int64
	info       lazy[JobInfo]
	attempts   lazy[[]Attempt]
}

// JobID is the ID of the job.
func (r *SyncResult) JobID() int64 { return r.jobID }

// Connection is the connection that the job belongs to.
func (r *SyncResult) Connection() *Connection { return r.connection }

// URL is the address of the job on the web page that lists the connection's jobs.
func (r *SyncResult) URL() string {
	return fmt.Sprintf("%s#%d::0", r.connection.JobHistoryURL(), r.jobID)
}

// Info tells about the job. It asks unless the job is known to have ended with its counts.
func (r *SyncResult) Info(ctx context.Context) (*JobInfo, error) {
	if info := r.info.cached(); info != nil && info.Status.Final() {
		return info, nil
	}
	return r.Refresh(ctx)
}

// Refresh asks for what is known about the job. See https://reference.airbyte.com/reference/getjob.
func (r *SyncResult) Refresh(ctx context.Context) (*JobInfo, error) {
	return r.info.refresh(ctx, func(ctx context.Context) (*JobInfo, error) {
		answer, err := r.call(ctx, "getting job ", http.MethodGet, transport.RepeatByMethod)
		if err != nil {
			return nil, err
		}
		return jobInfo(answer), nil
	})
}

func (r *SyncResult) call(ctx context.Context, op, method string, repeat transport.Repeat) (*public.JobResponse, error) {
	id := strconv.FormatInt(r.jobID, 10)
	req := r.connection.workspace.client.public(op+id, method, nil, "jobs", id)
	req.Repeat = repeat
	return ask[public.JobResponse](ctx, r.connection.workspace.client, req, "job", id)
}

// Status is where the job is.
func (r *SyncResult) Status(ctx context.Context) (JobStatus, error) {
	info, err := r.Info(ctx)
	if err != nil {
		return "", err
	}
	return info.Status, nil
}

// Done tells whether the job has ended, however it did.
func (r *SyncResult) Done(ctx context.Context) (bool, error) {
	status, err := r.Status(ctx)
	return status.Final(), err
}

// BytesSynced is how many bytes the job has moved so far.
func (r *SyncResult) BytesSynced(ctx context.Context) (int64, error) {
	info, err := r.Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.BytesSynced, nil
}

// RecordsSynced is how many records the job has moved so far.
func (r *SyncResult) RecordsSynced(ctx context.Context) (int64, error) {
	info, err := r.Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.RecordsSynced, nil
}

// StartTime is when the job was created, in UTC.
func (r *SyncResult) StartTime(ctx context.Context) (time.Time, error) {
	info := r.info.cached()
	if info == nil {
		var err error
		if info, err = r.Info(ctx); err != nil {
			return time.Time{}, err
		}
	}
	if info.StartTime.IsZero() {
		return time.Time{}, &Error{
			Op: fmt.Sprintf("reading start time of job %d", r.jobID), Resource: "job", ID: strconv.FormatInt(r.jobID, 10),
			Detail: "the server gave none that can be read",
		}
	}
	return info.StartTime, nil
}

// Err asks how the job ended: nil when it succeeded, and an error that matches [ErrSyncFailed] and says why, as far as the server tells,
// when it failed or was cancelled. While the job goes on it is nil.
func (r *SyncResult) Err(ctx context.Context) error {
	status, err := r.Status(ctx)
	if err != nil || !status.Final() || status == JobSucceeded {
		return err
	}
	id := strconv.FormatInt(r.jobID, 10)
	e := &Error{
		Op: "syncing connection " + r.connection.id, Resource: "job", ID: id, JobStatus: status, Err: ErrSyncFailed,
		Detail: fmt.Sprintf("job %s %s", id, status),
	}
	if why := r.failure(ctx); why != "" {
		e.Detail += ": " + why
	}
	return e
}

// failure is why the last attempt failed, empty when the server does not say.
func (r *SyncResult) failure(ctx context.Context) string {
	attempts, err := r.Attempts(ctx)
	if err != nil || len(attempts) == 0 {
		return ""
	}
	for _, f := range attempts[len(attempts)-1].Failures {
		if text := f.String(); text != "" {
			return text
		}
	}
	return ""
}

// Cancel asks the server to cancel the job. It does nothing when the job is cancelled already; the error matches [ErrConflict] when
// the job has ended otherwise. The job is asked for first, because an Airbyte server cancels whatever the connection
// runs, whichever job is named.
//
// See https://reference.airbyte.com/reference/canceljob.
func (r *SyncResult) Cancel(ctx context.Context) error {
	info, err := r.Refresh(ctx)
	if err != nil {
		return err
	}
	if info.Status == JobCancelled {
		return nil
	}
	if info.Status.Final() {
		return &Error{
			Op: fmt.Sprintf("cancelling job %d", r.jobID), Resource: "job", ID: strconv.FormatInt(r.jobID, 10),
			JobStatus: info.Status, Err: ErrConflict, Detail: "it has " + string(info.Status) + " already",
		}
	}
	answer, err := r.call(ctx, "cancelling job ", http.MethodDelete, transport.RepeatNever)
	if err != nil {
		return err
	}
	// The answer to a cancel has no counts, so a final status in it is not what Info should remember.
	if got := jobInfo(answer); !got.Status.Final() {
		r.info.set(got)
	} else {
		r.info.forget()
	}
	return nil
}
