package pipeline

import (
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// stream is one selected stream of an attempt and what has been heard of it. What changes is guarded by the intake's lock.
type stream struct {
	source protocol.StreamDescriptor
	target protocol.StreamDescriptor
	fields map[string]bool // nil: all
	// selfless says that the source writes no states for the stream, so that the pipeline asks for an acknowledgement.
	selfless bool
	resumed  bool

	status     protocol.StreamRunStatus
	emitted    tally
	marked     tally // emitted when its last checkpoint was made
	covered    tally // by checkpoints that the destination echoed
	committed  tally
	rejected   int64
	states     int64
	estimate   int64
	startedAt  time.Time
	finishedAt time.Time
}

// tally counts records and the bytes of their data.
type tally struct{ records, bytes int64 }

// streamSet holds the streams of an attempt in the order of the catalog.
type streamSet struct {
	all      []*stream
	bySource map[protocol.StreamDescriptor]int
	byTarget map[protocol.StreamDescriptor]int
}

func newStreamSet(job *Job) (*streamSet, error) {
	if len(job.Catalog.Streams) == 0 {
		return nil, errors.New("no stream is selected")
	}
	set := &streamSet{
		bySource: make(map[protocol.StreamDescriptor]int, len(job.Catalog.Streams)),
		byTarget: make(map[protocol.StreamDescriptor]int, len(job.Catalog.Streams)),
	}
	for i := range job.Catalog.Streams {
		if err := set.add(job, &job.Catalog.Streams[i]); err != nil {
			return nil, err
		}
	}
	set.markResumed(job.State)
	return set, nil
}

func (set *streamSet) add(job *Job, c *protocol.ConfiguredStream) error {
	source := c.Descriptor()
	target := job.Naming.Target(source)
	if _, taken := set.bySource[source]; taken {
		return fmt.Errorf("stream %s is selected twice", source)
	}
	if other, taken := set.byTarget[target]; taken {
		return collision(set.all[other].source, source, target)
	}
	set.bySource[source], set.byTarget[target] = len(set.all), len(set.all)
	set.all = append(set.all, &stream{
		source:   source,
		target:   target,
		fields:   topLevel(job.SelectedFields[source]),
		selfless: c.SyncMode == protocol.FullRefresh && !c.Stream.IsResumable,
	})
	return nil
}

func (set *streamSet) markResumed(states []*protocol.State) {
	for _, s := range states {
		switch {
		case s.Stream != nil:
			set.resumed(*s.Stream)
		case s.Global != nil:
			for _, stream := range s.Global.StreamStates {
				set.resumed(stream)
			}
		}
	}
}

func (set *streamSet) resumed(s protocol.StreamState) {
	if i, ok := set.bySource[s.StreamDescriptor]; ok && len(s.StreamState) > 0 {
		set.all[i].resumed = true
	}
}

// started notes that something was heard of the stream.
func (s *stream) started() {
	if s.startedAt.IsZero() {
		s.startedAt = time.Now()
	}
	if s.status == "" {
		s.status = protocol.StreamStarted
	}
}

func (s *stream) finished() {
	s.started()
	s.status, s.finishedAt = protocol.StreamComplete, time.Now()
}

func (s *stream) stats(committed tally) StreamStats {
	return StreamStats{
		Stream: s.source,
		Stats: Stats{
			RecordsEmitted: s.emitted.records, BytesEmitted: s.emitted.bytes,
			RecordsCommitted: committed.records, BytesCommitted: committed.bytes,
			RecordsRejected: s.rejected, StatesEmitted: s.states, EstimatedRecords: s.estimate,
		},
		Status: s.status, Resumed: s.resumed, StartedAt: s.startedAt, FinishedAt: s.finishedAt,
	}
}

func (t *Stats) add(s Stats) {
	t.RecordsEmitted += s.RecordsEmitted
	t.BytesEmitted += s.BytesEmitted
	t.RecordsCommitted += s.RecordsCommitted
	t.BytesCommitted += s.BytesCommitted
	t.RecordsRejected += s.RecordsRejected
	t.StatesEmitted += s.StatesEmitted
	t.EstimatedRecords += s.EstimatedRecords
}
