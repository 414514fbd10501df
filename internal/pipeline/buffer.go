package pipeline

import "sync"

// buffer holds messages on their way from the source to the destination, in batches, bounded by bytes and by count. A source
// that is ahead waits for room; a destination that is ahead waits for a batch. All methods but newBuffer need the lock.
type buffer struct {
	mu    *sync.Mutex
	room  sync.Cond
	ready sync.Cond

	limit  batchLimit // of one batch
	whole  batchLimit // of all that waits
	filled batchLimit // what waits now

	current *batch   // being filled
	queue   []*batch // full, the oldest first
	free    []*batch // to be used again

	blocked bool  // somebody waits for room
	hungry  bool  // the destination waits for a batch
	taken   int64 // batches given out
	ended   bool  // nothing more will be put in
	ending  error // what the destination hears after the last message; nil: a clean end
	drained bool  // the destination has seen the clean end
	aborted error // set: what waits is dropped
}

// One batch is small beside the whole, so that a slow destination does not make the source move in jerks.
const (
	batchBytes   = 256 << 10
	batchItems   = 1024
	batchesAtMin = 4
)

func newBuffer(mu *sync.Mutex, limits Limits) *buffer {
	b := &buffer{
		mu:      mu,
		whole:   batchLimit{bytes: limits.BufferBytes, items: limits.BufferRecords},
		current: &batch{},
	}
	b.limit.bytes = max(1, min(batchBytes, limits.BufferBytes/batchesAtMin))
	b.limit.items = max(1, min(batchItems, limits.BufferRecords/batchesAtMin))
	b.room.L, b.ready.L = mu, mu
	return b
}

// reserve waits for room and returns the batch that takes a message of n bytes. The lock is given up while it waits.
func (b *buffer) reserve(n int) (*batch, error) {
	for {
		switch {
		case b.aborted != nil || b.ended:
			return nil, errOver
		case b.current.takes(n, b.limit):
			return b.current, nil
		case b.hasRoom():
			b.seal()
		default:
			b.blocked = true
			b.room.Wait()
		}
	}
}

// hasRoom tells whether the current batch may join the queue. An empty queue takes a batch of any size.
func (b *buffer) hasRoom() bool {
	return len(b.queue) == 0 ||
		b.filled.bytes+len(b.current.arena) <= b.whole.bytes && b.filled.items+len(b.current.items) <= b.whole.items
}

func (b *buffer) seal() {
	b.filled.bytes += len(b.current.arena)
	b.filled.items += len(b.current.items)
	b.queue = append(b.queue, b.current)
	b.current = b.fresh()
	if b.hungry {
		b.ready.Signal()
	}
}

func (b *buffer) fresh() *batch {
	if n := len(b.free); n > 0 {
		reused := b.free[n-1]
		b.free = b.free[:n-1]
		return reused
	}
	return &batch{}
}

// flush hands a batch that is not full to a destination that waits.
func (b *buffer) flush() {
	if b.hungry && len(b.current.items) > 0 {
		b.seal()
	}
}

// next waits for a batch and takes the one before back. It returns nil and the ending after the last batch.
func (b *buffer) next(done *batch) (*batch, error) {
	if done != nil {
		done.reset(b.limit)
		b.free = append(b.free, done)
	}
	for {
		switch {
		case b.aborted != nil:
			return nil, b.aborted
		case len(b.queue) > 0:
			return b.pop(), nil
		case b.ended && len(b.current.items) > 0:
			b.seal()
		case b.ended:
			b.drained = b.ending == nil
			return nil, b.ending
		default:
			b.hungry = true
			b.ready.Wait()
			b.hungry = false
		}
	}
}

func (b *buffer) pop() *batch {
	first := b.queue[0]
	b.queue = append(b.queue[:0], b.queue[1:]...)
	b.filled.bytes -= len(first.arena)
	b.filled.items -= len(first.items)
	b.taken++
	if b.blocked {
		b.blocked = false
		b.room.Broadcast()
	}
	return first
}

// end lets nothing more in. What waits is still delivered, and then the ending. Only the first end counts.
func (b *buffer) end(ending error) {
	if b.ended {
		return
	}
	b.ended, b.ending = true, ending
	b.wakeAll()
}

// abort drops what waits and refuses everything more.
func (b *buffer) abort(cause error) {
	if b.aborted == nil {
		b.aborted = cause
	}
	b.wakeAll()
}

func (b *buffer) wakeAll() {
	b.room.Broadcast()
	b.ready.Broadcast()
}
