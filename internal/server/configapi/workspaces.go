package configapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) workspaceRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/workspaces/get", endpoint.WorkspaceReader, endpoint.Call(a.getWorkspace)),
		within(endpoint.Seen, post("/workspaces/get_by_slug", endpoint.WorkspaceReader, endpoint.Call(a.getWorkspaceBySlug))),
		post("/workspaces/create", endpoint.OrganizationEditor, endpoint.Call(a.createWorkspace)),
		post("/workspaces/create_if_not_exist", endpoint.OrganizationEditor, endpoint.Call(a.ensureWorkspace)),
		post("/workspaces/update", endpoint.WorkspaceEditor, endpoint.Call(a.updateWorkspace)),
		post("/workspaces/update_name", endpoint.WorkspaceEditor, endpoint.Call(a.renameWorkspace)),
		post("/workspaces/get_by_connection_id", endpoint.WorkspaceReader, endpoint.Call(a.workspaceOfConnection)),
		post("/workspaces/get_by_connection_id_with_tombstone", endpoint.WorkspaceReader, endpoint.Call(a.everyWorkspaceOfConnection)),
		post("/workspaces/delete", endpoint.WorkspaceEditor, endpoint.Tell(a.deleteWorkspace)),
		post("/workspaces/list_by_organization_id", endpoint.OrganizationMember, endpoint.Call(a.listByOrganization)),
		within(endpoint.Seen, post("/workspaces/list_by_user_id", endpoint.WorkspaceReader, endpoint.Call(a.listByUser))),
		within(endpoint.Seen, post("/workspaces/list", endpoint.WorkspaceReader, endpoint.Call(a.listAllWorkspaces))),
		within(endpoint.Seen, post("/workspaces/list_paginated", endpoint.WorkspaceReader, endpoint.Call(a.listWorkspaces))),
	}
}

func (a *api) getWorkspace(ctx context.Context, in config.WorkspaceID) (out config.WorkspaceRead, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	id := endpoint.ID(in.WorkspaceID)
	if !in.IncludeTombstone {
		w, err := a.platform.Workspace(ctx, id)
		if err != nil {
			return out, err
		}
		return printWorkspace(w)
	}
	rows, err := a.platform.Workspaces(ctx, platform.Filter{WorkspaceIDs: []string{id}, IncludeDeleted: true})
	if err == nil && len(rows) == 0 {
		err = platform.NotFound("workspace", id)
	}
	if err != nil {
		return out, err
	}
	return printWorkspace(rows[0])
}

func (a *api) getWorkspaceBySlug(ctx context.Context, in config.SlugRequest) (out config.WorkspaceRead, err error) {
	if err := endpoint.Require("slug", in.Slug); err != nil {
		return out, err
	}
	rows, err := a.platform.Workspaces(ctx, platform.Filter{IncludeDeleted: in.IncludeTombstone})
	if err != nil {
		return out, err
	}
	for _, w := range rows {
		if w.Slug == in.Slug {
			return printWorkspace(w)
		}
	}
	return out, platform.NotFound("workspace", in.Slug)
}

func (a *api) createWorkspace(ctx context.Context, in config.WorkspaceCreate) (out config.WorkspaceRead, err error) {
	n, err := newWorkspace(in)
	if err != nil {
		return out, err
	}
	w, err := a.platform.CreateWorkspace(ctx, n)
	if err != nil {
		return out, err
	}
	return printWorkspace(w)
}

func newWorkspace(in config.WorkspaceCreate) (n platform.NewWorkspace, err error) {
	if err := endpoint.Require("name", in.Name, "organizationId", in.OrganizationID); err != nil {
		return n, err
	}
	n = platform.NewWorkspace{OrganizationID: endpoint.ID(in.OrganizationID), Name: in.Name, Email: in.Email}
	n.Notifications, err = notifications(in.NotificationSettings, in.Notifications)
	return n, err
}

// ensureWorkspace answers with the workspace that has the id already, whatever else is asked for, or creates it.
func (a *api) ensureWorkspace(ctx context.Context, in config.WorkspaceCreateWithID) (out config.WorkspaceRead, err error) {
	n, err := newWorkspace(in.WorkspaceCreate)
	if err != nil {
		return out, err
	}
	if _, err := uuid.Parse(in.ID); err != nil {
		return out, endpoint.BadRequest("The member \"id\" must be a UUID.")
	}
	w, err := a.platform.EnsureWorkspace(ctx, endpoint.ID(in.ID), n)
	if err != nil {
		return out, err
	}
	return printWorkspace(w)
}

func (a *api) updateWorkspace(ctx context.Context, in config.WorkspaceUpdate) (out config.WorkspaceRead, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	notifications, err := notifications(in.NotificationSettings, in.Notifications)
	if err != nil {
		return out, err
	}
	w, err := a.platform.UpdateWorkspace(ctx, endpoint.ID(in.WorkspaceID), platform.WorkspaceUpdate{Name: in.Name, Email: in.Email, Notifications: notifications})
	if err != nil {
		return out, err
	}
	return printWorkspace(w)
}

func (a *api) renameWorkspace(ctx context.Context, in config.WorkspaceUpdateName) (config.WorkspaceRead, error) {
	if err := endpoint.Require("name", in.Name); err != nil {
		return config.WorkspaceRead{}, err
	}
	return a.updateWorkspace(ctx, config.WorkspaceUpdate{WorkspaceID: in.WorkspaceID, Name: &in.Name})
}

func (a *api) workspaceOfConnection(ctx context.Context, in config.ConnectionID) (out config.WorkspaceRead, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	return a.getWorkspace(ctx, config.WorkspaceID{WorkspaceID: c.WorkspaceID})
}

// everyWorkspaceOfConnection finds deleted ones too.
func (a *api) everyWorkspaceOfConnection(ctx context.Context, in config.ConnectionID) (out config.WorkspaceRead, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	return a.getWorkspace(ctx, config.WorkspaceID{WorkspaceID: c.WorkspaceID, IncludeTombstone: true})
}

func (a *api) deleteWorkspace(ctx context.Context, in config.WorkspaceID) error {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return err
	}
	return a.platform.DeleteWorkspace(ctx, endpoint.ID(in.WorkspaceID))
}

func (a *api) listByOrganization(ctx context.Context, in config.WorkspacesByOrganization) (out config.WorkspaceReadList, err error) {
	if err := endpoint.Require("organizationId", in.OrganizationID); err != nil {
		return out, err
	}
	org, err := a.platform.Organization(ctx, endpoint.ID(in.OrganizationID))
	if err != nil {
		return out, err
	}
	return a.workspaces(ctx, in.Pagination, platform.Filter{OrganizationID: org.ID, NameContains: in.NameContains})
}

func (a *api) listByUser(ctx context.Context, in config.OrganizationsByUser) (out config.WorkspaceReadList, err error) {
	if err := a.requireUser(ctx, in.UserID); err != nil {
		return out, err
	}
	return a.workspaces(ctx, in.Pagination, platform.Filter{NameContains: in.NameContains})
}

// listAllWorkspaces is what Airbyte had before version 1.6 and what clients of that time begin with.
func (a *api) listAllWorkspaces(ctx context.Context, _ struct{}) (out config.WorkspaceReadList, err error) {
	rows, err := a.platform.Workspaces(ctx, platform.Filter{})
	if err != nil {
		return out, err
	}
	return printWorkspaces(rows)
}

func (a *api) listWorkspaces(ctx context.Context, in config.ResourcesForWorkspaces) (config.WorkspaceReadList, error) {
	return a.workspaces(ctx, &in.Pagination, platform.Filter{
		WorkspaceIDs: endpoint.IDs(in.WorkspaceIDs), IncludeDeleted: in.IncludeDeleted, NameContains: in.NameContains,
	})
}

func (a *api) workspaces(ctx context.Context, p *config.Pagination, f platform.Filter) (out config.WorkspaceReadList, err error) {
	if f.Offset, f.Limit, err = window(p, 100); err != nil {
		return out, err
	}
	rows, err := a.platform.Workspaces(ctx, f)
	if err != nil {
		return out, err
	}
	return printWorkspaces(rows)
}

func printWorkspaces(rows []platform.Workspace) (out config.WorkspaceReadList, err error) {
	for _, w := range rows {
		read, err := printWorkspace(w)
		if err != nil {
			return out, err
		}
		out.Workspaces = append(out.Workspaces, read)
	}
	return out, nil
}

// printWorkspace names the workspace as its customer, which a server without customers has to have.
func printWorkspace(w platform.Workspace) (config.WorkspaceRead, error) {
	settings, err := printNotifications(w)
	return config.WorkspaceRead{
		WorkspaceID:          w.ID,
		CustomerID:           w.ID,
		Email:                w.Email,
		Name:                 w.Name,
		Slug:                 w.Slug,
		InitialSetupComplete: true,
		OrganizationID:       w.OrganizationID,
		NotificationSettings: settings,
		Tombstone:            new(w.Deleted),
	}, err
}
