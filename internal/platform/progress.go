package platform

import (
	"context"
	"fmt"

	"github.com/airfielddev/airfield/protocol"
)

// CommitStates stores states that the destination has echoed, under the source's names, together with the counts they cover, in
// one transaction. It returns an [Error] of [ErrConflict] when the attempt is not running any more.
func (p *Platform) CommitStates(ctx context.Context, jobID int64, attempt int, states []*protocol.State, streams []StreamStats, total Stats) error {
	err := p.store.Write(ctx, func(tb Tables) error {
		j, a, err := p.underway(ctx, tb, jobID, attempt)
		if err != nil {
			return err
		}
		if err := commit(ctx, tb, j.ConnectionID, states); err != nil {
			return err
		}
		a.count(streams, total)
		return p.advance(ctx, tb, j, a)
	})
	if err != nil {
		return fmt.Errorf("committing states of job %d: %w", jobID, err)
	}
	return nil
}

// Progress stores the counts of a running attempt. It returns an [Error] of [ErrConflict] when the attempt is not running any
// more.
func (p *Platform) Progress(ctx context.Context, jobID int64, attempt int, streams []StreamStats, total Stats) error {
	err := p.store.Write(ctx, func(tb Tables) error {
		j, a, err := p.underway(ctx, tb, jobID, attempt)
		if err != nil {
			return err
		}
		a.count(streams, total)
		return p.advance(ctx, tb, j, a)
	})
	if err != nil {
		return fmt.Errorf("storing progress of job %d: %w", jobID, err)
	}
	return nil
}

// underway reads an attempt that is running: an engine that was given up must not overwrite what its successor does.
func (p *Platform) underway(ctx context.Context, tb Tables, jobID int64, number int) (Job, Attempt, error) {
	j, err := tb.Jobs.Get(ctx, jobID)
	if err != nil {
		return j, Attempt{}, err
	}
	if number < 0 || number >= len(j.Attempts) {
		return j, Attempt{}, NotFound("attempt", fmt.Sprintf("%d of job %d", number, jobID))
	}
	a := j.Attempts[number]
	if j.Status != JobRunning || a.Status != AttemptRunning {
		return j, a, refuse(ErrConflict, "Attempt %d of job %d is not running.", number, jobID)
	}
	return j, a, nil
}

func (p *Platform) advance(ctx context.Context, tb Tables, j Job, a Attempt) error {
	j.UpdatedAt = p.clock()
	a.UpdatedAt = j.UpdatedAt
	if err := tb.Attempts.Put(ctx, j.ID, a); err != nil {
		return err
	}
	return tb.Jobs.Update(ctx, j)
}

// count takes over what the engine has counted, and keeps what only the platform knows. Streams that the engine does not name
// keep their counts.
func (a *Attempt) count(streams []StreamStats, total Stats) {
	a.Stats = total
	at := make(map[protocol.StreamDescriptor]int, len(a.Streams))
	for i, s := range a.Streams {
		at[s.Stream] = i
	}
	for _, s := range streams {
		i, ok := at[s.Stream]
		if !ok {
			at[s.Stream] = len(a.Streams)
			a.Streams = append(a.Streams, s)
			continue
		}
		s.SyncMode, s.WasResumed = a.Streams[i].SyncMode, a.Streams[i].WasResumed
		a.Streams[i] = s
	}
}
