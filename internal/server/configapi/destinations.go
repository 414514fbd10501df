package configapi

import (
	"context"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) destinations() actors { return actors{a.platform, connector.KindDestination} }

func (a *api) destinationRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/destinations/create", endpoint.WorkspaceEditor, endpoint.Call(a.createDestination)),
		post("/destinations/get", endpoint.WorkspaceReader, endpoint.Call(a.getDestination)),
		post("/destinations/list", endpoint.WorkspaceReader, endpoint.Call(a.listDestinations)),
		within(endpoint.Seen, post("/destinations/list_paginated", endpoint.WorkspaceReader, endpoint.Call(a.listDestinationsOf))),
		post("/destinations/update", endpoint.WorkspaceEditor, endpoint.Call(a.updateDestination)),
		post("/destinations/partial_update", endpoint.WorkspaceEditor, endpoint.Call(a.mergeDestination)),
		post("/destinations/delete", endpoint.WorkspaceEditor, endpoint.Tell(a.deleteDestination)),
		post("/destinations/upgrade_version", endpoint.WorkspaceEditor, endpoint.Tell(a.upgradeDestination)),
		post("/destinations/check_connection", endpoint.WorkspaceEditor, endpoint.Call(a.checkDestination)),
		post("/destinations/check_connection_for_update", endpoint.WorkspaceEditor, endpoint.Call(a.checkDestinationUpdate)),
		within(endpoint.Somewhere, post("/scheduler/destinations/check_connection", endpoint.WorkspaceEditor, endpoint.Call(a.checkNewDestination))),
		missing("/destinations/discover_schema", "The destinations of this server take any stream: there is nothing to discover."),
	}
}

func destinationChange(in config.DestinationUpdate) change {
	return change{ID: in.DestinationID, Name: in.Name, Config: in.ConnectionConfiguration, Resources: in.ResourceAllocation}
}

func (a *api) createDestination(ctx context.Context, in config.DestinationCreate) (out config.DestinationRead, err error) {
	actor, err := a.destinations().create(ctx, change{
		WorkspaceID:  in.WorkspaceID,
		DefinitionID: in.DestinationDefinitionID,
		Name:         &in.Name,
		Config:       in.ConnectionConfiguration,
		Resources:    in.ResourceAllocation,
		Draft:        in.CreateAsDraft,
	})
	if err != nil {
		return out, err
	}
	return a.printDestination(ctx, actor)
}

func (a *api) getDestination(ctx context.Context, in config.DestinationID) (out config.DestinationRead, err error) {
	actor, err := a.destinations().get(ctx, in.DestinationID)
	if err != nil {
		return out, err
	}
	return a.printDestination(ctx, actor)
}

func (a *api) updateDestination(ctx context.Context, in config.DestinationUpdate) (out config.DestinationRead, err error) {
	actor, err := a.destinations().replace(ctx, destinationChange(in))
	if err != nil {
		return out, err
	}
	return a.printDestination(ctx, actor)
}

func (a *api) mergeDestination(ctx context.Context, in config.DestinationUpdate) (out config.DestinationRead, err error) {
	actor, err := a.destinations().merge(ctx, destinationChange(in))
	if err != nil {
		return out, err
	}
	return a.printDestination(ctx, actor)
}

func (a *api) deleteDestination(ctx context.Context, in config.DestinationID) error {
	return a.destinations().delete(ctx, in.DestinationID)
}

// upgradeDestination has nothing to do: a destination always runs the version that its definition has.
func (a *api) upgradeDestination(ctx context.Context, in config.DestinationID) error {
	_, err := a.destinations().get(ctx, in.DestinationID)
	return err
}

func (a *api) listDestinations(ctx context.Context, in config.ActorList) (out config.DestinationReadList, err error) {
	rows, total, err := a.destinations().list(ctx, in)
	if err != nil {
		return out, err
	}
	out.NumConnections = &total // of destinations, whatever its name
	out.Destinations, err = a.printDestinations(ctx, rows)
	if in.PageSize > 0 {
		out.PageSize = &in.PageSize
	}
	return out, err
}

func (a *api) listDestinationsOf(ctx context.Context, in config.ResourcesForWorkspaces) (out config.DestinationReadList, err error) {
	rows, err := a.actorsOf(ctx, connector.KindDestination, in)
	if err != nil {
		return out, err
	}
	out.Destinations, err = a.printDestinations(ctx, rows)
	return out, err
}

func (a *api) checkDestination(ctx context.Context, in config.DestinationID) (config.CheckConnectionRead, error) {
	return a.destinations().check(ctx, in.DestinationID)
}

func (a *api) checkDestinationUpdate(ctx context.Context, in config.DestinationUpdate) (config.CheckConnectionRead, error) {
	return a.destinations().checkUpdate(ctx, destinationChange(in))
}

func (a *api) checkNewDestination(ctx context.Context, in config.DestinationCoreConfig) (config.CheckConnectionRead, error) {
	return a.destinations().checkNew(ctx, in.DestinationDefinitionID, in.WorkspaceID, in.ConnectionConfiguration)
}

func (a *api) printDestination(ctx context.Context, actor platform.Actor) (out config.DestinationRead, err error) {
	all, err := a.printDestinations(ctx, []platform.Actor{actor})
	if err != nil {
		return out, err
	}
	return all[0], nil
}

func (a *api) printDestinations(ctx context.Context, rows []platform.Actor) ([]config.DestinationRead, error) {
	names := titles{a.platform, map[string]string{}}
	uses, err := a.platform.Uses(ctx, connector.KindDestination, rows)
	if err != nil {
		return nil, err
	}
	out := make([]config.DestinationRead, 0, len(rows))
	for _, s := range rows {
		resources, err := parseResources(s)
		if err != nil {
			return nil, err
		}
		used := printUse(uses[s.ID])
		out = append(out, config.DestinationRead{
			DestinationDefinitionID: s.DefinitionID,
			DestinationID:           s.ID,
			WorkspaceID:             s.WorkspaceID,
			ConnectionConfiguration: configuration(s),
			Name:                    s.Name,
			DestinationName:         names.of(ctx, s.DefinitionID),
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
