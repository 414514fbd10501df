package batch

import (
	"context"
	"sync"
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// queueLen is how many chunks wait for the store. With those being filled and written it bounds the memory of a job.
const queueLen = 8

// maxHeld is how much the chunks of all streams that are being filled hold together.
const maxHeld = 8 << 20

// op is one step for the store: a chunk to write, or a commit with what follows it.
type op struct {
	stream   int
	chunk    []byte            // nil: commit
	states   []*protocol.State // to echo after the commit
	complete bool              // to complete stream after the commit
}

// queue holds what was encoded until the store takes it. The reader fills it and the clock commits it, so it is locked; the
// store takes from ops without the lock.
type queue struct {
	ops     chan op
	done    chan struct{} // closed when the input has ended
	job     *Job
	counter *Counter // used by the reader alone

	mu      sync.Mutex
	open    [][]byte // by stream: the chunk being filled
	held    int      // bytes in open chunks
	waiting int      // bytes since the last commit
	states  []*protocol.State
	since   time.Time // when the oldest record or state that is not committed came; zero: there is none

	free chan []byte
}

func newQueue(job *Job) *queue {
	return &queue{
		job:     job,
		ops:     make(chan op, queueLen),
		done:    make(chan struct{}),
		free:    make(chan []byte, queueLen*2),
		open:    make([][]byte, len(job.Catalog.Streams)),
		counter: NewCounter(job.Catalog),
	}
}

// add encodes one record and hands its chunk on when that is full.
func (q *queue) add(ctx context.Context, stream int, encoder Encoder, record *protocol.Record) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	before := len(q.open[stream])
	chunk := q.open[stream]
	if chunk == nil {
		chunk = q.buffer()
	}
	chunk, err := encoder.Append(chunk, record)
	if err != nil {
		return err
	}
	q.open[stream] = chunk
	q.counter.Add(stream)
	q.begin()
	grown := len(chunk) - before
	q.held += grown
	q.waiting += grown
	if len(chunk) >= q.job.ChunkBytes {
		if err := q.hand(ctx, stream); err != nil {
			return err
		}
	}
	if q.waiting >= q.job.CommitBytes {
		return q.flush(ctx, op{})
	}
	if q.held >= maxHeld {
		return q.handAll(ctx)
	}
	return nil
}

func (q *queue) state(s *protocol.State) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.counter.Mark(s)
	q.states = append(q.states, s)
	q.begin()
	return nil
}

func (q *queue) complete(ctx context.Context, stream int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.flush(ctx, op{stream: stream, complete: true})
}

// commit asks for a commit of whatever is not committed.
func (q *queue) commit(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.since.IsZero() {
		return nil
	}
	return q.flush(ctx, op{})
}

// begin notes when waiting began.
func (q *queue) begin() {
	if q.since.IsZero() {
		q.since = time.Now()
	}
}

// flush hands on every open chunk and then a commit.
func (q *queue) flush(ctx context.Context, commit op) error {
	if err := q.handAll(ctx); err != nil {
		return err
	}
	commit.states = q.states
	q.states, q.waiting, q.since = nil, 0, time.Time{}
	return q.send(ctx, commit)
}

func (q *queue) handAll(ctx context.Context) error {
	for stream := range q.open {
		if err := q.hand(ctx, stream); err != nil {
			return err
		}
	}
	return nil
}

func (q *queue) hand(ctx context.Context, stream int) error {
	chunk := q.open[stream]
	if len(chunk) == 0 {
		return nil
	}
	q.open[stream] = nil
	q.held -= len(chunk)
	return q.send(ctx, op{stream: stream, chunk: chunk})
}

// send waits for room, and sends nothing once ctx is done.
func (q *queue) send(ctx context.Context, o op) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case q.ops <- o:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// buffer takes a chunk that the store is done with, or a new one that grows as it is filled.
func (q *queue) buffer() []byte {
	select {
	case b := <-q.free:
		return b[:0]
	default:
		return make([]byte, 0, 4<<10)
	}
}

// recycle keeps a chunk for later unless one huge record has blown it up.
func (q *queue) recycle(chunk []byte) {
	if cap(chunk) > 4*q.job.ChunkBytes {
		return
	}
	select {
	case q.free <- chunk:
	default:
	}
}

// close tells that nothing will be put in any more.
func (q *queue) close() {
	close(q.done)
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.ops)
}

// tick commits what has waited long enough, also when the source is silent.
func (q *queue) tick(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every / 4)
	defer ticker.Stop()
	for {
		select {
		case <-q.done:
			return nil
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := q.commitOlder(ctx, every); err != nil {
				return err
			}
		}
	}
}

// commitOlder commits when the oldest record would be too old at the next look.
func (q *queue) commitOlder(ctx context.Context, age time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-q.done:
		return nil
	default:
	}
	if q.since.IsZero() || time.Since(q.since) < age*3/4 {
		return nil
	}
	return q.flush(ctx, op{})
}
