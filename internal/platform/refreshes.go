package platform

import (
	"context"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/protocol"
)

// readAnew stores a connection whose streams were changed, so that those which are not as they were before are read from the beginning:
// by a refresh that keeps what the destination has, or by a reset where the destination knows no refreshes. A refresh that cannot be
// started now, since a job is under way or the connection is not active, takes the place of the next sync. Streams that are not selected
// any more lose their state. See https://docs.airbyte.com/platform/operator-guides/refreshes.
func (p *Platform) readAnew(ctx context.Context, tb Tables, c *Connection, before Connection) (running []int64, err error) {
	changed, gone := c.changedSince(before)
	if err := dropStates(ctx, tb, before, gone); err != nil {
		return nil, err
	}
	if len(changed) == 0 {
		return p.saveConnection(ctx, tb, *c)
	}
	destination, _, err := p.runnable(ctx, tb, connector.KindDestination, c.DestinationID)
	if err != nil {
		return nil, err
	}
	if !destination.SupportsRefreshes {
		return p.resetStreams(ctx, tb, c, changed)
	}
	for _, d := range changed {
		if !slices.Contains(c.Refreshes, d) {
			c.Refreshes = append(c.Refreshes, d)
		}
	}
	return nil, p.refreshNow(ctx, tb, c)
}

// refreshNow stores a connection and creates the refresh that it waits for, if it can run.
func (p *Platform) refreshNow(ctx context.Context, tb Tables, c *Connection) error {
	active, err := tb.Jobs.Count(ctx, JobFilter{ConnectionID: c.ID, Statuses: activeStatuses})
	if err != nil {
		return err
	}
	j, err := p.newJob(*c, JobSync, JobOptions{})
	if err != nil {
		return err
	}
	if c.Status == ConnectionActive && active == 0 && c.refreshes(&j) {
		if _, err := tb.Jobs.Insert(ctx, j); err != nil {
			return err
		}
	}
	_, err = p.saveConnection(ctx, tb, *c)
	return err
}

// refreshes turns a new sync into the refresh that the connection waits for, if it waits for one.
func (c *Connection) refreshes(j *Job) bool {
	var anew []protocol.StreamDescriptor
	for _, d := range c.Refreshes {
		if _, selected := c.stream(d); selected {
			anew = append(anew, d)
		}
	}
	if len(c.Refreshes) == 0 {
		return false
	}
	c.Refreshes = nil
	if len(anew) > 0 {
		j.Type, j.RefreshMode, j.Streams = JobRefresh, RefreshMerge, anew
	}
	return true
}

// resetStreams stores a connection and resets some of its streams.
func (p *Platform) resetStreams(ctx context.Context, tb Tables, c *Connection, streams []protocol.StreamDescriptor) (running []int64, err error) {
	j, err := p.newJob(*c, JobReset, JobOptions{Streams: streams})
	if err != nil {
		return nil, err
	}
	if running, err = p.cancelJobs(ctx, tb, c.ID); err != nil {
		return nil, err
	}
	if _, err := tb.Jobs.Insert(ctx, j); err != nil {
		return nil, err
	}
	_, err = p.saveConnection(ctx, tb, *c)
	return running, err
}

// changedSince lists the streams that are selected anew or in another way than before, and those that are not selected any more.
func (c Connection) changedSince(before Connection) (changed, gone []protocol.StreamDescriptor) {
	for _, s := range c.Streams {
		i, known := before.stream(s.Stream.Descriptor())
		if !known || !sameSync(before.Streams[i], s) {
			changed = append(changed, s.Stream.Descriptor())
		}
	}
	for _, s := range before.Streams {
		if _, selected := c.stream(s.Stream.Descriptor()); !selected {
			gone = append(gone, s.Stream.Descriptor())
		}
	}
	return changed, gone
}

// sameSync tells whether a stream puts the same into the destination as it did before.
func sameSync(a, b ConnectionStream) bool {
	d := diffStream(a, b.Stream)
	if len(d.Fields) > 0 || d.Key != nil || a.SyncMode != b.SyncMode || a.DestinationSyncMode != b.DestinationSyncMode {
		return false
	}
	if a.SyncMode == protocol.Incremental && !slices.Equal(a.CursorField, b.CursorField) || needsKey(&a) && !sameKey(a.PrimaryKey, b.PrimaryKey) {
		return false
	}
	return a.FieldSelectionEnabled == b.FieldSelectionEnabled && sameKey(a.SelectedFields, b.SelectedFields) && sameMappers(a, b)
}

// sameMappers compares mappers without their keys, which look different each time that they are sealed.
func sameMappers(a, b ConnectionStream) bool {
	left, right := maskedMappers(a), maskedMappers(b)
	return len(left) == 0 && len(right) == 0 || config.Equal(left, right)
}
