package publicapi

import (
	"context"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) imageRoutes() []endpoint.Route {
	return append(
		images{a, connector.KindSource, "sources", "SourceDefinition"}.routes(),
		images{a, connector.KindDestination, "destinations", "DestinationDefinition"}.routes()...)
}

func (a *api) definitionRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/connector_definitions", Operation: "listConnectorDefinitions", Role: endpoint.WorkspaceReader, Scope: endpoint.Shared, Query: ofType(), Handle: endpoint.Get(a.listDefinitions)},
	}
}

func ofType() []endpoint.Parameter {
	side := endpoint.OneOf[public.ActorType]("type", "Which side of connections to list.")
	side.Required = true
	return []endpoint.Parameter{side, {Name: "workspaceId", Meaning: "Lists the custom definitions of this workspace, too.", Type: endpoint.Name}}
}

func (a *api) listDefinitions(ctx context.Context, p endpoint.Params) (out public.ConnectorDefinitionsResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	kind, workspaceID := connector.Kind(q.Text("type")), q.Text("workspaceId")
	if workspaceID != "" {
		if _, err := a.platform.Workspace(ctx, workspaceID); err != nil {
			return out, err
		}
	}
	rows, err := a.platform.Definitions(ctx, kind, workspaceID)
	for _, d := range rows {
		out.Data = append(out.Data, public.ConnectorDefinitionResponse{
			ID: d.ID, Name: d.DisplayName(), ConnectorDefinitionType: public.ActorType(d.Kind), Version: d.DockerImageTag,
		})
	}
	return out, err
}

// definitions lists what a workspace can use.
func (a *api) definitions(ctx context.Context, workspaceID string, kind connector.Kind) ([]platform.Definition, error) {
	if _, err := a.platform.Workspace(ctx, workspaceID); err != nil {
		return nil, err
	}
	return a.platform.Definitions(ctx, kind, workspaceID)
}

// definition finds what a path names, if the path's workspace can see it.
func (a *api) definition(ctx context.Context, p endpoint.Params, kind connector.Kind) (platform.Definition, error) {
	workspaceID, id := p.ID("workspaceId"), p.ID("definitionId")
	if _, err := a.platform.Workspace(ctx, workspaceID); err != nil {
		return platform.Definition{}, err
	}
	d, err := a.platform.Definition(ctx, id)
	if err != nil {
		return d, err
	}
	if d.Kind != kind || d.Custom() && d.WorkspaceID != workspaceID {
		return platform.Definition{}, platform.NotFound(string(kind)+" definition", id)
	}
	return d, nil
}

// images answers for definitions that are no manifests, of sources and destinations alike.
type images struct {
	*api
	kind   connector.Kind
	plural string
	names  string
}

func (i images) routes() []endpoint.Route {
	all, one := workspaceDefinitions+i.plural, workspaceDefinitions+i.plural+"/{definitionId}"
	return []endpoint.Route{
		{Method: "GET", Pattern: all, Operation: "list" + i.names + "s", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(i.list)},
		{Method: "POST", Pattern: all, Operation: "create" + i.names, Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(i.create)},
		{Method: "GET", Pattern: one, Operation: "get" + i.names, Role: endpoint.WorkspaceReader, Handle: endpoint.Get(i.get)},
		{Method: "PUT", Pattern: one, Operation: "update" + i.names, Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(i.update)},
		{Method: "DELETE", Pattern: one, Operation: "delete" + i.names, Role: endpoint.WorkspaceEditor, Handle: endpoint.Get(i.delete)},
	}
}

func (i images) list(ctx context.Context, p endpoint.Params) (out public.DefinitionsResponse, err error) {
	rows, err := i.definitions(ctx, p.ID("workspaceId"), i.kind)
	for _, d := range rows {
		if !d.Declarative() {
			out.Data = append(out.Data, printImage(d))
		}
	}
	return out, err
}

func (i images) create(ctx context.Context, p endpoint.Params, in public.DefinitionCreateRequest) (out public.DefinitionResponse, err error) {
	err = endpoint.Require("name", in.Name, "dockerRepository", in.DockerRepository, "dockerImageTag", in.DockerImageTag)
	if err != nil {
		return out, err
	}
	d, err := i.platform.CreateImageDefinition(ctx, platform.NewImageDefinition{
		WorkspaceID:      p.ID("workspaceId"),
		Kind:             i.kind,
		Name:             in.Name,
		DockerRepository: in.DockerRepository,
		DockerImageTag:   in.DockerImageTag,
		DocumentationURL: in.DocumentationURL,
	})
	return printImage(d), err
}

func (i images) get(ctx context.Context, p endpoint.Params) (public.DefinitionResponse, error) {
	d, err := i.image(ctx, p)
	return printImage(d), err
}

func (i images) update(ctx context.Context, p endpoint.Params, in public.DefinitionUpdateRequest) (out public.DefinitionResponse, err error) {
	if err := endpoint.Require("name", in.Name, "dockerImageTag", in.DockerImageTag); err != nil {
		return out, err
	}
	d, err := i.own(ctx, p)
	if err != nil {
		return out, err
	}
	d, err = i.platform.UpdateImageDefinition(ctx, d.ID, platform.ImageDefinitionUpdate{Name: in.Name, DockerImageTag: in.DockerImageTag})
	return printImage(d), err
}

// delete answers with what was there.
func (i images) delete(ctx context.Context, p endpoint.Params) (out public.DefinitionResponse, err error) {
	d, err := i.own(ctx, p)
	if err != nil {
		return out, err
	}
	_, err = i.platform.DeleteDefinition(ctx, d.ID)
	return printImage(d), err
}

// image finds a definition that is no manifest.
func (i images) image(ctx context.Context, p endpoint.Params) (platform.Definition, error) {
	d, err := i.definition(ctx, p, i.kind)
	if err == nil && d.Declarative() {
		return platform.Definition{}, platform.NotFound(string(i.kind)+" definition", d.ID)
	}
	return d, err
}

// own finds an image that the workspace may change.
func (i images) own(ctx context.Context, p endpoint.Params) (platform.Definition, error) {
	d, err := i.image(ctx, p)
	if err == nil && !d.Custom() {
		return d, endpoint.BadRequest("Public definitions cannot be modified. Create a definition of your own with the image and tag you want.")
	}
	return d, err
}

func printImage(d platform.Definition) public.DefinitionResponse {
	return public.DefinitionResponse{
		ID:               d.ID,
		Name:             d.DisplayName(),
		DockerRepository: d.DockerRepository,
		DockerImageTag:   d.DockerImageTag,
		DocumentationURL: d.DocumentationURL,
	}
}
