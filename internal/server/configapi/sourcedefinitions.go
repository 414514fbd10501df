package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) listPublicSources(ctx context.Context, _ endpoint.Params) (config.SourceDefinitionReadList, error) {
	rows, err := a.platform.Definitions(ctx, a.sources().kind, "")
	return printSourceDefinitions(rows), err
}

func (a *api) listSourcesFor(ctx context.Context, in config.WorkspaceID) (config.SourceDefinitionReadList, error) {
	rows, err := a.sources().definitionsFor(ctx, in.WorkspaceID)
	return printSourceDefinitions(rows), err
}

// noSources lists the definitions that are hidden until they are granted: there are none.
func (a *api) noSources(ctx context.Context, in config.WorkspaceID) (out config.SourceDefinitionReadList, err error) {
	if in.WorkspaceID != "" {
		_, err = a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	}
	return out, err
}

func (a *api) getSourceDefinition(ctx context.Context, in config.SourceDefinitionID) (config.SourceDefinitionRead, error) {
	d, err := a.sources().definition(ctx, in.SourceDefinitionID, in.WorkspaceID)
	return printSourceDefinition(d), err
}

func (a *api) createSourceDefinition(ctx context.Context, in config.CustomSourceDefinitionCreate) (config.SourceDefinitionRead, error) {
	d, err := a.sources().createDefinition(ctx, in.WorkspaceID, in.ScopeID, in.ScopeType, in.SourceDefinition)
	return printSourceDefinition(d), err
}

func (a *api) updateSourceDefinition(ctx context.Context, in config.SourceDefinitionUpdate) (config.SourceDefinitionRead, error) {
	d, err := a.sources().updateDefinition(ctx, in.SourceDefinitionID, in.WorkspaceID, in.Name, in.DockerImageTag)
	return printSourceDefinition(d), err
}

func (a *api) deleteSourceDefinition(ctx context.Context, in config.SourceDefinitionID) error {
	return a.sources().deleteDefinition(ctx, in.SourceDefinitionID, in.WorkspaceID)
}

func printSourceDefinitions(rows []platform.Definition) (out config.SourceDefinitionReadList) {
	for _, d := range rows {
		out.SourceDefinitions = append(out.SourceDefinitions, printSourceDefinition(d))
	}
	return out
}

func printSourceDefinition(d platform.Definition) config.SourceDefinitionRead {
	return config.SourceDefinitionRead{
		SourceDefinitionID: d.ID,
		Name:               d.DisplayName(),
		DockerRepository:   d.DockerRepository,
		DockerImageTag:     d.DockerImageTag,
		DocumentationURL:   d.DocumentationURL,
		Custom:             d.Custom(),
		SupportLevel:       supportLevel(d),
		ReleaseStage:       releaseStage(d),
		SourceType:         sourceType(d),
		Language:           language(d),
	}
}

func supportLevel(d platform.Definition) string {
	if d.Custom() {
		return "none"
	}
	return "community"
}

func releaseStage(d platform.Definition) string {
	if d.Custom() {
		return "custom"
	}
	return "generally_available"
}

func sourceType(d platform.Definition) string {
	if d.Custom() {
		return "custom"
	}
	return "api"
}

func language(d platform.Definition) string {
	if d.Declarative() {
		return "manifest-only"
	}
	return ""
}
