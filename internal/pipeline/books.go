package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// keepBooks commits what the destination has acknowledged, and tells the progress, until quit is closed; then once more.
func (r *run) keepBooks(quit <-chan struct{}) {
	ticker := time.NewTicker(r.job.Limits.Report)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			r.report()
		case <-quit:
			r.report()
			return
		}
	}
}

// report commits settled states, or tells the counts when there are none. After a commit has failed nothing is committed
// any more, because a later state would claim what the lost one covered.
func (r *run) report() {
	if r.commitFailed {
		return
	}
	pending, heard, due := r.flow.due(r.reported)
	if !due {
		return
	}
	r.reported = heard
	if len(pending.States) == 0 && !pending.covers {
		r.tellProgress(pending.Counts)
		return
	}
	if err := r.commit(pending.Commit); err != nil {
		r.commitFailed = true
		r.fail(platformFailure(fmt.Errorf("committing states: %w", err)))
		r.stopAll(errOver)
		return
	}
	r.flow.committed(pending.Counts)
}

func (r *run) commit(c Commit) error {
	if r.job.Hooks.Commit == nil {
		return nil
	}
	return r.callHook(func(ctx context.Context) error { return r.job.Hooks.Commit(ctx, c) })
}

func (r *run) tellProgress(c Counts) {
	if r.job.Hooks.Progress == nil {
		return
	}
	_ = r.callHook(func(ctx context.Context) error {
		r.job.Hooks.Progress(ctx, c)
		return nil
	})
}

// callHook calls a hook in a context that outlives a cancelled attempt, because what is durable at the destination has to be
// kept, but not for ever.
func (r *run) callHook(hook func(context.Context) error) error {
	ctx, cancel := r.hookContext()
	defer cancel()
	return guard("a hook of the attempt", func() error { return hook(ctx) })
}

// settled is a commit in the making. It covers something when records were acknowledged, with or without a state to keep.
type settled struct {
	Commit
	covers bool
}

// due takes what is to be reported, if anything has happened since the last report.
func (f *flow) due(reported int64) (s settled, heard int64, due bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	heard = f.heard + f.ledger.echoes
	s.covers = len(f.ledger.settled) > 0
	s.States = f.ledger.take()
	s.Counts = f.counts(func(s *stream) tally { return s.accepted() })
	return s, heard, s.covers || heard != reported
}

// committed notes that a commit is durable.
func (f *flow) committed(c Counts) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, s := range c.Streams {
		f.set.all[i].committed = tally{records: s.RecordsCommitted, bytes: s.BytesCommitted}
	}
}

// accepted is what the destination has acknowledged and not rejected.
func (s *stream) accepted() tally {
	passed := s.covered.passed()
	return tally{records: max(0, passed.records-s.rejected), bytes: passed.bytes}
}

// counts are the figures of the moment. It needs the lock.
func (f *flow) counts(committed func(*stream) tally) Counts {
	c := Counts{Streams: make([]StreamStats, len(f.set.all))}
	for i, s := range f.set.all {
		c.Streams[i] = s.stats(committed(s))
		c.Total.add(c.Streams[i].Stats)
	}
	c.Total.RecordsRejected += f.ledger.refused
	c.Total.RecordsCommitted = max(0, c.Total.RecordsCommitted-f.ledger.refused)
	c.Total.StatesEmitted = f.ledger.written
	if f.estimate > 0 {
		c.Total.EstimatedRecords = f.estimate
	}
	return c
}

// finalCounts are the figures at the end. After a success everything counts as committed that mappers have not left out
// and the destination has not rejected; after a failure, only what is covered by a commit, and streams that did not come to their end at both sides are called incomplete.
func (f *flow) finalCounts(status Status) Counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for _, s := range f.set.all {
		if status == Succeeded {
			s.covered = s.emitted
			s.committed = s.accepted()
		} else if s.status != protocol.StreamComplete || s.committed.records+s.rejected < s.emitted.passed().records {
			s.status = protocol.StreamIncomplete
		}
	}
	return f.counts(func(s *stream) tally { return s.committed })
}
