package publicapi

import (
	"context"
	"net/url"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) jobRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/jobs", Operation: "listJobs", Role: endpoint.WorkspaceReader, Scope: endpoint.Seen, Handle: endpoint.Get(a.listJobs)},
		{Method: "POST", Pattern: "/jobs", Operation: "createJob", Role: endpoint.WorkspaceRunner, Handle: endpoint.Call(a.createJob)},
		{Method: "GET", Pattern: "/jobs/{jobId}", Operation: "getJob", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(a.getJob)},
		{Method: "DELETE", Pattern: "/jobs/{jobId}", Operation: "cancelJob", Role: endpoint.WorkspaceRunner, Handle: endpoint.Get(a.cancelJob)},
	}
}

func (a *api) createJob(ctx context.Context, in public.JobCreateRequest) (out public.JobResponse, err error) {
	if err := endpoint.Require("connectionId", in.ConnectionID, "jobType", string(in.JobType)); err != nil {
		return out, err
	}
	if err := endpoint.Known("jobType", in.JobType); err != nil {
		return out, err
	}
	if in.JobType == public.JobRefresh {
		return out, endpoint.Unprocessable("Refreshes are not supported in the public API. Use /api/v1/connections/refresh.")
	}
	if in.JobType == public.JobClear { // which takes data away, unlike the others that this operation starts
		connection := platform.Object{Kind: platform.KindConnection, ID: endpoint.ID(in.ConnectionID)}
		if err := a.platform.Authorize(ctx, connection, endpoint.WorkspaceEditor.Need()); err != nil {
			return out, err
		}
	}
	job, err := a.platform.CreateJob(ctx, endpoint.ID(in.ConnectionID), createdType(in.JobType), platform.JobOptions{})
	return printJob(job), err
}

// createdType is the type of the job that a request makes: clearing and resetting are one thing here.
func createdType(t public.JobType) platform.JobType {
	if t == public.JobSync {
		return platform.JobSync
	}
	return platform.JobReset
}

func (a *api) getJob(ctx context.Context, p endpoint.Params) (out public.JobResponse, err error) {
	id, err := p.Number("jobId")
	if err != nil {
		return out, err
	}
	job, err := a.platform.Job(ctx, id)
	return printCounted(job), err
}

func (a *api) cancelJob(ctx context.Context, p endpoint.Params) (out public.JobResponse, err error) {
	id, err := p.Number("jobId")
	if err != nil {
		return out, err
	}
	job, err := a.platform.CancelJob(ctx, id)
	return printJob(job), err
}

func (a *api) listJobs(ctx context.Context, p endpoint.Params) (out public.JobsResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	w := windowOf(&q)
	filter, links, err := jobFilter(&q)
	if err != nil {
		return out, err
	}
	filter.Offset, filter.Limit = w.Offset, w.Limit+1
	rows, err := a.platform.Jobs(ctx, filter)
	if err != nil {
		return out, err
	}
	rows, more := cut(rows, w)
	data := make([]public.JobResponse, 0, len(rows))
	for _, job := range rows {
		data = append(data, printCounted(job))
	}
	return page(a.base(p.Request), "jobs", links, w, more, data), nil
}

// jobFilter reads what jobs are asked for, and which of it the links of the page repeat. A connection decides alone:
// workspaces are not looked at beside it.
func jobFilter(q *endpoint.Query) (f platform.JobFilter, links url.Values, err error) {
	links = url.Values{}
	keep := func(name, value string) {
		if value != "" {
			links.Set(name, value)
		}
	}
	f.ConnectionID = q.ID("connectionId")
	if f.ConnectionID == "" {
		f.WorkspaceIDs = workspaceIDs(q)
		keep("workspaceIds", strings.Join(f.WorkspaceIDs, ","))
	}
	keep("connectionId", f.ConnectionID)
	jobType, status := public.JobType(""), public.JobStatus("")
	_ = jobType.UnmarshalText([]byte(q.Text("jobType"))) // these two never fail: what they do not know is refused below
	_ = status.UnmarshalText([]byte(q.Text("status")))
	keep("jobType", string(jobType))
	keep("status", string(status))
	f.CreatedAfter, f.CreatedBefore = q.Time("createdAtStart"), q.Time("createdAtEnd")
	f.UpdatedAfter, f.UpdatedBefore = q.Time("updatedAtStart"), q.Time("updatedAtEnd")
	for _, name := range []string{"createdAtStart", "createdAtEnd", "updatedAtStart", "updatedAtEnd", "orderBy"} {
		keep(name, q.Text(name))
	}
	if err := q.Err(); err != nil {
		return f, links, err
	}
	if err := endpoint.Known("jobType", jobType); err != nil {
		return f, links, err
	}
	if err := endpoint.Known("status", status); err != nil {
		return f, links, err
	}
	f.Types, f.Statuses = listedTypes(jobType), listedStatuses(status)
	f.OrderByUpdated, f.Descending, err = order(q.Text("orderBy"))
	return f, links, err
}

func listedTypes(t public.JobType) []platform.JobType {
	switch t {
	case public.JobSync:
		return []platform.JobType{platform.JobSync}
	case public.JobReset:
		return []platform.JobType{platform.JobReset}
	case public.JobClear:
		return []platform.JobType{platform.JobClear}
	case public.JobRefresh:
		return []platform.JobType{platform.JobRefresh}
	}
	return []platform.JobType{platform.JobSync, platform.JobReset, platform.JobClear, platform.JobRefresh}
}

// listedStatuses asks for pending jobs when queued ones are wanted: the two are one here.
func listedStatuses(s public.JobStatus) []platform.JobStatus {
	switch s {
	case "":
		return nil
	case "queued":
		return []platform.JobStatus{platform.JobPending}
	}
	return []platform.JobStatus{platform.JobStatus(s)}
}
