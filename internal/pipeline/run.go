package pipeline

import (
	"context"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// run is one attempt at work.
type run struct {
	job      Job
	flow     *flow
	failures failures
	gate     gate

	stopSource  context.CancelFunc
	stopAll     context.CancelCauseFunc
	hookContext func() (context.Context, context.CancelFunc)

	source      part
	destination part

	reported     int64 // what had happened at the last report; belongs to the bookkeeper, like commitFailed
	commitFailed bool
}

// part is a connector at work.
type part struct {
	done      chan struct{} // closed when the connector has come home
	endedWell bool          // readable once done is closed
	told      <-chan struct{}
	patience  <-chan time.Time // running out for a connector that was told to stop; nil: it was not
}

// Run makes one attempt and tells how it went. When ctx is done it returns soon, as [Cancelled], even when a connector does
// not stop: what such a connector says later is not heard. It never panics for a connector.
func Run(ctx context.Context, job Job) Result {
	began := time.Now()
	job = job.withDefaults()
	set, err := newStreamSet(&job)
	if err != nil {
		return refused(&job, err, began)
	}
	r := &run{job: job, flow: newFlow(&job, set)}
	r.failures.redact = job.Redact
	r.supervise(ctx)
	return r.result(ctx, began)
}

// refused is the result of a job that cannot be run as it is configured.
func refused(job *Job, err error, began time.Time) Result {
	fs := failures{redact: job.Redact}
	fs.add(Failure{Origin: FromPlatform, Type: string(protocol.FailureConfig), Message: err.Error(), Internal: err.Error()})
	return Result{Status: Failed, Failures: fs.all(), Duration: time.Since(began)}
}

// fail keeps a failure. After a stop nothing is a failure any more: the next attempt does again what this one left.
func (r *run) fail(f Failure) {
	if r.flow.isStopping() {
		r.note(protocol.LevelWarn, "%s", f.Message)
		return
	}
	r.failures.add(f)
}

// read runs the source to its end and closes the destination's input.
func (r *run) read(ctx context.Context) {
	defer close(r.source.done)
	err := r.callSource(ctx)
	r.source.endedWell = r.sourceEnded(ctx, err)
	if r.source.endedWell {
		r.flow.end()
		return
	}
	r.endEarly()
}

func (r *run) callSource(ctx context.Context) error {
	if r.job.Source == nil {
		return nil
	}
	request := connector.ReadRequest{Config: r.job.SourceConfig, Catalog: sourceCatalog(&r.job), State: r.job.State, Staging: r.job.Staging}
	return guard(r.job.SourceTitle, func() error { return r.job.Source.Read(ctx, request, r.fromSource) })
}

// sourceEnded judges the source, and completes the streams when it has ended well.
func (r *run) sourceEnded(ctx context.Context, err error) bool {
	told := ctx.Err() != nil
	switch {
	case r.flow.deaf():
		return false
	case err != nil && told:
		r.noteStop(r.job.SourceTitle, err)
		return false
	case err != nil:
		r.fail(failureOf(FromSource, r.job.SourceTitle, err))
		return false
	case r.failures.any(FromSource), told && !r.flow.completed():
		return false
	}
	if err := r.flow.completeAll(); err != nil {
		if !isStop(err) {
			r.fail(breach(FromSource, r.job.SourceTitle, err))
		}
		return false
	}
	return true
}

// endEarly ends the destination's input without completing anything. A destination that goes by generations may store what it
// was given; one that takes the end of its input for a completion must see that there is none.
func (r *run) endEarly() {
	if replacesAtEnd(destinationCatalog(&r.job, r.flow.set)) {
		r.flow.endShort(errEarly)
		return
	}
	r.flow.endShort(nil)
}

// write runs the destination to its end.
func (r *run) write(ctx context.Context) {
	defer close(r.destination.done)
	request := connector.WriteRequest{
		Config: r.job.DestinationConfig, Catalog: destinationCatalog(&r.job, r.flow.set), Staging: r.job.Staging,
	}
	err := guard(r.job.DestinationTitle, func() error {
		return r.job.Destination.Write(ctx, request, r.flow.messages(), r.fromDestination)
	})
	r.destination.endedWell = r.destinationEnded(ctx, err)
}

func (r *run) destinationEnded(ctx context.Context, err error) bool {
	told := ctx.Err() != nil
	switch {
	case err != nil && (told || isStop(err) && r.flow.endedEarly()):
		r.noteStop(r.job.DestinationTitle, err)
		return false
	case err != nil:
		r.fail(failureOf(FromDestination, r.job.DestinationTitle, err))
		return false
	case told || r.flow.endedEarly():
		return false
	}
	if err := r.flow.unfinished(); err != nil {
		r.fail(breach(FromDestination, r.job.DestinationTitle, err))
		return false
	}
	return !r.failures.any(FromDestination)
}

// noteStop logs what a connector said when it was told to stop, unless it only said that it was.
func (r *run) noteStop(title string, err error) {
	if !isStop(err) {
		r.note(protocol.LevelWarn, "%s, which was told to stop, ended with an error: %v", title, err)
	}
}
