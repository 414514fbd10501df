package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) userRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/users/get", endpoint.OrganizationReader, endpoint.Call(a.getUser)),
		post("/users/get_by_auth_id", endpoint.OrganizationReader, endpoint.Call(a.getUserByAuthID)),
		missing("/users/update", "This server has one user, who cannot be changed; the default workspace is the oldest."),
		post("/permissions/list_by_user", endpoint.OrganizationReader, endpoint.Call(a.listPermissions)),
	}
}

func (a *api) getUser(ctx context.Context, in config.UserID) (out config.UserRead, err error) {
	if err := a.requireUser(in); err != nil {
		return out, err
	}
	orgs, err := a.platform.Organizations(ctx)
	if err != nil {
		return out, err
	}
	workspaces, err := a.platform.Workspaces(ctx, platform.Filter{Limit: 1})
	out = config.UserRead{UserID: access.UserID, Name: "Default user", Status: "registered"}
	if len(orgs) > 0 {
		out.Email = orgs[0].Email
	}
	if len(workspaces) > 0 {
		out.DefaultWorkspaceID = workspaces[0].ID
	}
	return out, err
}

// getUserByAuthID knows the user by the ids that tokens carry: the user's own and that of an application.
func (a *api) getUserByAuthID(ctx context.Context, in config.AuthUserID) (out config.UserRead, err error) {
	if err := endpoint.Require("authUserId", in.AuthUserID); err != nil {
		return out, err
	}
	if id := endpoint.ID(in.AuthUserID); id != access.UserID {
		if _, err := a.platform.Application(ctx, id); err != nil {
			return out, err
		}
	}
	return a.getUser(ctx, config.UserID{UserID: access.UserID})
}

// listPermissions names the workspaces beside the organizations: clients find those that the user is a member of by them.
func (a *api) listPermissions(ctx context.Context, in config.UserID) (out config.PermissionReadList, err error) {
	if err := a.requireUser(in); err != nil {
		return out, err
	}
	orgs, err := a.platform.Organizations(ctx)
	if err != nil {
		return out, err
	}
	for _, o := range orgs {
		out.Permissions = append(out.Permissions, config.PermissionRead{
			PermissionID: o.ID, PermissionType: wire.OrganizationAdmin, UserID: access.UserID, OrganizationID: o.ID,
		})
	}
	workspaces, err := a.platform.Workspaces(ctx, platform.Filter{})
	for _, w := range workspaces {
		out.Permissions = append(out.Permissions, config.PermissionRead{
			PermissionID: w.ID, PermissionType: wire.WorkspaceAdmin, UserID: access.UserID, WorkspaceID: w.ID,
		})
	}
	return out, err
}

func (a *api) requireUser(in config.UserID) error {
	if err := endpoint.Require("userId", in.UserID); err != nil {
		return err
	}
	if id := endpoint.ID(in.UserID); id != access.UserID {
		return platform.NotFound("user", id)
	}
	return nil
}
