package platform

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// connection reads a connection, also one that is deleted: it stays readable as deprecated.
func connection(ctx context.Context, tb Tables, id string) (Connection, error) {
	c, err := tb.Connections.Get(ctx, id)
	return known(c, err, false, "connection", id)
}

// Connections lists connections, the oldest first.
func (p *Platform) Connections(ctx context.Context, f Filter) ([]Connection, error) {
	f.Within = grantsOf(ctx).reach()
	list, err := view(ctx, p, func(tb Tables) ([]Connection, error) { return tb.Connections.List(ctx, f) })
	for i := range list {
		list[i] = list[i].masked()
	}
	return list, err
}

// CountConnections counts the connections that a filter lets through, whatever its beginning, its offset and its limit.
func (p *Platform) CountConnections(ctx context.Context, f Filter) (int, error) {
	f.Within = grantsOf(ctx).reach()
	return view(ctx, p, func(tb Tables) (int, error) { return tb.Counts.Connections(ctx, f) })
}

// Connection reads a connection. One that was deleted has the status deprecated.
func (p *Platform) Connection(ctx context.Context, id string) (Connection, error) {
	c, err := p.storedConnection(ctx, id)
	return c.masked(), err
}

func (p *Platform) storedConnection(ctx context.Context, id string) (Connection, error) {
	return view(ctx, p, func(tb Tables) (Connection, error) { return connection(ctx, tb, id) })
}

// CreateConnection connects a source to a destination. Streams are looked up in what the source has, which is discovered if
// that was not done before for the same configuration; a discover that fails is an [Error] of [ErrConnector].
func (p *Platform) CreateConnection(ctx context.Context, n NewConnection) (Connection, error) {
	schedule, err := p.normalize(n.Schedule)
	if err != nil {
		return Connection{}, err
	}
	source, destination, err := p.ends(ctx, n.SourceID, n.DestinationID)
	if err != nil {
		return Connection{}, err
	}
	now := p.clock()
	c := Connection{
		ID: newID(), WorkspaceID: source.WorkspaceID, SourceID: source.ID, DestinationID: destination.ID,
		Name:                cmp.Or(n.Name, source.Name+" <> "+destination.Name),
		Status:              cmp.Or(n.Status, ConnectionActive),
		Schedule:            schedule,
		NamespaceDefinition: cmp.Or(n.NamespaceDefinition, NamespaceDestination), NamespaceFormat: n.NamespaceFormat, Prefix: n.Prefix,
		NonBreakingChanges: cmp.Or(n.NonBreakingChanges, "ignore"), TagIDs: n.TagIDs, NotifySchemaChanges: n.NotifySchemaChanges,
		BackfillPreference: cmp.Or(n.BackfillPreference, "disabled"), ResourceRequirements: notNull(n.ResourceRequirements),
		CreatedAt: now, UpdatedAt: now,
	}
	if err := valid(c); err != nil {
		return Connection{}, err
	}
	var o offer
	if n.Catalog == nil {
		if o, err = p.offer(ctx, c.SourceID, c.DestinationID); err != nil {
			return Connection{}, err
		}
	}
	if c.Streams, err = p.streams(c, o, n.Streams, n.Catalog); err != nil {
		return Connection{}, err
	}
	c, err = change(ctx, p, func(tb Tables) (Connection, error) {
		if err := p.stillThere(ctx, tb, c); err != nil {
			return c, err
		}
		if err := p.checkFiles(ctx, tb, c); err != nil {
			return c, err
		}
		if err := c.anchor(ctx, tb, cmp.Or(n.CatalogID, o.catalogID)); err != nil {
			return c, err
		}
		if err := tb.Connections.Insert(ctx, c); err != nil {
			return c, err
		}
		return c, p.reschedule(ctx, tb, c)
	})
	p.wake()
	return c.masked(), err
}

// ends reads the source and destination of a connection, without their configurations.
func (p *Platform) ends(ctx context.Context, sourceID, destinationID string) (source, destination Actor, err error) {
	err = p.store.Read(ctx, func(tb Tables) (err error) {
		if source, err = actor(ctx, tb, connector.KindSource, sourceID); err != nil {
			return err
		}
		destination, err = actor(ctx, tb, connector.KindDestination, destinationID)
		return err
	})
	if err == nil && source.WorkspaceID != destination.WorkspaceID {
		err = badRequest("The source and the destination are in different workspaces.")
	}
	if err == nil {
		err = usable(source, destination)
	}
	return source, destination, err
}

// stillThere looks again for what a connection refers to, since discovering takes its time.
func (p *Platform) stillThere(ctx context.Context, tb Tables, c Connection) error {
	if _, err := actor(ctx, tb, connector.KindSource, c.SourceID); err != nil {
		return err
	}
	if _, err := actor(ctx, tb, connector.KindDestination, c.DestinationID); err != nil {
		return err
	}
	for _, id := range c.TagIDs {
		tag, err := tb.Tags.Get(ctx, id)
		if _, err := known(tag, err, tag.WorkspaceID != c.WorkspaceID, "tag", id); err != nil {
			return err
		}
	}
	return nil
}

func valid(c Connection) error {
	f := func(field string, value string, allowed ...string) error {
		if slices.Contains(allowed, value) {
			return nil
		}
		return badRequest(fmt.Sprintf("%q is no %s.", value, field))
	}
	if err := f("status", string(c.Status), string(ConnectionActive), string(ConnectionInactive), string(ConnectionDeprecated)); err != nil {
		return err
	}
	if err := f("namespace definition", string(c.NamespaceDefinition), string(NamespaceSource), string(NamespaceDestination), string(NamespaceCustom)); err != nil {
		return err
	}
	return f("preference for schema changes", c.NonBreakingChanges, "ignore", "disable", "propagate_columns", "propagate_fully")
}

// UpdateConnection changes a connection, in one step: of updates that come at once, each finds what the one before it has left. Streams
// that are named keep what is not said of them; streams that are not named are deselected. The state of a stream whose mode has
// changed is dropped, so that it begins anew. A job is started when the update asks for it.
func (p *Platform) UpdateConnection(ctx context.Context, id string, u ConnectionUpdate) (Connection, error) {
	c, err := p.storedConnection(ctx, id)
	if err != nil {
		return Connection{}, err
	}
	if u.Schedule != nil {
		s, err := p.normalize(*u.Schedule)
		if err != nil {
			return Connection{}, err
		}
		u.Schedule = &s
	}
	var o offer
	if len(u.Streams) > 0 && u.Catalog == nil {
		if o, err = p.offer(ctx, c.SourceID, c.DestinationID); err != nil {
			return Connection{}, err
		}
	}
	var stopped []int64
	c, err = change(ctx, p, func(tb Tables) (c Connection, err error) {
		before, err := connection(ctx, tb, id)
		if err != nil {
			return c, err
		}
		if c, stopped, err = p.update(ctx, tb, before, u, o); err != nil {
			return c, err
		}
		why := Change{Reason: u.Reason, UserID: Caller(ctx)}
		if u.Automatic {
			why.UserID = ""
		}
		return c, p.note(ctx, tb, before, c, why)
	})
	p.stop(stopped)
	p.wake()
	return c.masked(), err
}

// update changes a connection and returns the jobs that are to be stopped.
func (p *Platform) update(ctx context.Context, tb Tables, before Connection, u ConnectionUpdate, o offer) (Connection, []int64, error) {
	c := before
	c.apply(u)
	c.UpdatedAt = p.clock()
	if err := valid(c); err != nil {
		return c, nil, err
	}
	if len(u.Streams) == 0 && u.Catalog == nil {
		stopped, err := p.saveConnection(ctx, tb, c)
		return c, stopped, err
	}
	streams, err := p.streams(before, o, u.Streams, u.Catalog)
	if err != nil {
		return c, nil, err
	}
	if err := restream(ctx, tb, &c, streams); err != nil {
		return c, nil, err
	}
	if err := p.checkFiles(ctx, tb, c); err != nil {
		return c, nil, err
	}
	if err := c.anchor(ctx, tb, cmp.Or(u.CatalogID, o.catalogID)); err != nil {
		return c, nil, err
	}
	if !u.Refresh || c.Status == ConnectionDeprecated {
		stopped, err := p.saveConnection(ctx, tb, c)
		return c, stopped, err
	}
	stopped, err := p.readAnew(ctx, tb, &c, before)
	return c, stopped, err
}

// anchor notes which catalog of its source a connection was configured with - the last one, when neither the caller nor the connection
// says - and whether what the source has now breaks it.
func (c *Connection) anchor(ctx context.Context, tb Tables, catalogID string) error {
	source, err := actor(ctx, tb, connector.KindSource, c.SourceID)
	if err != nil {
		return err
	}
	newest, known, err := newestCatalog(ctx, tb, source)
	if err != nil || !known {
		return err
	}
	if _, kept, err := catalogOf(ctx, tb, source.ID, catalogID); err != nil || kept {
		c.CatalogID = catalogID
	}
	c.CatalogID = cmp.Or(c.CatalogID, newest.ID)
	diff, err := schemaDiff(ctx, tb, *c, newest.Catalog)
	c.BreakingChange = diff.Breaking()
	return err
}

// apply assigns what an update names.
func (c *Connection) apply(u ConnectionUpdate) {
	assign(&c.Name, u.Name)
	assign(&c.Status, u.Status)
	assign(&c.Schedule, u.Schedule)
	assign(&c.BreakingChange, u.BreakingChange)
	if u.Status != nil {
		c.StatusReason = ""
	}
	assign(&c.NamespaceDefinition, u.NamespaceDefinition)
	assign(&c.NamespaceFormat, u.NamespaceFormat)
	assign(&c.Prefix, u.Prefix)
	assign(&c.NonBreakingChanges, u.NonBreakingChanges)
	assign(&c.NotifySchemaChanges, u.NotifySchemaChanges)
	assign(&c.BackfillPreference, u.BackfillPreference)
	if u.TagIDs != nil {
		c.TagIDs = u.TagIDs
	}
	if u.ResourceRequirements != nil {
		c.ResourceRequirements = notNull(u.ResourceRequirements)
	}
}

// restream selects other streams and drops the state of those whose mode is another.
func restream(ctx context.Context, tb Tables, c *Connection, streams []ConnectionStream) error {
	var changed []protocol.StreamDescriptor
	for _, s := range streams {
		i := slices.IndexFunc(c.Streams, func(t ConnectionStream) bool { return t.Stream.Descriptor() == s.Stream.Descriptor() })
		if i >= 0 && c.Streams[i].SyncMode != s.SyncMode {
			changed = append(changed, s.Stream.Descriptor())
		}
	}
	if len(changed) > 0 {
		if err := dropStates(ctx, tb, *c, changed); err != nil {
			return err
		}
	}
	c.Streams = streams
	return nil
}

// saveConnection writes a changed connection. One that was set to deprecated is deleted.
func (p *Platform) saveConnection(ctx context.Context, tb Tables, c Connection) (stopped []int64, err error) {
	if c.Status == ConnectionDeprecated {
		return p.retire(ctx, tb, c)
	}
	if err := p.stillThere(ctx, tb, c); err != nil {
		return nil, err
	}
	if err := tb.Connections.Update(ctx, c); err != nil {
		return nil, err
	}
	return nil, p.reschedule(ctx, tb, c)
}

// DeleteConnection deletes a connection and cancels its jobs. It stays readable with the status deprecated; deleting it again
// does nothing.
func (p *Platform) DeleteConnection(ctx context.Context, id string) error {
	running, err := change(ctx, p, func(tb Tables) ([]int64, error) {
		c, err := connection(ctx, tb, id)
		if err != nil {
			return nil, err
		}
		return p.retire(ctx, tb, c)
	})
	p.stop(running)
	return err
}

// retire deletes a connection and returns the jobs that were running.
func (p *Platform) retire(ctx context.Context, tb Tables, c Connection) (running []int64, err error) {
	c.Status, c.UpdatedAt = ConnectionDeprecated, p.clock()
	if err := tb.Connections.Update(ctx, c); err != nil {
		return nil, err
	}
	if err := p.reschedule(ctx, tb, c); err != nil {
		return nil, err
	}
	return p.cancelJobs(ctx, tb, c.ID)
}
