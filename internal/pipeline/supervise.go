package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// pulse is how often the supervisor looks after silence and hands over batches that do not fill.
const pulse = 50 * time.Millisecond

// supervise starts both connectors and returns when both have come home or were given up.
func (r *run) supervise(ctx context.Context) {
	all, stopAll := context.WithCancelCause(ctx)
	defer stopAll(nil)
	reading, stopSource := context.WithCancel(all)
	defer stopSource()
	r.stopAll, r.stopSource = stopAll, stopSource
	r.hookContext = func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.WithoutCancel(ctx), r.job.Limits.Patience)
	}
	r.source = part{done: make(chan struct{}), told: reading.Done()}
	r.destination = part{done: make(chan struct{}), told: all.Done()}

	go r.write(all)
	go r.read(reading)
	quit, closed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(closed)
		r.keepBooks(quit)
	}()
	r.watch()
	close(quit)
	<-closed
	r.gate.close()
}

// watch is the supervisor's loop.
func (r *run) watch() {
	beat := time.NewTicker(pulse)
	defer beat.Stop()
	source, destination, stop := r.source.done, r.destination.done, r.job.Stop
	watchdog := newWatchdog(&r.job.Limits)
	for source != nil || destination != nil {
		select {
		case <-source:
			source, r.source.patience = nil, nil
		case <-destination:
			destination, r.destination.patience = nil, nil
			r.leaveSource()
		case <-stop:
			stop = nil
			r.stopGently()
		case <-r.source.told:
			r.source.told, r.source.patience = nil, r.patienceFor(source)
		case <-r.destination.told:
			r.destination.told, r.destination.patience = nil, r.patienceWith(destination)
			r.source.patience = cmp.Or(r.source.patience, r.patienceFor(source))
			r.flow.abort(errOver)
		case <-r.source.patience:
			source, r.source.patience = nil, nil
			r.giveUp(FromSource, r.job.SourceTitle)
			r.endEarly()
		case <-r.destination.patience:
			destination, r.destination.patience = nil, nil
			r.giveUp(FromDestination, r.job.DestinationTitle)
		case now := <-beat.C:
			r.beat(watchdog, now)
		}
	}
}

// leaveSource stops a source that nobody listens to any more.
func (r *run) leaveSource() {
	r.flow.abort(errOver)
	r.stopSource()
}

// stopGently asks the source alone to stop. Its last state and its end then reach the destination in the usual way.
func (r *run) stopGently() {
	r.note(protocol.LevelInfo, "stopping on request")
	r.flow.stop()
	r.stopSource()
}

// patienceFor is patienceWith a source. A gentle stop has no end of its own: who asked for it cancels when it takes too long.
func (r *run) patienceFor(source chan struct{}) <-chan time.Time {
	if r.flow.isStopping() && r.destination.told != nil {
		return nil
	}
	return r.patienceWith(source)
}

// patienceWith is when a connector that was told to stop, and has not come home, is given up.
func (r *run) patienceWith(connector chan struct{}) <-chan time.Time {
	if connector == nil {
		return nil
	}
	return time.After(r.job.Limits.Patience)
}

// giveUp leaves a connector behind that does not stop. There is no way to end it by force.
func (r *run) giveUp(origin Origin, title string) {
	r.fail(Failure{
		Origin:  origin,
		Type:    string(protocol.FailureSystem),
		Message: fmt.Sprintf("%s was told to stop and did not within %v; it was given up", title, r.job.Limits.Patience),
	})
}

// beat looks whether both connectors are alive.
func (r *run) beat(w *watchdog, now time.Time) {
	signs := r.flow.signs()
	if w.source.silent(now, signs.source, signs.sourceWaits) {
		r.fail(Failure{
			Origin: FromSource, Type: HeartbeatTimeout,
			Message: fmt.Sprintf("%s has said nothing for %v", r.job.SourceTitle, r.job.Limits.Heartbeat),
		})
		r.stopSource()
	}
	if w.destination.silent(now, signs.destination, signs.destinationWaits) {
		r.fail(Failure{
			Origin: FromDestination, Type: DestinationTimeout,
			Message: fmt.Sprintf("%s has neither taken nor acknowledged anything for %v", r.job.DestinationTitle, r.job.Limits.Stall),
		})
		r.stopAll(errOver)
	}
}
