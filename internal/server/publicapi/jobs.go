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
		{Method: "GET", Pattern: "/jobs", Operation: "listJobs", Role: endpoint.WorkspaceReader, Scope: endpoint.Seen, Query: ofJobs(), Handle: endpoint.Get(a.listJobs)},
		{Method: "POST", Pattern: "/jobs", Operation: "createJob", Role: endpoint.WorkspaceRunner, Handle: endpoint.Call(a.createJob)},
		{Method: "GET", Pattern: "/jobs/{jobId}", Operation: "getJob", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(a.getJob)},
		{Method: "DELETE", Pattern: "/jobs/{jobId}", Operation: "cancelJob", Role: endpoint.WorkspaceRunner, Handle: endpoint.Get(a.cancelJob)},
	}
}

func ofJobs() []endpoint.Parameter {
	return windowed(ofWorkspaces(
		endpoint.Parameter{Name: "connectionId", Meaning: "Lists the jobs of this connection alone, whatever workspaces are asked for.", Type: endpoint.Name},
		endpoint.OneOf[public.JobType]("jobType", "Lists the jobs of this type; of every type when absent."),
		endpoint.OneOf[public.JobStatus]("status", "Lists the jobs with this status."),
		endpoint.Parameter{Name: "createdAtStart", Meaning: "Lists the jobs made at this time or later.", Type: endpoint.Moment},
		endpoint.Parameter{Name: "createdAtEnd", Meaning: "Lists the jobs made at this time or before.", Type: endpoint.Moment},
		endpoint.Parameter{Name: "updatedAtStart", Meaning: "Lists the jobs that changed last at this time or later.", Type: endpoint.Moment},
		endpoint.Parameter{Name: "updatedAtEnd", Meaning: "Lists the jobs that changed last at this time or before.", Type: endpoint.Moment},
		endpoint.Parameter{Name: "orderBy", Meaning: "createdAt or updatedAt, a bar, and ASC or DESC. When absent: createdAt|ASC.", Type: endpoint.Text},
	)...)
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
	w := windowOf(q)
	filter, links, err := jobFilter(q)
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
func jobFilter(q endpoint.Query) (f platform.JobFilter, links url.Values, err error) {
	links = url.Values{}
	for _, name := range []string{"connectionId", "jobType", "status", "createdAtStart", "createdAtEnd", "updatedAtStart", "updatedAtEnd", "orderBy"} {
		if text := q.Text(name); text != "" {
			links.Set(name, text)
		}
	}
	f = platform.JobFilter{
		ConnectionID: q.Text("connectionId"),
		Types:        listedTypes(public.JobType(q.Text("jobType"))),
		Statuses:     listedStatuses(public.JobStatus(q.Text("status"))),
		CreatedAfter: q.Moment("createdAtStart"), CreatedBefore: q.Moment("createdAtEnd"),
		UpdatedAfter: q.Moment("updatedAtStart"), UpdatedBefore: q.Moment("updatedAtEnd"),
	}
	if f.ConnectionID == "" {
		if f.WorkspaceIDs = workspaceIDs(q); len(f.WorkspaceIDs) > 0 {
			links.Set("workspaceIds", strings.Join(f.WorkspaceIDs, ","))
		}
	}
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
