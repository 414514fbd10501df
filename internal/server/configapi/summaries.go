package configapi

import (
	"context"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// summaryRoutes are what pages show at a glance.
func (a *api) summaryRoutes() []endpoint.Route {
	return []endpoint.Route{
		within(endpoint.Shared, post("/web_backend/check_updates", endpoint.Authenticated, endpoint.Get(a.checkUpdates))),
		post("/web_backend/workspace/state", endpoint.WorkspaceReader, endpoint.Call(a.workspaceState)),
		post("/web_backend/state/get_type", endpoint.WorkspaceReader, endpoint.Call(a.stateType)),
		post("/web_backend/connections/status_counts", endpoint.WorkspaceReader, endpoint.Call(a.statusCounts)),
		post("/connections/get_context", endpoint.WorkspaceReader, endpoint.Call(a.connectionContext)),
	}
}

// checkUpdates counts the connectors of which there is a newer version: a server has the versions that it was built with.
func (a *api) checkUpdates(context.Context, endpoint.Params) (config.CheckUpdatesRead, error) {
	return config.CheckUpdatesRead{}, nil
}

func (a *api) workspaceState(ctx context.Context, in config.WorkspaceID) (out config.WorkspaceState, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	w, err := a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	if err != nil {
		return out, err
	}
	one := platform.Filter{WorkspaceIDs: []string{w.ID}, Limit: 1}
	sources, err := a.platform.Actors(ctx, connector.KindSource, one)
	if err != nil {
		return out, err
	}
	destinations, err := a.platform.Actors(ctx, connector.KindDestination, one)
	if err != nil {
		return out, err
	}
	connections, err := a.platform.Connections(ctx, one)
	return config.WorkspaceState{
		HasConnections: len(connections) > 0, HasSources: len(sources) > 0, HasDestinations: len(destinations) > 0,
	}, err
}

// stateType answers with a bare text.
func (a *api) stateType(ctx context.Context, in config.ConnectionID) (config.StateType, error) {
	s, err := a.getState(ctx, in)
	return s.StateType, err
}

func (a *api) statusCounts(ctx context.Context, in config.WorkspaceID) (out config.ConnectionStatusCounts, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	w, err := a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	if err != nil {
		return out, err
	}
	rows, err := a.platform.Connections(ctx, platform.Filter{WorkspaceIDs: []string{w.ID}})
	if err != nil {
		return out, err
	}
	for _, c := range rows {
		last, err := a.latest(ctx, c.ID, moving)
		if err != nil {
			return out, err
		}
		switch syncStatus(c, last) {
		case config.SyncStatusRunning:
			out.Running++
		case config.SyncStatusQueued:
			out.Queued++
		case config.SyncStatusSynced:
			out.Healthy++
		case config.SyncStatusPaused:
			out.Paused++
		case config.SyncStatusPending:
			out.NotSynced++
		default:
			out.Failed++
		}
	}
	return out, nil
}

// connectionContext names all that a connection has to do with.
func (a *api) connectionContext(ctx context.Context, in config.ConnectionID) (out config.ConnectionContext, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	source, err := a.platform.Actor(ctx, connector.KindSource, c.SourceID)
	if err != nil {
		return out, err
	}
	destination, err := a.platform.Actor(ctx, connector.KindDestination, c.DestinationID)
	if err != nil {
		return out, err
	}
	w, err := a.platform.Workspace(ctx, c.WorkspaceID)
	return config.ConnectionContext{
		ConnectionID:            c.ID,
		SourceID:                source.ID,
		SourceDefinitionID:      source.DefinitionID,
		DestinationID:           destination.ID,
		DestinationDefinitionID: destination.DefinitionID,
		WorkspaceID:             w.ID,
		OrganizationID:          w.OrganizationID,
	}, err
}
