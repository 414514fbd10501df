package configapi

import (
	"context"
	"errors"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// list gives a page of a workspace's actors, all of them when no size is asked for, and how many there are on all pages. The
// cursor is the id of the last one of the page before.
func (s actors) list(ctx context.Context, in config.ActorList) (rows []platform.Actor, total int, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return nil, 0, err
	}
	w, err := s.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	if err != nil {
		return nil, 0, err
	}
	f, err := actorFilter(in)
	if err != nil {
		return nil, 0, err
	}
	f.WorkspaceIDs = []string{w.ID}
	if rows, err = s.platform.Actors(ctx, s.kind, f); err != nil {
		return nil, 0, err
	}
	total, err = s.platform.CountActors(ctx, s.kind, f)
	return rows, total, err
}

func actorFilter(in config.ActorList) (f platform.Filter, err error) {
	if err := errors.Join(known("sortKey", in.SortKey), positive("pageSize", in.PageSize)); err != nil {
		return f, err
	}
	of := &platform.ActorFilter{After: endpoint.ID(in.Cursor)}
	of.Order, of.Descending = actorOrder(in.SortKey)
	f.Actors, f.Limit = of, in.PageSize
	if in.Filters == nil {
		return f, nil
	}
	of.Search = in.Filters.SearchTerm
	if err := known("filters.states", in.Filters.States...); err != nil {
		return f, err
	}
	for _, state := range in.Filters.States {
		of.States = append(of.States, platform.ActorState(state))
	}
	return f, nil
}

// actorOrder reads a key such as actorName_desc.
func actorOrder(key config.ActorSortKey) (order platform.ActorOrder, descending bool) {
	name, direction, _ := strings.Cut(string(key), "_")
	order = map[string]platform.ActorOrder{
		"actorName": platform.ActorsByName, "actorDefinitionName": platform.ActorsByTitle, "lastSync": platform.ActorsByLastJob,
	}[name]
	return order, direction == "desc"
}

// use is what a source or destination shows of its connections.
type use struct {
	status      config.ActorStatus
	connections int
	last        *int64
	statuses    map[string]int
}

func printUse(u platform.ActorUse) use {
	out := use{status: config.ActorStatus(u.State()), connections: u.Connections}
	if !u.LastJob.IsZero() {
		out.last = new(u.LastJob.Unix())
	}
	if len(u.ByLastJob) > 0 {
		out.statuses = make(map[string]int, len(u.ByLastJob))
	}
	for status, n := range u.ByLastJob {
		out.statuses[string(status)] = n
	}
	return out
}
