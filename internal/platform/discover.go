package platform

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"golang.org/x/sync/singleflight"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// flights keeps callers who want the same discover at the same time waiting for one of them.
type flights = singleflight.Group

// Discover lists what a source can read. The result is remembered for as long as the configuration and the connector stay the
// same; ignoreCache asks again. A discover that fails is a report, not an error. When ctx ends, the discover goes on, so that its
// result is there for the next caller.
func (p *Platform) Discover(ctx context.Context, sourceID string, ignoreCache bool) (Discovery, error) {
	w, err := p.workOf(ctx, connector.KindSource, sourceID)
	if err != nil {
		return Discovery{}, err
	}
	if f := p.incomplete(ctx, w); f != nil {
		r := p.unfinished(f)
		r.Succeeded, r.Failure = false, f
		return Discovery{Report: r}, nil
	}
	look := p.recall
	if ignoreCache {
		look = p.ask
	}
	result := look(context.WithoutCancel(ctx), w, w.key())
	select {
	case r := <-result:
		if r.Err != nil {
			return Discovery{}, r.Err
		}
		return r.Val.(Discovery), nil
	case <-ctx.Done():
		return Discovery{}, ctx.Err()
	}
}

// recall gives what is remembered, and asks the source where nothing is. It looks while others wait for it: a discover that ended
// before is remembered, and one that goes on is waited for.
func (p *Platform) recall(ctx context.Context, w work, key string) <-chan singleflight.Result {
	return p.flights.DoChan("remembered "+key, func() (any, error) {
		if d, ok, err := p.remembered(ctx, w.actorID, key); ok || err != nil {
			return d, err
		}
		r := <-p.ask(ctx, w, key)
		return r.Val, r.Err
	})
}

// ask asks the source.
func (p *Platform) ask(ctx context.Context, w work, key string) <-chan singleflight.Result {
	return p.flights.DoChan(key, func() (any, error) { return p.discoverAndRemember(ctx, w, key) })
}

// key changes whenever the result of a discover may.
func (w work) key() string {
	sum := sha256.Sum256([]byte(w.actorID + "\n" + w.configVersion + "\n" + w.definition.ID + "\n" + versionOf(w.definition)))
	return hex.EncodeToString(sum[:])
}

func (p *Platform) remembered(ctx context.Context, sourceID, key string) (Discovery, bool, error) {
	var known bool
	newest, err := view(ctx, p, func(tb Tables) (c CachedCatalog, err error) {
		source, err := actor(ctx, tb, connector.KindSource, sourceID)
		if err != nil {
			return c, err
		}
		c, known, err = newestCatalog(ctx, tb, source)
		return c, err
	})
	if err != nil || !known || newest.ConfigHash != key {
		return Discovery{}, false, err
	}
	now := p.clock()
	return Discovery{
		Report:  Report{ID: newID(), Status: CheckSucceeded, CreatedAt: now, EndedAt: now, Succeeded: true},
		Catalog: &newest.Catalog, CatalogID: newest.ID,
	}, true, nil
}

func (p *Platform) discoverAndRemember(ctx context.Context, w work, key string) (Discovery, error) {
	d := p.discover(ctx, w)
	if d.Catalog == nil {
		return d, nil
	}
	found := CachedCatalog{ID: newID(), ActorID: w.actorID, ConfigHash: key, Catalog: *d.Catalog, DiscoveredAt: p.clock()}
	kept, err := change(ctx, p, func(tb Tables) (CachedCatalog, error) { return p.keepCatalog(ctx, tb, found) })
	d.CatalogID = kept.ID
	return d, err
}

// DiscoverConfig lists what a source could read with a configuration that is not stored.
func (p *Platform) DiscoverConfig(ctx context.Context, definitionID string, config json.RawMessage) (Discovery, error) {
	w, err := p.workWith(ctx, definitionID, config)
	if err != nil {
		return Discovery{}, err
	}
	return p.discover(ctx, w), nil
}

func (p *Platform) discover(ctx context.Context, w work) Discovery {
	d := Discovery{Report: Report{ID: newID(), CreatedAt: p.clock()}}
	ctx, cancel := context.WithTimeout(ctx, p.discoverTimeout)
	defer cancel()
	listener := &listener{}
	catalog, err := guarded(func() (protocol.Catalog, error) {
		source, err := p.connectors.Source(ctx, w.definition.Ref())
		if err != nil {
			return protocol.Catalog{}, err
		}
		return source.Discover(ctx, w.config, listener.hear)
	})
	if err == nil {
		err = complete(&catalog)
	}
	d.EndedAt, d.LogLines, d.Succeeded = p.clock(), listener.lines, err == nil
	d.ConfigUpdated = p.adopt(ctx, w, listener.config)
	if err != nil {
		d.Failure = p.failureOf(ctx, w.definition, "discover", p.discoverTimeout, err)
		d.Message = d.Failure.Message
		return d
	}
	d.Status, d.Catalog = CheckSucceeded, &catalog
	return d
}

// complete fills in what a connector may leave out, and refuses a catalog whose streams cannot be told apart.
func complete(c *protocol.Catalog) error {
	seen := map[protocol.StreamDescriptor]bool{}
	for i := range c.Streams {
		s := &c.Streams[i]
		if s.Name == "" {
			return errors.New("the catalog has a stream without a name")
		}
		if seen[s.Descriptor()] {
			return errors.New("the catalog has the stream " + s.Descriptor().String() + " twice")
		}
		seen[s.Descriptor()] = true
		if len(s.SupportedSyncModes) == 0 {
			s.SupportedSyncModes = []protocol.SyncMode{protocol.FullRefresh}
		}
		if len(s.JSONSchema) == 0 {
			s.JSONSchema = json.RawMessage(`{}`)
		}
	}
	return nil
}
