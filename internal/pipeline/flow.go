package pipeline

import (
	"errors"
	"fmt"
	"sync"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// What connectors are told when nobody listens to them any more.
var (
	errOver     = errors.New("the sync has ended")
	errStopping = errors.New("the sync is being stopped")
	errEarly    = errors.New("the source ended before it had read everything")
)

// flow is what lies between source and destination. One lock guards all of it.
type flow struct {
	mu     sync.Mutex
	set    *streamSet
	buf    *buffer
	ledger *ledger
	limit  int // bytes of one record

	latest   int   // the stream of the last record, which is likely that of the next
	heard    int64 // messages from the source
	estimate int64 // records of the whole sync as the source expects them; 0: unknown
	fault    error // what the source did wrong; everything more is refused
	stopping bool  // the source was asked to stop: records are refused
	refused  bool  // a record was, so that no later state may pass
	short    bool  // the destination's input ends without everything completed
	closed   bool  // the attempt has ended; a connector that still runs was given up
}

func newFlow(job *Job, set *streamSet) *flow {
	f := &flow{set: set, ledger: newLedger(set, job.State), limit: job.Limits.RecordBytes}
	f.buf = newBuffer(&f.mu, job.Limits)
	return f
}

// open tells whether the source may still say something. It needs the lock.
func (f *flow) open() error {
	switch {
	case f.fault != nil:
		return f.fault
	case f.refused:
		return errStopping
	case f.buf.aborted != nil || f.buf.ended:
		return errOver
	}
	return nil
}

// record forwards a record of the source. It waits while the buffer is full.
func (f *flow) record(r *protocol.Record) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard++
	if f.stopping {
		f.refused = true
	}
	if err := f.open(); err != nil {
		return err
	}
	s, err := f.admit(r)
	if err != nil {
		return f.blame(err)
	}
	return f.forward(s, r)
}

func (f *flow) forward(s *stream, r *protocol.Record) error {
	place, size := f.latest, int64(len(r.Data))
	b, err := f.buf.reserve(len(r.Data) + len(r.Meta))
	if err != nil {
		return err
	}
	// Only now, because the lock was given up while there was no room.
	keep, err := s.change(r)
	if err == nil && keep {
		err = b.addRecord(place, r, s.selection())
	}
	if err != nil {
		return f.blame(misread(s, "it wrote a record that is not a JSON object"))
	}
	s.count(size, keep)
	return nil
}

// admit finds the stream of a record, remembers it as the latest, and checks the record.
func (f *flow) admit(r *protocol.Record) (*stream, error) {
	if latest := f.set.all[f.latest]; latest.source.Name != r.Stream || latest.source.Namespace != r.Namespace {
		place, ok := f.set.bySource[r.Descriptor()]
		if !ok {
			return nil, unknownStream("a record", r.Descriptor())
		}
		f.latest = place
	}
	s := f.set.all[f.latest]
	if s.emitted.records == 0 {
		s.started()
	}
	switch {
	case s.status == protocol.StreamComplete:
		return nil, misread(s, "it wrote a record of a stream that it had completed")
	case len(r.Data)+len(r.Meta) > f.limit:
		return nil, misread(s, "it wrote a record of %d bytes; the limit is %d", len(r.Data)+len(r.Meta), f.limit)
	case len(r.Data) == 0 || r.Data[0] != '{':
		return nil, misread(s, "it wrote a record that is not a JSON object")
	}
	return s, nil
}

// blame remembers the first thing the source did wrong.
func (f *flow) blame(err error) error {
	if f.fault == nil {
		f.fault = err
	}
	return f.fault
}

// misread is a mistake of the source in one stream.
func misread(s *stream, format string, args ...any) error {
	return &connector.Error{Type: protocol.FailureSystem, Message: fmt.Sprintf(format, args...), Stream: &s.source}
}

// messages is the destination's input. It goes on where it was left when it is ranged over again.
func (f *flow) messages() connector.Messages {
	var current *batch
	var place int
	var message protocol.Message
	return func(yield func(*protocol.Message, error) bool) {
		for {
			for current != nil && place < len(current.items) {
				m := f.at(current, place, &message)
				place++
				if !yield(m, nil) {
					return
				}
			}
			var err error
			if current, err = f.next(current); err != nil {
				yield(nil, err)
				return
			}
			if place = 0; current == nil {
				return
			}
		}
	}
}

func (f *flow) at(b *batch, place int, scratch *protocol.Message) *protocol.Message {
	it := &b.items[place]
	if it.message != nil {
		return it.message
	}
	b.record(scratch, it, f.set.all[it.stream].target)
	return scratch
}

func (f *flow) next(done *batch) (*batch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf.next(done)
}

// stop makes the flow refuse records from now on.
func (f *flow) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopping = true
}

// end closes the destination's input after everything was completed.
func (f *flow) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buf.end(nil)
}

// endShort closes the destination's input although not everything was completed.
func (f *flow) endShort(ending error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.short = true
	f.buf.end(ending)
}

func (f *flow) abort(cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buf.abort(cause)
}
