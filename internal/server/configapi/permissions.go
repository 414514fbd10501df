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

func printPermission(granted platform.Permission) config.PermissionRead {
	return config.PermissionRead{
		PermissionID: granted.ID, PermissionType: config.PermissionType(granted.Role), UserID: granted.UserID,
		OrganizationID: granted.OrganizationID, WorkspaceID: granted.WorkspaceID,
	}
}
