package configapi

import (
	"context"
	"errors"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) userRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/users/get", endpoint.Authenticated, endpoint.Call(a.getUser)),
		within(endpoint.Seen, post("/users/get_by_auth_id", endpoint.Authenticated, endpoint.Call(a.getUserByAuthID))),
		post("/users/get_by_email", endpoint.InstanceAdmin, endpoint.Call(a.getUserByEmail)),
		post("/users/update", endpoint.Authenticated, endpoint.Call(a.updateUser)),
		post("/users/list_by_organization_id", endpoint.OrganizationReader, endpoint.Call(a.listOrganizationUsers)),
		post("/users/list_access_info_by_workspace_id", endpoint.WorkspaceReader, endpoint.Call(a.listWorkspaceUsers)),
		post("/users/list_instance_admin", endpoint.InstanceAdmin, endpoint.Get(a.listInstanceAdmins)),
	}
}

func (a *api) getUser(ctx context.Context, in config.UserID) (config.UserRead, error) {
	if err := endpoint.Require("userId", in.UserID); err != nil {
		return config.UserRead{}, err
	}
	return a.readUser(ctx, endpoint.ID(in.UserID))
}

func (a *api) readUser(ctx context.Context, id string) (out config.UserRead, err error) {
	user, err := a.platform.User(ctx, id)
	if err != nil {
		return out, err
	}
	out = config.UserRead{UserID: user.ID, Name: user.Name, Email: user.Email, Status: "registered"}
	out.DefaultWorkspaceID, err = a.defaultWorkspace(ctx, user)
	return out, err
}

// defaultWorkspace is the one that a user has chosen, and else the oldest that the caller can see.
func (a *api) defaultWorkspace(ctx context.Context, user platform.User) (string, error) {
	if user.DefaultWorkspaceID != "" {
		_, err := a.platform.Workspace(ctx, user.DefaultWorkspaceID)
		if !errors.Is(err, platform.ErrNotFound) {
			return user.DefaultWorkspaceID, err
		}
	}
	workspaces, err := a.platform.Workspaces(ctx, platform.Filter{Limit: 1})
	if err != nil || len(workspaces) == 0 {
		return "", err
	}
	return workspaces[0].ID, nil
}

func (a *api) updateUser(ctx context.Context, in config.UserUpdate) (out config.UserRead, err error) {
	if err := endpoint.Require("userId", in.UserID); err != nil {
		return out, err
	}
	update := platform.UserUpdate{Name: in.Name}
	if in.DefaultWorkspaceID != nil {
		update.DefaultWorkspaceID = new(endpoint.ID(*in.DefaultWorkspaceID))
	}
	user, err := a.platform.UpdateUser(ctx, endpoint.ID(in.UserID), update)
	if err != nil {
		return out, err
	}
	return a.readUser(ctx, user.ID)
}

// getUserByAuthID knows a user by the ids that tokens carry: the user's own and that of an application.
func (a *api) getUserByAuthID(ctx context.Context, in config.AuthUserID) (out config.UserRead, err error) {
	if err := endpoint.Require("authUserId", in.AuthUserID); err != nil {
		return out, err
	}
	id := endpoint.ID(in.AuthUserID)
	userID := id
	app, err := a.platform.Application(ctx, id)
	switch {
	case err == nil:
		userID = app.Owner()
	case !errors.Is(err, platform.ErrNotFound):
		return out, err
	}
	if err := a.platform.Authorize(ctx, platform.Object{Kind: platform.KindUser, ID: userID}, platform.Need{}); err != nil {
		return out, platform.NotFound("user", id)
	}
	return a.readUser(ctx, userID)
}

func (a *api) getUserByEmail(ctx context.Context, in config.UserEmail) (out config.UserRead, err error) {
	if err := endpoint.Require("email", in.Email); err != nil {
		return out, err
	}
	user, err := a.platform.UserByEmail(ctx, in.Email)
	if err != nil {
		return out, err
	}
	return a.readUser(ctx, user.ID)
}

// listPermissions names the workspaces beside the organizations: clients find those that the user is a member of by them.
func (a *api) listPermissions(ctx context.Context, in config.UserID) (out config.PermissionReadList, err error) {
	if err := endpoint.Require("userId", in.UserID); err != nil {
		return out, err
	}
	rows, err := a.permissions(ctx, endpoint.ID(in.UserID))
	for _, granted := range rows {
		out.Permissions = append(out.Permissions, printPermission(granted))
	}
	return out, err
}

// permissions are those of the caller with all that follows from them. Those of others are for the administrators of the instance.
func (a *api) permissions(ctx context.Context, userID string) ([]platform.Permission, error) {
	if userID == platform.Caller(ctx) {
		return a.platform.Roles(ctx)
	}
	if err := a.platform.AuthorizeInstance(ctx); err != nil {
		return nil, err
	}
	if _, err := a.platform.User(ctx, userID); err != nil {
		return nil, err
	}
	return a.platform.Permissions(ctx, userID, "")
}

// requireUser lets callers list what they can see under their own id, and administrators of the instance under any.
func (a *api) requireUser(ctx context.Context, userID string) error {
	if err := endpoint.Require("userId", userID); err != nil {
		return err
	}
	id := endpoint.ID(userID)
	if id != platform.Caller(ctx) && a.platform.AuthorizeInstance(ctx) != nil {
		return platform.NotFound("user", id)
	}
	_, err := a.platform.User(ctx, id)
	return err
}
