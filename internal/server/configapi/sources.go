package configapi

import (
	"context"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) sources() actors { return actors{a.platform, connector.KindSource} }

func (a *api) sourceRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/sources/create", endpoint.WorkspaceEditor, endpoint.Call(a.createSource)),
		post("/sources/get", endpoint.WorkspaceReader, endpoint.Call(a.getSource)),
		post("/sources/get_with_metadata", endpoint.WorkspaceReader, endpoint.Call(a.getSourceWithMetadata)),
		post("/sources/list", endpoint.WorkspaceReader, endpoint.Call(a.listSources)),
		within(endpoint.Seen, post("/sources/list_paginated", endpoint.WorkspaceReader, endpoint.Call(a.listSourcesOf))),
		post("/sources/update", endpoint.WorkspaceEditor, endpoint.Call(a.updateSource)),
		post("/sources/partial_update", endpoint.WorkspaceEditor, endpoint.Call(a.mergeSource)),
		post("/sources/delete", endpoint.WorkspaceEditor, endpoint.Tell(a.deleteSource)),
		post("/sources/upgrade_version", endpoint.WorkspaceEditor, endpoint.Tell(a.upgradeSource)),
		post("/sources/check_connection", endpoint.WorkspaceEditor, endpoint.Call(a.checkSource)),
		post("/sources/check_connection_for_update", endpoint.WorkspaceEditor, endpoint.Call(a.checkSourceUpdate)),
		within(endpoint.Somewhere, post("/scheduler/sources/check_connection", endpoint.WorkspaceEditor, endpoint.Call(a.checkNewSource))),
		post("/sources/discover_schema", endpoint.WorkspaceEditor, endpoint.Call(a.discover)),
		within(endpoint.Somewhere, post("/scheduler/sources/discover_schema", endpoint.WorkspaceEditor, endpoint.Call(a.discoverNew))),
		post("/sources/most_recent_source_actor_catalog", endpoint.WorkspaceReader, endpoint.Call(a.newestCatalog)),
	}
}

func sourceChange(in config.SourceUpdate) change {
	return change{ID: in.SourceID, Name: in.Name, Config: in.ConnectionConfiguration, Resources: in.ResourceAllocation}
}

func (a *api) createSource(ctx context.Context, in config.SourceCreate) (out config.SourceRead, err error) {
	actor, err := a.sources().create(ctx, change{
		WorkspaceID:  in.WorkspaceID,
		DefinitionID: in.SourceDefinitionID,
		Name:         &in.Name,
		Config:       in.ConnectionConfiguration,
		Resources:    in.ResourceAllocation,
		Draft:        in.CreateAsDraft,
	})
	if err != nil {
		return out, err
	}
	return a.printSource(ctx, actor)
}

func (a *api) getSource(ctx context.Context, in config.SourceID) (out config.SourceRead, err error) {
	actor, err := a.sources().get(ctx, in.SourceID)
	if err != nil {
		return out, err
	}
	return a.printSource(ctx, actor)
}

func (a *api) getSourceWithMetadata(ctx context.Context, in config.SourceID) (out config.SourceReadWithMetadata, err error) {
	actor, err := a.sources().get(ctx, in.SourceID)
	if err != nil {
		return out, err
	}
	w, err := a.platform.Workspace(ctx, actor.WorkspaceID)
	if err != nil {
		return out, err
	}
	out.Metadata.WorkspaceName = w.Name
	out.SourceRead, err = a.printSource(ctx, actor)
	return out, err
}

func (a *api) updateSource(ctx context.Context, in config.SourceUpdate) (out config.SourceRead, err error) {
	actor, err := a.sources().replace(ctx, sourceChange(in))
	if err != nil {
		return out, err
	}
	return a.printSource(ctx, actor)
}

func (a *api) mergeSource(ctx context.Context, in config.SourceUpdate) (out config.SourceRead, err error) {
	actor, err := a.sources().merge(ctx, sourceChange(in))
	if err != nil {
		return out, err
	}
	return a.printSource(ctx, actor)
}

func (a *api) deleteSource(ctx context.Context, in config.SourceID) error {
	return a.sources().delete(ctx, in.SourceID)
}

// upgradeSource has nothing to do: a source always runs the version that its definition has.
func (a *api) upgradeSource(ctx context.Context, in config.SourceID) error {
	_, err := a.sources().get(ctx, in.SourceID)
	return err
}

func (a *api) listSources(ctx context.Context, in config.ActorList) (out config.SourceReadList, err error) {
	rows, total, err := a.sources().list(ctx, in)
	if err != nil {
		return out, err
	}
	out.NumConnections = &total // of sources, whatever its name
	out.Sources, err = a.printSources(ctx, rows)
	if in.PageSize > 0 {
		out.PageSize = &in.PageSize
	}
	return out, err
}

func (a *api) listSourcesOf(ctx context.Context, in config.ResourcesForWorkspaces) (out config.SourceReadList, err error) {
	rows, err := a.actorsOf(ctx, connector.KindSource, in)
	if err != nil {
		return out, err
	}
	out.Sources, err = a.printSources(ctx, rows)
	return out, err
}

func (a *api) checkSource(ctx context.Context, in config.SourceID) (config.CheckConnectionRead, error) {
	return a.sources().check(ctx, in.SourceID)
}

func (a *api) checkSourceUpdate(ctx context.Context, in config.SourceUpdate) (config.CheckConnectionRead, error) {
	return a.sources().checkUpdate(ctx, sourceChange(in))
}

func (a *api) checkNewSource(ctx context.Context, in config.SourceCoreConfig) (config.CheckConnectionRead, error) {
	return a.sources().checkNew(ctx, in.SourceDefinitionID, in.WorkspaceID, in.ConnectionConfiguration)
}

func (a *api) printSource(ctx context.Context, actor platform.Actor) (out config.SourceRead, err error) {
	all, err := a.printSources(ctx, []platform.Actor{actor})
	if err != nil {
		return out, err
	}
	return all[0], nil
}

func (a *api) printSources(ctx context.Context, rows []platform.Actor) ([]config.SourceRead, error) {
	names := titles{a.platform, map[string]string{}}
	uses, err := a.platform.Uses(ctx, connector.KindSource, rows)
	if err != nil {
		return nil, err
	}
	out := make([]config.SourceRead, 0, len(rows))
	for _, s := range rows {
		resources, err := parseResources(s)
		if err != nil {
			return nil, err
		}
		used := printUse(uses[s.ID])
		out = append(out, config.SourceRead{
			SourceDefinitionID:      s.DefinitionID,
			SourceID:                s.ID,
			WorkspaceID:             s.WorkspaceID,
			ConnectionConfiguration: configuration(s),
			Name:                    s.Name,
			SourceName:              names.of(ctx, s.DefinitionID),
			SupportState:            config.Supported,
			Status:                  used.status,
			IsDraft:                 s.Draft,
			CreatedAt:               s.CreatedAt.Unix(),
			ResourceAllocation:      resources,
			NumConnections:          &used.connections,
			LastSync:                used.last,
			ConnectionJobStatuses:   used.statuses,
		})
	}
	return out, nil
}
