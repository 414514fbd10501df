package configapi

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// How many jobs a history goes back when the request does not say, and at most; and how many days.
const (
	historyJobs    = 30
	longestHistory = 500
	historyDays    = 30
)

// final are the statuses of jobs that have come to an end.
var final = []platform.JobStatus{platform.JobSucceeded, platform.JobFailed, platform.JobCancelled}

func (a *api) historyRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/connections/history/uptime", endpoint.WorkspaceReader, endpoint.Call(a.history)),
		post("/connections/history/data", endpoint.WorkspaceReader, endpoint.Call(a.dataHistory)),
		post("/connections/stream_history", endpoint.WorkspaceReader, endpoint.Call(a.streamHistory)),
		post("/connections/getForJob", endpoint.WorkspaceReader, endpoint.Call(a.connectionOfJob)),
	}
}

// dataHistory is the history of a number of jobs.
func (a *api) dataHistory(ctx context.Context, in config.ConnectionHistory) (wire.List[config.JobSyncResult], error) {
	if in.NumberOfJobs == 0 {
		return nil, endpoint.BadRequest("The member \"numberOfJobs\" is required and must be above 0.")
	}
	return a.history(ctx, in)
}

// history answers with a bare array: the last jobs that moved data and have ended, the oldest first.
func (a *api) history(ctx context.Context, in config.ConnectionHistory) (out wire.List[config.JobSyncResult], err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return nil, err
	}
	if in.NumberOfJobs < 0 {
		return nil, endpoint.BadRequest("numberOfJobs may not be below 0.")
	}
	jobs, err := a.platform.Jobs(ctx, platform.JobFilter{
		ConnectionID: c.ID, Types: moving, Statuses: final, Descending: true, Limit: min(cmp.Or(in.NumberOfJobs, historyJobs), longestHistory),
	})
	slices.Reverse(jobs)
	for _, j := range jobs {
		out = append(out, printResult(j))
	}
	return out, err
}

func printResult(j platform.Job) config.JobSyncResult {
	total := j.Totals()
	out := config.JobSyncResult{
		JobID: j.ID, ConfigType: config.JobConfigType(j.Type), JobCreatedAt: j.CreatedAt.Unix(), JobUpdatedAt: j.UpdatedAt.Unix(),
		RecordsEmitted: total.RecordsEmitted, BytesEmitted: total.BytesEmitted,
		RecordsCommitted: total.RecordsCommitted, BytesCommitted: total.BytesCommitted, RecordsRejected: total.RecordsRejected,
	}
	for _, s := range j.StreamTotals() {
		status := config.JobStatus(j.Status)
		if s.Status == protocol.StreamComplete {
			status = config.JobStatus(platform.JobSucceeded)
		}
		out.StreamStatuses = append(out.StreamStatuses, config.StreamSyncResult{
			Status: status, StreamName: s.Stream.Name, StreamNamespace: s.Stream.Namespace,
		})
	}
	return out
}

// streamHistory answers with a bare array: what was committed of each stream on each of the last days, the oldest first.
func (a *api) streamHistory(ctx context.Context, in config.StreamHistory) (out wire.List[config.StreamHistoryItem], err error) {
	if err := endpoint.Require("timezone", in.Timezone); err != nil {
		return nil, err
	}
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(in.Timezone)
	if err != nil {
		return nil, endpoint.BadRequest("There is no time zone %q.", in.Timezone)
	}
	jobs, err := a.platform.Jobs(ctx, platform.JobFilter{
		ConnectionID: c.ID, Types: moving, UpdatedAfter: dayOf(time.Now().AddDate(0, 0, 1-historyDays), zone).UnixMilli(),
	})
	if err != nil {
		return nil, err
	}
	type cell struct {
		day    int64
		stream protocol.StreamDescriptor
	}
	committed := map[cell]int64{}
	for _, j := range jobs {
		for _, s := range j.StreamTotals() {
			committed[cell{dayOf(j.UpdatedAt, zone).Unix(), s.Stream}] += s.RecordsCommitted
		}
	}
	for at, n := range committed {
		out = append(out, config.StreamHistoryItem{
			Timestamp: at.day, StreamName: at.stream.Name, StreamNamespace: at.stream.Namespace, RecordsCommitted: n,
		})
	}
	slices.SortFunc(out, func(x, y config.StreamHistoryItem) int {
		return cmp.Or(cmp.Compare(x.Timestamp, y.Timestamp), cmp.Compare(x.StreamNamespace, y.StreamNamespace), cmp.Compare(x.StreamName, y.StreamName))
	})
	return out, nil
}

// dayOf is the beginning of the day that a time is on.
func dayOf(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// connectionOfJob prints the connection of a job, which is the one that is named beside it.
func (a *api) connectionOfJob(ctx context.Context, in config.ConnectionAndJob) (out config.ConnectionRead, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	j, err := a.job(ctx, in.JobID)
	if err != nil {
		return out, err
	}
	if j.ConnectionID != c.ID {
		return out, &platform.Error{Condition: platform.ErrNotFound, Resource: "job", Message: "The connection has no job with this number."}
	}
	return a.printConnection(ctx, c)
}
