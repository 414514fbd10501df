package configapi

import (
	"bytes"
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) manifestRoutes() []endpoint.Route {
	create := post("/declarative_source_definitions/create_manifest", endpoint.WorkspaceEditor, endpoint.Tell(a.createManifest))
	create.Status = 201
	return []endpoint.Route{
		create,
		post("/declarative_source_definitions/update_active_manifest", endpoint.WorkspaceEditor, endpoint.Tell(a.activateManifest)),
		post("/declarative_source_definitions/list_manifests", endpoint.WorkspaceReader, endpoint.Call(a.listManifests)),
	}
}

// newManifest reads a manifest to publish. Python code cannot be run, so it is refused rather than dropped.
func newManifest(in config.DeclarativeSourceManifest, components string) (out platform.NewManifest, err error) {
	if absent(in.Manifest) || bytes.TrimSpace(in.Manifest)[0] != '{' {
		return out, endpoint.BadRequest("The manifest is required and must be an object.")
	}
	if components != "" {
		return out, endpoint.Unprocessable("componentsFileContent holds Python code, which this server does not run.")
	}
	return platform.NewManifest{
		Manifest: in.Manifest, Description: in.Description, Spec: present(in.Spec), Version: in.Version,
	}, nil
}

func (a *api) ownManifest(ctx context.Context, definitionID, workspaceID string) (platform.Definition, error) {
	d, err := a.sources().ownDefinition(ctx, definitionID, workspaceID)
	if err == nil && !d.Declarative() {
		return d, platform.NotFound("declarative source definition", d.ID)
	}
	return d, err
}

func (a *api) createManifest(ctx context.Context, in config.CreateManifest) error {
	d, err := a.ownManifest(ctx, in.SourceDefinitionID, in.WorkspaceID)
	if err != nil {
		return err
	}
	m, err := newManifest(in.DeclarativeManifest, in.ComponentsFileContent)
	if err != nil {
		return err
	}
	m.Inactive = !in.SetAsActiveManifest
	_, err = a.platform.UpdateManifestDefinition(ctx, d.ID, m)
	return err
}

func (a *api) activateManifest(ctx context.Context, in config.UpdateActiveManifest) error {
	d, err := a.ownManifest(ctx, in.SourceDefinitionID, in.WorkspaceID)
	if err != nil {
		return err
	}
	return a.platform.ActivateManifest(ctx, d.ID, in.Version)
}

func (a *api) listManifests(ctx context.Context, in config.SourceDefinitionID) (out config.ManifestVersions, err error) {
	d, err := a.ownManifest(ctx, in.SourceDefinitionID, in.WorkspaceID)
	if err != nil {
		return out, err
	}
	rows, err := a.platform.Manifests(ctx, d.ID)
	for _, m := range rows {
		out.ManifestVersions = append(out.ManifestVersions, config.ManifestVersion{
			Version: m.Version, IsActive: m.Version == d.ManifestVersion, Description: m.Description,
		})
	}
	return out, err
}
