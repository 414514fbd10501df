package pipeline

import (
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

// stream is one selected stream of an attempt and what has been heard of it. What changes is guarded by the intake's lock.
type stream struct {
	source protocol.StreamDescriptor
	target protocol.StreamDescriptor
	fields mapping.Selection
	mapped *mapping.Mapping // nil: nothing is changed
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

// tally counts records and the bytes of their data, as the source wrote them.
type tally struct {
	records, bytes      int64
	filtered, leftBytes int64 // of those, what mappers left out
}

// passed is what is left for the destination.
func (t tally) passed() tally {
	return tally{records: t.records - t.filtered, bytes: t.bytes - t.leftBytes}
}

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
	if job.Source != nil && job.Staging == "" && c.MovesFiles() {
		return fmt.Errorf("the files of stream %s are included, but %s takes no files; leave them out", source, job.DestinationTitle)
	}
	target := job.Naming.Target(source)
	if _, taken := set.bySource[source]; taken {
		return fmt.Errorf("stream %s is selected twice", source)
	}
	if other, taken := set.byTarget[target]; taken {
		return collision(set.all[other].source, source, target)
	}
	fields := mapping.Select(job.SelectedFields[source])
	mapped, err := prepareMappers(job, c, fields)
	if err != nil {
		return err
	}
	set.bySource[source], set.byTarget[target] = len(set.all), len(set.all)
	set.all = append(set.all, &stream{
		source:   source,
		target:   target,
		fields:   fields,
		mapped:   mapped,
		selfless: c.SyncMode == protocol.FullRefresh && !c.Stream.IsResumable,
	})
	return nil
}

// prepareMappers refuses a stream with a mapper that cannot be applied: what it was to hide must not arrive in clear.
func prepareMappers(job *Job, c *protocol.ConfiguredStream, fields mapping.Selection) (*mapping.Mapping, error) {
	mappers := job.Mappers[c.Descriptor()]
	if len(mappers) == 0 {
		return nil, nil
	}
	mapped, err := mapping.New(*c, fields, mappers)
	if err != nil {
		return nil, fmt.Errorf("preparing the mappers of stream %s: %w", c.Descriptor(), err)
	}
	return mapped, nil
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

// change applies the stream's mappers to a record. It is false when they leave the record out.
func (s *stream) change(r *protocol.Record) (keep bool, err error) {
	if s.mapped == nil {
		return true, nil
	}
	r.Data, r.Meta, keep, err = s.mapped.Apply(r.Data, r.Meta)
	return keep, err
}

// selection is what is still to be selected of a record after its mappers.
func (s *stream) selection() mapping.Selection {
	if s.mapped != nil {
		return nil
	}
	return s.fields
}

// count notes a record of the source.
func (s *stream) count(size int64, kept bool) {
	s.emitted.records++
	s.emitted.bytes += size
	if !kept {
		s.emitted.filtered++
		s.emitted.leftBytes += size
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
			RecordsFiltered: s.emitted.filtered, RecordsRejected: s.rejected, StatesEmitted: s.states, EstimatedRecords: s.estimate,
		},
		Status: s.status, Resumed: s.resumed, StartedAt: s.startedAt, FinishedAt: s.finishedAt,
	}
}

func (t *Stats) add(s Stats) {
	t.RecordsEmitted += s.RecordsEmitted
	t.BytesEmitted += s.BytesEmitted
	t.RecordsCommitted += s.RecordsCommitted
	t.BytesCommitted += s.BytesCommitted
	t.RecordsFiltered += s.RecordsFiltered
	t.RecordsRejected += s.RecordsRejected
	t.StatesEmitted += s.StatesEmitted
	t.EstimatedRecords += s.EstimatedRecords
}
