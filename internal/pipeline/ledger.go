package pipeline

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/airfielddev/airfield/protocol"
)

// wholeSync is the scope of a checkpoint that covers all streams: a global or legacy state.
const wholeSync = -1

// checkpoint is a state on its way to the destination and back.
type checkpoint struct {
	state   *protocol.State // as the source wrote it; nil: made by the pipeline, to be acknowledged but not committed
	sent    *protocol.State // as the destination was given it
	scope   int             // the stream's place in the set, or wholeSync
	records int64           // emitted since the checkpoint before it in its scope
	passed  int64           // of those, what was left for the destination
	upTo    []tally         // emitted in all by the scope's streams
}

// ledger knows which states the destination still owes, and which it has settled. It needs the lock of the flow.
type ledger struct {
	set     *streamSet
	kind    protocol.StateType // of the states the source has written; "": none yet
	resumed protocol.StateType // of the states it resumed from; "": none
	owed    map[int][]*checkpoint
	settled []*checkpoint // echoed, not yet committed, in the order of the echoes
	marked  tally         // emitted by all streams when the last checkpoint of the whole sync was made
	echoes  int64
	written int64 // states the source has written
	// refused counts rejected records that cannot be told apart by stream.
	refused int64
}

func newLedger(set *streamSet, resumeFrom []*protocol.State) *ledger {
	l := &ledger{set: set, owed: map[int][]*checkpoint{}}
	if len(resumeFrom) > 0 {
		l.resumed = resumeFrom[0].Kind()
	}
	return l
}

var errMixedStates = errors.New("it writes states of more than one kind in one sync; a source uses either stream states, global " +
	"states or legacy states")

// admit checks a state of the source and finds its scope.
func (l *ledger) admit(s *protocol.State) (scope int, err error) {
	kind := s.Kind()
	if l.kind != "" && l.kind != kind {
		return 0, errMixedStates
	}
	l.kind = kind
	if kind != protocol.StateTypeStream {
		return wholeSync, nil
	}
	if s.Stream == nil {
		return 0, errors.New("it wrote a stream state without a stream")
	}
	scope, ok := l.set.bySource[s.Stream.StreamDescriptor]
	if !ok {
		return 0, unknownStream("a state", s.Stream.StreamDescriptor)
	}
	return scope, nil
}

// perStream tells whether the source keeps its states by stream, as far as is known.
func (l *ledger) perStream() bool {
	return cmp.Or(l.kind, l.resumed, protocol.StateTypeStream) == protocol.StateTypeStream
}

// open makes a checkpoint for a state, after all that was emitted so far. A nil state makes one of the pipeline's own.
func (l *ledger) open(scope int, state *protocol.State) *checkpoint {
	c := &checkpoint{state: state, scope: scope}
	if scope == wholeSync {
		l.coverAll(c)
	} else {
		l.coverStream(c, l.set.all[scope])
	}
	c.sent = l.forDestination(c)
	l.owed[scope] = append(l.owed[scope], c)
	return c
}

func (l *ledger) coverStream(c *checkpoint, s *stream) {
	c.count(s.emitted, s.marked)
	c.upTo = []tally{s.emitted}
	s.marked = s.emitted
}

func (l *ledger) coverAll(c *checkpoint) {
	c.upTo = make([]tally, len(l.set.all))
	var total tally
	for i, s := range l.set.all {
		c.upTo[i], s.marked = s.emitted, s.emitted
		total.records += s.emitted.records
		total.filtered += s.emitted.filtered
	}
	c.count(total, l.marked)
	l.marked = total
}

// count notes the records between two moments.
func (c *checkpoint) count(now, before tally) {
	c.records = now.records - before.records
	c.passed = now.passed().records - before.passed().records
}

// forDestination is the state under the destination's names, with the count of the records before it that it was given.
func (l *ledger) forDestination(c *checkpoint) *protocol.State {
	stats := &protocol.Stats{RecordCount: protocol.Count(c.passed)}
	if c.state == nil {
		made := protocol.NewStreamState(l.set.all[c.scope].target, []byte("{}"))
		made.SourceStats = stats
		return made
	}
	sent := *c.state
	sent.SourceStats = stats
	if c.scope != wholeSync {
		sent.Stream = &protocol.StreamState{
			StreamDescriptor: l.set.all[c.scope].target, StreamState: c.state.Stream.StreamState,
		}
	}
	return &sent
}

// settle takes an echo of the destination. It covers the oldest state that it equals and all before that one in its scope.
func (l *ledger) settle(echo *protocol.State) error {
	scope, err := l.scopeOfEcho(echo)
	if err != nil {
		return err
	}
	owed := l.owed[scope]
	n := 0
	for n < len(owed) && !sameState(owed[n].sent, echo) {
		n++
	}
	if n == len(owed) {
		return fmt.Errorf("it acknowledged a state%s that it was not given", l.of(scope))
	}
	covered := owed[:n+1]
	if err := l.audit(scope, covered, echo.DestinationStats); err != nil {
		return err
	}
	l.apply(covered)
	l.owed[scope] = owed[n+1:]
	return nil
}

func (l *ledger) scopeOfEcho(echo *protocol.State) (int, error) {
	if echo.Kind() != protocol.StateTypeStream {
		return wholeSync, nil
	}
	if echo.Stream == nil {
		return 0, errors.New("it acknowledged a stream state without a stream")
	}
	scope, ok := l.set.byTarget[echo.Stream.StreamDescriptor]
	if !ok {
		return 0, unknownStream("an acknowledgement", echo.Stream.StreamDescriptor)
	}
	return scope, nil
}

// audit compares what the destination says it stored with what it was given.
func (l *ledger) audit(scope int, covered []*checkpoint, stats *protocol.Stats) error {
	if stats == nil {
		return nil
	}
	var given int64
	for _, c := range covered {
		given += c.passed
	}
	stored, rejected := int64(stats.RecordCount), int64(stats.RejectedRecordCount)
	if stored != given && stored+rejected != given {
		return fmt.Errorf("it was given %d records%s, but says that it stored %d", given, l.of(scope), stored)
	}
	if scope == wholeSync {
		l.refused += rejected
	} else {
		l.set.all[scope].rejected += rejected
	}
	return nil
}

func (l *ledger) apply(covered []*checkpoint) {
	for _, c := range covered {
		l.echoes++
		if c.scope == wholeSync {
			for i, t := range c.upTo {
				l.set.all[i].covered = t
			}
		} else {
			l.set.all[c.scope].covered = c.upTo[0]
		}
		l.settled = append(l.settled, c)
	}
}

// of names a scope in the middle of a sentence.
func (l *ledger) of(scope int) string {
	if scope == wholeSync {
		return ""
	}
	return " of stream " + l.set.all[scope].source.String()
}

// outstanding counts the states that the destination has not echoed, with the first stream that is concerned.
func (l *ledger) outstanding() (count int, first string) {
	for scope := wholeSync; scope < len(l.set.all); scope++ {
		if n := len(l.owed[scope]); n > 0 {
			if count == 0 {
				first = l.of(scope)
			}
			count += n
		}
	}
	return count, first
}

// take returns the settled states, of each scope only the last, in the order in which they were echoed.
func (l *ledger) take() []*protocol.State {
	last := map[int]int{}
	for i, c := range l.settled {
		if c.state != nil {
			last[c.scope] = i
		}
	}
	var states []*protocol.State
	for i, c := range l.settled {
		if n, ok := last[c.scope]; ok && n == i {
			states = append(states, c.state)
		}
	}
	l.settled = nil
	return states
}

func unknownStream(what string, d protocol.StreamDescriptor) error {
	return fmt.Errorf("it wrote %s of stream %s, which is not one of the selected streams", what, d)
}
