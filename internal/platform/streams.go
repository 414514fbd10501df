package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// maxSelectedFields is how many fields a connection may select by name.
const maxSelectedFields = 20_000

// offer is what the streams of a connection are chosen from.
type offer struct {
	catalog   *protocol.Catalog
	catalogID string
	modes     []protocol.DestinationSyncMode
}

// offer asks both ends of a connection what can be chosen. It may take as long as a discover does.
func (p *Platform) offer(ctx context.Context, sourceID, destinationID string) (offer, error) {
	d, err := p.discovered(ctx, sourceID, false)
	if err != nil {
		return offer{}, err
	}
	modes, err := p.modes(ctx, destinationID)
	return offer{d.Catalog, d.CatalogID, modes}, err
}

// streams makes the streams of a connection, as it is stored, of what a caller says.
func (p *Platform) streams(c Connection, o offer, choices []StreamChoice, catalog []ConnectionStream) ([]ConnectionStream, error) {
	c = p.opened(c)
	streams, err := chosen(c, o, choices, catalog)
	if err != nil {
		return nil, err
	}
	fields := 0
	for _, s := range streams {
		fields += len(s.SelectedFields)
	}
	if fields > maxSelectedFields {
		return nil, badRequest(fmt.Sprintf("The connection selects %d fields; the most is %d.", fields, maxSelectedFields))
	}
	return streams, p.settleMappers(c, streams)
}

func chosen(c Connection, o offer, choices []StreamChoice, catalog []ConnectionStream) ([]ConnectionStream, error) {
	if catalog != nil {
		return checkCatalog(slices.Clone(catalog))
	}
	chooser := chooser{catalog: o.catalog, modes: o.modes, before: c.Streams}
	if len(choices) == 0 {
		return chooser.all()
	}
	return chooser.choose(choices)
}

// discovered is what a source can read, or the refusal that says why that is not known.
func (p *Platform) discovered(ctx context.Context, sourceID string, ignoreCache bool) (Discovery, error) {
	d, err := p.Discover(ctx, sourceID, ignoreCache)
	if err == nil && d.Catalog == nil {
		err = &Error{
			Condition: ErrConnector, Problem: "unexpected-problem", Resource: "source", ID: sourceID,
			Message: "Something went wrong in the connector. logs:" + d.Failure.Message,
		}
	}
	return d, err
}

// modes are the modes that a destination can write in.
func (p *Platform) modes(ctx context.Context, destinationID string) ([]protocol.DestinationSyncMode, error) {
	w, err := p.workOf(ctx, connector.KindDestination, destinationID)
	if err != nil {
		return nil, err
	}
	s, err := p.specification(ctx, w.definition)
	if err != nil {
		return nil, speechless(err)
	}
	return writingModes(s.spec, w.definition.SupportsRefreshes), nil
}

// checkCatalog looks at streams that were given in full.
func checkCatalog(streams []ConnectionStream) ([]ConnectionStream, error) {
	seen := map[protocol.StreamDescriptor]bool{}
	for i := range streams {
		s := &streams[i]
		d := s.Stream.Descriptor()
		if d.Name == "" {
			return nil, badRequest("The catalog has a stream without a name.")
		}
		if seen[d] {
			return nil, badRequest(fmt.Sprintf("The catalog has the stream %s twice.", d))
		}
		seen[d] = true
		if s.SyncMode != protocol.FullRefresh && s.SyncMode != protocol.Incremental {
			return nil, badRequest(fmt.Sprintf("Stream %s has no sync mode %q.", d, s.SyncMode))
		}
		if !slices.Contains(allWritingModes, s.DestinationSyncMode) {
			return nil, badRequest(fmt.Sprintf("Stream %s has no destination sync mode %q.", d, s.DestinationSyncMode))
		}
		if s.AliasName == "" {
			s.AliasName = alias(d.Name)
		}
	}
	return streams, nil
}

var allWritingModes = []protocol.DestinationSyncMode{
	protocol.Append, protocol.Overwrite, protocol.AppendDedup, protocol.OverwriteDedup, protocol.Update, protocol.SoftDelete,
}

// StreamProperties tells of each stream of a source what can be chosen of it. Modes are told when there is a destination.
func (p *Platform) StreamProperties(ctx context.Context, sourceID, destinationID string, ignoreCache bool) ([]StreamProperty, error) {
	d, err := p.discovered(ctx, sourceID, ignoreCache)
	if err != nil {
		return nil, err
	}
	var modes []protocol.DestinationSyncMode
	if destinationID != "" {
		if modes, err = p.modes(ctx, destinationID); err != nil {
			return nil, err
		}
	}
	list := make([]StreamProperty, 0, len(d.Catalog.Streams))
	for i := range d.Catalog.Streams {
		s := &d.Catalog.Streams[i]
		property := StreamProperty{
			Stream: s.Descriptor(), DefaultCursorField: s.DefaultCursorField, SourceDefinedCursor: s.SourceDefinedCursor,
			SourceDefinedPrimaryKey: s.SourceDefinedPrimaryKey, PropertyFields: propertyPaths(s.JSONSchema),
		}
		if destinationID != "" {
			property.SyncModes = slices.DeleteFunc(possibleModes(s, modes), func(m string) bool { return m == "full_refresh_overwrite_deduped" })
		}
		list = append(list, property)
	}
	return list, nil
}

// AllStreams lists the streams that a connection's source was last seen to have, those that are not selected in the mode that is
// suggested for them, and at the end the selected ones that the source has lost.
func (p *Platform) AllStreams(ctx context.Context, c Connection) ([]CatalogEntry, error) {
	var known bool
	seen, err := view(ctx, p, func(tb Tables) (seen CachedCatalog, err error) {
		source, err := actor(ctx, tb, connector.KindSource, c.SourceID)
		if err != nil {
			return seen, err
		}
		seen, known, err = newestCatalog(ctx, tb, source)
		return seen, err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	entries := make([]CatalogEntry, 0, len(c.Streams))
	listed := map[protocol.StreamDescriptor]bool{}
	if known {
		for _, stream := range seen.Catalog.Streams {
			listed[stream.Descriptor()] = true
			entries = append(entries, c.entry(stream))
		}
	}
	for _, s := range c.Streams {
		if !listed[s.Stream.Descriptor()] {
			entries = append(entries, CatalogEntry{s, true})
		}
	}
	return entries, nil
}

// entry is a stream of the source as the connection syncs it, or as it could.
func (c Connection) entry(stream protocol.Stream) CatalogEntry {
	if i, ok := c.stream(stream.Descriptor()); ok {
		return CatalogEntry{c.Streams[i], true}
	}
	return CatalogEntry{SuggestedStream(stream), false}
}

// Following lists the streams of a catalog as [Platform.AllStreams] does, the selected ones with the schema that they have in it.
func (c Connection) Following(now protocol.Catalog) []CatalogEntry {
	entries := make([]CatalogEntry, 0, len(now.Streams))
	for _, stream := range now.Streams {
		e := c.entry(stream)
		if e.Selected {
			d := diffStream(e.ConnectionStream, stream)
			d.Fields = slices.DeleteFunc(d.Fields, func(f FieldDiff) bool { return f.New != nil }) // new fields are for the caller to select
			e.ConnectionStream = e.follow(d, stream)
		}
		entries = append(entries, e)
	}
	return entries
}

// SuggestedStream is a discovered stream in the modes that suit it best: deduplicated changes when the source knows the stream's
// cursor and key, changes alone when nothing else can be read, and all of it otherwise.
func SuggestedStream(stream protocol.Stream) ConnectionStream {
	s := defaultStream(stream)
	if !stream.SourceDefinedCursor || !stream.Supports(protocol.Incremental) {
		return s
	}
	switch {
	case len(stream.SourceDefinedPrimaryKey) > 0:
		s.SyncMode, s.DestinationSyncMode = protocol.Incremental, protocol.AppendDedup
	case !stream.Supports(protocol.FullRefresh):
		s.SyncMode, s.DestinationSyncMode = protocol.Incremental, protocol.Append
	}
	return s
}
