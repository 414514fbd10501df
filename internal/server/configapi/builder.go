package configapi

import (
	"context"
	"errors"
	"strconv"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) builderRoutes() []endpoint.Route {
	const (
		unshared = "This server belongs to no registry that connectors are contributed to. Open a pull request where the connector is to live."
		unaided  = "No assistant writes manifests here. Begin one with the command line: airfield definition scaffold."
		uncalled = "No application of this server's is registered with the API. Give the tokens as testing values."
	)
	return []endpoint.Route{
		post("/connector_builder_projects/get_for_definition_id", endpoint.WorkspaceReader, endpoint.Call(a.projectForDefinition)),
		post("/connector_builder_projects/get_by_definition_id", endpoint.WorkspaceReader, endpoint.Call(a.projectForDefinition)),
		post("/connector_builder_projects/get_with_manifest", endpoint.WorkspaceReader, endpoint.Call(a.getProject)),
		post("/connector_builder_projects/list", endpoint.WorkspaceReader, endpoint.Call(a.listProjects)),
		created("/connector_builder_projects/create", endpoint.WorkspaceEditor, endpoint.Call(a.createProject)),
		post("/connector_builder_projects/update", endpoint.WorkspaceEditor, endpoint.Tell(a.updateProject)),
		post("/connector_builder_projects/delete", endpoint.WorkspaceEditor, endpoint.Tell(a.deleteProject)),
		post("/connector_builder_projects/publish", endpoint.WorkspaceEditor, endpoint.Call(a.publishProject)),
		post("/connector_builder_projects/update_testing_values", endpoint.WorkspaceEditor, endpoint.Put(a.setTestingValues)),
		post("/connector_builder_projects/read_stream", endpoint.WorkspaceEditor, endpoint.Call(a.tryStream)),
		post("/connector_builder_projects/resolve", endpoint.WorkspaceReader, endpoint.Call(a.resolveManifest)),
		post("/connector_builder_projects/full_resolve", endpoint.WorkspaceEditor, endpoint.Call(a.expandManifest)),
		created("/connector_builder_projects/fork", endpoint.WorkspaceEditor, endpoint.Call(a.forkProject)),
		post("/connector_builder_projects/capabilities", endpoint.WorkspaceReader, endpoint.Call(a.builderCapabilities)),
		missing("/connector_builder_projects/contribute/check", unshared),
		missing("/connector_builder_projects/contribute/generate", unshared),
		missing("/connector_builder_projects/get_base_image", "Manifests run in this program rather than in an image."),
		missing("/connector_builder_projects/get_oauth_consent_url", uncalled),
		missing("/connector_builder_projects/complete_oauth", uncalled),
		missing("/connector_builder_assist/process", unaided),
		missing("/connector_builder_assist/warm", unaided),
	}
}

// projectForDefinition answers with a null project for what has none.
func (a *api) projectForDefinition(ctx context.Context, in config.BuilderProjectForDefinition) (out config.BuilderProjectForDefinitionRead, err error) {
	if err := endpoint.Require("actorDefinitionId", in.ActorDefinitionID); err != nil {
		return out, err
	}
	p, err := a.platform.ProjectForDefinition(ctx, endpoint.ID(in.ActorDefinitionID))
	if errors.Is(err, platform.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	return config.BuilderProjectForDefinitionRead{BuilderProjectID: text(p.ID), WorkspaceID: text(p.WorkspaceID)}, nil
}

func (a *api) project(ctx context.Context, workspaceID, id string) (p platform.BuilderProject, err error) {
	if err := endpoint.Require("workspaceId", workspaceID, "builderProjectId", id); err != nil {
		return p, err
	}
	return a.platform.Project(ctx, endpoint.ID(workspaceID), endpoint.ID(id))
}

// getProject gives the draft where there is one, unless a version is asked for, and else what is active.
func (a *api) getProject(ctx context.Context, in config.BuilderProjectID) (out config.BuilderProjectRead, err error) {
	p, err := a.project(ctx, in.WorkspaceID, in.BuilderProjectID)
	if err != nil {
		return out, err
	}
	d, err := a.published(ctx, p)
	if err != nil {
		return out, err
	}
	out = config.BuilderProjectRead{BuilderProject: printProject(p, d), TestingValues: present(p.TestingValues)}
	switch {
	case in.Version != nil && p.DefinitionID == "":
		return out, platform.NotFound("manifest version", strconv.FormatInt(*in.Version, 10))
	case in.Version != nil:
		out.DeclarativeManifest, err = a.manifestVersion(ctx, p.DefinitionID, *in.Version)
	case p.Draft != nil:
		out.DeclarativeManifest = &config.DeclarativeManifestRead{Manifest: p.Draft, IsDraft: new(true)}
	case d.Manifest != nil:
		out.DeclarativeManifest = &config.DeclarativeManifestRead{Manifest: d.Manifest, IsDraft: new(false), Version: &d.ManifestVersion}
	}
	return out, err
}

func (a *api) manifestVersion(ctx context.Context, definitionID string, version int64) (*config.DeclarativeManifestRead, error) {
	rows, err := a.platform.Manifests(ctx, definitionID)
	if err != nil {
		return nil, err
	}
	for _, m := range rows {
		if m.Version == version {
			return &config.DeclarativeManifestRead{Manifest: m.Manifest, IsDraft: new(false), Version: &version, Description: m.Description}, nil
		}
	}
	return nil, &platform.Error{Condition: platform.ErrNotFound, Resource: "manifest", ID: definitionID, Message: "The project has no manifest with this version."}
}

// published is the definition that a project was published as; the zero one when it never was.
func (a *api) published(ctx context.Context, p platform.BuilderProject) (platform.Definition, error) {
	if p.DefinitionID == "" {
		return platform.Definition{}, nil
	}
	d, err := a.platform.Definition(ctx, p.DefinitionID)
	if errors.Is(err, platform.ErrNotFound) {
		return platform.Definition{}, nil
	}
	return d, err
}

func (a *api) listProjects(ctx context.Context, in config.WorkspaceID) (out config.BuilderProjectReadList, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	w, err := a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	if err != nil {
		return out, err
	}
	rows, err := a.platform.Projects(ctx, w.ID)
	if err != nil {
		return out, err
	}
	for _, p := range rows {
		d, err := a.published(ctx, p)
		if err != nil {
			return out, err
		}
		out.Projects = append(out.Projects, printProject(p, d))
	}
	return out, nil
}

func (a *api) createProject(ctx context.Context, in config.BuilderProjectCreate) (out config.BuilderProjectCreated, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID, "builderProject.name", in.BuilderProject.Name); err != nil {
		return out, err
	}
	p, err := a.platform.CreateProject(ctx, platform.NewProject{
		WorkspaceID: endpoint.ID(in.WorkspaceID), Name: in.BuilderProject.Name, Draft: present(in.BuilderProject.DraftManifest),
	})
	return config.BuilderProjectCreated{WorkspaceID: p.WorkspaceID, BuilderProjectID: p.ID}, err
}

func (a *api) updateProject(ctx context.Context, in config.BuilderProjectUpdate) error {
	p, err := a.project(ctx, in.WorkspaceID, in.BuilderProjectID)
	if err != nil {
		return err
	}
	_, err = a.platform.UpdateProject(ctx, p.WorkspaceID, p.ID, platform.ProjectUpdate{
		Name: text(in.BuilderProject.Name), Draft: present(in.BuilderProject.DraftManifest),
	})
	return err
}

func (a *api) deleteProject(ctx context.Context, in config.BuilderProjectID) error {
	p, err := a.project(ctx, in.WorkspaceID, in.BuilderProjectID)
	if err != nil {
		return err
	}
	return a.platform.DeleteProject(ctx, p.WorkspaceID, p.ID)
}

func (a *api) publishProject(ctx context.Context, in config.BuilderProjectPublish) (out config.BuilderProjectPublished, err error) {
	p, err := a.project(ctx, in.WorkspaceID, in.BuilderProjectID)
	if err != nil {
		return out, err
	}
	if err := endpoint.Require("name", in.Name); err != nil {
		return out, err
	}
	m, err := newManifest(in.InitialDeclarativeManifest, in.ComponentsFileContent)
	if err != nil {
		return out, err
	}
	d, err := a.platform.PublishProject(ctx, p.WorkspaceID, p.ID, platform.Publication{Name: in.Name, NewManifest: m})
	return config.BuilderProjectPublished{SourceDefinitionID: d.ID}, err
}

// setTestingValues answers with what is stored, its secrets masked.
func (a *api) setTestingValues(ctx context.Context, _ endpoint.Params, in config.TestingValuesUpdate) (any, error) {
	p, err := a.project(ctx, in.WorkspaceID, in.BuilderProjectID)
	if err != nil {
		return nil, err
	}
	return a.platform.SetTestingValues(ctx, p.WorkspaceID, p.ID, present(in.Spec), present(in.TestingValues))
}

func printProject(p platform.BuilderProject, d platform.Definition) config.BuilderProjectDetailsRead {
	out := config.BuilderProjectDetailsRead{
		Name:               p.Name,
		BuilderProjectID:   p.ID,
		SourceDefinitionID: p.DefinitionID,
		HasDraft:           p.Draft != nil,
		UpdatedAt:          p.UpdatedAt.Unix(),
	}
	if d.Manifest != nil {
		out.ActiveDeclarativeManifestVersion = &d.ManifestVersion
	}
	return out
}
