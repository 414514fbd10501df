package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Preparer is a [Retriever] that has something done about slices before they can be read.
type Preparer interface {
	// Prepare wraps a cursor so that it gives out a slice once it can be read.
	Prepare(c Cursor) Cursor
}

// jobCursor gives out the slices of another cursor once their jobs are done, in whatever order that is.
type jobCursor struct {
	Cursor

	retriever *asyncRetriever
	mu        sync.Mutex
	done      map[Slice]*asyncJob // of slices that were given out and not closed
}

// Each has jobs done for all slices, and calls yield for each that is.
func (c *jobCursor) Each(ctx context.Context, yield func(Slice) error) error {
	return newJobRun(c.retriever).each(ctx, c.Cursor.Each, func(j *asyncJob) error {
		c.mu.Lock()
		c.done[j.slice] = j
		c.mu.Unlock()
		return yield(j.slice)
	})
}

// Query tells the job, too.
func (c *jobCursor) Query(slice Slice) (Query, error) {
	q, err := c.Cursor.Query(slice)
	c.mu.Lock()
	defer c.mu.Unlock()
	q.job = c.done[slice]
	return q, err
}

// Close forgets the job.
func (c *jobCursor) Close(slice Slice) (json.RawMessage, error) {
	c.mu.Lock()
	delete(c.done, slice)
	c.mu.Unlock()
	return c.Cursor.Close(slice)
}

// State is how far the stream has been read.
func (c *jobCursor) State() (json.RawMessage, error) {
	if s, ok := c.Cursor.(stater); ok {
		return s.State()
	}
	return noCursorState, nil
}

// jobRun has the slices of one read prepared.
type jobRun struct {
	*asyncRetriever
	open     []*asyncJob // each has a place of the budget
	waiting  *Slice      // for a place of the budget
	asked    int         // slices so far
	listed   bool        // there are no more slices
	failures []error
}

func newJobRun(r *asyncRetriever) *jobRun { return &jobRun{asyncRetriever: r} }

// each calls yield for every job that is done. A slice that cannot be had does not keep the others from being prepared, unless it is
// the configuration that is wrong; the error comes at the end. Jobs that are running when nobody wants them any more are aborted.
func (r *jobRun) each(ctx context.Context, list func(context.Context, func(Slice) error) error, yield func(*asyncJob) error) error {
	var listing error
	next, stop := iter.Pull(func(give func(Slice) bool) {
		listing = list(ctx, func(s Slice) error {
			if !give(s) {
				return errEnough
			}
			return nil
		})
	})
	defer stop()
	defer r.abandon(ctx)
	for {
		if err := r.fill(ctx, next); err != nil {
			return err
		}
		if r.listed && len(r.open) == 0 {
			return errors.Join(listing, r.verdict())
		}
		if err := r.lookAll(ctx); err != nil {
			return err
		}
		if err := r.settle(ctx, yield); err != nil {
			return err
		}
		if len(r.open) == 0 {
			continue
		}
		if err := r.env.Sleep(ctx, pollInterval); err != nil {
			return err
		}
	}
}

// fill asks for failed jobs again, and for more slices as long as the budget has places.
func (r *jobRun) fill(ctx context.Context, next func() (Slice, bool)) error {
	for _, j := range r.open {
		if j.failed() && !r.env.Now().Before(j.retryAt) {
			j.attempt++
			if err := r.begin(ctx, j); err != nil {
				return err
			}
		}
	}
	for r.more(next) {
		granted, err := r.env.jobs.take(ctx, len(r.open) == 0)
		if err != nil || !granted {
			return err
		}
		j := &asyncJob{slice: *r.waiting, attempt: 1}
		r.waiting = nil
		r.open = append(r.open, j)
		if err := r.begin(ctx, j); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// more tells whether a slice waits to be asked for. The next one is not looked for while it may depend on a parent's jobs that
// cannot begin before ours have ended.
func (r *jobRun) more(next func() (Slice, bool)) bool {
	if r.waiting != nil {
		return true
	}
	if r.listed || r.awaitsParent && len(r.open) > 0 {
		return false
	}
	if r.env.bounds.enough(r.asked) {
		r.listed = true
		return false
	}
	s, ok := next()
	if ok {
		r.waiting = &s
		r.asked++
	}
	r.listed = !ok
	return ok
}

// begin asks for a slice. What was not taken on has failed, and is asked for again; the error is one of the whole stream.
func (r *jobRun) begin(ctx context.Context, j *asyncJob) error {
	j.created, j.err, j.retryAt = nil, nil, time.Time{}
	j.began, j.status = r.env.Now(), jobRunning
	created, err := r.create(ctx, j.slice)
	if err == nil {
		j.created = created
		return nil
	}
	if ctx.Err() != nil || connector.FailureOf(err) == protocol.FailureConfig {
		return err
	}
	r.env.Log(protocol.LevelWarn, "stream %s: creating a job: %s", r.env.stream, err)
	j.status, j.err = jobFailed, err
	return nil
}

// lookAll asks about every job that is running.
func (r *jobRun) lookAll(ctx context.Context) error {
	for _, j := range r.open {
		if j.status != jobRunning {
			continue
		}
		if err := r.look(ctx, j); err != nil {
			if err := r.blind(ctx, j, err); err != nil {
				return err
			}
		}
		if j.status == jobRunning && r.env.Now().Sub(j.began) > r.timeout {
			j.status, j.err = jobTimedOut, fmt.Errorf("it took longer than %s", r.timeout)
		}
	}
	return nil
}

// blind is about a job of which nothing can be learned: for the moment, or at all. The error is one of the whole stream.
func (r *jobRun) blind(ctx context.Context, j *asyncJob, err error) error {
	failure := connector.FailureOf(err)
	if ctx.Err() != nil || failure == protocol.FailureConfig {
		return err
	}
	r.env.Log(protocol.LevelWarn, "stream %s: looking at a job: %s", r.env.stream, err)
	if failure != protocol.FailureTransient {
		j.status, j.err, j.lost = jobTimedOut, err, true
	}
	return nil
}

// settle gives out the jobs that are done, and drops those that cannot be.
func (r *jobRun) settle(ctx context.Context, yield func(*asyncJob) error) error {
	open := r.open
	r.open = nil
	for i, j := range open {
		if j.status == jobTimedOut {
			r.stop(ctx, j)
		}
		switch {
		case j.status == jobCompleted, j.status == jobSkipped:
			r.env.jobs.release()
			if err := yield(j); err != nil {
				r.open = append(r.open, open[i+1:]...)
				return err
			}
		case j.failed() && (j.lost || j.attempt >= jobAttempts || r.env.bounds.sendsOnce()):
			r.env.jobs.release()
			r.failures = append(r.failures, r.failure(j))
		default:
			if j.status == jobFailed && j.created != nil && j.retryAt.IsZero() {
				j.retryAt = r.env.Now().Add(r.retryWait)
			}
			r.open = append(r.open, j)
		}
	}
	return nil
}

func (r *jobRun) failure(j *asyncJob) error {
	err := j.err
	if err == nil {
		err = errors.New("the API says so")
	}
	r.env.Log(protocol.LevelError, "stream %s: a job is given up after attempt %d: %s", r.env.stream, j.attempt, err)
	return err
}

// verdict is the error of a run in which every slice was prepared or given up.
func (r *jobRun) verdict() error {
	if len(r.failures) == 0 {
		return nil
	}
	return &connector.Error{
		Type: protocol.FailureSystem, Cause: r.failures[0],
		Message: fmt.Sprintf("%d jobs failed after all attempts, the first because %s", len(r.failures), r.failures[0]),
	}
}

// abortTime bounds how long the end of a read is put off to abort the jobs that nobody will ask for.
const abortTime = 20 * time.Second

// abandon aborts the jobs that are running, also when the read was cancelled.
func (r *jobRun) abandon(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()
	var wait sync.WaitGroup
	defer wait.Wait()
	for _, j := range r.open {
		r.env.jobs.release()
		if j.status == jobRunning {
			wait.Go(func() { r.stop(ctx, j) })
		}
	}
}
