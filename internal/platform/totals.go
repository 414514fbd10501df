package platform

import (
	"slices"

	"github.com/airfielddev/airfield/protocol"
)

// Totals counts what the job moved, all streams together.
func (j Job) Totals() Stats {
	var total Stats
	streams := j.StreamTotals()
	for _, s := range streams {
		total.add(s.Stats)
	}
	if len(streams) == 0 {
		for _, a := range j.Attempts {
			total.add(a.Stats)
		}
	}
	return total
}

// StreamTotals counts what the job moved of each stream. A stream that is read in full counts its last attempt, with the ones
// before it that it went on from; a stream that is read incrementally counts all attempts.
func (j Job) StreamTotals() []StreamStats {
	var order []protocol.StreamDescriptor
	for _, a := range j.Attempts {
		for _, s := range a.Streams {
			if !slices.Contains(order, s.Stream) {
				order = append(order, s.Stream)
			}
		}
	}
	totals := make([]StreamStats, 0, len(order))
	for _, d := range order {
		totals = append(totals, j.streamTotal(d))
	}
	return totals
}

func (j Job) streamTotal(d protocol.StreamDescriptor) StreamStats {
	var total StreamStats
	for _, a := range j.Attempts {
		i := slices.IndexFunc(a.Streams, func(s StreamStats) bool { return s.Stream == d })
		if i < 0 {
			continue
		}
		s := a.Streams[i]
		sum := s.Stats
		if s.SyncMode == protocol.Incremental || s.WasResumed {
			sum.add(total.Stats)
			sum.EstimatedRecords = s.EstimatedRecords
		}
		resumed := total.WasResumed || s.WasResumed
		total, total.Stats, total.WasResumed = s, sum, resumed
	}
	return total
}

func (s *Stats) add(t Stats) {
	s.RecordsEmitted += t.RecordsEmitted
	s.BytesEmitted += t.BytesEmitted
	s.RecordsCommitted += t.RecordsCommitted
	s.BytesCommitted += t.BytesCommitted
	s.RecordsFiltered += t.RecordsFiltered
	s.RecordsRejected += t.RecordsRejected
	s.StatesEmitted += t.StatesEmitted
	s.EstimatedRecords += t.EstimatedRecords
}
