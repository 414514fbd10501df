package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// ClaimJob takes the oldest job that may start - pending, or incomplete with its wait over - of a connection none of whose jobs
// is running, and marks it running. False means that there is none.
func (p *Platform) ClaimJob(ctx context.Context) (Job, bool, error) {
	waiting := func(tb Tables) (Job, error) {
		j, ok, err := tb.Queue.Waiting(ctx, p.clock())
		if err == nil && !ok {
			err = errNothing
		}
		return j, err
	}
	// Looking costs a writer nothing when there is nothing to do.
	_, err := view(ctx, p, waiting)
	if err == nil {
		var j Job
		j, err = change(ctx, p, func(tb Tables) (Job, error) {
			j, err := waiting(tb)
			if err != nil {
				return j, err
			}
			j.Status, j.NotBefore, j.UpdatedAt = JobRunning, time.Time{}, p.clock()
			if j.StartedAt.IsZero() {
				j.StartedAt = j.UpdatedAt
			}
			return j, tb.Jobs.Update(ctx, j)
		})
		if err == nil {
			return j, true, nil
		}
	}
	if errors.Is(err, errNothing) {
		err = nil
	}
	return Job{}, false, err
}

var errNothing = errors.New("nothing to do")

// StartAttempt makes the next attempt of a job that was claimed, with all that is needed to run it. Streams that begin anew get
// their next generation and lose their state in the same transaction.
//
// It returns an [Error] of [ErrConflict] when the job is not to be run any more, as when it was cancelled or its connection
// cannot be run: the job is final then, and the engine has nothing more to do with it.
func (p *Platform) StartAttempt(ctx context.Context, jobID int64) (Run, error) {
	var refused error
	run, err := change(ctx, p, func(tb Tables) (Run, error) {
		refused = nil
		j, err := tb.Jobs.Get(ctx, jobID)
		if err != nil {
			return Run{}, err
		}
		if j.Status != JobRunning {
			return Run{}, refuse(ErrConflict, "Job %d is %s, not claimed.", jobID, j.Status)
		}
		if j.CancelRequested {
			refused = refuse(ErrConflict, "Job %d was cancelled.", jobID)
			j.Status, j.UpdatedAt = JobCancelled, p.clock()
			return Run{}, errors.Join(tb.Jobs.Update(ctx, j), p.afterJob(ctx, tb, j))
		}
		run, err := p.prepare(ctx, tb, j)
		var e *Error
		if errors.As(err, &e) {
			refused = refuse(ErrConflict, "Job %d cannot be run: %s", jobID, e.Message)
			return Run{}, p.abandon(ctx, tb, j, e)
		}
		if err != nil {
			return Run{}, fmt.Errorf("preparing job %d: %w", jobID, err)
		}
		return run, p.begin(ctx, tb, &run)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Run{}, err
	}
	return run, nil
}

// abandon fails a job that cannot be run at all.
func (p *Platform) abandon(ctx context.Context, tb Tables, j Job, reason *Error) error {
	now := p.clock()
	a := Attempt{Number: len(j.Attempts), Status: AttemptFailed, CreatedAt: now, UpdatedAt: now, EndedAt: now, Failures: []Failure{{
		Origin: OriginPlatform, Type: string(protocol.FailureConfig), Message: reason.Message, At: now,
	}}}
	j.Status, j.UpdatedAt = JobFailed, now
	return errors.Join(tb.Attempts.Put(ctx, j.ID, a), tb.Jobs.Update(ctx, j), p.afterJob(ctx, tb, j))
}

// prepare gathers what an attempt needs, without changing anything.
func (p *Platform) prepare(ctx context.Context, tb Tables, j Job) (Run, error) {
	c, err := connection(ctx, tb, j.ConnectionID)
	if err != nil {
		return Run{}, err
	}
	run := Run{
		Job: j, Connection: c, SourceID: c.SourceID, DestinationID: c.DestinationID,
		ClearsOnly:     j.Type == JobReset || j.Type == JobClear,
		SelectedFields: map[protocol.StreamDescriptor][][]string{},
	}
	if run.Mappers, err = p.mappersFor(c); err != nil {
		return run, err
	}
	source, config, err := p.runnable(ctx, tb, connector.KindSource, c.SourceID)
	if err != nil {
		return run, err
	}
	run.Source, run.SourceTitle, run.SourceConfig = source.Ref(), source.DisplayName(), config
	destination, config, err := p.runnable(ctx, tb, connector.KindDestination, c.DestinationID)
	if err != nil {
		return run, err
	}
	run.Destination, run.DestinationTitle, run.DestinationConfig = destination.Ref(), destination.DisplayName(), config
	run.SupportsRefreshes, run.TakesFiles = destination.SupportsRefreshes, destination.TakesFiles()
	for _, s := range c.Streams {
		if s.FieldSelectionEnabled {
			run.SelectedFields[s.Stream.Descriptor()] = s.SelectedFields
		}
	}
	return run, nil
}

// begin creates the attempt.
func (p *Platform) begin(ctx context.Context, tb Tables, run *Run) error {
	anew := startsAnew(run)
	generations, err := tb.Generations.Get(ctx, run.Connection.ID)
	if err != nil {
		return err
	}
	for _, d := range anew {
		generations[d]++
		if err := tb.Generations.Put(ctx, run.Connection.ID, d, generations[d]); err != nil {
			return err
		}
	}
	if err := dropStates(ctx, tb, run.Connection, anew); err != nil {
		return err
	}
	state, err := tb.States.Get(ctx, run.Connection.ID)
	if err != nil {
		return err
	}
	run.Catalog = configured(run, generations)
	if !run.ClearsOnly {
		run.State = only(state, run.Catalog).messages()
	}
	now := p.clock()
	run.Attempt = Attempt{Number: len(run.Job.Attempts), Status: AttemptRunning, CreatedAt: now, UpdatedAt: now}
	for _, s := range run.Catalog.Streams {
		run.Attempt.Streams = append(run.Attempt.Streams, StreamStats{
			Stream: s.Descriptor(), SyncMode: s.SyncMode,
			WasResumed: run.Attempt.Number > 0 && !slices.Contains(anew, s.Descriptor()),
		})
	}
	run.Job.Attempts = append(run.Job.Attempts, run.Attempt)
	return tb.Attempts.Put(ctx, run.Job.ID, run.Attempt)
}

// runnable reads the definition and the configuration of one end of a connection.
func (p *Platform) runnable(ctx context.Context, tb Tables, kind connector.Kind, id string) (Definition, []byte, error) {
	a, err := actor(ctx, tb, kind, id)
	if err != nil {
		return Definition{}, nil, err
	}
	d, err := p.definition(ctx, tb, a.DefinitionID)
	if err != nil {
		return d, nil, err
	}
	plain, err := p.unsealed(a.ID, a.Config)
	if err != nil {
		return d, nil, refuse(ErrConflict, "The configuration of the %s %q cannot be read: %v.", kind, a.Name, err)
	}
	return d, plain, nil
}
