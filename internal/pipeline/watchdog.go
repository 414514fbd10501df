package pipeline

import "time"

// watchdog notices connectors that do nothing for too long.
type watchdog struct{ source, destination silence }

func newWatchdog(l *Limits) *watchdog {
	return &watchdog{source: silence{limit: l.Heartbeat}, destination: silence{limit: l.Stall}}
}

// silence measures for how long nothing was heard of one connector.
type silence struct {
	limit time.Duration // 0: for ever
	last  int64
	since time.Time
	found bool
}

// silent tells once when the limit is passed. A connector that waits for the other is not silent.
func (s *silence) silent(now time.Time, heard int64, waits bool) bool {
	if s.limit == 0 || s.found {
		return false
	}
	if s.since.IsZero() || heard != s.last || waits {
		s.last, s.since = heard, now
		return false
	}
	s.found = now.Sub(s.since) >= s.limit
	return s.found
}

// signs are what can be seen of both connectors from outside.
type signs struct {
	source, destination           int64 // counts that grow with everything they do
	sourceWaits, destinationWaits bool  // for each other
}

// signs looks at both connectors, and hands a batch that is not full to a destination that waits.
func (f *flow) signs() signs {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buf.flush()
	return signs{
		source:           f.heard,
		destination:      f.buf.taken + f.ledger.echoes,
		sourceWaits:      f.buf.blocked || f.buf.ended,
		destinationWaits: f.buf.hungry,
	}
}
