package publicapi

import (
	"context"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

const oneUser = "This server has one user, who may do everything. Roles cannot be given or taken."

func (a *api) userRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/users", Operation: "listUsersWithinAnOrganization", Role: endpoint.OrganizationReader, Handle: endpoint.Get(a.listUsers)},
		{Method: "GET", Pattern: "/permissions", Operation: "listPermissions", Role: endpoint.OrganizationReader, Handle: endpoint.Get(a.listPermissions)},
		{Method: "POST", Pattern: "/permissions", Operation: "createPermission", Role: endpoint.OrganizationAdmin, Missing: oneUser},
		{Method: "GET", Pattern: "/permissions/{permissionId}", Operation: "getPermission", Role: endpoint.OrganizationReader, Handle: endpoint.Get(a.getPermission)},
		{Method: "PATCH", Pattern: "/permissions/{permissionId}", Operation: "updatePermission", Role: endpoint.OrganizationAdmin, Missing: oneUser},
		{Method: "DELETE", Pattern: "/permissions/{permissionId}", Operation: "deletePermission", Role: endpoint.OrganizationAdmin, Missing: oneUser},
	}
}

func (a *api) listUsers(ctx context.Context, p endpoint.Params) (out public.UsersResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	organizationID, ids, emails := q.Need("organizationId"), q.IDs("ids"), q.Texts("emails")
	if err := q.Err(); err != nil {
		return out, err
	}
	org, err := a.platform.Organization(ctx, organizationID)
	if err != nil {
		return out, err
	}
	user := defaultUser(org)
	if wanted(user, ids, emails) {
		out.Data = append(out.Data, user)
	}
	return out, nil
}

func defaultUser(o platform.Organization) public.UserResponse {
	return public.UserResponse{ID: access.UserID, Name: "Default user", Email: o.Email}
}

// wanted tells whether a user is in either list; with no list at all everyone is.
func wanted(u public.UserResponse, ids, emails []string) bool {
	if len(ids)+len(emails) == 0 {
		return true
	}
	return slices.Contains(ids, u.ID) ||
		slices.ContainsFunc(emails, func(email string) bool { return strings.EqualFold(email, u.Email) })
}

// listPermissions gives the user the role of an administrator in each organization and each workspace. A role is named by what it is for.
func (a *api) listPermissions(ctx context.Context, p endpoint.Params) (out public.PermissionsResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	userID, organizationID := q.ID("userId"), q.ID("organizationId")
	if userID != "" && userID != access.UserID {
		return out, platform.NotFound("user", userID)
	}
	roles, err := a.roles(ctx, organizationID)
	for _, r := range roles {
		item := public.PermissionListItem{
			PermissionID: r.PermissionID, PermissionType: r.PermissionType, UserID: r.UserID, ScopeID: r.OrganizationID, Scope: public.ScopeOrganization,
		}
		if r.WorkspaceID != "" {
			item.ScopeID, item.Scope = r.WorkspaceID, public.ScopeWorkspace
		}
		out.Data = append(out.Data, item)
	}
	return out, err
}

// roles are those of the user, in one organization or in all.
func (a *api) roles(ctx context.Context, organizationID string) (roles []public.PermissionResponse, err error) {
	orgs, err := a.platform.Organizations(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range orgs {
		if organizationID == "" || organizationID == o.ID {
			roles = append(roles, public.PermissionResponse{PermissionID: o.ID, PermissionType: wire.OrganizationAdmin, UserID: access.UserID, OrganizationID: o.ID})
		}
	}
	workspaces, err := a.platform.Workspaces(ctx, platform.Filter{OrganizationID: organizationID})
	for _, w := range workspaces {
		roles = append(roles, public.PermissionResponse{PermissionID: w.ID, PermissionType: wire.WorkspaceAdmin, UserID: access.UserID, WorkspaceID: w.ID})
	}
	return roles, err
}

func (a *api) getPermission(ctx context.Context, p endpoint.Params) (out public.PermissionResponse, err error) {
	id := p.ID("permissionId")
	roles, err := a.roles(ctx, "")
	if err != nil {
		return out, err
	}
	i := slices.IndexFunc(roles, func(r public.PermissionResponse) bool { return r.PermissionID == id })
	if i < 0 {
		return out, platform.NotFound("permission", id)
	}
	return roles[i], nil
}
