package configapi

import (
	"context"
	"slices"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) permissionRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/permissions/list_by_user", endpoint.Authenticated, endpoint.Call(a.listPermissions)),
		post("/permissions/create", endpoint.Admin, endpoint.Call(a.createPermission)),
		within(endpoint.Seen, post("/permissions/get", endpoint.Authenticated, endpoint.Call(a.getPermission))),
		post("/permissions/update", endpoint.Admin, endpoint.Tell(a.updatePermission)),
		post("/permissions/delete", endpoint.Admin, endpoint.Tell(a.deletePermission)),
		post("/permissions/delete_user_from_workspace", endpoint.Admin, endpoint.Tell(a.dismissUser)),
		within(endpoint.Seen, post("/permissions/check", endpoint.Authenticated, endpoint.Call(a.checkPermission))),
		within(endpoint.Seen, post("/permissions/check_multiple_workspaces", endpoint.Authenticated, endpoint.Call(a.checkPermissions))),
	}
}

func (a *api) createPermission(ctx context.Context, in config.PermissionCreate) (out config.PermissionRead, err error) {
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
func (a *api) getPermission(ctx context.Context, in config.PermissionID) (out config.PermissionRead, err error) {
	if err := endpoint.Require("permissionId", in.PermissionID); err != nil {
		return out, err
	}
	id := endpoint.ID(in.PermissionID)
	own, err := a.platform.Roles(ctx)
	if err != nil {
		return out, err
	}
	if i := slices.IndexFunc(own, func(granted platform.Permission) bool { return granted.ID == id }); i >= 0 {
		return printPermission(own[i]), nil
	}
	if err := a.platform.Authorize(ctx, platform.Object{Kind: platform.KindPermission, ID: id}, endpoint.Admin.Need()); err != nil {
		return out, err
	}
	granted, err := a.platform.Permission(ctx, id)
	return printPermission(granted), err
}

func (a *api) updatePermission(ctx context.Context, in config.PermissionUpdate) error {
	if err := endpoint.Require("permissionId", in.PermissionID, "permissionType", string(in.PermissionType)); err != nil {
		return err
	}
	if err := endpoint.Known("permissionType", in.PermissionType); err != nil {
		return err
	}
	_, err := a.platform.UpdatePermission(ctx, endpoint.ID(in.PermissionID), platform.Role(in.PermissionType))
	return err
}

func (a *api) deletePermission(ctx context.Context, in config.PermissionID) error {
	if err := endpoint.Require("permissionId", in.PermissionID); err != nil {
		return err
	}
	return a.platform.DeletePermission(ctx, endpoint.ID(in.PermissionID))
}

// dismissUser leaves what the user may do by a role on the organization.
func (a *api) dismissUser(ctx context.Context, in config.UserOfWorkspace) error {
	if err := endpoint.Require("userId", in.UserID, "workspaceId", in.WorkspaceID); err != nil {
		return err
	}
	return a.platform.RemoveFromWorkspace(ctx, endpoint.ID(in.UserID), endpoint.ID(in.WorkspaceID))
}

// checkPermission says of what the user cannot see that they may do nothing there, as of what is not there.
func (a *api) checkPermission(ctx context.Context, in config.PermissionCheck) (config.PermissionCheckRead, error) {
	var on []platform.Object
	if in.WorkspaceID != "" {
		on = append(on, platform.Object{Kind: platform.KindWorkspace, ID: endpoint.ID(in.WorkspaceID)})
	}
	if in.OrganizationID != "" {
		on = append(on, platform.Object{Kind: platform.KindOrganization, ID: endpoint.ID(in.OrganizationID)})
	}
	return a.holds(ctx, in.UserID, in.PermissionType, on)
}

// checkPermissions succeeds when the user has the role in all of the workspaces.
func (a *api) checkPermissions(ctx context.Context, in config.PermissionCheckMultiple) (config.PermissionCheckRead, error) {
	if len(in.WorkspaceIDs) == 0 {
		return config.PermissionCheckRead{}, endpoint.BadRequest("The member \"workspaceIds\" is required and may not be empty.")
	}
	var on []platform.Object
	for _, id := range endpoint.IDs(in.WorkspaceIDs) {
		on = append(on, platform.Object{Kind: platform.KindWorkspace, ID: id})
	}
	return a.holds(ctx, in.UserID, in.PermissionType, on)
}

func (a *api) holds(ctx context.Context, userID string, role config.PermissionType, on []platform.Object) (out config.PermissionCheckRead, err error) {
	if err := endpoint.Require("permissionType", string(role)); err != nil {
		return out, err
	}
	if err := endpoint.Known("permissionType", role); err != nil {
		return out, err
	}
	if err := a.requireUser(ctx, userID); err != nil {
		return out, err
	}
	held, err := a.platform.Holds(ctx, endpoint.ID(userID), platform.Role(role), on...)
	if err != nil || held {
		return config.PermissionCheckRead{Status: "succeeded"}, err
	}
	return config.PermissionCheckRead{Status: "failed", Message: "The user does not have the role " + string(role) + " there."}, nil
}

func printPermission(granted platform.Permission) config.PermissionRead {
	return config.PermissionRead{
		PermissionID: granted.ID, PermissionType: config.PermissionType(granted.Role), UserID: granted.UserID,
		OrganizationID: granted.OrganizationID, WorkspaceID: granted.WorkspaceID,
	}
}
