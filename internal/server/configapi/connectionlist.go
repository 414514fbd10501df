package configapi

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// listWebConnections gives a part of a workspace's connections. The cursor is the id of the last one of the part before.
func (a *api) listWebConnections(ctx context.Context, in config.WebBackendConnectionList) (out config.WebBackendConnectionReadList, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	filters := value(in.Filters)
	if err := errors.Join(knownFilters(in.SortKey, filters), positive("pageSize", in.PageSize)); err != nil {
		return out, err
	}
	w, err := a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	if err != nil {
		return out, err
	}
	rows, err := a.platform.Connections(ctx, platform.Filter{WorkspaceIDs: []string{w.ID}, TagIDs: endpoint.IDs(filters.TagIDs)})
	if err != nil {
		return out, err
	}
	for _, c := range rows {
		if !wanted(c, in, filters) {
			continue
		}
		item, err := a.printItem(ctx, c)
		if err != nil {
			return out, err
		}
		if shown(item, filters) {
			out.Connections = append(out.Connections, item)
		}
	}
	sortItems(out.Connections, in.SortKey)
	out.NumConnections = new(len(out.Connections))
	out.Connections = following(out.Connections, endpoint.ID(in.Cursor), in.PageSize)
	return out, nil
}

func knownFilters(key config.ConnectionSortKey, f config.WebBackendConnectionFilters) error {
	if err := known("sortKey", key); err != nil {
		return err
	}
	if err := known("filters.statuses", f.Statuses...); err != nil {
		return err
	}
	return known("filters.states", f.States...)
}

// wanted decides about what a connection itself tells.
func wanted(c platform.Connection, in config.WebBackendConnectionList, f config.WebBackendConnectionFilters) bool {
	return among(in.SourceID, c.SourceID) && among(in.DestinationID, c.DestinationID) && among(f.States, config.ActorStatus(c.Status))
}

// among tells whether an id is one of those asked for, of which none asks for all.
func among[T ~string](ids []T, id T) bool {
	return len(ids) == 0 || slices.ContainsFunc(ids, func(asked T) bool { return endpoint.ID(string(asked)) == string(id) })
}

// shown decides about what is known only once a connection is printed.
func shown(i config.WebBackendConnectionListItem, f config.WebBackendConnectionFilters) bool {
	term := strings.ToLower(f.SearchTerm)
	found := slices.ContainsFunc([]string{i.Name, i.Source.Name, i.Destination.Name}, func(name string) bool {
		return strings.Contains(strings.ToLower(name), term)
	})
	return found && among(f.SourceDefinitionIDs, i.Source.SourceDefinitionID) &&
		among(f.DestinationDefinitionIDs, i.Destination.DestinationDefinitionID) && among(f.Statuses, health(i))
}

// health is how a connection is, in the words of the filter.
func health(i config.WebBackendConnectionListItem) config.ConnectionHealth {
	switch {
	case i.Status != wire.ConnectionActive:
		return config.ConnectionPaused
	case i.IsSyncing:
		return config.ConnectionRunning
	case i.LatestSyncJobStatus == wire.JobFailed || i.LatestSyncJobStatus == wire.JobCancelled:
		return config.ConnectionFailed
	}
	return config.ConnectionHealthy
}

func sortItems(items []config.WebBackendConnectionListItem, key config.ConnectionSortKey) {
	field, direction, _ := strings.Cut(string(key), "_")
	slices.SortStableFunc(items, func(a, b config.WebBackendConnectionListItem) int {
		if direction == "desc" {
			a, b = b, a
		}
		switch field {
		case "connectionName":
			return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		case "sourceName":
			return strings.Compare(strings.ToLower(a.Source.Name), strings.ToLower(b.Source.Name))
		case "destinationName":
			return strings.Compare(strings.ToLower(a.Destination.Name), strings.ToLower(b.Destination.Name))
		case "lastSync":
			return cmp.Compare(value(a.LatestSyncJobCreatedAt), value(b.LatestSyncJobCreatedAt))
		}
		return 0
	})
}

// following is what comes after the connection with an id; all when there is no such. A size of 0 is no limit.
func following(items []config.WebBackendConnectionListItem, id string, size int) []config.WebBackendConnectionListItem {
	for n, item := range items {
		if item.ConnectionID == id {
			items = items[n+1:]
			break
		}
	}
	if size > 0 {
		items = items[:min(size, len(items))]
	}
	return items
}
