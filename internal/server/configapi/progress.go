package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// moving are the jobs that move data out of a source.
var moving = []platform.JobType{platform.JobSync, platform.JobRefresh}

// everyJob are all jobs of connections.
var everyJob = []platform.JobType{platform.JobSync, platform.JobRefresh, platform.JobReset, platform.JobClear}

func (a *api) progressRoutes() []endpoint.Route {
	return []endpoint.Route{
		within(endpoint.Shared, post("/connections/status", endpoint.WorkspaceReader, endpoint.Call(a.statuses))),
		post("/connections/sync_progress", endpoint.WorkspaceReader, endpoint.Call(a.syncProgress)),
		post("/connections/last_job_per_stream", endpoint.WorkspaceReader, endpoint.Call(a.lastJobs)),
		post("/connections/auto_disable", endpoint.WorkspaceEditor, endpoint.Call(a.disableFailing)),
	}
}

// latest is the newest job of some types; nil when there is none.
func (a *api) latest(ctx context.Context, connectionID string, types []platform.JobType, statuses ...platform.JobStatus) (*platform.Job, error) {
	rows, err := a.platform.Jobs(ctx, platform.JobFilter{
		ConnectionID: connectionID, Types: types, Statuses: statuses, Descending: true, Limit: 1,
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// statuses answers with a bare array.
func (a *api) statuses(ctx context.Context, in config.ConnectionStatuses) (out wire.List[config.ConnectionStatusRead], err error) {
	for _, id := range in.ConnectionIDs {
		c, err := a.connection(ctx, id)
		if err != nil {
			return nil, err
		}
		status, err := a.status(ctx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, status)
	}
	return out, nil
}

func (a *api) status(ctx context.Context, c platform.Connection) (out config.ConnectionStatusRead, err error) {
	last, err := a.latest(ctx, c.ID, moving)
	if err != nil {
		return out, err
	}
	good, err := a.latest(ctx, c.ID, moving, platform.JobSucceeded)
	if err != nil {
		return out, err
	}
	_, _, schedule := printSchedule(c.Schedule)
	out = config.ConnectionStatusRead{ConnectionID: c.ID, ConnectionSyncStatus: syncStatus(c, last), ScheduleData: schedule}
	if good != nil {
		out.LastSuccessfulSync = new(good.UpdatedAt.Unix())
	}
	if last == nil {
		return out, nil
	}
	out.LastSyncJobID, out.LastSyncJobCreatedAt = &last.ID, new(last.CreatedAt.Unix())
	if !last.Status.Final() {
		out.ActiveJob = new(printJob(*last))
	}
	if n := len(last.Attempts); n > 0 {
		out.LastSyncAttemptNumber = new(int64(n - 1))
		if failures := last.Attempts[n-1].Failures; len(failures) > 0 {
			out.FailureReason = printFailure(&failures[0])
		}
	}
	return out, nil
}

func syncStatus(c platform.Connection, last *platform.Job) config.ConnectionSyncStatus {
	if c.Status != platform.ConnectionActive {
		return config.SyncStatusPaused
	}
	if last == nil {
		return config.SyncStatusPending
	}
	switch last.Status {
	case platform.JobPending:
		return config.SyncStatusQueued
	case platform.JobRunning, platform.JobIncomplete:
		return config.SyncStatusRunning
	case platform.JobSucceeded:
		return config.SyncStatusSynced
	case platform.JobCancelled:
		return config.SyncStatusIncomplete
	default:
		return config.SyncStatusFailed
	}
}

func (a *api) syncProgress(ctx context.Context, in config.ConnectionID) (out config.SyncProgress, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	out = config.SyncProgress{ConnectionID: c.ID, ConfigType: config.ConfigSync}
	job, err := a.latest(ctx, c.ID, everyJob, platform.JobRunning, platform.JobPending, platform.JobIncomplete)
	if err != nil || job == nil {
		return out, err
	}
	total := job.Totals()
	out.JobID, out.ConfigType = &job.ID, config.JobConfigType(job.Type)
	out.RecordsEmitted, out.BytesEmitted = &total.RecordsEmitted, &total.BytesEmitted
	out.RecordsCommitted, out.BytesCommitted = &total.RecordsCommitted, &total.BytesCommitted
	out.RecordsRejected = &total.RecordsRejected
	if !job.StartedAt.IsZero() {
		out.SyncStartedAt = new(job.StartedAt.Unix())
	}
	for _, s := range job.StreamTotals() {
		out.Streams = append(out.Streams, config.StreamSyncProgress{
			StreamName: s.Stream.Name, StreamNamespace: text(s.Stream.Namespace), ConfigType: out.ConfigType,
			RecordsEmitted: &s.RecordsEmitted, BytesEmitted: &s.BytesEmitted,
			RecordsCommitted: &s.RecordsCommitted, BytesCommitted: &s.BytesCommitted, RecordsRejected: &s.RecordsRejected,
		})
	}
	return out, nil
}

// lastJobs answers with a bare array: for each stream the newest ended job that touched it.
func (a *api) lastJobs(ctx context.Context, in config.ConnectionID) (out wire.List[config.LastJobPerStream], err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return nil, err
	}
	rows, err := a.platform.Jobs(ctx, platform.JobFilter{
		ConnectionID: c.ID, Types: everyJob, Descending: true, Limit: 100,
		Statuses: final,
	})
	seen := map[protocol.StreamDescriptor]bool{}
	for _, j := range rows {
		for _, s := range j.StreamTotals() {
			if !seen[s.Stream] {
				seen[s.Stream] = true
				out = append(out, lastJob(j, s))
			}
		}
	}
	return out, err
}

func lastJob(j platform.Job, s platform.StreamStats) config.LastJobPerStream {
	return config.LastJobPerStream{
		StreamName:       s.Stream.Name,
		StreamNamespace:  s.Stream.Namespace,
		JobID:            j.ID,
		ConfigType:       config.JobConfigType(j.Type),
		JobStatus:        config.JobStatus(j.Status),
		RecordsCommitted: s.RecordsCommitted,
		BytesCommitted:   s.BytesCommitted,
		StartedAt:        j.CreatedAt.Unix(),
		EndedAt:          j.UpdatedAt.Unix(),
	}
}

// disableFailing disables a connection whose syncs have failed for too long, as the server does by itself after each job.
func (a *api) disableFailing(ctx context.Context, in config.ConnectionID) (out config.OperationResult, err error) {
	if err := endpoint.Require("connectionId", in.ConnectionID); err != nil {
		return out, err
	}
	out.Succeeded, err = a.platform.DisableFailing(ctx, endpoint.ID(in.ConnectionID))
	return out, err
}
