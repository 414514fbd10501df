package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// result judges the attempt after it has ended.
func (r *run) result(ctx context.Context, began time.Time) Result {
	status := r.verdict(ctx)
	counts := r.flow.finalCounts(status)
	return Result{Status: status, Failures: r.failures.all(), Counts: counts, Duration: time.Since(began)}
}

func (r *run) verdict(ctx context.Context) Status {
	well := r.source.well() && r.destination.well() && len(r.failures.all()) == 0
	switch {
	case well:
		return Succeeded
	case ctx.Err() != nil:
		return Cancelled
	case len(r.failures.all()) > 0:
		return Failed
	case r.flow.isStopping():
		return Interrupted
	}
	r.failures.add(Failure{
		Origin: FromPlatform, Type: string(protocol.FailureSystem), Message: "the attempt ended early for an unknown reason",
	})
	return Failed
}

// well tells whether the connector came home and ended well.
func (p *part) well() bool {
	select {
	case <-p.done:
		return p.endedWell
	default:
		return false
	}
}

// deaf tells whether the source was not listened to until its end, so that its end says nothing.
func (f *flow) deaf() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fault != nil || f.refused || f.buf.aborted != nil
}

func (f *flow) isStopping() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stopping
}

// endedEarly tells whether the destination's input has ended without everything completed.
func (f *flow) endedEarly() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf.aborted != nil || f.short
}

// completed tells whether the source itself has completed every stream. The end of a source that was told to stop says less.
func (f *flow) completed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !slices.ContainsFunc(f.set.all, func(s *stream) bool { return s.status != protocol.StreamComplete })
}

// unfinished tells what a destination that has ended without an error has left undone.
func (f *flow) unfinished() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.buf.drained {
		return errors.New("it ended without an error before it had taken all that the source wrote")
	}
	if count, where := f.ledger.outstanding(); count > 0 {
		return fmt.Errorf("it ended without acknowledging %d states, the first%s, so that it is not certain that their records are stored",
			count, where)
	}
	return nil
}
