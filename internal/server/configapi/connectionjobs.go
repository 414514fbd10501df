package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

func (a *api) connectionJobRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/connections/sync", endpoint.WorkspaceRunner, endpoint.Call(a.sync)),
		post("/connections/reset", endpoint.WorkspaceRunner, endpoint.Call(a.reset)),
		post("/connections/reset/stream", endpoint.WorkspaceRunner, endpoint.Call(a.resetStreams)),
		post("/connections/clear", endpoint.WorkspaceEditor, endpoint.Call(a.clear)),
		post("/connections/clear/stream", endpoint.WorkspaceEditor, endpoint.Call(a.clearStreams)),
		post("/connections/refresh", endpoint.WorkspaceRunner, endpoint.Call(a.refresh)),
	}
}

func (a *api) sync(ctx context.Context, in config.ConnectionID) (config.JobInfoRead, error) {
	return a.startJob(ctx, in.ConnectionID, platform.JobSync, nil)
}

func (a *api) reset(ctx context.Context, in config.ConnectionID) (config.JobInfoRead, error) {
	return a.startJob(ctx, in.ConnectionID, platform.JobReset, nil)
}

func (a *api) clear(ctx context.Context, in config.ConnectionID) (config.JobInfoRead, error) {
	return a.startJob(ctx, in.ConnectionID, platform.JobClear, nil)
}

func (a *api) resetStreams(ctx context.Context, in config.ConnectionStreams) (config.JobInfoRead, error) {
	return a.startStreams(ctx, in, platform.JobReset)
}

func (a *api) clearStreams(ctx context.Context, in config.ConnectionStreams) (config.JobInfoRead, error) {
	return a.startStreams(ctx, in, platform.JobClear)
}

// startStreams needs at least one stream: none would be taken for all.
func (a *api) startStreams(ctx context.Context, in config.ConnectionStreams, t platform.JobType) (out config.JobInfoRead, err error) {
	if len(in.Streams) == 0 {
		return out, endpoint.BadRequest("The member \"streams\" is required and may not be empty.")
	}
	return a.startJob(ctx, in.ConnectionID, t, in.Streams)
}

func (a *api) startJob(ctx context.Context, connectionID string, t platform.JobType, streams []config.StreamName) (out config.JobInfoRead, err error) {
	if err := endpoint.Require("connectionId", connectionID); err != nil {
		return out, err
	}
	job, err := a.platform.CreateJob(ctx, endpoint.ID(connectionID), t, platform.JobOptions{Streams: streamNames(streams)})
	if err != nil {
		return out, err
	}
	return a.printJobInfo(ctx, job, false)
}

func (a *api) refresh(ctx context.Context, in config.ConnectionRefresh) (out config.JobOptional, err error) {
	if err := endpoint.Require("connectionId", in.ConnectionID, "refreshMode", string(in.RefreshMode)); err != nil {
		return out, err
	}
	if err := known("refreshMode", in.RefreshMode); err != nil {
		return out, err
	}
	job, err := a.platform.CreateJob(ctx, endpoint.ID(in.ConnectionID), platform.JobRefresh, platform.JobOptions{
		Streams: streamNames(in.Streams), RefreshMode: string(in.RefreshMode),
	})
	if err != nil {
		return out, err
	}
	out.Job = new(printJob(job))
	return out, nil
}

func streamNames(rows []config.StreamName) []protocol.StreamDescriptor {
	var out []protocol.StreamDescriptor
	for _, s := range rows {
		out = append(out, protocol.StreamDescriptor{Name: s.StreamName, Namespace: value(s.StreamNamespace)})
	}
	return out
}
