package publicapi

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) workspaceRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/workspaces", Operation: "listWorkspaces", Role: endpoint.WorkspaceReader, Scope: endpoint.Seen, Query: listed(), Handle: endpoint.Get(a.listWorkspaces)},
		{Method: "POST", Pattern: "/workspaces", Operation: "createWorkspace", Role: endpoint.OrganizationEditor, Scope: endpoint.Home, Handle: endpoint.Call(a.createWorkspace)},
		{Method: "GET", Pattern: "/workspaces/{workspaceId}", Operation: "getWorkspace", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(a.getWorkspace)},
		{Method: "PATCH", Pattern: "/workspaces/{workspaceId}", Operation: "updateWorkspace", Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(a.updateWorkspace)},
		{Method: "DELETE", Pattern: "/workspaces/{workspaceId}", Operation: "deleteWorkspace", Role: endpoint.WorkspaceEditor, Handle: endpoint.Drop(a.deleteWorkspace)},
	}
}

func (a *api) listWorkspaces(ctx context.Context, p endpoint.Params) (out public.WorkspacesResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	l := listingOf(q)
	rows, err := a.platform.Workspaces(ctx, l.filter())
	if err != nil {
		return out, err
	}
	rows, more := cut(rows, l.window)
	data := make([]public.WorkspaceResponse, 0, len(rows))
	for _, w := range rows {
		printed, err := printWorkspace(w)
		if err != nil {
			return out, err
		}
		data = append(data, printed)
	}
	return page(a.base(p.Request), "workspaces", l.query(), l.window, more, data), nil
}

func (a *api) createWorkspace(ctx context.Context, in public.WorkspaceCreateRequest) (out public.WorkspaceResponse, err error) {
	if err := endpoint.Require("name", in.Name); err != nil {
		return out, err
	}
	notifications, err := printed(in.Notifications)
	if err != nil {
		return out, err
	}
	w, err := a.platform.CreateWorkspace(ctx, platform.NewWorkspace{
		OrganizationID: endpoint.ID(in.OrganizationID), Name: in.Name, Notifications: notifications,
	})
	if err != nil {
		return out, err
	}
	return printWorkspace(w)
}

func (a *api) getWorkspace(ctx context.Context, p endpoint.Params) (out public.WorkspaceResponse, err error) {
	w, err := a.platform.Workspace(ctx, p.ID("workspaceId"))
	if err != nil {
		return out, err
	}
	return printWorkspace(w)
}

func (a *api) updateWorkspace(ctx context.Context, p endpoint.Params, in public.WorkspaceUpdateRequest) (out public.WorkspaceResponse, err error) {
	notifications, err := printed(in.Notifications)
	if err != nil {
		return out, err
	}
	w, err := a.platform.UpdateWorkspace(ctx, p.ID("workspaceId"), platform.WorkspaceUpdate{Name: in.Name, Notifications: notifications})
	if err != nil {
		return out, err
	}
	return printWorkspace(w)
}

func (a *api) deleteWorkspace(ctx context.Context, p endpoint.Params) error {
	return a.platform.DeleteWorkspace(ctx, p.ID("workspaceId"))
}

func printWorkspace(w platform.Workspace) (public.WorkspaceResponse, error) {
	out := public.WorkspaceResponse{WorkspaceID: w.ID, Name: w.Name, DataResidency: w.DataResidency}
	if absent(w.Notifications) {
		return out, nil
	}
	if err := json.Unmarshal(w.Notifications, &out.Notifications); err != nil {
		return out, fmt.Errorf("reading the notifications of workspace %s: %w", w.ID, err)
	}
	return out, nil
}
