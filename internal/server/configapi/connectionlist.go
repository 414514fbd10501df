package configapi

import (
	"context"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// How many connections a page of the web's list has when the request does not say, and at most.
const (
	webPage    = 20
	longestWeb = 1000
)

// listWebConnections gives a page of a workspace's connections. The cursor is the id of the last one of the page before.
func (a *api) listWebConnections(ctx context.Context, in config.WebBackendConnectionList) (out config.WebBackendConnectionReadList, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	w, err := a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	if err != nil {
		return out, err
	}
	f, err := webFilter(in)
	if err != nil {
		return out, err
	}
	f.WorkspaceIDs = []string{w.ID}
	rows, err := a.platform.Connections(ctx, f)
	if err != nil {
		return out, err
	}
	total, err := a.platform.CountConnections(ctx, f)
	if err != nil {
		return out, err
	}
	out.PageSize, out.NumConnections = &f.Limit, &total
	out.Connections, err = a.printItems(ctx, rows)
	return out, err
}

func webFilter(in config.WebBackendConnectionList) (f platform.Filter, err error) {
	if in.PageSize < 0 {
		return f, endpoint.BadRequest("pageSize may not be below 0.")
	}
	of := &platform.ConnectionFilter{
		SourceIDs: endpoint.IDs(in.SourceID), DestinationIDs: endpoint.IDs(in.DestinationID), After: endpoint.ID(in.Cursor),
	}
	f.Connections, f.Limit = of, min(in.PageSize, longestWeb)
	if f.Limit == 0 {
		f.Limit = webPage
	}
	if err := known("sortKey", in.SortKey); err != nil {
		return f, err
	}
	of.Order, of.Descending = webOrder(in.SortKey)
	if in.Filters == nil {
		return f, nil
	}
	of.SourceDefinitionIDs = endpoint.IDs(in.Filters.SourceDefinitionIDs)
	of.DestinationDefinitionIDs = endpoint.IDs(in.Filters.DestinationDefinitionIDs)
	of.Search, f.TagIDs = in.Filters.SearchTerm, endpoint.IDs(in.Filters.TagIDs)
	if err := known("filters.states", in.Filters.States...); err != nil {
		return f, err
	}
	for _, s := range in.Filters.States {
		of.Statuses = append(of.Statuses, platform.ConnectionStatus(s))
	}
	if err := known("filters.statuses", in.Filters.Statuses...); err != nil {
		return f, err
	}
	for _, s := range in.Filters.Statuses {
		of.Health = append(of.Health, platform.ConnectionHealth(s))
	}
	return f, nil
}

// webOrder reads a key such as sourceName_desc.
func webOrder(key config.ConnectionSortKey) (order platform.ConnectionOrder, descending bool) {
	name, direction, _ := strings.Cut(string(key), "_")
	order = map[string]platform.ConnectionOrder{
		"": platform.ByName, "connectionName": platform.ByName, "sourceName": platform.BySourceName,
		"destinationName": platform.ByDestinationName, "lastSync": platform.ByLastJob,
	}[name]
	return order, direction == "desc"
}

// printItems prints a page of connections with a few questions, however long it is.
func (a *api) printItems(ctx context.Context, rows []platform.Connection) (out wire.List[config.WebBackendConnectionListItem], err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]string, 0, len(rows))
	for _, c := range rows {
		ids = append(ids, c.ID)
	}
	jobs, err := a.platform.Jobs(ctx, platform.JobFilter{NewestOf: ids})
	if err != nil {
		return nil, err
	}
	last := make(map[string]platform.Job, len(jobs))
	for _, j := range jobs {
		last[j.ConnectionID] = j
	}
	tags, err := a.tagsOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	sources, err := a.endsOf(ctx, connector.KindSource, rows, func(c platform.Connection) string { return c.SourceID })
	if err != nil {
		return nil, err
	}
	destinations, err := a.endsOf(ctx, connector.KindDestination, rows, func(c platform.Connection) string { return c.DestinationID })
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		item := listItem(c, sources[c.SourceID], destinations[c.DestinationID])
		item.Tags = tags.of(c)
		if j, ok := last[c.ID]; ok {
			item.LatestSyncJobCreatedAt, item.LatestSyncJobStatus = new(j.CreatedAt.Unix()), config.JobStatus(j.Status)
			item.IsSyncing = !j.Status.Final()
		}
		out = append(out, item)
	}
	return out, nil
}

// end is one side of a connection in few words.
type end struct {
	actor   platform.Actor
	title   string
	version config.ActorDefinitionVersion
}

// endsOf finds one side of several connections by id.
func (a *api) endsOf(ctx context.Context, kind connector.Kind, rows []platform.Connection, id func(platform.Connection) string) (map[string]end, error) {
	all := map[string]end{}
	for _, c := range rows {
		all[id(c)] = end{}
	}
	ids := make([]string, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	actors, err := a.platform.Actors(ctx, kind, platform.Filter{IDs: ids})
	if err != nil {
		return nil, err
	}
	names := titles{a.platform, map[string]string{}}
	versions := map[string]config.ActorDefinitionVersion{}
	for _, actor := range actors {
		version, known := versions[actor.DefinitionID]
		if !known {
			if version, err = a.versionOf(ctx, actor); err != nil {
				return nil, err
			}
			versions[actor.DefinitionID] = version
		}
		all[actor.ID] = end{actor, names.of(ctx, actor.DefinitionID), version}
	}
	return all, nil
}

func listItem(c platform.Connection, source, destination end) config.WebBackendConnectionListItem {
	_, kind, data := printSchedule(c.Schedule)
	return config.WebBackendConnectionListItem{
		ConnectionID: c.ID, Name: c.Name, ScheduleType: kind, ScheduleData: data, Status: config.ConnectionStatus(c.Status),
		Source: config.SourceSnippet{
			SourceID: c.SourceID, Name: source.actor.Name, SourceDefinitionID: source.actor.DefinitionID, SourceName: source.title,
		},
		Destination: config.DestinationSnippet{
			DestinationID: c.DestinationID, Name: destination.actor.Name,
			DestinationDefinitionID: destination.actor.DefinitionID, DestinationName: destination.title,
		},
		SchemaChange:                      config.SchemaChange(c.SchemaState(source.actor)),
		SourceActorDefinitionVersion:      source.version,
		DestinationActorDefinitionVersion: destination.version,
	}
}
