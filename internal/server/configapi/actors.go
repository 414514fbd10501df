package configapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// actors does for sources and destinations what is the same for both.
type actors struct {
	platform *platform.Platform
	kind     connector.Kind
}

// change is a request to make or change an actor.
type change struct {
	ID           string
	WorkspaceID  string
	DefinitionID string
	Name         *string
	Config       json.RawMessage
	Resources    *config.ScopedResourceRequirements
	Draft        bool
}

func (s actors) member() string { return string(s.kind) + "Id" }

func (s actors) create(ctx context.Context, in change) (actor platform.Actor, err error) {
	err = endpoint.Require("workspaceId", in.WorkspaceID, string(s.kind)+"DefinitionId", in.DefinitionID, "name", value(in.Name))
	if err != nil {
		return actor, err
	}
	if err := requireConfiguration(in.Config); err != nil {
		return actor, err
	}
	resources, err := allocated(in.Resources)
	if err != nil {
		return actor, err
	}
	return s.platform.CreateActor(ctx, platform.NewActor{
		Kind:               s.kind,
		WorkspaceID:        endpoint.ID(in.WorkspaceID),
		DefinitionID:       endpoint.ID(in.DefinitionID),
		Name:               value(in.Name),
		Config:             in.Config,
		ResourceAllocation: resources,
		Draft:              in.Draft,
	})
}

// replace is the full update.
func (s actors) replace(ctx context.Context, in change) (actor platform.Actor, err error) {
	if err := endpoint.Require(s.member(), in.ID, "name", value(in.Name)); err != nil {
		return actor, err
	}
	if err := requireConfiguration(in.Config); err != nil {
		return actor, err
	}
	resources, err := allocated(in.Resources)
	if err != nil {
		return actor, err
	}
	return s.platform.ReplaceActor(ctx, s.kind, endpoint.ID(in.ID), platform.ActorReplacement{
		Name: value(in.Name), Config: in.Config, ResourceAllocation: resources,
	})
}

// merge is the partial update.
func (s actors) merge(ctx context.Context, in change) (actor platform.Actor, err error) {
	if err := endpoint.Require(s.member(), in.ID); err != nil {
		return actor, err
	}
	resources, err := allocated(in.Resources)
	if err != nil {
		return actor, err
	}
	patch := platform.ActorPatch{Name: in.Name, ResourceAllocation: resources}
	if !absent(in.Config) {
		if err := requireConfiguration(in.Config); err != nil {
			return actor, err
		}
		patch.Config = in.Config
	}
	return s.platform.PatchActor(ctx, s.kind, endpoint.ID(in.ID), patch)
}

func (s actors) get(ctx context.Context, id string) (actor platform.Actor, err error) {
	if err := endpoint.Require(s.member(), id); err != nil {
		return actor, err
	}
	return s.platform.Actor(ctx, s.kind, endpoint.ID(id))
}

func (s actors) delete(ctx context.Context, id string) error {
	if err := endpoint.Require(s.member(), id); err != nil {
		return err
	}
	return s.platform.DeleteActor(ctx, s.kind, endpoint.ID(id))
}

// titles remembers what definitions are called while one list is printed.
type titles struct {
	platform *platform.Platform
	known    map[string]string
}

func (t titles) of(ctx context.Context, definitionID string) string {
	if name, ok := t.known[definitionID]; ok {
		return name
	}
	// An actor whose definition is gone is still an actor: it is shown without the name.
	d, err := t.platform.Definition(ctx, definitionID)
	if err != nil {
		return ""
	}
	t.known[definitionID] = d.DisplayName()
	return d.DisplayName()
}

func requireConfiguration(c json.RawMessage) error {
	if absent(c) {
		return endpoint.BadRequest("The member \"connectionConfiguration\" is required and may not be empty.")
	}
	if bytes.TrimSpace(c)[0] != '{' {
		return endpoint.Unprocessable("The member \"connectionConfiguration\" must be an object.")
	}
	return nil
}

// absent tells whether an optional member was left out or is null, which means the same.
func absent(v json.RawMessage) bool {
	v = bytes.TrimSpace(v)
	return len(v) == 0 || string(v) == "null"
}

// present is v, or nil when it is absent.
func present(v json.RawMessage) json.RawMessage {
	if absent(v) {
		return nil
	}
	return v
}

// printed is v as JSON, nil when v is.
func printed[T any](v *T) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// allocated is printed for the resources of a source or destination.
func allocated(v *config.ScopedResourceRequirements) (json.RawMessage, error) {
	if err := endpoint.Resources(v); err != nil {
		return nil, err
	}
	return printed(v)
}

func parseResources(a platform.Actor) (*config.ScopedResourceRequirements, error) {
	if absent(a.ResourceAllocation) {
		return nil, nil
	}
	r := new(config.ScopedResourceRequirements)
	if err := json.Unmarshal(a.ResourceAllocation, r); err != nil {
		return nil, fmt.Errorf("reading the resources of %s %s: %w", a.Kind, a.ID, err)
	}
	return r, nil
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
