package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) definitionRoutes() []endpoint.Route {
	const oneWorkspace = "A custom definition of this server belongs to the workspace that it was created in. Create it in the other workspace as well."
	return []endpoint.Route{
		within(endpoint.Shared, post("/source_definitions/list", endpoint.Authenticated, endpoint.Get(a.listPublicSources))),
		within(endpoint.Shared, post("/source_definitions/list_latest", endpoint.Authenticated, endpoint.Get(a.listPublicSources))),
		post("/source_definitions/list_for_workspace", endpoint.WorkspaceReader, endpoint.Call(a.listSourcesFor)),
		within(endpoint.Shared, post("/source_definitions/list_private", endpoint.Authenticated, endpoint.Call(a.noSources))),
		post("/source_definitions/get", endpoint.WorkspaceReader, endpoint.Call(a.getSourceDefinition)),
		post("/source_definitions/get_for_workspace", endpoint.WorkspaceReader, endpoint.Call(a.getSourceDefinition)),
		naming("scopeId", platform.KindWorkspace, post("/source_definitions/get_for_scope", endpoint.WorkspaceReader, endpoint.Call(a.getSourceDefinitionForScope))),
		naming("scopeId", platform.KindWorkspace, post("/source_definitions/create_custom", endpoint.WorkspaceEditor, endpoint.Call(a.createSourceDefinition))),
		post("/source_definitions/update", endpoint.WorkspaceEditor, endpoint.Call(a.updateSourceDefinition)),
		post("/source_definitions/delete", endpoint.WorkspaceEditor, endpoint.Tell(a.deleteSourceDefinition)),
		missing("/source_definitions/grant_definition", oneWorkspace),
		missing("/source_definitions/revoke_definition", oneWorkspace),

		within(endpoint.Shared, post("/destination_definitions/list", endpoint.Authenticated, endpoint.Get(a.listPublicDestinations))),
		within(endpoint.Shared, post("/destination_definitions/list_latest", endpoint.Authenticated, endpoint.Get(a.listPublicDestinations))),
		post("/destination_definitions/list_for_workspace", endpoint.WorkspaceReader, endpoint.Call(a.listDestinationsFor)),
		within(endpoint.Shared, post("/destination_definitions/list_private", endpoint.Authenticated, endpoint.Call(a.noDestinations))),
		post("/destination_definitions/get", endpoint.WorkspaceReader, endpoint.Call(a.getDestinationDefinition)),
		post("/destination_definitions/get_for_workspace", endpoint.WorkspaceReader, endpoint.Call(a.getDestinationDefinition)),
		naming("scopeId", platform.KindWorkspace, post("/destination_definitions/get_for_scope", endpoint.WorkspaceReader, endpoint.Call(a.getDestinationDefinitionForScope))),
		naming("scopeId", platform.KindWorkspace, post("/destination_definitions/create_custom", endpoint.WorkspaceEditor, endpoint.Call(a.createDestinationDefinition))),
		post("/destination_definitions/update", endpoint.WorkspaceEditor, endpoint.Call(a.updateDestinationDefinition)),
		post("/destination_definitions/delete", endpoint.WorkspaceEditor, endpoint.Tell(a.deleteDestinationDefinition)),
		missing("/destination_definitions/grant_definition", oneWorkspace),
		missing("/destination_definitions/revoke_definition", oneWorkspace),
	}
}

// definition finds a definition of a kind. A workspace that is named must be able to see it.
func (s actors) definition(ctx context.Context, id, workspaceID string) (platform.Definition, error) {
	if err := endpoint.Require(string(s.kind)+"DefinitionId", id); err != nil {
		return platform.Definition{}, err
	}
	d, err := s.platform.Definition(ctx, endpoint.ID(id))
	if err != nil {
		return d, err
	}
	if workspaceID != "" {
		if _, err := s.platform.Workspace(ctx, endpoint.ID(workspaceID)); err != nil {
			return platform.Definition{}, err
		}
	}
	hidden := workspaceID != "" && d.Custom() && d.WorkspaceID != endpoint.ID(workspaceID)
	if d.Kind != s.kind || hidden {
		return platform.Definition{}, platform.NotFound(string(s.kind)+" definition", endpoint.ID(id))
	}
	return d, nil
}

func (s actors) definitionsFor(ctx context.Context, workspaceID string) ([]platform.Definition, error) {
	if err := endpoint.Require("workspaceId", workspaceID); err != nil {
		return nil, err
	}
	w, err := s.platform.Workspace(ctx, endpoint.ID(workspaceID))
	if err != nil {
		return nil, err
	}
	return s.platform.Definitions(ctx, s.kind, w.ID)
}

func (s actors) createDefinition(ctx context.Context, workspaceID, scopeID string, scope config.ScopeType, in config.DefinitionCreate) (d platform.Definition, err error) {
	if err := known("scopeType", scope); err != nil {
		return d, err
	}
	if workspaceID == "" && scope != config.ScopeOrganization {
		workspaceID = scopeID
	}
	err = endpoint.Require("workspaceId", workspaceID, "name", in.Name, "dockerRepository", in.DockerRepository, "dockerImageTag", in.DockerImageTag)
	if err != nil {
		return d, err
	}
	return s.platform.CreateImageDefinition(ctx, platform.NewImageDefinition{
		WorkspaceID:      endpoint.ID(workspaceID),
		Kind:             s.kind,
		Name:             in.Name,
		DockerRepository: in.DockerRepository,
		DockerImageTag:   in.DockerImageTag,
		DocumentationURL: in.DocumentationURL,
	})
}

func (s actors) updateDefinition(ctx context.Context, id, workspaceID string, name *string, tag string) (platform.Definition, error) {
	d, err := s.ownDefinition(ctx, id, workspaceID)
	if err != nil {
		return d, err
	}
	update := platform.ImageDefinitionUpdate{Name: d.DisplayName(), DockerImageTag: d.DockerImageTag}
	if name != nil {
		update.Name = *name
	}
	if tag != "" {
		update.DockerImageTag = tag
	}
	return s.platform.UpdateImageDefinition(ctx, d.ID, update)
}

func (s actors) deleteDefinition(ctx context.Context, id, workspaceID string) error {
	d, err := s.ownDefinition(ctx, id, workspaceID)
	if err != nil {
		return err
	}
	_, err = s.platform.DeleteDefinition(ctx, d.ID)
	return err
}

func (s actors) ownDefinition(ctx context.Context, id, workspaceID string) (platform.Definition, error) {
	d, err := s.definition(ctx, id, workspaceID)
	if err == nil && !d.Custom() {
		return d, endpoint.BadRequest("Public definitions cannot be modified. Create a custom definition instead.")
	}
	return d, err
}
