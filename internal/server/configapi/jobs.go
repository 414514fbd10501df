package configapi

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

const jobPage = 200

func (a *api) jobRoutes() []endpoint.Route {
	return []endpoint.Route{
		naming("id", platform.KindJob, post("/jobs/get", endpoint.WorkspaceReader, endpoint.Call(a.getJob))),
		naming("id", platform.KindJob, post("/jobs/get_without_logs", endpoint.WorkspaceReader, endpoint.Call(a.getJobWithoutLogs))),
		naming("id", platform.KindJob, post("/jobs/get_light", endpoint.WorkspaceReader, endpoint.Call(a.getLightJob))),
		naming("id", platform.KindJob, post("/jobs/get_debug_info", endpoint.WorkspaceReader, endpoint.Call(a.debugJob))),
		post("/jobs/get_last_replication_job", endpoint.WorkspaceReader, endpoint.Call(a.lastReplication)),
		within(endpoint.Seen, post("/jobs/list", endpoint.WorkspaceReader, endpoint.Call(a.listJobs))),
		within(endpoint.Seen, post("/jobs/list_for_workspaces", endpoint.WorkspaceReader, endpoint.Call(a.listJobsOf))),
		naming("id", platform.KindJob, post("/jobs/cancel", endpoint.WorkspaceRunner, endpoint.Call(a.cancelJob))),
		post("/attempt/get_for_job", endpoint.WorkspaceReader, endpoint.Call(a.getAttempt)),
		post("/attempt/get_combined_stats", endpoint.WorkspaceReader, endpoint.Call(a.attemptStats)),
		missing("/jobs/create", "Jobs are started with /connections/sync, reset, clear and refresh."),
	}
}

func (a *api) job(ctx context.Context, id int64) (j platform.Job, err error) {
	if id < 1 {
		return j, endpoint.BadRequest("The member \"id\" must be the number of a job.")
	}
	return a.platform.Job(ctx, id)
}

func (a *api) getJob(ctx context.Context, in config.JobID) (config.JobInfoRead, error) {
	return a.readJob(ctx, in.ID, true)
}

func (a *api) getJobWithoutLogs(ctx context.Context, in config.JobID) (config.JobInfoRead, error) {
	return a.readJob(ctx, in.ID, false)
}

func (a *api) readJob(ctx context.Context, id int64, logs bool) (out config.JobInfoRead, err error) {
	j, err := a.job(ctx, id)
	if err != nil {
		return out, err
	}
	return a.printJobInfo(ctx, j, logs)
}

func (a *api) debugJob(ctx context.Context, in config.JobID) (out config.JobDebugInfo, err error) {
	info, err := a.readJob(ctx, in.ID, true)
	if err != nil {
		return out, err
	}
	c, err := a.connection(ctx, info.Job.ConfigID)
	if err != nil {
		return out, err
	}
	source, err := a.definitionOf(ctx, connector.KindSource, c.SourceID)
	if err != nil {
		return out, err
	}
	destination, err := a.definitionOf(ctx, connector.KindDestination, c.DestinationID)
	if err != nil {
		return out, err
	}
	return config.JobDebugInfo{Attempts: info.Attempts, Job: config.JobDebug{
		ID: info.Job.ID, ConfigType: info.Job.ConfigType, ConfigID: info.Job.ConfigID, Status: info.Job.Status, AirbyteVersion: a.version,
		SourceDefinition: printSourceDefinition(source), DestinationDefinition: printDestinationDefinition(destination),
	}}, nil
}

func (a *api) definitionOf(ctx context.Context, kind connector.Kind, actorID string) (platform.Definition, error) {
	actor, err := a.platform.Actor(ctx, kind, actorID)
	if err != nil {
		return platform.Definition{}, err
	}
	return a.platform.Definition(ctx, actor.DefinitionID)
}

func (a *api) getLightJob(ctx context.Context, in config.JobID) (config.JobLight, error) {
	j, err := a.job(ctx, in.ID)
	return config.JobLight{Job: printJob(j)}, err
}

func (a *api) lastReplication(ctx context.Context, in config.ConnectionID) (out config.JobOptional, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	j, err := a.latest(ctx, c.ID, everyJob)
	if j != nil {
		out.Job = new(printJob(*j))
	}
	return out, err
}

func (a *api) cancelJob(ctx context.Context, in config.JobID) (out config.JobInfoRead, err error) {
	if _, err := a.job(ctx, in.ID); err != nil {
		return out, err
	}
	j, err := a.platform.CancelJob(ctx, in.ID)
	if err != nil {
		return out, err
	}
	return a.printJobInfo(ctx, j, false)
}

func (a *api) listJobs(ctx context.Context, in config.JobList) (out config.JobReadList, err error) {
	f, err := jobFilter(in)
	if err != nil {
		return out, err
	}
	if in.IncludingJobID != nil {
		known, err := a.reach(ctx, &f, *in.IncludingJobID)
		if err != nil || !known {
			return out, err
		}
	}
	return a.printJobs(ctx, f)
}

// reach widens a page of the newest jobs by whole pages until it has some job; false when the connection has no such job.
func (a *api) reach(ctx context.Context, f *platform.JobFilter, id int64) (bool, error) {
	j, err := a.platform.Job(ctx, id)
	if errors.Is(err, platform.ErrNotFound) || err == nil && f.ConnectionID != "" && j.ConnectionID != f.ConnectionID {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f.OrderByUpdated, f.Descending = false, true
	newer := *f
	newer.CreatedAfter = max(f.CreatedAfter, j.CreatedAt.UnixMilli())
	n, err := a.platform.CountJobs(ctx, newer)
	pages := (int(n) + f.Limit - 1) / f.Limit
	f.Offset, f.Limit = 0, max(1, pages)*f.Limit
	return true, err
}

func (a *api) listJobsOf(ctx context.Context, in config.JobListForWorkspaces) (out config.JobReadList, err error) {
	f, err := jobFilter(in.JobList)
	if err != nil {
		return out, err
	}
	f.WorkspaceIDs = endpoint.IDs(in.WorkspaceIDs)
	return a.printJobs(ctx, f)
}

func (a *api) printJobs(ctx context.Context, f platform.JobFilter) (out config.JobReadList, err error) {
	if len(f.Types) == 0 { // only checks and discovers were asked for, which are not kept
		return out, nil
	}
	rows, err := a.platform.Jobs(ctx, f)
	if err != nil {
		return out, err
	}
	for _, j := range rows {
		row := config.JobWithAttempts{Job: printJob(j)}
		for _, t := range j.Attempts {
			row.Attempts = append(row.Attempts, printAttempt(t))
		}
		out.Jobs = append(out.Jobs, row)
	}
	out.TotalJobCount, err = a.platform.CountJobs(ctx, f)
	return out, err
}

func jobFilter(in config.JobList) (f platform.JobFilter, err error) {
	if len(in.ConfigTypes) == 0 {
		return f, endpoint.BadRequest("The member \"configTypes\" is required and may not be empty: %v.", everyJob)
	}
	if err := known("configTypes", in.ConfigTypes...); err != nil {
		return f, err
	}
	if err := known("statuses", in.Statuses...); err != nil {
		return f, err
	}
	if err := errors.Join(known("orderByField", in.OrderByField), known("orderByMethod", in.OrderByMethod)); err != nil {
		return f, err
	}
	f.ConnectionID = endpoint.ID(in.ConfigID)
	for _, t := range in.ConfigTypes {
		if slices.Contains(everyJob, platform.JobType(t)) {
			f.Types = append(f.Types, platform.JobType(t))
		}
	}
	for _, s := range in.Statuses {
		f.Statuses = append(f.Statuses, platform.JobStatus(s))
	}
	if f.Offset, f.Limit, err = window(in.Pagination, jobPage); err != nil {
		return f, err
	}
	f.OrderByUpdated = in.OrderByField == config.OrderByUpdated
	f.Descending = in.OrderByMethod != config.Ascending
	return f, jobTimes(in, &f)
}

func jobTimes(in config.JobList, f *platform.JobFilter) error {
	return readTimes(
		timeBound{"createdAtStart", in.CreatedAtStart, &f.CreatedAfter}, timeBound{"createdAtEnd", in.CreatedAtEnd, &f.CreatedBefore},
		timeBound{"updatedAtStart", in.UpdatedAtStart, &f.UpdatedAfter}, timeBound{"updatedAtEnd", in.UpdatedAtEnd, &f.UpdatedBefore},
	)
}

// timeBound is a member that bounds a list by time, and where its milliseconds go.
type timeBound struct {
	member, text string
	into         *int64
}

// readTimes reads bounds. One that is not given is left alone.
func readTimes(bounds ...timeBound) error {
	for _, b := range bounds {
		if b.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, b.text)
		if err != nil {
			return endpoint.BadRequest("The member %q must be a time such as 2026-01-02T03:04:05Z; it is %q.", b.member, b.text)
		}
		*b.into = at.UnixMilli()
	}
	return nil
}

func (a *api) attempt(ctx context.Context, in config.AttemptID) (t platform.Attempt, err error) {
	j, err := a.job(ctx, in.JobID)
	if err != nil {
		return t, err
	}
	for _, t := range j.Attempts {
		if int64(t.Number) == in.AttemptNumber {
			return t, nil
		}
	}
	return t, &platform.Error{Condition: platform.ErrNotFound, Resource: "attempt", Message: "The job has no attempt with this number."}
}

func (a *api) getAttempt(ctx context.Context, in config.AttemptID) (out config.AttemptInfo, err error) {
	t, err := a.attempt(ctx, in)
	if err != nil {
		return out, err
	}
	lines, err := a.logLines(ctx, in.JobID, t.Number)
	return config.AttemptInfo{Attempt: printAttempt(t), LogType: config.LogFormatted, Logs: &config.Logs{LogLines: lines}}, err
}

func (a *api) attemptStats(ctx context.Context, in config.AttemptID) (config.AttemptStats, error) {
	t, err := a.attempt(ctx, in)
	return printStats(t.Stats), err
}
