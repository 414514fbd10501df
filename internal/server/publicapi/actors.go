package publicapi

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// actors answers for sources and destinations alike. T is how one is printed.
type actors[T any] struct {
	*api
	kind   connector.Kind
	plural string // "sources"
	id     string // "sourceId"
	names  string // operations end with it: "Source"
	print  func(platform.Actor, string, *public.ScopedResourceRequirements) T
}

func (a *api) sources() actors[public.SourceResponse] {
	return actors[public.SourceResponse]{a, connector.KindSource, "sources", "sourceId", "Source", printSource}
}

func (a *api) destinations() actors[public.DestinationResponse] {
	return actors[public.DestinationResponse]{a, connector.KindDestination, "destinations", "destinationId", "Destination", printDestination}
}

func printSource(a platform.Actor, typeName string, resources *public.ScopedResourceRequirements) public.SourceResponse {
	return public.SourceResponse{
		SourceID:           a.ID,
		Name:               a.Name,
		SourceType:         typeName,
		DefinitionID:       a.DefinitionID,
		WorkspaceID:        a.WorkspaceID,
		Configuration:      configuration(a),
		CreatedAt:          a.CreatedAt.Unix(),
		ResourceAllocation: resources,
	}
}

func printDestination(a platform.Actor, typeName string, resources *public.ScopedResourceRequirements) public.DestinationResponse {
	return public.DestinationResponse{
		DestinationID:      a.ID,
		Name:               a.Name,
		DestinationType:    typeName,
		DefinitionID:       a.DefinitionID,
		WorkspaceID:        a.WorkspaceID,
		Configuration:      configuration(a),
		CreatedAt:          a.CreatedAt.Unix(),
		ResourceAllocation: resources,
	}
}

// configuration is never null, because clients take it apart.
func configuration(a platform.Actor) json.RawMessage {
	if len(a.Config) == 0 {
		return json.RawMessage("{}")
	}
	return a.Config
}

func (s actors[T]) routes() []endpoint.Route {
	one := "/" + s.plural + "/{" + s.id + "}"
	return []endpoint.Route{
		{Method: "GET", Pattern: "/" + s.plural, Operation: "list" + s.names + "s", Role: endpoint.WorkspaceReader, Scope: endpoint.Seen, Query: listed(), Handle: endpoint.Get(s.list)},
		{Method: "POST", Pattern: "/" + s.plural, Operation: "create" + s.names, Role: endpoint.WorkspaceEditor, Handle: endpoint.Call(s.create)},
		{Method: "GET", Pattern: one, Operation: "get" + s.names, Role: endpoint.WorkspaceReader, Handle: endpoint.Get(s.get)},
		{Method: "PATCH", Pattern: one, Operation: "patch" + s.names, Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(s.patch)},
		{Method: "PUT", Pattern: one, Operation: "put" + s.names, Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(s.put)},
		{Method: "DELETE", Pattern: one, Operation: "delete" + s.names, Role: endpoint.WorkspaceEditor, Handle: endpoint.Drop(s.delete)},
	}
}

func (s actors[T]) list(ctx context.Context, p endpoint.Params) (out public.Page[T], err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	l := listingOf(q)
	rows, err := s.platform.Actors(ctx, s.kind, l.filter())
	if err != nil {
		return out, err
	}
	rows, more := cut(rows, l.window)
	data, err := s.printAll(ctx, rows)
	return page(s.base(p.Request), s.plural, l.query(), l.window, more, data), err
}

func (s actors[T]) create(ctx context.Context, in public.SourceCreateRequest) (out T, err error) {
	if err := endpoint.Require("name", in.Name, "workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	if err := requireObject("configuration", in.Configuration); err != nil {
		return out, err
	}
	if in.SecretID != "" {
		return out, endpoint.BadRequest("secretId comes from a consent flow, which this server does not offer. Put the credentials into configuration.")
	}
	resources, err := allocated(in.ResourceAllocation)
	if err != nil {
		return out, err
	}
	actor, err := s.platform.CreateActor(ctx, platform.NewActor{
		Kind:               s.kind,
		WorkspaceID:        endpoint.ID(in.WorkspaceID),
		DefinitionID:       endpoint.ID(in.DefinitionID),
		Name:               in.Name,
		Config:             in.Configuration,
		ResourceAllocation: resources,
	})
	if err != nil {
		return out, err
	}
	return s.printOne(ctx, actor)
}

func (s actors[T]) get(ctx context.Context, p endpoint.Params) (out T, err error) {
	actor, err := s.platform.Actor(ctx, s.kind, p.ID(s.id))
	if err != nil {
		return out, err
	}
	return s.printOne(ctx, actor)
}

func (s actors[T]) patch(ctx context.Context, p endpoint.Params, in public.SourcePatchRequest) (out T, err error) {
	if in.Configuration != nil && !absent(in.Configuration) {
		if err := requireObject("configuration", in.Configuration); err != nil {
			return out, err
		}
	}
	resources, err := allocated(in.ResourceAllocation)
	if err != nil {
		return out, err
	}
	patch := platform.ActorPatch{Name: in.Name, ResourceAllocation: resources}
	if !absent(in.Configuration) {
		patch.Config = in.Configuration
	}
	actor, err := s.platform.PatchActor(ctx, s.kind, p.ID(s.id), patch)
	if err != nil {
		return out, err
	}
	return s.printOne(ctx, actor)
}

func (s actors[T]) put(ctx context.Context, p endpoint.Params, in public.SourcePutRequest) (out T, err error) {
	if err := endpoint.Require("name", in.Name); err != nil {
		return out, err
	}
	if err := requireObject("configuration", in.Configuration); err != nil {
		return out, err
	}
	resources, err := allocated(in.ResourceAllocation)
	if err != nil {
		return out, err
	}
	actor, err := s.platform.ReplaceActor(ctx, s.kind, p.ID(s.id), platform.ActorReplacement{
		Name: in.Name, Config: in.Configuration, ResourceAllocation: resources,
	})
	if err != nil {
		return out, err
	}
	return s.printOne(ctx, actor)
}

func (s actors[T]) delete(ctx context.Context, p endpoint.Params) error {
	return s.platform.DeleteActor(ctx, s.kind, p.ID(s.id))
}

func (s actors[T]) printOne(ctx context.Context, a platform.Actor) (out T, err error) {
	all, err := s.printAll(ctx, []platform.Actor{a})
	if err != nil {
		return out, err
	}
	return all[0], nil
}

func (s actors[T]) printAll(ctx context.Context, rows []platform.Actor) ([]T, error) {
	types := typeNames{platform: s.platform, known: map[string]string{}}
	out := make([]T, 0, len(rows))
	for _, a := range rows {
		typeName, err := types.of(ctx, a.DefinitionID)
		if err != nil {
			return nil, err
		}
		resources, err := parsed[public.ScopedResourceRequirements](a.ResourceAllocation)
		if err != nil {
			return nil, fmt.Errorf("reading the resources of %s %s: %w", s.kind, a.ID, err)
		}
		out = append(out, s.print(a, typeName, resources))
	}
	return out, nil
}
