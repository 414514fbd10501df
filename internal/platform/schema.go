package platform

import (
	"context"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/protocol"
)

// The preferences of a connection for changes of the schema that do not break it.
const (
	changesIgnored    = "ignore"
	changesDisable    = "disable"
	changesOfColumns  = "propagate_columns"
	changesPropagated = "propagate_fully"
)

// SchemaReview is what a discover means for a connection.
type SchemaReview struct {
	Discovery
	Diff       SchemaDiff
	Connection Connection // as the review has left it
}

// SchemaState tells in one word how a connection's source has changed.
type SchemaState string

// The states of a schema.
const (
	SchemaUnchanged   SchemaState = "no_change"
	SchemaNonBreaking SchemaState = "non_breaking"
	SchemaBreaking    SchemaState = "breaking"
)

// SchemaState tells how the source has changed since the connection was configured, as far as discovers have seen.
func (c Connection) SchemaState(source Actor) SchemaState {
	switch {
	case c.BreakingChange:
		return SchemaBreaking
	case c.CatalogID != "" && source.CatalogID != "" && c.CatalogID != source.CatalogID:
		return SchemaNonBreaking
	}
	return SchemaUnchanged
}

// ReviewSchema discovers the source of a connection and compares what it has with what the connection was configured with. A change
// that breaks the connection disables it, and so does any change where the connection asks for that. Nothing else is applied: see
// [Platform.ApplySchema]. A discover that fails is a report, as in [Platform.Discover].
func (p *Platform) ReviewSchema(ctx context.Context, connectionID string, ignoreCache bool) (SchemaReview, error) {
	c, err := p.storedConnection(ctx, connectionID)
	if err != nil {
		return SchemaReview{}, err
	}
	d, err := p.Discover(ctx, c.SourceID, ignoreCache)
	if err != nil || d.Catalog == nil {
		return SchemaReview{Discovery: d, Connection: c.masked()}, err
	}
	r, err := change(ctx, p, func(tb Tables) (SchemaReview, error) {
		r := SchemaReview{Discovery: d}
		if r.Connection, err = connection(ctx, tb, connectionID); err != nil {
			return r, err
		}
		r.Diff, err = p.review(ctx, tb, &r.Connection, found{d.CatalogID, *d.Catalog})
		return r, err
	})
	r.Connection = r.Connection.masked()
	return r, err
}

// found is a catalog of a source with its id.
type found struct {
	id      string
	catalog protocol.Catalog
}

// review compares a connection with a catalog, and stores what follows at once.
func (p *Platform) review(ctx context.Context, tb Tables, c *Connection, f found) (SchemaDiff, error) {
	diff, err := schemaDiff(ctx, tb, *c, f.catalog)
	if err != nil || c.Status == ConnectionDeprecated {
		return diff, err
	}
	before, breaking, reason := *c, diff.Breaking(), c.disabledBy(diff)
	c.BreakingChange = breaking
	if diff.Empty() { // the connection has what the source has, whatever else is different
		c.CatalogID = f.id
	}
	if reason != "" && c.Status == ConnectionActive {
		c.Status, c.StatusReason = ConnectionInactive, reason
		p.log.WarnContext(ctx, "a connection was disabled since the schema of its source has changed", "connection_id", c.ID, "reason", reason)
	}
	if c.BreakingChange == before.BreakingChange && c.CatalogID == before.CatalogID && c.Status == before.Status {
		return diff, nil
	}
	c.UpdatedAt = p.clock()
	if _, err := p.saveConnection(ctx, tb, *c); err != nil || c.Status == before.Status {
		return diff, err
	}
	if err := p.note(ctx, tb, before, *c, Change{Reason: string(reason)}); err != nil {
		return diff, err
	}
	return diff, p.tellChange(ctx, tb, TriggerActionRequired, *c, diff)
}

// schemaDiff compares a connection with a catalog of its source.
func schemaDiff(ctx context.Context, tb Tables, c Connection, now protocol.Catalog) (SchemaDiff, error) {
	base, known, err := catalogOf(ctx, tb, c.SourceID, c.CatalogID)
	if err != nil {
		return SchemaDiff{}, fmt.Errorf("reading the catalog that connection %s was configured with: %w", c.ID, err)
	}
	if !known {
		return diffSchema(c, nil, now), nil
	}
	return diffSchema(c, &base.Catalog, now), nil
}

// disabledBy is why a change disables the connection; "" when it does not.
func (c Connection) disabledBy(diff SchemaDiff) StatusReason {
	switch {
	case diff.Breaking():
		return ReasonBreakingChange
	case c.NonBreakingChanges == changesDisable && !diff.Empty():
		return ReasonAnyChange
	}
	return ""
}

// propagates tells whether the connection takes over a change by itself.
func (c Connection) propagates(diff SchemaDiff) bool {
	return !diff.Empty() && !diff.Breaking() && (c.NonBreakingChanges == changesOfColumns || c.NonBreakingChanges == changesPropagated)
}

// ApplySchema takes over what changed in the source of a connection, as far as the connection asks for it: with propagate_columns the
// fields of the selected streams, with propagate_fully streams too, new ones in the mode that suits them and the destination, and what
// was committed of those that are gone is dropped. It returns what was applied. A change that breaks the connection is not applied, and
// neither is a catalog without any streams.
//
// The catalog is the one that is stored under the id, or the one that is given when there is none.
func (p *Platform) ApplySchema(ctx context.Context, connectionID, catalogID string, given protocol.Catalog) (SchemaDiff, error) {
	c, err := p.storedConnection(ctx, connectionID)
	if err != nil {
		return SchemaDiff{}, err
	}
	modes, err := p.modes(ctx, c.DestinationID)
	if err != nil {
		return SchemaDiff{}, err
	}
	if err := complete(&given); err != nil {
		return SchemaDiff{}, badRequest("The catalog cannot be used: " + err.Error() + ".")
	}
	return change(ctx, p, func(tb Tables) (SchemaDiff, error) {
		c, err := connection(ctx, tb, connectionID)
		if err != nil {
			return SchemaDiff{}, err
		}
		kept, known, err := catalogOf(ctx, tb, c.SourceID, catalogID)
		if err != nil {
			return SchemaDiff{}, err
		}
		now := found{catalog: given, id: c.CatalogID}
		if known {
			now = found{kept.ID, kept.Catalog}
		}
		diff, err := schemaDiff(ctx, tb, c, now.catalog)
		if err != nil {
			return diff, err
		}
		return p.propagate(ctx, tb, &c, now, diff, modes)
	})
}

// propagate applies a change to a connection by its preference, stores it and returns what was applied.
func (p *Platform) propagate(ctx context.Context, tb Tables, c *Connection, now found, diff SchemaDiff, modes []protocol.DestinationSyncMode) (SchemaDiff, error) {
	if !c.propagates(diff) || len(now.catalog.Streams) == 0 {
		return SchemaDiff{}, nil
	}
	before := *c
	applied := c.adopt(diff, now.catalog, modes)
	anew := slices.Clone(applied.Removed)
	if c.BackfillPreference == backfills {
		anew = append(anew, widened(applied)...)
	}
	if err := dropStates(ctx, tb, before, anew); err != nil {
		return applied, err
	}
	c.CatalogID, c.BreakingChange, c.UpdatedAt = now.id, false, p.clock()
	if _, err := p.saveConnection(ctx, tb, *c); err != nil {
		return applied, err
	}
	if err := p.note(ctx, tb, before, *c, Change{Type: ChangeSchema}); err != nil || !c.NotifySchemaChanges || applied.Empty() {
		return applied, err
	}
	return applied, p.tellChange(ctx, tb, TriggerUpdate, *c, applied)
}

// backfills is the preference of a connection that fills new fields of old records.
const backfills = "enabled"

// widened are the streams that got new fields.
func widened(diff SchemaDiff) []protocol.StreamDescriptor {
	var all []protocol.StreamDescriptor
	for _, s := range diff.Updated {
		if slices.ContainsFunc(s.Fields, func(f FieldDiff) bool { return f.Old == nil }) {
			all = append(all, s.Stream)
		}
	}
	return all
}

// adopt changes the streams of the connection by its preference, and tells what it has changed.
func (c *Connection) adopt(diff SchemaDiff, now protocol.Catalog, modes []protocol.DestinationSyncMode) SchemaDiff {
	applied, current := SchemaDiff{Updated: diff.Updated}, streamsOf(now)
	streams := slices.Clone(c.Streams)
	for _, d := range diff.Updated {
		i, _ := c.stream(d.Stream)
		streams[i] = streams[i].follow(d, current[d.Stream])
	}
	if c.NonBreakingChanges == changesPropagated {
		applied.Added, applied.Removed = diff.Added, diff.Removed
		streams = slices.DeleteFunc(streams, func(s ConnectionStream) bool { return slices.Contains(diff.Removed, s.Stream.Descriptor()) })
		for _, d := range diff.Added {
			streams = append(streams, SuggestedStream(current[d]).within(modes))
		}
	}
	c.Streams = streams
	return applied
}

// follow is the stream with the schema that its source has now. Where fields are selected by name, new ones are selected too.
func (s ConnectionStream) follow(d StreamDiff, now protocol.Stream) ConnectionStream {
	s.Stream = now
	if now.SourceDefinedCursor {
		s.CursorField = now.DefaultCursorField
	}
	if len(now.SourceDefinedPrimaryKey) > 0 {
		s.PrimaryKey = now.SourceDefinedPrimaryKey
	}
	if !s.FieldSelectionEnabled {
		return s
	}
	s.SelectedFields = slices.Clone(s.SelectedFields)
	for _, f := range d.Fields {
		same := func(path []string) bool { return slices.Equal(path, f.Path) }
		switch {
		case f.New == nil:
			s.SelectedFields = slices.DeleteFunc(s.SelectedFields, same)
		case f.Old == nil && len(f.Path) == 1 && !slices.ContainsFunc(s.SelectedFields, same):
			s.SelectedFields = append(s.SelectedFields, f.Path)
		}
	}
	return s
}

// within is the stream in a mode that the destination can write in: the one it has, or the first that is possible.
func (s ConnectionStream) within(modes []protocol.DestinationSyncMode) ConnectionStream {
	if slices.Contains(modes, s.DestinationSyncMode) {
		return s
	}
	for _, m := range publicModes {
		if !s.Stream.Supports(m.source) || !slices.Contains(modes, m.destination) {
			continue
		}
		other := s
		other.SyncMode, other.DestinationSyncMode = m.source, m.destination
		if needsKey(&other) && len(s.PrimaryKey) == 0 || needsCursor(&other) && len(s.CursorField) == 0 {
			continue
		}
		return other
	}
	return s
}
