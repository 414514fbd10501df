package platform

import (
	"context"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform/config"
)

// actor reads a source or destination that is not deleted, with its configuration sealed.
func actor(ctx context.Context, tb Tables, kind connector.Kind, id string) (Actor, error) {
	a, err := tb.Actors.Get(ctx, id)
	return known(a, err, a.Deleted || a.Kind != kind, string(kind), id)
}

// Actors lists sources or destinations, the oldest first unless the filter orders them. The filter needs no titles.
func (p *Platform) Actors(ctx context.Context, kind connector.Kind, f Filter) ([]Actor, error) {
	f.Kind, f.Within = kind, grantsOf(ctx).reach()
	list, err := view(ctx, p, func(tb Tables) ([]Actor, error) {
		if err := p.entitle(ctx, tb, &f); err != nil {
			return nil, err
		}
		return tb.Actors.List(ctx, f)
	})
	if err != nil {
		return nil, err
	}
	schemas := map[string]*config.Schema{}
	for i, a := range list {
		if schemas[a.DefinitionID] == nil {
			schemas[a.DefinitionID] = p.schemaFor(ctx, a.DefinitionID)
		}
		if list[i], err = p.masked(a, schemas[a.DefinitionID]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// schemaFor is the schema of a definition that may be gone.
func (p *Platform) schemaFor(ctx context.Context, definitionID string) *config.Schema {
	if d, ok := p.knownDefinition(definitionID); ok {
		return p.schemaOf(ctx, d)
	}
	d, err := view(ctx, p, func(tb Tables) (Definition, error) { return tb.Definitions.Get(ctx, definitionID) })
	if err != nil {
		p.log.WarnContext(ctx, "masking a configuration by names alone", "definition_id", definitionID, "error", err)
		open, _ := config.Compile(nil)
		return open
	}
	return p.schemaOf(ctx, d)
}

// Actor reads one source or destination.
func (p *Platform) Actor(ctx context.Context, kind connector.Kind, id string) (Actor, error) {
	a, err := view(ctx, p, func(tb Tables) (Actor, error) { return actor(ctx, tb, kind, id) })
	if err != nil {
		return a, err
	}
	return p.masked(a, p.schemaFor(ctx, a.DefinitionID))
}

// masked opens an actor's configuration and hides its secrets.
func (p *Platform) masked(a Actor, schema *config.Schema) (Actor, error) {
	plain, err := p.unsealed(a.ID, a.Config)
	if err == nil && plain != nil {
		plain, err = schema.Masked(plain)
	}
	a.Config = plain
	if err != nil {
		return Actor{}, fmt.Errorf("reading configuration of %s %s: %w", a.Kind, a.ID, err)
	}
	return a, nil
}

// DeleteActor deletes a source or destination after its connections. Its configuration does not stay behind.
func (p *Platform) DeleteActor(ctx context.Context, kind connector.Kind, id string) error {
	running, err := change(ctx, p, func(tb Tables) ([]int64, error) {
		a, err := actor(ctx, tb, kind, id)
		if err != nil {
			return nil, err
		}
		return p.bury(ctx, tb, a)
	})
	p.stop(running)
	return err
}

// bury deletes an actor with its connections and returns the jobs that were running.
func (p *Platform) bury(ctx context.Context, tb Tables, a Actor) (running []int64, err error) {
	connections, err := tb.Connections.List(ctx, Filter{ActorID: a.ID})
	if err != nil {
		return nil, err
	}
	for _, c := range connections {
		stopped, err := p.retire(ctx, tb, c)
		if err != nil {
			return nil, err
		}
		running = append(running, stopped...)
	}
	catalogs, err := tb.Catalogs.List(ctx, Filter{ActorID: a.ID})
	if err != nil {
		return nil, err
	}
	for _, c := range catalogs {
		if err := tb.Catalogs.Delete(ctx, c.ID); err != nil {
			return nil, err
		}
	}
	a.Deleted, a.Config, a.ConfigVersion, a.UpdatedAt = true, nil, "", p.clock()
	return running, tb.Actors.Update(ctx, a)
}
