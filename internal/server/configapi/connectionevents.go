package configapi

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

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
		missing("/connections/events/backfill", "The events of a connection are those of its jobs: there is nothing to fill in."),
	}
}

// moment is one of the two events that a job is.
type moment byte

const (
	begun moment = iota + 1
	ended
)

// happening is something that happened to a connection: a job began or came to its end.
type happening struct {
	job  platform.Job
	what moment
}

// happenings are the events of a job, the last one first.
func happenings(j platform.Job) []happening {
	if j.Status.Final() {
		return []happening{{j, ended}, {j, begun}}
	}
	return []happening{{j, begun}}
}

func (h happening) at() time.Time {
	if h.what == begun {
		return h.job.CreatedAt
	}
	return h.job.UpdatedAt
}

// kind is the type of the event: REFRESH_STARTED, SYNC_SUCCEEDED.
func (h happening) kind() config.EventType {
	job := map[platform.JobType]string{
		platform.JobSync: "SYNC", platform.JobRefresh: "REFRESH", platform.JobReset: "CLEAR", platform.JobClear: "CLEAR",
	}[h.job.Type]
	if h.what == begun {
		return config.EventType(job + "_STARTED")
	}
	if h.job.Status == platform.JobFailed && h.job.Totals().RecordsCommitted > 0 {
		return config.EventType(job + "_INCOMPLETE")
	}
	return config.EventType(job + "_" + strings.ToUpper(string(h.job.Status)))
}

// id holds the job and which of its events it is, so that it can be found again: a UUID of version 8, see RFC 9562.
func (h happening) id() string {
	var id uuid.UUID
	id[3], id[6], id[8] = byte(h.what), 0x80, 0x80
	binary.BigEndian.PutUint32(id[12:], uint32(h.job.ID))
	binary.BigEndian.PutUint16(id[10:], uint16(h.job.ID>>32))
	return id.String()
}

// readEventID is the job and the event of an id; false when it is that of no event.
func readEventID(text string) (jobID int64, what moment, ok bool) {
	id, err := uuid.Parse(text)
	if err != nil || id.Version() != 8 {
		return 0, 0, false
	}
	job := int64(binary.BigEndian.Uint16(id[10:]))<<32 | int64(binary.BigEndian.Uint32(id[12:]))
	return job, moment(id[3]), job > 0
}

// summary says what happened.
type summary struct {
	JobID        int64                     `json:"jobId"`
	JobType      platform.JobType          `json:"jobType"`
	Created      int64                     `json:"createdTimeEpochSeconds,omitempty"`
	Start        int64                     `json:"startTimeEpochSeconds,omitempty"`
	End          int64                     `json:"endTimeEpochSeconds,omitempty"`
	Status       platform.JobStatus        `json:"statusType,omitempty"`
	Attempts     int                       `json:"attemptsCount,omitempty"`
	Bytes        int64                     `json:"bytesLoaded,omitempty"`
	Records      int64                     `json:"recordsLoaded,omitempty"`
	Rejected     int64                     `json:"recordsRejected,omitempty"`
	Streams      []config.StreamDescriptor `json:"streams,omitempty"`
	FailureCause *config.FailureReason     `json:"failureReason,omitempty"`
}

func (h happening) summary() (json.RawMessage, error) {
	j := h.job
	s := summary{JobID: j.ID, JobType: j.Type}
	if j.Type != platform.JobSync {
		s.Streams = descriptors(j.Streams)
	}
	if h.what == begun {
		s.Created = j.CreatedAt.Unix()
	} else {
		total := j.Totals()
		s.Start, s.End, s.Status, s.Attempts = j.CreatedAt.Unix(), j.UpdatedAt.Unix(), j.Status, len(j.Attempts)
		s.Bytes, s.Records, s.Rejected = total.BytesCommitted, total.RecordsCommitted, total.RecordsRejected
		if n := len(j.Attempts); n > 0 && len(j.Attempts[n-1].Failures) > 0 {
			s.FailureCause = printFailure(&j.Attempts[n-1].Failures[0])
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("printing what happened in job %d: %w", j.ID, err)
	}
	return text, nil
}

func (h happening) print() (config.ConnectionEvent, error) {
	text, err := h.summary()
	at := h.at().Unix()
	return config.ConnectionEvent{ID: h.id(), ConnectionID: h.job.ConnectionID, EventType: h.kind(), Summary: text, CreatedAt: at, Created: at}, err
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
	found, err := a.happened(ctx, platform.JobFilter{ConnectionID: c.ID}, in.EventTypes, in.CreatedAtStart, in.CreatedAtEnd)
	if err != nil {
		return out, err
	}
	for _, h := range found[min(offset, len(found)):min(offset+limit, len(found))] {
		event, err := h.print()
		if err != nil {
			return out, err
		}
		out.Events = append(out.Events, event)
	}
	return out, nil
}

// happened lists events of some types in a span of time, the last first.
func (a *api) happened(ctx context.Context, f platform.JobFilter, types []config.EventType, start, end string) (found []happening, err error) {
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
	for _, j := range jobs {
		for _, h := range happenings(j) {
			at := h.at().UnixMilli()
			if (len(types) == 0 || slices.Contains(types, h.kind())) && at >= from && (to == 0 || at <= to) {
				found = append(found, h)
			}
		}
	}
	slices.SortStableFunc(found, func(x, y happening) int {
		return cmp.Or(y.at().Compare(x.at()), cmp.Compare(y.job.ID, x.job.ID), cmp.Compare(y.what, x.what))
	})
	return found, err
}

func (a *api) getEvent(ctx context.Context, in config.ConnectionEventID) (out config.ConnectionEvent, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	jobID, what, ok := readEventID(in.ConnectionEventID)
	if ok {
		j, err := a.platform.Job(ctx, jobID)
		if err != nil {
			return out, err
		}
		for _, h := range happenings(j) {
			if h.what == what && j.ConnectionID == c.ID {
				out, err = h.print()
				out.Details = out.Summary
				return out, err
			}
		}
	}
	return out, platform.NotFound("event", in.ConnectionEventID)
}

func (a *api) listJobEvents(ctx context.Context, in config.JobID) (out config.ConnectionEventList, err error) {
	j, err := a.job(ctx, in.ID)
	if err != nil {
		return out, err
	}
	for _, h := range happenings(j) {
		event, err := h.print()
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
	found, err := a.happened(ctx, platform.JobFilter{WorkspaceIDs: []string{w.ID}}, in.EventTypes, in.CreatedAtStart, in.CreatedAtEnd)
	if err != nil {
		return out, err
	}
	names, err := a.namesOf(ctx, found)
	if err != nil {
		return out, err
	}
	for _, h := range found {
		out.Events = append(out.Events, config.ConnectionEventMinimal{
			EventID: h.id(), ConnectionID: h.job.ConnectionID, ConnectionName: names[h.job.ConnectionID],
			CreatedAt: h.at().UTC().Format(time.RFC3339), EventType: h.kind(),
		})
	}
	return out, nil
}

// namesOf finds the names of the connections that something happened to.
func (a *api) namesOf(ctx context.Context, found []happening) (map[string]string, error) {
	names := map[string]string{}
	for _, h := range found {
		names[h.job.ConnectionID] = ""
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
