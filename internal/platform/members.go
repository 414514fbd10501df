package platform

import (
	"context"
	"errors"
	"slices"
)

// Member is a user with the roles for which they are listed.
type Member struct {
	User           User
	OnInstance     *Permission
	OnOrganization *Permission
	OnWorkspace    *Permission
}

// OrganizationMembers lists who was given a role on an organization itself, the oldest role first.
func (p *Platform) OrganizationMembers(ctx context.Context, organizationID string) ([]Member, error) {
	return view(ctx, p, func(tb Tables) ([]Member, error) {
		if _, err := tb.Organizations.Get(ctx, organizationID); err != nil {
			return nil, err
		}
		granted, err := tb.Permissions.List(ctx, Filter{OrganizationID: organizationID})
		if err != nil {
			return nil, err
		}
		return membersBy(ctx, tb, granted)
	})
}

// WorkspaceMembers lists who was given a role on a workspace, or one on its organization that holds in the workspace.
func (p *Platform) WorkspaceMembers(ctx context.Context, workspaceID string) ([]Member, error) {
	return view(ctx, p, func(tb Tables) ([]Member, error) {
		w, err := workspace(ctx, tb, workspaceID)
		if err != nil {
			return nil, err
		}
		above, err := tb.Permissions.List(ctx, Filter{OrganizationID: w.OrganizationID})
		if err != nil {
			return nil, err
		}
		above = slices.DeleteFunc(above, func(granted Permission) bool { return granted.Role.Level() < LevelReader })
		own, err := tb.Permissions.List(ctx, Filter{WorkspaceIDs: []string{w.ID}})
		if err != nil {
			return nil, err
		}
		return membersBy(ctx, tb, append(above, own...))
	})
}

// InstanceAdmins lists who may do everything.
func (p *Platform) InstanceAdmins(ctx context.Context) ([]Member, error) {
	return view(ctx, p, func(tb Tables) ([]Member, error) {
		granted, err := tb.Permissions.List(ctx, Filter{})
		if err != nil {
			return nil, err
		}
		return membersBy(ctx, tb, slices.DeleteFunc(granted, func(granted Permission) bool { return granted.Role != RoleInstanceAdmin }))
	})
}

// membersBy are the users who have some permissions, each once.
func membersBy(ctx context.Context, tb Tables, permissions []Permission) (members []Member, err error) {
	for _, granted := range permissions {
		i := slices.IndexFunc(members, func(m Member) bool { return m.User.ID == granted.UserID })
		if i < 0 {
			user, err := tb.Users.Get(ctx, granted.UserID)
			if err != nil {
				return nil, err
			}
			i, members = len(members), append(members, Member{User: user})
		}
		switch {
		case granted.WorkspaceID != "":
			members[i].OnWorkspace = &granted
		case granted.OrganizationID != "":
			members[i].OnOrganization = &granted
		default:
			members[i].OnInstance = &granted
		}
	}
	return members, nil
}

// RemoveFromWorkspace takes away the roles that a user has on a workspace itself. What they may do there by a role on its organization stays.
func (p *Platform) RemoveFromWorkspace(ctx context.Context, userID, workspaceID string) error {
	defer p.admissions.forget()
	return p.store.Write(ctx, func(tb Tables) error {
		w, err := workspace(ctx, tb, workspaceID)
		if err != nil {
			return err
		}
		user, err := tb.Users.Get(ctx, userID)
		if err != nil {
			return err
		}
		granted, err := tb.Permissions.List(ctx, Filter{UserID: user.ID, WorkspaceIDs: []string{w.ID}})
		if err != nil {
			return err
		}
		for _, g := range granted {
			if err := tb.Permissions.Delete(ctx, g.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Holds tells whether a user has a role, or one that comes with it, on each of some things; without any, on the whole instance. What
// is not there nobody has a role on. The users of others are known to administrators of the instance alone.
func (p *Platform) Holds(ctx context.Context, userID string, role Role, on ...Object) (bool, error) {
	g := grantsOf(ctx)
	if userID != Caller(ctx) {
		if err := p.AuthorizeInstance(ctx); err != nil {
			return false, err
		}
		var err error
		if g, err = view(ctx, p, func(tb Tables) (*Grants, error) { return userGrants(ctx, tb, userID) }); err != nil {
			return false, err
		}
	}
	if role == RoleInstanceAdmin || len(on) == 0 {
		return g.Everything(), nil
	}
	for _, o := range on {
		at, err := p.locate(ctx, o)
		if errors.Is(err, ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if level, _ := g.at(at, Need{Organization: role.OfOrganization()}); level < role.Level() {
			return false, nil
		}
	}
	return true, nil
}
