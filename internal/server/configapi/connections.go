package configapi

import (
	"context"
	"slices"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) connectionRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/connections/create", endpoint.WorkspaceEditor, endpoint.Call(a.createConnection)),
		post("/connections/update", endpoint.WorkspaceEditor, endpoint.Call(a.updateConnection)),
		post("/connections/update_with_reason", endpoint.WorkspaceEditor, endpoint.Call(a.updateConnectionWithReason)),
		within(endpoint.Seen, post("/connections/list_by_actor_definition", endpoint.WorkspaceReader, endpoint.Call(a.listConnectionsByDefinition))),
		post("/connections/get", endpoint.WorkspaceReader, endpoint.Call(a.getConnection)),
		post("/connections/list", endpoint.WorkspaceReader, endpoint.Call(a.listConnections)),
		post("/connections/list_all", endpoint.WorkspaceReader, endpoint.Call(a.listAllConnections)),
		within(endpoint.Seen, post("/connections/list_paginated", endpoint.WorkspaceReader, endpoint.Call(a.listConnectionsOf))),
		post("/connections/delete", endpoint.WorkspaceEditor, endpoint.Tell(a.deleteConnection)),
	}
}

func (a *api) createConnection(ctx context.Context, in config.ConnectionCreate) (out config.ConnectionRead, err error) {
	c, err := a.makeConnection(ctx, in)
	if err != nil {
		return out, err
	}
	return a.printConnection(ctx, c)
}

func (a *api) makeConnection(ctx context.Context, in config.ConnectionCreate) (c platform.Connection, err error) {
	err = endpoint.Require("sourceId", in.SourceID, "destinationId", in.DestinationID, "status", string(in.Status))
	if err != nil {
		return c, err
	}
	n, err := newConnection(in)
	if err != nil {
		return c, err
	}
	return a.platform.CreateConnection(ctx, n)
}

func (a *api) updateConnection(ctx context.Context, in config.ConnectionUpdate) (out config.ConnectionRead, err error) {
	c, err := a.changeConnection(ctx, in, false)
	if err != nil {
		return out, err
	}
	return a.printConnection(ctx, c)
}

// updateConnectionWithReason keeps the reason with what was changed, where the events of the connection tell it.
func (a *api) updateConnectionWithReason(ctx context.Context, in config.ConnectionUpdateWithReason) (config.ConnectionRead, error) {
	if in.ConnectionUpdate == nil {
		return config.ConnectionRead{}, endpoint.BadRequest("The member \"connectionUpdate\" is required.")
	}
	u, err := connectionUpdate(*in.ConnectionUpdate)
	if err != nil {
		return config.ConnectionRead{}, err
	}
	u.Reason, u.Automatic = in.UpdateReason, in.AutoUpdate
	c, err := a.applyUpdate(ctx, in.ConnectionUpdate.ConnectionID, u)
	if err != nil {
		return config.ConnectionRead{}, err
	}
	return a.printConnection(ctx, c)
}

// listConnectionsByDefinition lists the connections whose source or destination is of a definition.
func (a *api) listConnectionsByDefinition(ctx context.Context, in config.ActorDefinition) (out config.ConnectionReadList, err error) {
	if err := requireDefinition(in); err != nil {
		return out, err
	}
	of := &platform.ConnectionFilter{SourceDefinitionIDs: only(in.ActorDefinitionID)}
	if in.ActorType == wire.ActorDestination {
		of = &platform.ConnectionFilter{DestinationDefinitionIDs: only(in.ActorDefinitionID)}
	}
	return a.printedConnections(ctx, platform.Filter{Connections: of})
}

func (a *api) changeConnection(ctx context.Context, in config.ConnectionUpdate, refresh bool) (c platform.Connection, err error) {
	u, err := connectionUpdate(in)
	if err != nil {
		return c, err
	}
	u.Refresh = refresh
	return a.applyUpdate(ctx, in.ConnectionID, u)
}

func (a *api) applyUpdate(ctx context.Context, id string, u platform.ConnectionUpdate) (c platform.Connection, err error) {
	if err := endpoint.Require("connectionId", id); err != nil {
		return c, err
	}
	return a.platform.UpdateConnection(ctx, endpoint.ID(id), u)
}

func (a *api) getConnection(ctx context.Context, in config.ConnectionID) (out config.ConnectionRead, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	return a.printConnection(ctx, c)
}

func (a *api) connection(ctx context.Context, id string) (c platform.Connection, err error) {
	if err := endpoint.Require("connectionId", id); err != nil {
		return c, err
	}
	return a.platform.Connection(ctx, endpoint.ID(id))
}

func (a *api) listConnections(ctx context.Context, in config.WorkspaceID) (config.ConnectionReadList, error) {
	return a.connectionsOf(ctx, in.WorkspaceID, false)
}

// listAllConnections lists the deleted ones too.
func (a *api) listAllConnections(ctx context.Context, in config.WorkspaceID) (config.ConnectionReadList, error) {
	return a.connectionsOf(ctx, in.WorkspaceID, true)
}

func (a *api) connectionsOf(ctx context.Context, workspaceID string, deleted bool) (out config.ConnectionReadList, err error) {
	if err := endpoint.Require("workspaceId", workspaceID); err != nil {
		return out, err
	}
	w, err := a.platform.Workspace(ctx, endpoint.ID(workspaceID))
	if err != nil {
		return out, err
	}
	return a.printedConnections(ctx, platform.Filter{WorkspaceIDs: []string{w.ID}, IncludeDeleted: deleted})
}

func (a *api) listConnectionsOf(ctx context.Context, in config.ConnectionsForWorkspaces) (out config.ConnectionReadList, err error) {
	f := platform.Filter{
		WorkspaceIDs: endpoint.IDs(in.WorkspaceIDs), TagIDs: endpoint.IDs(in.TagIDs), IncludeDeleted: in.IncludeDeleted,
	}
	if f.Offset, f.Limit, err = window(in.Pagination, 100); err != nil {
		return out, err
	}
	return a.printedConnections(ctx, f)
}

func (a *api) printedConnections(ctx context.Context, f platform.Filter) (out config.ConnectionReadList, err error) {
	rows, err := a.platform.Connections(ctx, f)
	if err != nil {
		return out, err
	}
	out.Connections, err = a.printConnections(ctx, rows)
	return out, err
}

func (a *api) deleteConnection(ctx context.Context, in config.ConnectionID) error {
	if err := endpoint.Require("connectionId", in.ConnectionID); err != nil {
		return err
	}
	return a.platform.DeleteConnection(ctx, endpoint.ID(in.ConnectionID))
}

func (a *api) printConnection(ctx context.Context, c platform.Connection) (out config.ConnectionRead, err error) {
	all, err := a.printConnections(ctx, []platform.Connection{c})
	if err != nil {
		return out, err
	}
	return all[0], nil
}

func (a *api) printConnections(ctx context.Context, rows []platform.Connection) (out wire.List[config.ConnectionRead], err error) {
	tags, err := a.tagsOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		printed, err := printPlain(c)
		if err != nil {
			return nil, err
		}
		printed.Tags = tags.of(c)
		out = append(out, printed)
	}
	return out, nil
}

// printPlain prints a connection without its tags.
func printPlain(c platform.Connection) (out config.ConnectionRead, err error) {
	catalog, err := printSelected(c.Streams)
	if err != nil {
		return out, err
	}
	out = config.ConnectionRead{
		ConnectionID:                 c.ID,
		Name:                         c.Name,
		NamespaceDefinition:          config.NamespaceDefinition(c.NamespaceDefinition),
		NamespaceFormat:              text(c.NamespaceFormat),
		Prefix:                       &c.Prefix,
		SourceID:                     c.SourceID,
		DestinationID:                c.DestinationID,
		SyncCatalog:                  catalog,
		Status:                       config.ConnectionStatus(c.Status),
		StatusReason:                 string(c.StatusReason),
		SourceCatalogID:              c.CatalogID,
		BreakingChange:               c.BreakingChange,
		NotifySchemaChanges:          &c.NotifySchemaChanges,
		NonBreakingChangesPreference: config.NonBreakingPreference(c.NonBreakingChanges),
		CreatedAt:                    new(c.CreatedAt.Unix()),
		BackfillPreference:           config.BackfillPreference(c.BackfillPreference),
		WorkspaceID:                  c.WorkspaceID,
	}
	out.Schedule, out.ScheduleType, out.ScheduleData = printSchedule(c.Schedule)
	err = parse(c.ResourceRequirements, &out.ResourceRequirements)
	return out, err
}

// labels are tags by id.
type labels map[string]config.Tag

// tagsOf finds the tags of connections with one question at most.
func (a *api) tagsOf(ctx context.Context, rows []platform.Connection) (labels, error) {
	var workspaces []string
	for _, c := range rows {
		if len(c.TagIDs) > 0 && !slices.Contains(workspaces, c.WorkspaceID) {
			workspaces = append(workspaces, c.WorkspaceID)
		}
	}
	if len(workspaces) == 0 {
		return nil, nil
	}
	tags, err := a.platform.Tags(ctx, platform.Filter{WorkspaceIDs: workspaces})
	all := make(labels, len(tags))
	for _, t := range tags {
		all[t.ID] = printTag(t)
	}
	return all, err
}

func (l labels) of(c platform.Connection) (out wire.List[config.Tag]) {
	for _, id := range c.TagIDs {
		if t, ok := l[id]; ok {
			out = append(out, t)
		}
	}
	return out
}
