package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// PrepareSchema brings the schema of a job's connection up to date before the first attempt of a sync or refresh: the source is
// discovered when that was not done for a while, and changes are applied as the connection asks for. A change that disables the
// connection cancels the job. It returns what is to be told in the log of the attempt.
//
// A discover that fails stops nothing: the sync goes on with the schema that is known. An error says that the store or the connectors
// could not be reached; the sync may go on then too.
func (p *Platform) PrepareSchema(ctx context.Context, jobID int64) ([]string, error) {
	s, err := view(ctx, p, func(tb Tables) (schemaTask, error) { return p.schemaTask(ctx, tb, jobID) })
	if err != nil || !s.wanted {
		return nil, err
	}
	if s.due {
		d, err := p.Discover(ctx, s.connection.SourceID, true)
		if err != nil {
			return nil, fmt.Errorf("discovering source %s: %w", s.connection.SourceID, err)
		}
		if d.Catalog == nil {
			return []string{"the schema of the source could not be looked at, the sync goes on with the one that is known: " + d.Message}, nil
		}
		s.now = found{d.CatalogID, *d.Catalog}
	}
	modes, err := p.modes(ctx, s.connection.DestinationID)
	if err != nil {
		return nil, fmt.Errorf("reading the modes of destination %s: %w", s.connection.DestinationID, err)
	}
	return change(ctx, p, func(tb Tables) ([]string, error) { return p.settleSchema(ctx, tb, jobID, s.now, modes) })
}

// schemaTask is what is to be done about the schema before a job.
type schemaTask struct {
	wanted     bool
	due        bool // the source is to be discovered
	connection Connection
	now        found // what the last discover has found
}

func (p *Platform) schemaTask(ctx context.Context, tb Tables, jobID int64) (s schemaTask, err error) {
	j, err := tb.Jobs.Get(ctx, jobID)
	if err != nil || p.schemaAge < 0 || !j.begins() {
		return s, err
	}
	if s.connection, err = connection(ctx, tb, j.ConnectionID); err != nil {
		return s, err
	}
	source, err := actor(ctx, tb, connector.KindSource, s.connection.SourceID)
	if err != nil {
		return s, err
	}
	if p.clock().Sub(source.DiscoveredAt) >= p.schemaAge {
		s.wanted, s.due = true, true
		return s, nil
	}
	if s.connection.CatalogID == source.CatalogID {
		return s, nil
	}
	newest, known, err := newestCatalog(ctx, tb, source)
	s.wanted, s.now = known, found{newest.ID, newest.Catalog}
	return s, err
}

// begins tells whether the job is a sync or refresh that was claimed and has no attempts yet.
func (j Job) begins() bool {
	return j.Status == JobRunning && !j.CancelRequested && len(j.Attempts) == 0 && (j.Type == JobSync || j.Type == JobRefresh)
}

// settleSchema applies what has changed to the connection of a job, and to the job.
func (p *Platform) settleSchema(ctx context.Context, tb Tables, jobID int64, now found, modes []protocol.DestinationSyncMode) ([]string, error) {
	j, err := tb.Jobs.Get(ctx, jobID)
	if err != nil || !j.begins() {
		return nil, err
	}
	c, err := connection(ctx, tb, j.ConnectionID)
	if err != nil {
		return nil, err
	}
	wasActive := c.Status == ConnectionActive
	diff, err := p.review(ctx, tb, &c, now)
	if err != nil {
		return nil, err
	}
	if wasActive && c.Status != ConnectionActive {
		return nil, p.forgo(ctx, tb, j, diff)
	}
	applied, err := p.propagate(ctx, tb, &c, now, diff, modes)
	if err != nil || applied.Empty() {
		return nil, err
	}
	j.follow(applied)
	return applied.lines(), tb.Jobs.Update(ctx, j)
}

// follow adds and takes away the streams that came and went before the job began.
func (j *Job) follow(applied SchemaDiff) {
	j.Streams = slices.DeleteFunc(j.Streams, func(d protocol.StreamDescriptor) bool { return slices.Contains(applied.Removed, d) })
	if j.Type == JobSync {
		j.Streams = append(j.Streams, applied.Added...)
	}
}

// forgo cancels a job whose connection was disabled, with the reason in an attempt that did nothing.
func (p *Platform) forgo(ctx context.Context, tb Tables, j Job, diff SchemaDiff) error {
	now := p.clock()
	a := Attempt{Status: AttemptFailed, CreatedAt: now, UpdatedAt: now, EndedAt: now, Failures: []Failure{{
		Origin: OriginSource, Type: "refresh_schema", Message: diff.verdict(), At: now,
	}}}
	j.Status, j.UpdatedAt = JobCancelled, now
	return errors.Join(tb.Attempts.Put(ctx, j.ID, a), tb.Jobs.Update(ctx, j), p.afterJob(ctx, tb, j))
}

// verdict says why a change has disabled a connection.
func (d SchemaDiff) verdict() string {
	for _, s := range d.Updated {
		if reason := s.reason(); reason != "" {
			return "The connection was disabled since the schema of its source has changed in a way that breaks it: " + reason +
				". Configure its streams anew, then enable it."
		}
	}
	return "The connection was disabled since the schema of its source has changed, as it asks for: " + strings.Join(d.lines(), "; ") +
		". Look at its streams, then enable it."
}

// lines tell of a change, a line for each stream.
func (d SchemaDiff) lines() []string {
	var lines []string
	for _, s := range d.Added {
		lines = append(lines, "the source has a new stream "+s.String())
	}
	for _, s := range d.Removed {
		lines = append(lines, "the source has no stream "+s.String()+" any more")
	}
	for _, s := range d.Updated {
		lines = append(lines, "stream "+s.Stream.String()+" has changed: "+s.String())
	}
	return lines
}

// String names the fields that changed.
func (s StreamDiff) String() string {
	var added, removed, changed [][]string
	for _, f := range s.Fields {
		switch {
		case f.Old == nil:
			added = append(added, f.Path)
		case f.New == nil:
			removed = append(removed, f.Path)
		default:
			changed = append(changed, f.Path)
		}
	}
	var parts []string
	for _, part := range []struct {
		what  string
		paths [][]string
	}{{"new fields ", added}, {"fields that are gone ", removed}, {"fields with another type ", changed}} {
		if len(part.paths) > 0 {
			parts = append(parts, part.what+dottedAll(part.paths))
		}
	}
	if s.Key != nil {
		parts = append(parts, "another primary key")
	}
	return strings.Join(parts, ", ")
}
