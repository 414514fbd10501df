package cloud

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// A WaitOption says how the end of a job is waited for. It is a [SyncOption] too.
type WaitOption func(*waitOptions)

func (f WaitOption) sync(o *syncOptions) { f(&o.wait) }

type waitOptions struct {
	timeout  time.Duration
	interval time.Duration
	patience time.Duration
	cancel   bool
	progress func(Progress)
}

// Timeout ends the wait after d, with an error that matches [ErrTimeout]. Without it the context alone ends the wait.
func Timeout(d time.Duration) WaitOption { return func(o *waitOptions) { o.timeout = d } }

// PollEvery asks at a fixed interval. Without it the wait begins with short intervals, 50 ms for a server on this machine and a second for
// others, which grow to one second and ten.
func PollEvery(d time.Duration) WaitOption { return func(o *waitOptions) { o.interval = d } }

// Patience is how long asking may fail, one time after the other, before the wait is given up. A broken connection or a server error alone
// does not end a wait. 0: 15 minutes.
func Patience(d time.Duration) WaitOption { return func(o *waitOptions) { o.patience = d } }

// CancelOnTimeout cancels the job on the server when the wait ends before the job does, because of [Timeout] or because the context
// ended.
func CancelOnTimeout() WaitOption { return func(o *waitOptions) { o.cancel = true } }

// OnProgress calls report, from the goroutine that waits, with every answer of the server.
func OnProgress(report func(Progress)) WaitOption {
	return func(o *waitOptions) { o.progress = report }
}

// Progress is how far a job has come.
type Progress struct {
	JobID         int64
	Status        JobStatus
	BytesSynced   int64
	RecordsSynced int64
	Elapsed       time.Duration // since the wait began
}

// Wait waits until the job has ended and returns how it did: succeeded, failed or cancelled. A job that failed is an answer and not an
// error, see [SyncResult.Err]; an error means that the end was not seen. It matches [ErrTimeout] when the time was over, by
// [Timeout] or by the context's deadline, and then comes with the last status that was seen.
//
// Asking may fail for a while, see [Patience]: only a refusal that will not change, such as [ErrNotFound], ends the wait at once.
func (r *SyncResult) Wait(ctx context.Context, opts ...WaitOption) (JobStatus, error) {
	var o waitOptions
	for _, opt := range opts {
		opt(&o)
	}
	return r.await(ctx, o)
}

const defaultPatience = 15 * time.Minute

func (r *SyncResult) await(ctx context.Context, o waitOptions) (JobStatus, error) {
	waiting := ctx
	if o.timeout > 0 {
		var stop context.CancelFunc
		waiting, stop = context.WithTimeout(ctx, o.timeout)
		defer stop()
	}
	status, err := r.poll(waiting, o)
	if err == nil || waiting.Err() == nil {
		return status, err
	}
	fault := r.interrupted(ctx, waiting, status)
	if !o.cancel {
		return status, fault
	}
	cancelling, stop := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer stop()
	if cancelErr := r.Cancel(cancelling); cancelErr != nil && !errors.Is(cancelErr, ErrConflict) {
		return status, errors.Join(fault, cancelErr)
	}
	fault.Detail = "the job was told to stop; last seen " + string(status)
	return status, fault
}

// interrupted is the error of a wait that ended before the job.
func (r *SyncResult) interrupted(ctx, waiting context.Context, status JobStatus) *Error {
	cause := context.Cause(waiting)
	e := &Error{
		Op: fmt.Sprintf("waiting for job %d", r.jobID), Resource: "job", ID: strconv.FormatInt(r.jobID, 10),
		JobStatus: status, Err: cause, Detail: "the job goes on; last seen " + string(status),
	}
	if errors.Is(waiting.Err(), context.DeadlineExceeded) && (ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded)) {
		e.Err = errors.Join(ErrTimeout, cause)
	}
	return e
}

// poll asks until the job has ended or ctx has.
func (r *SyncResult) poll(ctx context.Context, o waitOptions) (JobStatus, error) {
	started := time.Now()
	answered := started
	pace := newPace(o.interval, r.connection.workspace.client.roots.api)
	var last JobStatus
	if info := r.info.cached(); info != nil {
		last = info.Status
	}
	for {
		info, err := r.Refresh(ctx)
		switch {
		case err == nil:
			answered, last = time.Now(), info.Status
			o.report(info, time.Since(started))
			if last.Final() {
				return last, nil
			}
		case ctx.Err() != nil || !transient(err):
			return last, err
		case time.Since(answered) > o.patienceOrDefault():
			return last, fmt.Errorf("waiting for job %d: no answer for %s: %w", r.jobID, time.Since(answered).Round(time.Second), err)
		}
		if err := pace.sleep(ctx); err != nil {
			return last, err
		}
	}
}

func (o waitOptions) patienceOrDefault() time.Duration {
	if o.patience > 0 {
		return o.patience
	}
	return defaultPatience
}

func (o waitOptions) report(info *JobInfo, elapsed time.Duration) {
	if o.progress == nil {
		return
	}
	o.progress(Progress{
		JobID: info.ID, Status: info.Status, BytesSynced: info.BytesSynced, RecordsSynced: info.RecordsSynced, Elapsed: elapsed,
	})
}

// transient tells whether asking again may get a better answer.
func transient(err error) bool {
	fault, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch fault.Status {
	case 0, http.StatusTooManyRequests, http.StatusRequestTimeout:
		return !errors.Is(err, ErrInvalidInput)
	case http.StatusNotImplemented:
		return false
	}
	return fault.Status >= http.StatusInternalServerError
}

// pace is the time between two questions. It grows by half each time, up to a limit.
type pace struct {
	next, limit time.Duration
}

func newPace(fixed time.Duration, root string) *pace {
	if fixed > 0 {
		return &pace{fixed, fixed}
	}
	if u, err := url.Parse(root); err == nil && isLoopback(u.Hostname()) {
		return &pace{50 * time.Millisecond, time.Second}
	}
	return &pace{time.Second, 10 * time.Second}
}

func (p *pace) sleep(ctx context.Context) error {
	wait := p.next
	p.next = min(p.next*3/2, p.limit)
	if wait < p.limit {
		wait += rand.N(wait/10 + 1) // many waits that began together drift apart
	}
	return pause(ctx, wait)
}
