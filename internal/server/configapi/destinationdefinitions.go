package configapi

import (
	"cmp"
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) listPublicDestinations(ctx context.Context, _ endpoint.Params) (config.DestinationDefinitionReadList, error) {
	rows, err := a.platform.Definitions(ctx, a.destinations().kind, "")
	return printDestinationDefinitions(rows), err
}

func (a *api) listDestinationsFor(ctx context.Context, in config.WorkspaceID) (config.DestinationDefinitionReadList, error) {
	rows, err := a.destinations().definitionsFor(ctx, in.WorkspaceID)
	return printDestinationDefinitions(rows), err
}

// noDestinations lists the definitions that are hidden until they are granted: there are none.
func (a *api) noDestinations(ctx context.Context, in config.WorkspaceID) (out config.DestinationDefinitionReadList, err error) {
	if in.WorkspaceID != "" {
		_, err = a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	}
	return out, err
}

func (a *api) getDestinationDefinition(ctx context.Context, in config.DestinationDefinitionID) (config.DestinationDefinitionRead, error) {
	d, err := a.destinations().definition(ctx, in.DestinationDefinitionID, in.WorkspaceID)
	return printDestinationDefinition(d), err
}

func (a *api) createDestinationDefinition(ctx context.Context, in config.CustomDestinationDefinitionCreate) (config.DestinationDefinitionRead, error) {
	d, err := a.destinations().createDefinition(ctx, in.WorkspaceID, in.ScopeID, in.ScopeType, in.DestinationDefinition)
	return printDestinationDefinition(d), err
}

func (a *api) updateDestinationDefinition(ctx context.Context, in config.DestinationDefinitionUpdate) (config.DestinationDefinitionRead, error) {
	d, err := a.destinations().updateDefinition(ctx, in.DestinationDefinitionID, in.WorkspaceID, in.Name, in.DockerImageTag)
	return printDestinationDefinition(d), err
}

func (a *api) deleteDestinationDefinition(ctx context.Context, in config.DestinationDefinitionID) error {
	return a.destinations().deleteDefinition(ctx, in.DestinationDefinitionID, in.WorkspaceID)
}

func printDestinationDefinitions(rows []platform.Definition) (out config.DestinationDefinitionReadList) {
	for _, d := range rows {
		out.DestinationDefinitions = append(out.DestinationDefinitions, printDestinationDefinition(d))
	}
	return out
}

// undocumented is where the documentation is said to be of a destination that has none: the member may not be empty.
const undocumented = "https://docs.airbyte.com/integrations/custom-connectors"

func printDestinationDefinition(d platform.Definition) config.DestinationDefinitionRead {
	return config.DestinationDefinitionRead{
		DestinationDefinitionID: d.ID,
		Name:                    d.DisplayName(),
		DockerRepository:        d.DockerRepository,
		DockerImageTag:          d.DockerImageTag,
		DocumentationURL:        cmp.Or(d.DocumentationURL, undocumented),
		Custom:                  d.Custom(),
		SupportLevel:            supportLevel(d),
		ReleaseStage:            releaseStage(d),
	}
}
