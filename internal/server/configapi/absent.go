package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// absentRoutes are calls about what this server does not have. Lists of it are empty.
func (a *api) absentRoutes() []endpoint.Route {
	const (
		usage     = "This server counts no usage and bills nothing."
		users     = "A user belongs to an application: it is made with POST /api/airfield/v1/applications, and goes with the application."
		discovers = "Discovers run inside this server: nobody else writes their results."
	)
	return []endpoint.Route{
		missing("/workspaces/update_organization", "A workspace stays in the organization that it was made in."),
		missing("/workspaces/get_usage", usage),
		missing("/workspaces/get_data_worker_availability", usage),
		missing("/workspaces/get_available_dbt_jobs", "This server runs nothing after a sync, and does not know dbt Cloud."),
		missing("/workspaces/tag_feedback_status_as_done", "This server asks nobody for feedback."),
		missing("/organizations/get_usage", usage),
		missing("/organizations/get_data_worker_usage", usage),
		missing("/organizations/agentic_status", "This server runs no agents."),
		within(endpoint.Shared, post("/web_backend/describe_cron_expression", endpoint.Authenticated, endpoint.Call(a.describeCron))),
		missing("/users/get_or_create_by_auth_id", users),
		missing("/users/delete", users),
		missing("/sources/write_discover_catalog_result", discovers),
		missing("/destinations/write_discover_catalog_result", discovers),
		missing("/destinations/get_catalog_for_connection", "The destinations of this server take any stream: there is nothing to discover."),
		within(endpoint.Shared, post("/source_definitions/list_enterprise_source_stubs", endpoint.Authenticated, endpoint.Get(a.everyStub))),
		post("/source_definitions/list_enterprise_stubs_for_workspace", endpoint.WorkspaceReader, endpoint.Call(a.stubsFor)),
		post("/destination_definitions/list_enterprise_stubs_for_workspace", endpoint.WorkspaceReader, endpoint.Call(a.stubsFor)),
		missing("/operations/check", "This server runs nothing after a sync. Watch the jobs, or have web hooks told of them."),
	}
}

// everyStub lists the connectors that are for sale: there are none.
func (a *api) everyStub(context.Context, endpoint.Params) (out config.EnterpriseStubs, err error) {
	return out, nil
}

func (a *api) stubsFor(ctx context.Context, in config.WorkspaceID) (out config.EnterpriseStubs, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	_, err = a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	return out, err
}
