package pipeline

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// state forwards a state of the source and enters it into the ledger.
func (f *flow) state(s *protocol.State) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard++
	if err := f.open(); err != nil {
		return err
	}
	scope, err := f.ledger.admit(s)
	if err != nil {
		return f.blame(err)
	}
	b, err := f.buf.reserve(0)
	if err != nil {
		return err
	}
	c := f.ledger.open(scope, cloneState(s))
	if err := checkSourceStats(f.set, c); err != nil {
		return f.blame(err)
	}
	f.countState(scope)
	b.addMessage(protocol.StateMessage(c.sent))
	return nil
}

func (f *flow) countState(scope int) {
	f.ledger.written++
	if scope != wholeSync {
		f.set.all[scope].states++
		return
	}
	for _, s := range f.set.all {
		s.states++
	}
}

// checkSourceStats holds a source to the count that it puts into a state.
func checkSourceStats(set *streamSet, c *checkpoint) error {
	if c.state.SourceStats == nil || int64(c.state.SourceStats.RecordCount) == c.records {
		return nil
	}
	const text = "it says in a state that %d records stand before it, but %d arrived"
	said := int64(c.state.SourceStats.RecordCount)
	if c.scope == wholeSync {
		return fmt.Errorf(text, said, c.records)
	}
	return misread(set.all[c.scope], text, said, c.records)
}

// cloneState copies a state, because the source may use its bytes again.
func cloneState(s *protocol.State) *protocol.State {
	out := *s
	out.Data = bytes.Clone(s.Data)
	if s.Stream != nil {
		stream := *s.Stream
		stream.StreamState = bytes.Clone(stream.StreamState)
		out.Stream = &stream
	}
	if s.Global != nil {
		out.Global = cloneGlobal(s.Global)
	}
	return &out
}

func cloneGlobal(g *protocol.GlobalState) *protocol.GlobalState {
	out := &protocol.GlobalState{SharedState: bytes.Clone(g.SharedState), StreamStates: slices.Clone(g.StreamStates)}
	for i := range out.StreamStates {
		out.StreamStates[i].StreamState = bytes.Clone(out.StreamStates[i].StreamState)
	}
	return out
}

// status forwards the status of a stream under the destination's name.
func (f *flow) status(status *protocol.StreamStatus) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard++
	if err := f.open(); err != nil {
		return err
	}
	place, ok := f.set.bySource[status.StreamDescriptor]
	if !ok {
		return f.blame(unknownStream("a status", status.StreamDescriptor))
	}
	if status.Status == protocol.StreamComplete {
		return f.complete(place)
	}
	s := f.set.all[place]
	if s.status == protocol.StreamComplete {
		return nil
	}
	s.started()
	s.status = status.Status
	return f.announce(s, status.Status)
}

// complete tells the destination that all of a stream has been said. It needs the lock, and tells it once.
func (f *flow) complete(place int) error {
	s := f.set.all[place]
	if s.status == protocol.StreamComplete {
		return nil
	}
	if err := f.askForReceipt(place); err != nil {
		return err
	}
	s.finished()
	return f.announce(s, protocol.StreamComplete)
}

// askForReceipt sends a checkpoint of the pipeline's own after a stream for which the source writes none, so that the
// destination acknowledges, and counts, its records too.
func (f *flow) askForReceipt(place int) error {
	s := f.set.all[place]
	if !s.selfless || s.states > 0 || s.emitted.passed().records == 0 || !f.ledger.perStream() {
		return nil
	}
	b, err := f.buf.reserve(0)
	if err != nil {
		return err
	}
	b.addMessage(protocol.StateMessage(f.ledger.open(place, nil).sent))
	return nil
}

func (f *flow) announce(s *stream, status protocol.StreamRunStatus) error {
	b, err := f.buf.reserve(0)
	if err != nil {
		return err
	}
	b.addMessage(protocol.StatusMessage(s.target, status, time.Now()))
	return nil
}

// completeAll completes every stream after the source has ended well. A stream that the source itself called incomplete
// is a mistake of the source, and then nothing is completed.
func (f *flow) completeAll() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.set.all {
		if s.status == protocol.StreamIncomplete {
			return misread(s, "it ended without an error, but says that the stream is incomplete")
		}
	}
	for place := range f.set.all {
		if err := f.complete(place); err != nil {
			return err
		}
	}
	return nil
}

func (f *flow) setEstimate(e *protocol.Estimate) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard++
	if e.Type == "SYNC" {
		f.estimate = e.RowEstimate
		return
	}
	if place, ok := f.set.bySource[protocol.StreamDescriptor{Name: e.Name, Namespace: e.Namespace}]; ok {
		f.set.all[place].estimate = e.RowEstimate
	}
}

// nod notes that the source is alive.
func (f *flow) nod() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard++
}

// settle takes a state back from the destination.
func (f *flow) settle(echo *protocol.State) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return errOver
	}
	if err := f.ledger.settle(echo); err != nil {
		return &connector.Error{Type: protocol.FailureSystem, Message: err.Error()}
	}
	return nil
}
