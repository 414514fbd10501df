// Package batch drives a destination: it encodes records while the ones before them are stored, commits by size and by time,
// and echoes states once everything before them is durable.
package batch

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Encoder writes records of one stream in the form that its store takes. It is called by one goroutine at a time.
type Encoder interface {
	Append(dst []byte, record *protocol.Record) ([]byte, error)
}

// Store keeps encoded records. Its methods are called one after the other, by one goroutine.
type Store interface {
	// Write stores a chunk of whole records. It keeps chunk only until it calls release, exactly once.
	Write(ctx context.Context, stream int, chunk []byte, release func()) error
	// Commit makes everything that was written durable.
	Commit(ctx context.Context) error
	// Complete ends a stream: a new generation becomes visible and older ones go. Everything was committed before.
	Complete(ctx context.Context, stream int) error
}

// Job is one call of Write.
type Job struct {
	Catalog  *protocol.ConfiguredCatalog
	Encoders []Encoder // by stream, in the catalog's order
	Store    Store
	Emit     connector.Emit

	ChunkBytes  int           // how much is encoded before it is handed to the store; 0: 256 KiB
	CommitBytes int           // how much is written before it is committed; 0: 32 MiB
	CommitEvery time.Duration // how long a record or state waits at most; 0: one second
}

// The defaults of a [Job].
const (
	chunkBytes  = 256 << 10
	commitBytes = 32 << 20
	commitEvery = time.Second
)

func (j *Job) setDefaults() {
	if j.ChunkBytes == 0 {
		j.ChunkBytes = chunkBytes
	}
	if j.CommitBytes == 0 {
		j.CommitBytes = commitBytes
	}
	if j.CommitEvery == 0 {
		j.CommitEvery = commitEvery
	}
}

// Run stores the input until it ends. When the input ends with an error, what came before it is still committed, and the
// error returned. When ctx is done, what was not committed is given up.
func Run(ctx context.Context, job Job, in connector.Messages) error {
	job.setDefaults()
	group, inner := errgroup.WithContext(ctx)
	q := newQueue(&job)
	group.Go(func() error { return q.write(inner, &job) })
	group.Go(func() error { return q.tick(inner, job.CommitEvery) })
	var inputErr error
	group.Go(func() error {
		defer q.close()
		inputErr = read(inner, q, &job, in)
		return ctx.Err()
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return inputErr
}

// read puts every message into the queue and commits what is left at the end.
func read(ctx context.Context, q *queue, job *Job, in connector.Messages) error {
	for m, err := range in {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = handle(ctx, q, job, m)
		}
		if err != nil {
			_ = q.commit(ctx) // fails only when the store has failed or ctx is done, which Run tells
			return err
		}
	}
	return q.commit(ctx)
}

func handle(ctx context.Context, q *queue, job *Job, m *protocol.Message) error {
	switch m.Type {
	case protocol.TypeRecord:
		stream, err := q.counter.Stream(m.Record.Stream, m.Record.Namespace)
		if err != nil {
			return err
		}
		return q.add(ctx, stream, job.Encoders[stream], &m.Record)
	case protocol.TypeState:
		return q.state(m.State)
	case protocol.TypeTrace:
		return handleTrace(ctx, q, m.Trace)
	}
	return nil
}

func handleTrace(ctx context.Context, q *queue, trace *protocol.Trace) error {
	if trace.Type != protocol.TraceTypeStreamStatus || trace.StreamStatus.Status != protocol.StreamComplete {
		return nil
	}
	d := trace.StreamStatus.StreamDescriptor
	stream, err := q.counter.Stream(d.Name, d.Namespace)
	if err != nil {
		return err
	}
	return q.complete(ctx, stream)
}
