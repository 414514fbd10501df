package cloud

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// A SyncOption says how a sync is run. Every [WaitOption] is one.
type SyncOption interface{ sync(*syncOptions) }

type syncOptions struct {
	noWait   bool
	conflict Conflict
	wait     waitOptions
}

type syncFunc func(*syncOptions)

func (f syncFunc) sync(o *syncOptions) { f(o) }

// NoWait returns as soon as the sync has been started.
func NoWait() SyncOption { return syncFunc(func(o *syncOptions) { o.noWait = true }) }

// Conflict says what to do when a sync of the connection is running already.
type Conflict int

// What to do when a sync is running already.
const (
	// Adopt takes the running sync for the one that was asked for. It is the default.
	Adopt Conflict = iota
	// Fail returns an error that matches ErrSyncActive and ErrConflict.
	Fail
)

// OnConflict says what to do when a sync of the connection is running already.
func OnConflict(c Conflict) SyncOption { return syncFunc(func(o *syncOptions) { o.conflict = c }) }

// RunSync starts a sync and waits for its end, unless [NoWait] is given. A sync that is running already is adopted, see
// [OnConflict].
//
// When the sync fails or is cancelled the error matches [ErrSyncFailed] and says why, as far as the server tells; when the time to
// wait is over before, it matches [ErrTimeout] and the sync goes on, see [CancelOnTimeout]. The result is not nil whenever a
// sync was started. The error matches [ErrConflict] when the connection is not active.
//
// If the answer to starting the sync is lost, a sync that is running is adopted, since it is the one or stands in its way; no
// second one is started.
//
// See https://reference.airbyte.com/reference/createjob.
func (c *Connection) RunSync(ctx context.Context, opts ...SyncOption) (*SyncResult, error) {
	var o syncOptions
	for _, opt := range opts {
		opt.sync(&o)
	}
	result, err := c.start(ctx, "starting sync of connection "+c.id, JobSync, o.conflict)
	if err != nil || o.noWait {
		return result, err
	}
	if _, err := result.await(ctx, o.wait); err != nil {
		return result, err
	}
	return result, result.Err(ctx)
}

// Reset starts a job that deletes what the connection has synced, in the destination and in the state, and does not wait for it. A running
// job is cancelled first.
func (c *Connection) Reset(ctx context.Context) (*SyncResult, error) {
	return c.start(ctx, "starting reset of connection "+c.id, JobReset, Fail)
}

func (c *Connection) start(ctx context.Context, op string, kind JobType, conflict Conflict) (*SyncResult, error) {
	if c.id == "" {
		return nil, refuse(ErrInvalidInput, op, "connection", "", "an ID is needed")
	}
	result, err := c.createJob(ctx, op, kind)
	if err == nil || kind != JobSync || conflict != Adopt || !mayBeRunning(err) {
		return result, running(err)
	}
	active, adoptErr := c.activeSync(ctx)
	switch {
	case adoptErr != nil:
		return nil, errors.Join(running(err), adoptErr)
	case active != nil:
		return active, nil
	case !isRunning(err):
		return nil, err
	}
	// What stood in the way has ended meanwhile.
	result, err = c.createJob(ctx, op, kind)
	return result, running(err)
}

func (c *Connection) createJob(ctx context.Context, op string, kind JobType) (*SyncResult, error) {
	body := public.JobCreateRequest{ConnectionID: c.id, JobType: public.JobType(kind)}
	req := c.workspace.client.public(op, http.MethodPost, body, "jobs")
	answer, err := ask[public.JobResponse](ctx, c.workspace.client, req, "connection", c.id)
	if err != nil {
		return nil, err
	}
	return c.result(answer), nil
}

// isRunning tells whether a job was refused because one is running.
func isRunning(err error) bool {
	fault, ok := errors.AsType[*Error](err)
	if !ok || fault.Status != http.StatusConflict {
		return false
	}
	return fault.Type == wire.ProblemTryAgainLater || strings.Contains(strings.ToLower(fault.Detail), "already running")
}

// mayBeRunning tells whether a job may be running after err: one stands in the way, or the answer was lost.
func mayBeRunning(err error) bool {
	if isRunning(err) {
		return true
	}
	fault, ok := errors.AsType[*Error](err)
	return ok && fault.MayBeDone
}

// running makes the error of a sync that stands in the way match ErrSyncActive.
func running(err error) error {
	if !isRunning(err) {
		return err
	}
	fault, _ := errors.AsType[*Error](err)
	fault.Err = ErrSyncActive
	return fault
}

// activeSync is the newest sync of the connection if it has not ended, else nil.
func (c *Connection) activeSync(ctx context.Context) (*SyncResult, error) {
	for job, err := range c.SyncResults(ctx, OfType(JobSync), Limit(5)) {
		if err != nil {
			return nil, err
		}
		if info := job.info.cached(); info != nil && !info.Status.Final() {
			return job, nil
		}
	}
	return nil, nil
}

// SyncResults lists the jobs of the connection, the newest first, whatever their type; see [OfType] and [OldestFirst]. Jobs have no
// names, so [ByName] and [Where] are refused.
//
// See https://reference.airbyte.com/reference/listjobs.
func (c *Connection) SyncResults(ctx context.Context, opts ...ListOption) iter.Seq2[*SyncResult, error] {
	op := "listing jobs of connection " + c.id
	o, err := listOptionsOf(op, opts)
	if err != nil {
		return fails[*SyncResult](err)
	}
	if c.id == "" || o.name != nil || o.where != nil {
		return fails[*SyncResult](refuse(ErrInvalidInput, op, "connection", c.id, "an ID is needed, and jobs have no names"))
	}
	query := url.Values{"connectionId": {c.id}, "orderBy": {public.OrderCreatedDesc}}
	if o.oldestFirst {
		query.Set("orderBy", public.OrderCreatedAsc)
	}
	if o.jobType != "" {
		query.Set("jobType", string(o.jobType))
	}
	rows := listPublic[public.JobResponse](ctx, c.workspace.client, op, "jobs", query, o)
	return kept(rows, o, func(*public.JobResponse) string { return "" }, c.result)
}

// LastSync is the newest sync of the connection, nil when there has been none. Resets and other jobs do not count.
func (c *Connection) LastSync(ctx context.Context) (*SyncResult, error) {
	for job, err := range c.SyncResults(ctx, OfType(JobSync), Limit(1)) {
		return job, err
	}
	return nil, nil
}

// SyncResult returns a handle of the job with the given ID. It asks nothing of the server.
func (c *Connection) SyncResult(jobID int64) *SyncResult {
	return &SyncResult{connection: c, jobID: jobID}
}

func (c *Connection) result(r *public.JobResponse) *SyncResult {
	result := c.SyncResult(r.JobID)
	result.info.set(jobInfo(r))
	return result
}

// Job finds the job with the given ID. The error matches [ErrWorkspaceMismatch] when its connection is in another workspace.
//
// See https://reference.airbyte.com/reference/getjob.
func (w *Workspace) Job(ctx context.Context, id int64) (*SyncResult, error) {
	op := fmt.Sprintf("getting job %d", id)
	req := w.client.public(op, http.MethodGet, nil, "jobs", strconv.FormatInt(id, 10))
	answer, err := ask[public.JobResponse](ctx, w.client, req, "job", strconv.FormatInt(id, 10))
	if err != nil {
		return nil, err
	}
	c := w.Connection(answer.ConnectionID)
	if err := c.CheckValid(ctx); err != nil {
		return nil, err
	}
	return c.result(answer), nil
}
