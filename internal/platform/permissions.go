package platform

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Permission gives a user a role on one organization, on one workspace, or, with neither, on the whole instance.
type Permission struct {
	ID             string
	UserID         string
	Role           Role
	OrganizationID string
	WorkspaceID    string
	CreatedAt      time.Time
}

// NewPermission is a permission to be given. Its role says whether it needs a workspace or an organization; the other is empty.
type NewPermission struct {
	UserID         string
	Role           Role
	OrganizationID string
	WorkspaceID    string
}

// Permissions lists the roles of a user, the oldest first. An organization narrows them to those on it and on its workspaces.
func (p *Platform) Permissions(ctx context.Context, userID, organizationID string) ([]Permission, error) {
	return view(ctx, p, func(tb Tables) ([]Permission, error) {
		if organizationID == "" {
			return tb.Permissions.List(ctx, Filter{UserID: userID})
		}
		all, err := permissionsIn(ctx, tb, organizationID)
		return slices.DeleteFunc(all, func(granted Permission) bool { return granted.UserID != userID }), err
	})
}

// permissionsIn lists the permissions on an organization and on its workspaces.
func permissionsIn(ctx context.Context, tb Tables, organizationID string) ([]Permission, error) {
	all, err := tb.Permissions.List(ctx, Filter{OrganizationID: organizationID})
	if err != nil {
		return nil, err
	}
	inside, err := tb.Permissions.List(ctx, Filter{Within: &Reach{OrganizationIDs: []string{organizationID}}})
	return append(all, inside...), err
}

// Roles lists what the caller may do: their permissions, and for each further organization and workspace that they can see a role
// that follows from those, under the id of the organization or workspace.
func (p *Platform) Roles(ctx context.Context) ([]Permission, error) {
	user, g := Caller(ctx), grantsOf(ctx)
	roles, err := p.Permissions(ctx, user, "")
	if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	for _, granted := range roles {
		given[granted.OrganizationID+granted.WorkspaceID] = true
	}
	organizations, err := p.Organizations(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range organizations {
		if !given[o.ID] {
			roles = append(roles, Permission{ID: o.ID, UserID: user, Role: roleAt("organization_", g.organization(o.ID)), OrganizationID: o.ID})
		}
	}
	workspaces, err := p.Workspaces(ctx, Filter{})
	for _, w := range workspaces {
		if !given[w.ID] {
			roles = append(roles, Permission{ID: w.ID, UserID: user, Role: roleAt("workspace_", g.workspace(w.ID, w.OrganizationID)), WorkspaceID: w.ID})
		}
	}
	return roles, err
}

// Permission reads one permission.
func (p *Platform) Permission(ctx context.Context, id string) (Permission, error) {
	return view(ctx, p, func(tb Tables) (Permission, error) { return tb.Permissions.Get(ctx, id) })
}

// CreatePermission gives a user a role. A user has at most one role on each organization and workspace: giving another is an
// [Error] of [ErrConflict].
func (p *Platform) CreatePermission(ctx context.Context, n NewPermission) (Permission, error) {
	if err := n.valid(); err != nil {
		return Permission{}, err
	}
	defer p.admissions.forget()
	return change(ctx, p, func(tb Tables) (Permission, error) {
		if _, err := tb.Users.Get(ctx, n.UserID); err != nil {
			return Permission{}, err
		}
		return p.grant(ctx, tb, n)
	})
}

// grant stores a permission of a user who is there.
func (p *Platform) grant(ctx context.Context, tb Tables, n NewPermission) (Permission, error) {
	granted := Permission{
		ID: newID(), UserID: n.UserID, Role: n.Role, OrganizationID: n.OrganizationID, WorkspaceID: n.WorkspaceID, CreatedAt: p.clock(),
	}
	if _, err := organizationOf(ctx, tb, n); err != nil {
		return granted, err
	}
	err := tb.Permissions.Insert(ctx, granted)
	if errors.Is(err, ErrConflict) {
		err = refuse(ErrConflict, "The user has a role there already. Change it with PATCH /permissions/{permissionId}.")
	}
	return granted, err
}

// organizationOf finds the organization that a new permission is about.
func organizationOf(ctx context.Context, tb Tables, n NewPermission) (string, error) {
	if n.Role.OfOrganization() {
		o, err := tb.Organizations.Get(ctx, n.OrganizationID)
		return o.ID, err
	}
	w, err := workspace(ctx, tb, n.WorkspaceID)
	return w.OrganizationID, err
}

func (n NewPermission) valid() error {
	switch {
	case !n.Role.givable():
		return badRequest("The role " + string(n.Role) + " cannot be given.")
	case (n.OrganizationID == "") == (n.WorkspaceID == ""):
		return badRequest("A permission is for either a workspace or an organization: exactly one of them must be named.")
	case n.Role.OfOrganization() && n.OrganizationID == "":
		return badRequest("The role " + string(n.Role) + " is one on an organization, not on a workspace.")
	case n.Role.OfWorkspace() && n.WorkspaceID == "":
		return badRequest("The role " + string(n.Role) + " is one on a workspace, not on an organization.")
	}
	return nil
}

// UpdatePermission changes the role of a permission, which stays on the same organization or workspace.
func (p *Platform) UpdatePermission(ctx context.Context, id string, role Role) (Permission, error) {
	defer p.admissions.forget()
	return change(ctx, p, func(tb Tables) (Permission, error) {
		granted, err := changeable(ctx, tb, id)
		if err != nil {
			return granted, err
		}
		n := NewPermission{Role: role, OrganizationID: granted.OrganizationID, WorkspaceID: granted.WorkspaceID}
		if err := n.valid(); err != nil {
			return granted, err
		}
		granted.Role = role
		return granted, tb.Permissions.Update(ctx, granted)
	})
}

// DeletePermission takes a role away.
func (p *Platform) DeletePermission(ctx context.Context, id string) error {
	defer p.admissions.forget()
	return p.store.Write(ctx, func(tb Tables) error {
		granted, err := changeable(ctx, tb, id)
		if err != nil {
			return err
		}
		return tb.Permissions.Delete(ctx, granted.ID)
	})
}

// changeable reads a permission that is not the default user's: without it nobody could put things right again.
func changeable(ctx context.Context, tb Tables, id string) (Permission, error) {
	granted, err := tb.Permissions.Get(ctx, id)
	if err == nil && granted.Role == RoleInstanceAdmin {
		err = badRequest("The permission of the administrator of the instance cannot be changed.")
	}
	return granted, err
}
