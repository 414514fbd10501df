package publicapi

import (
	"context"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

const workspaceDefinitions = "/workspaces/{workspaceId}/definitions/"

func (a *api) manifestRoutes() []endpoint.Route {
	all, one := workspaceDefinitions+"declarative_sources", workspaceDefinitions+"declarative_sources/{definitionId}"
	return []endpoint.Route{
		{Method: "GET", Pattern: all, Operation: "listDeclarativeSourceDefinitions", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(a.listManifests)},
		{Method: "POST", Pattern: all, Operation: "createDeclarativeSourceDefinition", Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(a.createManifest)},
		{Method: "GET", Pattern: one, Operation: "getDeclarativeSourceDefinition", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(a.getManifest)},
		{Method: "PUT", Pattern: one, Operation: "updateDeclarativeSourceDefinition", Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(a.updateManifest)},
		{Method: "DELETE", Pattern: one, Operation: "deleteDeclarativeSourceDefinition", Role: endpoint.WorkspaceEditor, Handle: endpoint.Get(a.deleteManifest)},
	}
}

func (a *api) listManifests(ctx context.Context, p endpoint.Params) (out public.DeclarativeSourceDefinitionsResponse, err error) {
	rows, err := a.definitions(ctx, p.ID("workspaceId"), connector.KindSource)
	for _, d := range rows {
		if d.Custom() && d.Declarative() {
			out.Data = append(out.Data, printManifest(d))
		}
	}
	return out, err
}

func (a *api) createManifest(ctx context.Context, p endpoint.Params, in public.DeclarativeSourceDefinitionCreateRequest) (out public.DeclarativeSourceDefinitionResponse, err error) {
	if err := endpoint.Require("name", in.Name); err != nil {
		return out, err
	}
	if err := requireObject("manifest", in.Manifest); err != nil {
		return out, err
	}
	d, err := a.platform.CreateManifestDefinition(ctx, platform.NewManifestDefinition{
		WorkspaceID: p.ID("workspaceId"),
		Name:        in.Name,
		NewManifest: platform.NewManifest{Manifest: in.Manifest},
	})
	return printManifest(d), err
}

func (a *api) getManifest(ctx context.Context, p endpoint.Params) (out public.DeclarativeSourceDefinitionResponse, err error) {
	d, err := a.manifestDefinition(ctx, p)
	return printManifest(d), err
}

func (a *api) updateManifest(ctx context.Context, p endpoint.Params, in public.DeclarativeSourceDefinitionUpdateRequest) (out public.DeclarativeSourceDefinitionResponse, err error) {
	if err := requireObject("manifest", in.Manifest); err != nil {
		return out, err
	}
	d, err := a.manifestDefinition(ctx, p)
	if err != nil {
		return out, err
	}
	d, err = a.platform.UpdateManifestDefinition(ctx, d.ID, platform.NewManifest{Manifest: in.Manifest})
	return printManifest(d), err
}

// deleteManifest answers with what was there.
func (a *api) deleteManifest(ctx context.Context, p endpoint.Params) (out public.DeclarativeSourceDefinitionResponse, err error) {
	d, err := a.manifestDefinition(ctx, p)
	if err != nil {
		return out, err
	}
	_, err = a.platform.DeleteDefinition(ctx, d.ID)
	return printManifest(d), err
}

// manifestDefinition finds a custom definition that is a manifest; others are not found here.
func (a *api) manifestDefinition(ctx context.Context, p endpoint.Params) (platform.Definition, error) {
	d, err := a.definition(ctx, p, connector.KindSource)
	if err == nil && (!d.Custom() || !d.Declarative()) {
		return platform.Definition{}, platform.NotFound("declarative source definition", d.ID)
	}
	return d, err
}

func printManifest(d platform.Definition) public.DeclarativeSourceDefinitionResponse {
	return public.DeclarativeSourceDefinitionResponse{ID: d.ID, Name: d.DisplayName(), Manifest: d.Manifest, Version: d.ManifestVersion}
}
