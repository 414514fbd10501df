package configapi

import (
	"context"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func requireDefinition(in config.ActorDefinition) error {
	if err := endpoint.Require("actorDefinitionId", in.ActorDefinitionID, "actorType", string(in.ActorType)); err != nil {
		return err
	}
	return endpoint.Known("actorType", in.ActorType)
}

func (a *api) getSourceDefinitionForScope(ctx context.Context, in config.DefinitionForScope) (config.SourceDefinitionRead, error) {
	d, err := a.sources().definitionForScope(ctx, in)
	return printSourceDefinition(d), err
}

func (a *api) getDestinationDefinitionForScope(ctx context.Context, in config.DefinitionForScope) (config.DestinationDefinitionRead, error) {
	d, err := a.destinations().definitionForScope(ctx, in)
	return printDestinationDefinition(d), err
}

// definitionForScope knows workspaces alone: no definition belongs to an organization.
func (s actors) definitionForScope(ctx context.Context, in config.DefinitionForScope) (platform.Definition, error) {
	err := endpoint.Require("actorDefinitionId", in.ActorDefinitionID, "scopeId", in.ScopeID, "scopeType", string(in.ScopeType))
	if err != nil {
		return platform.Definition{}, err
	}
	if err := endpoint.Known("scopeType", in.ScopeType); err != nil {
		return platform.Definition{}, err
	}
	return s.definition(ctx, in.ActorDefinitionID, in.ScopeID)
}

// defaultVersion is the only version that there is of a definition.
func (a *api) defaultVersion(ctx context.Context, in config.ActorDefinitionID) (out config.ActorDefinitionVersion, err error) {
	if err := endpoint.Require("actorDefinitionId", in.ActorDefinitionID); err != nil {
		return out, err
	}
	d, err := a.platform.Definition(ctx, endpoint.ID(in.ActorDefinitionID))
	return printVersion(d), err
}

// resolveVersion finds the version that a definition has, if it has that tag. A version goes by the id of its definition.
func (a *api) resolveVersion(ctx context.Context, in config.VersionResolve) (out config.VersionResolveRead, err error) {
	if err := requireDefinition(config.ActorDefinition{ActorDefinitionID: in.ActorDefinitionID, ActorType: in.ActorType}); err != nil {
		return out, err
	}
	if err := endpoint.Require("dockerImageTag", in.DockerImageTag); err != nil {
		return out, err
	}
	d, err := a.platform.Definition(ctx, endpoint.ID(in.ActorDefinitionID))
	if err != nil {
		return out, err
	}
	if d.Kind != connector.Kind(in.ActorType) || d.DockerImageTag != in.DockerImageTag {
		return out, platform.NotFound("version", in.DockerImageTag)
	}
	return config.VersionResolveRead{
		VersionID: d.ID, DockerRepository: d.DockerRepository, DockerImageTag: d.DockerImageTag,
		SupportRefreshes: d.SupportsRefreshes, SupportFileTransfer: d.TakesFiles(),
	}, nil
}
