package platform

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// CreateActor makes a source or destination. The configuration is held to the connector's specification: what is wrong with it
// is an [Error] of [ErrUnprocessed] that names every fault by its JSON pointer. A field sourceType or destinationType, wherever
// it is in the configuration, says which connector is meant when DefinitionID does not, and is removed at the top level.
// Of the configuration of a draft only what is there has to make sense.
func (p *Platform) CreateActor(ctx context.Context, n NewActor) (Actor, error) {
	if strings.TrimSpace(n.Name) == "" {
		return Actor{}, badRequest("A " + string(n.Kind) + " needs a name.")
	}
	d, err := p.definitionFor(ctx, n)
	if err != nil {
		return Actor{}, err
	}
	now := p.clock()
	a := Actor{
		ID: newID(), WorkspaceID: n.WorkspaceID, DefinitionID: d.ID, Kind: n.Kind, Name: n.Name, ConfigVersion: newID(),
		ResourceAllocation: notNull(n.ResourceAllocation), Draft: n.Draft, CreatedAt: now, UpdatedAt: now,
	}
	plain, err := p.accept(ctx, d, a, n.Config, nil)
	if err != nil {
		return Actor{}, err
	}
	if a.Config, err = p.sealed(a.ID, plain); err != nil {
		return Actor{}, err
	}
	err = p.store.Write(ctx, func(tb Tables) error {
		if _, err := workspace(ctx, tb, a.WorkspaceID); err != nil {
			return err
		}
		return tb.Actors.Insert(ctx, a)
	})
	if err != nil {
		return Actor{}, err
	}
	return p.masked(a, p.schemaOf(ctx, d))
}

// typeField is the field of a configuration that names its connector.
func typeField(kind connector.Kind) string { return string(kind) + "Type" }

// definitionFor finds the connector that a new actor is made of.
func (p *Platform) definitionFor(ctx context.Context, n NewActor) (Definition, error) {
	if _, err := p.Workspace(ctx, n.WorkspaceID); err != nil {
		return Definition{}, err
	}
	if n.DefinitionID != "" {
		d, err := p.ResolveDefinition(ctx, n.Kind, n.WorkspaceID, n.DefinitionID)
		if errors.Is(err, ErrInvalid) {
			err = NotFound(string(n.Kind)+" definition", n.DefinitionID)
		}
		return d, err
	}
	name, ok := config.Find(n.Config, typeField(n.Kind))
	if !ok {
		return Definition{}, &Error{
			Condition: ErrUnprocessed, Problem: "unprocessable-entity",
			Message: "Either definitionId or a " + typeField(n.Kind) + " inside the configuration is needed.",
		}
	}
	return p.ResolveDefinition(ctx, n.Kind, n.WorkspaceID, name)
}

// accept turns a configuration of an actor as it was sent into one that may be stored.
func (p *Platform) accept(ctx context.Context, d Definition, a Actor, sent, stored json.RawMessage) (json.RawMessage, error) {
	s, err := p.specification(ctx, d)
	if err != nil {
		return nil, speechless(err)
	}
	return settle(s.schema, a, sent, stored)
}

// speechless refuses what needs the specification of a connector that does not give it: because it cannot be run here, or because
// it broke.
func speechless(err error) *Error {
	if connector.FailureOf(err) == protocol.FailureConfig {
		return &Error{Condition: ErrUnprocessed, Problem: "unprocessable-entity", Message: err.Error()}
	}
	return &Error{Condition: ErrConnector, Problem: "unexpected-problem", Message: err.Error()}
}

// PatchActor changes a source or destination. The configuration is merged into the stored one: objects field by field, all else
// is replaced. A [Mask] keeps the stored secret.
func (p *Platform) PatchActor(ctx context.Context, kind connector.Kind, id string, patch ActorPatch) (Actor, error) {
	if patch.Name != nil && strings.TrimSpace(*patch.Name) == "" {
		return Actor{}, badRequest("A " + string(kind) + " needs a name.")
	}
	return p.reconfigure(ctx, kind, id, func(a *Actor, stored json.RawMessage) (json.RawMessage, error) {
		assign(&a.Name, patch.Name)
		a.ResourceAllocation = notNull(patch.ResourceAllocation)
		if rawjson.IsNull(patch.Config) {
			return nil, nil
		}
		return config.Merge(stored, patch.Config)
	})
}

// ReplaceActor puts another name and configuration in the place of the stored ones. A [Mask] keeps the stored secret.
func (p *Platform) ReplaceActor(ctx context.Context, kind connector.Kind, id string, r ActorReplacement) (Actor, error) {
	if strings.TrimSpace(r.Name) == "" {
		return Actor{}, badRequest("A " + string(kind) + " needs a name.")
	}
	return p.reconfigure(ctx, kind, id, func(a *Actor, _ json.RawMessage) (json.RawMessage, error) {
		a.Name, a.ResourceAllocation = r.Name, notNull(r.ResourceAllocation)
		if r.Config == nil {
			return json.RawMessage("null"), nil
		}
		return r.Config, nil
	})
}

// reconfigure stores what edit makes of an actor and its configuration. A nil configuration is left alone.
func (p *Platform) reconfigure(ctx context.Context, kind connector.Kind, id string, edit func(*Actor, json.RawMessage) (json.RawMessage, error)) (Actor, error) {
	schema, err := p.schemaOfActor(ctx, kind, id)
	if err != nil {
		return Actor{}, err
	}
	a, err := change(ctx, p, func(tb Tables) (Actor, error) {
		a, err := actor(ctx, tb, kind, id)
		if err != nil {
			return a, err
		}
		stored, err := p.unsealed(a.ID, a.Config)
		if err != nil {
			return a, err
		}
		sent, err := edit(&a, stored)
		if err != nil {
			return a, refuseConfig(err)
		}
		if sent != nil {
			if err := p.keep(&a, schema, sent, stored); err != nil {
				return a, err
			}
		}
		a.UpdatedAt = p.clock()
		return a, tb.Actors.Update(ctx, a)
	})
	if err != nil {
		return Actor{}, err
	}
	return p.masked(a, schema)
}

// keep accepts a configuration into an actor.
func (p *Platform) keep(a *Actor, schema *config.Schema, sent, stored json.RawMessage) error {
	plain, err := settle(schema, *a, sent, stored)
	if err != nil {
		return err
	}
	if !config.Equal(plain, stored) {
		a.ConfigVersion = newID()
	}
	a.Config, err = p.sealed(a.ID, plain)
	return err
}

func (p *Platform) schemaOfActor(ctx context.Context, kind connector.Kind, id string) (*config.Schema, error) {
	a, err := view(ctx, p, func(tb Tables) (Actor, error) { return actor(ctx, tb, kind, id) })
	if err != nil {
		return nil, err
	}
	return p.schemaFor(ctx, a.DefinitionID), nil
}

// StoreConnectorConfig keeps a configuration that a connector has sent in a CONTROL message, as after renewing a token.
func (p *Platform) StoreConnectorConfig(ctx context.Context, kind connector.Kind, actorID string, changed json.RawMessage) error {
	for _, injected := range []string{"__injected_declarative_manifest", "__injected_components_py", "__injected_components_py_checksums"} {
		var err error
		if changed, err = config.Without(changed, injected); err != nil {
			return refuseConfig(err)
		}
	}
	return p.store.Write(ctx, func(tb Tables) error {
		a, err := actor(ctx, tb, kind, actorID)
		if err != nil {
			return err
		}
		if a.Config, err = p.sealed(a.ID, changed); err != nil {
			return err
		}
		a.UpdatedAt = p.clock()
		return tb.Actors.Update(ctx, a)
	})
}
