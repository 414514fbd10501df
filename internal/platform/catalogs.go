package platform

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/protocol"
)

// keptCatalogs is how many different catalogs of a source are kept. A connection that was configured with one before those is
// compared by its selected streams alone.
const keptCatalogs = 10

// newestCatalog is what the last discover of a source found; false when none was done.
func newestCatalog(ctx context.Context, tb Tables, source Actor) (CachedCatalog, bool, error) {
	if source.CatalogID != "" {
		return catalogOf(ctx, tb, source.ID, source.CatalogID)
	}
	all, err := tb.Catalogs.List(ctx, Filter{ActorID: source.ID})
	if err != nil || len(all) == 0 {
		return CachedCatalog{}, false, err
	}
	return all[len(all)-1], true, nil
}

// catalogOf reads one catalog of a source; false when it is not kept.
func catalogOf(ctx context.Context, tb Tables, sourceID, id string) (CachedCatalog, bool, error) {
	if id == "" {
		return CachedCatalog{}, false, nil
	}
	c, err := tb.Catalogs.Get(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && c.ActorID != sourceID {
		return CachedCatalog{}, false, nil
	}
	return c, err == nil, err
}

// keepCatalog stores what a discover found. A catalog that was found before keeps its id, so that equal ids mean equal catalogs.
func (p *Platform) keepCatalog(ctx context.Context, tb Tables, found CachedCatalog) (CachedCatalog, error) {
	source, err := actor(ctx, tb, connector.KindSource, found.ActorID)
	if err != nil {
		return found, err
	}
	kept, err := tb.Catalogs.List(ctx, Filter{ActorID: found.ActorID})
	if err != nil {
		return found, err
	}
	if i := slices.IndexFunc(kept, func(c CachedCatalog) bool { return sameCatalog(c.Catalog, found.Catalog) }); i >= 0 {
		found.ID = kept[i].ID
		err = tb.Catalogs.Update(ctx, found)
	} else {
		err = errors.Join(forgetCatalogs(ctx, tb, kept), tb.Catalogs.Insert(ctx, found))
	}
	if err != nil {
		return found, err
	}
	source.CatalogID, source.DiscoveredAt = found.ID, found.DiscoveredAt
	return found, tb.Actors.Update(ctx, source)
}

// forgetCatalogs makes room for one more.
func forgetCatalogs(ctx context.Context, tb Tables, kept []CachedCatalog) error {
	for _, c := range kept[:max(0, len(kept)+1-keptCatalogs)] {
		if err := tb.Catalogs.Delete(ctx, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// sameCatalog compares catalogs whatever the order of their streams and of the members of their schemas.
func sameCatalog(a, b protocol.Catalog) bool {
	if len(a.Streams) != len(b.Streams) {
		return false
	}
	others := streamsOf(b)
	for _, s := range a.Streams {
		other, ok := others[s.Descriptor()]
		if !ok || !sameStream(s, other) {
			return false
		}
	}
	return true
}

func sameStream(a, b protocol.Stream) bool {
	left, errLeft := json.Marshal(a)
	right, errRight := json.Marshal(b)
	return errLeft == nil && errRight == nil && config.Equal(left, right)
}
