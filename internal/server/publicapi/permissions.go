package publicapi

import (
	"context"
	"slices"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) permissionRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/permissions", Operation: "listPermissions", Role: endpoint.Authenticated, Scope: endpoint.Seen, Query: ofUser(), Handle: endpoint.Get(a.listPermissions)},
		{Method: "POST", Pattern: "/permissions", Operation: "createPermission", Role: endpoint.Admin, Handle: endpoint.Call(a.createPermission)},
		{Method: "GET", Pattern: "/permissions/{permissionId}", Operation: "getPermission", Role: endpoint.Authenticated, Scope: endpoint.Seen, Handle: endpoint.Get(a.getPermission)},
		{Method: "PATCH", Pattern: "/permissions/{permissionId}", Operation: "updatePermission", Role: endpoint.Admin, Handle: endpoint.Put(a.updatePermission)},
		{Method: "DELETE", Pattern: "/permissions/{permissionId}", Operation: "deletePermission", Role: endpoint.Admin, Handle: endpoint.Drop(a.deletePermission)},
	}
}

func ofUser() []endpoint.Parameter {
	return []endpoint.Parameter{
		{Name: "userId", Meaning: "Whose permissions to list; the caller's when absent.", Type: endpoint.Name},
		{Name: "organizationId", Meaning: "Lists permissions on this organization and its workspaces. Required to ask about another user.", Type: endpoint.Name},
	}
}

func (a *api) listPermissions(ctx context.Context, p endpoint.Params) (out public.PermissionsResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	rows, err := a.permissions(ctx, q.Text("userId"), q.Text("organizationId"))
	for _, granted := range rows {
		out.Data = append(out.Data, printListed(granted))
	}
	return out, err
}

// permissions are those of the caller with all that follows from them, or those that another user has in an organization, which its
// administrators may know.
func (a *api) permissions(ctx context.Context, userID, organizationID string) ([]platform.Permission, error) {
	if userID == "" || userID == platform.Caller(ctx) {
		all, err := a.platform.Roles(ctx)
		if err != nil || organizationID == "" {
			return all, err
		}
		return a.inside(ctx, all, organizationID)
	}
	if organizationID == "" {
		return nil, endpoint.BadRequest("The query parameter organizationId is required to ask about another user.")
	}
	organization := platform.Object{Kind: platform.KindOrganization, ID: organizationID}
	if err := a.platform.Authorize(ctx, organization, endpoint.OrganizationAdmin.Need()); err != nil {
		return nil, err
	}
	if err := a.platform.Authorize(ctx, platform.Object{Kind: platform.KindUser, ID: userID}, platform.Need{}); err != nil {
		return nil, err
	}
	if _, err := a.platform.User(ctx, userID); err != nil {
		return nil, err
	}
	return a.platform.Permissions(ctx, userID, organizationID)
}

// inside keeps the permissions on an organization and on its workspaces.
func (a *api) inside(ctx context.Context, all []platform.Permission, organizationID string) ([]platform.Permission, error) {
	workspaces, err := a.platform.Workspaces(ctx, platform.Filter{OrganizationID: organizationID})
	return slices.DeleteFunc(all, func(granted platform.Permission) bool {
		return granted.OrganizationID != organizationID &&
			!slices.ContainsFunc(workspaces, func(w platform.Workspace) bool { return w.ID == granted.WorkspaceID })
	}), err
}

func (a *api) createPermission(ctx context.Context, in public.PermissionCreateRequest) (out public.PermissionResponse, err error) {
	if err := endpoint.Require("permissionType", string(in.PermissionType), "userId", in.UserID); err != nil {
		return out, err
	}
	if err := endpoint.Known("permissionType", in.PermissionType); err != nil {
		return out, err
	}
	granted, err := a.platform.CreatePermission(ctx, platform.NewPermission{
		UserID:         endpoint.ID(in.UserID),
		Role:           platform.Role(in.PermissionType),
		OrganizationID: endpoint.ID(in.OrganizationID),
		WorkspaceID:    endpoint.ID(in.WorkspaceID),
	})
	return printPermission(granted), err
}

// getPermission knows the caller's own, and those on what the caller administers.
func (a *api) getPermission(ctx context.Context, p endpoint.Params) (out public.PermissionResponse, err error) {
	id := p.ID("permissionId")
	own, err := a.platform.Roles(ctx)
	if err != nil {
		return out, err
	}
	if i := slices.IndexFunc(own, func(granted platform.Permission) bool { return granted.ID == id }); i >= 0 {
		return printPermission(own[i]), nil
	}
	err = a.platform.Authorize(ctx, platform.Object{Kind: platform.KindPermission, ID: id}, endpoint.Admin.Need())
	if err != nil {
		return out, err
	}
	granted, err := a.platform.Permission(ctx, id)
	return printPermission(granted), err
}

func (a *api) updatePermission(ctx context.Context, p endpoint.Params, in public.PermissionUpdateRequest) (out public.PermissionResponse, err error) {
	if err := endpoint.Require("permissionType", string(in.PermissionType)); err != nil {
		return out, err
	}
	if err := endpoint.Known("permissionType", in.PermissionType); err != nil {
		return out, err
	}
	granted, err := a.platform.UpdatePermission(ctx, p.ID("permissionId"), platform.Role(in.PermissionType))
	return printPermission(granted), err
}

func (a *api) deletePermission(ctx context.Context, p endpoint.Params) error {
	return a.platform.DeletePermission(ctx, p.ID("permissionId"))
}

func printPermission(granted platform.Permission) public.PermissionResponse {
	return public.PermissionResponse{
		PermissionID:   granted.ID,
		PermissionType: public.PermissionType(granted.Role),
		UserID:         granted.UserID,
		WorkspaceID:    granted.WorkspaceID,
		OrganizationID: granted.OrganizationID,
	}
}

// noScope stands where an id has to be for a permission that is for no single thing.
const noScope = "00000000-0000-0000-0000-000000000000"

// printListed prints a permission as lists do, which is not how single calls do.
func printListed(granted platform.Permission) public.PermissionListItem {
	out := public.PermissionListItem{
		PermissionID: granted.ID, PermissionType: public.PermissionType(granted.Role), UserID: granted.UserID,
		ScopeID: noScope, Scope: public.ScopeNone,
	}
	switch {
	case granted.WorkspaceID != "":
		out.ScopeID, out.Scope = granted.WorkspaceID, public.ScopeWorkspace
	case granted.OrganizationID != "":
		out.ScopeID, out.Scope = granted.OrganizationID, public.ScopeOrganization
	}
	return out
}
