package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// listOrganizationUsers leaves aside who has roles in the workspaces of the organization alone.
func (a *api) listOrganizationUsers(ctx context.Context, in config.OrganizationID) (out config.OrganizationUserReadList, err error) {
	if err := endpoint.Require("organizationId", in.OrganizationID); err != nil {
		return out, err
	}
	members, err := a.platform.OrganizationMembers(ctx, endpoint.ID(in.OrganizationID))
	for _, m := range members {
		out.Users = append(out.Users, config.OrganizationUserRead{
			UserID: m.User.ID, Name: m.User.Name, Email: m.User.Email, OrganizationID: m.OnOrganization.OrganizationID,
			PermissionID: m.OnOrganization.ID, PermissionType: config.PermissionType(m.OnOrganization.Role),
		})
	}
	return out, err
}

func (a *api) listWorkspaceUsers(ctx context.Context, in config.WorkspaceID) (out config.WorkspaceUserAccessInfoReadList, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	id := endpoint.ID(in.WorkspaceID)
	members, err := a.platform.WorkspaceMembers(ctx, id)
	for _, m := range members {
		out.UsersWithAccess = append(out.UsersWithAccess, config.WorkspaceUserAccessInfoRead{
			UserID: m.User.ID, UserName: m.User.Name, UserEmail: m.User.Email, WorkspaceID: id,
			WorkspacePermission: permissionOf(m.OnWorkspace), OrganizationPermission: permissionOf(m.OnOrganization),
		})
	}
	return out, err
}

// permissionOf is nil without a permission.
func permissionOf(granted *platform.Permission) *config.PermissionRead {
	if granted == nil {
		return nil
	}
	return new(printPermission(*granted))
}

func (a *api) listInstanceAdmins(ctx context.Context, _ endpoint.Params) (out config.UserWithPermissionInfoReadList, err error) {
	members, err := a.platform.InstanceAdmins(ctx)
	for _, m := range members {
		out.Users = append(out.Users, config.UserWithPermissionInfoRead{
			UserID: m.User.ID, Name: m.User.Name, Email: m.User.Email, PermissionID: m.OnInstance.ID,
		})
	}
	return out, err
}
