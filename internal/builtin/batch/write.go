package batch

import (
	"context"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// write takes steps from the queue until it is closed.
func (q *queue) write(ctx context.Context, job *Job) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case o, ok := <-q.ops:
			if !ok {
				return nil
			}
			if err := q.step(ctx, job, o); err != nil {
				return err
			}
		}
	}
}

func (q *queue) step(ctx context.Context, job *Job, o op) error {
	if o.chunk != nil {
		err := job.Store.Write(ctx, o.stream, o.chunk, func() { q.recycle(o.chunk) })
		return streamError(job, o.stream, "writing records", err)
	}
	if err := job.Store.Commit(ctx); err != nil {
		return fmt.Errorf("committing records: %w", err)
	}
	for _, s := range o.states {
		if err := job.Emit(protocol.StateMessage(s)); err != nil {
			return err
		}
	}
	if !o.complete {
		return nil
	}
	return streamError(job, o.stream, "completing", job.Store.Complete(ctx, o.stream))
}

func streamError(job *Job, stream int, doing string, err error) error {
	if err == nil {
		return nil
	}
	d := job.Catalog.Streams[stream].Descriptor()
	err = fmt.Errorf("%s of stream %s: %w", doing, d, err)
	return &connector.Error{Type: connector.FailureOf(err), Message: err.Error(), Stream: &d, Cause: err}
}
