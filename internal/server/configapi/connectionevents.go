package configapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// eventPage is how many events a page has when the request does not say, and mostEvents how far back a list goes.
const (
	eventPage  = 200
	mostEvents = 10_000
)

func (a *api) eventRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/connections/events/list", endpoint.WorkspaceReader, endpoint.Call(a.listEvents)),
		post("/connections/events/get", endpoint.WorkspaceReader, endpoint.Call(a.getEvent)),
		post("/connections/events/list_minimal", endpoint.WorkspaceReader, endpoint.Call(a.listWorkspaceEvents)),
		naming("id", platform.KindJob, post("/connections/events/list_for_job", endpoint.WorkspaceReader, endpoint.Call(a.listJobEvents))),
		missing("/connections/events/backfill", "The events of a connection are kept as they happen: there is nothing to fill in."),
	}
}

// happening is something that happened to a connection: a job began or came to its end, or the connection was changed.
type happening interface {
	id() string
	connection() string
	at() instant
	kind() config.EventType
	summary() (json.RawMessage, error)
}

// instant is when something happened. Of what happened in the same millisecond, that with the higher rank came later.
type instant struct {
	time.Time
	rank int64
}

func (i instant) compare(other instant) int {
	return cmp.Or(i.Compare(other.Time), cmp.Compare(i.rank, other.rank))
}

func (a *api) printEvent(ctx context.Context, h happening) (out config.ConnectionEvent, err error) {
	text, err := h.summary()
	if err != nil {
		return out, fmt.Errorf("printing what happened to connection %s: %w", h.connection(), err)
	}
	at := h.at().Unix()
	out = config.ConnectionEvent{ID: h.id(), ConnectionID: h.connection(), EventType: h.kind(), Summary: text, CreatedAt: at, Created: at}
	if e, ok := h.(edit); ok && e.UserID != "" {
		out.User = a.eventUser(ctx, e.UserID)
	}
	return out, nil
}

// eventUser is who changed a connection. Whoever cannot be found any more is deleted.
func (a *api) eventUser(ctx context.Context, id string) *config.EventUser {
	user, err := a.platform.User(ctx, id)
	if err != nil {
		return &config.EventUser{ID: id, IsDeleted: true}
	}
	return &config.EventUser{ID: id, Email: user.Email, Name: user.Name}
}

// listEvents gives a page of what happened to a connection, the last first.
func (a *api) listEvents(ctx context.Context, in config.ConnectionEvents) (out config.ConnectionEventList, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	offset, limit, err := window(in.Pagination, eventPage)
	if err != nil {
		return out, err
	}
	if offset+limit > mostEvents {
		return out, endpoint.BadRequest("The list goes back %d events.", mostEvents)
	}
	of := platform.JobFilter{ConnectionID: c.ID}
	found, err := a.happened(ctx, of, platform.Filter{ConnectionID: c.ID}, in.EventTypes, in.CreatedAtStart, in.CreatedAtEnd)
	if err != nil {
		return out, err
	}
	for _, h := range found[min(offset, len(found)):min(offset+limit, len(found))] {
		event, err := a.printEvent(ctx, h)
		if err != nil {
			return out, err
		}
		out.Events = append(out.Events, event)
	}
	return out, nil
}

// happened lists events of some types in a span of time, the last first.
func (a *api) happened(
	ctx context.Context, f platform.JobFilter, changes platform.Filter, types []config.EventType, start, end string,
) (found []happening, err error) {
	if err := known("eventTypes", types...); err != nil {
		return nil, err
	}
	var from, to int64
	err = readTimes(timeBound{"createdAtStart", start, &from}, timeBound{"createdAtEnd", end, &to})
	if err != nil {
		return nil, err
	}
	f.Types, f.Descending, f.Limit = everyJob, true, mostEvents
	f.UpdatedAfter, f.CreatedBefore = from, to
	jobs, err := a.platform.Jobs(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, j := range jobs {
		found = append(found, turnsOf(j)...)
	}
	edits, err := a.platform.Changes(ctx, changes)
	if err != nil {
		return nil, err
	}
	for _, c := range edits {
		found = append(found, edit{c})
	}
	found = slices.DeleteFunc(found, func(h happening) bool {
		at := h.at().UnixMilli()
		return len(types) > 0 && !slices.Contains(types, h.kind()) || at < from || to != 0 && at > to
	})
	slices.SortStableFunc(found, func(x, y happening) int {
		return cmp.Or(y.at().compare(x.at()), cmp.Compare(x.id(), y.id()))
	})
	return found, nil
}

func (a *api) getEvent(ctx context.Context, in config.ConnectionEventID) (out config.ConnectionEvent, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	h, err := a.eventOf(ctx, c, in.ConnectionEventID)
	if err != nil {
		return out, err
	}
	out, err = a.printEvent(ctx, h)
	out.Details = out.Summary
	return out, err
}

// eventOf finds something that happened to a connection.
func (a *api) eventOf(ctx context.Context, c platform.Connection, id string) (happening, error) {
	if jobID, what, ok := readTurnID(id); ok {
		j, err := a.platform.Job(ctx, jobID)
		if err != nil {
			return nil, err
		}
		for _, h := range turnsOf(j) {
			if h.(turn).what == what && j.ConnectionID == c.ID {
				return h, nil
			}
		}
		return nil, platform.NotFound("event", id)
	}
	changes, err := a.platform.Changes(ctx, platform.Filter{ConnectionID: c.ID, IDs: only(id)})
	if err == nil && len(changes) != 1 {
		err = platform.NotFound("event", id)
	}
	if err != nil {
		return nil, err
	}
	return edit{changes[0]}, nil
}

func (a *api) listJobEvents(ctx context.Context, in config.JobID) (out config.ConnectionEventList, err error) {
	j, err := a.job(ctx, in.ID)
	if err != nil {
		return out, err
	}
	for _, h := range turnsOf(j) {
		event, err := a.printEvent(ctx, h)
		if err != nil {
			return out, err
		}
		out.Events = append(out.Events, event)
	}
	return out, nil
}

// listWorkspaceEvents lists what happened to all connections of a workspace in a span of time, the last first.
func (a *api) listWorkspaceEvents(ctx context.Context, in config.WorkspaceEvents) (out config.ConnectionEventListMinimal, err error) {
	err = endpoint.Require("workspaceId", in.WorkspaceID, "createdAtStart", in.CreatedAtStart, "createdAtEnd", in.CreatedAtEnd)
	if err != nil {
		return out, err
	}
	if len(in.EventTypes) == 0 {
		return out, endpoint.BadRequest("The member \"eventTypes\" is required and may not be empty.")
	}
	w, err := a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	if err != nil {
		return out, err
	}
	found, err := a.happened(ctx, platform.JobFilter{WorkspaceIDs: []string{w.ID}}, platform.Filter{WorkspaceIDs: []string{w.ID}}, in.EventTypes, in.CreatedAtStart, in.CreatedAtEnd)
	if err != nil {
		return out, err
	}
	names, err := a.namesOf(ctx, found)
	if err != nil {
		return out, err
	}
	for _, h := range found {
		out.Events = append(out.Events, config.ConnectionEventMinimal{
			EventID: h.id(), ConnectionID: h.connection(), ConnectionName: names[h.connection()],
			CreatedAt: h.at().UTC().Format(time.RFC3339), EventType: h.kind(),
		})
	}
	return out, nil
}

// namesOf finds the names of the connections that something happened to.
func (a *api) namesOf(ctx context.Context, found []happening) (map[string]string, error) {
	names := map[string]string{}
	for _, h := range found {
		names[h.connection()] = ""
	}
	ids := make([]string, 0, len(names))
	for id := range names {
		ids = append(ids, id)
	}
	const atOnce = 500
	for part := range slices.Chunk(ids, atOnce) {
		rows, err := a.platform.Connections(ctx, platform.Filter{IDs: part, IncludeDeleted: true})
		if err != nil {
			return nil, err
		}
		for _, c := range rows {
			names[c.ID] = c.Name
		}
	}
	return names, nil
}
