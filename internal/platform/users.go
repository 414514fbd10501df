package platform

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// DefaultUser is the id of the user that a first start makes, the same as on every self-managed Airbyte. The user is the
// administrator of the whole instance.
const DefaultUser = "00000000-0000-0000-0000-000000000000"

// User is who asks: a person, or a program with an application of its own.
type User struct {
	ID             string
	OrganizationID string // where the user belongs to
	Name           string
	Email          string
	// DefaultWorkspaceID is the workspace that the user has chosen to begin in; "": none.
	DefaultWorkspaceID string `json:",omitempty"`
	CreatedAt          time.Time
}

// UserUpdate changes a user. What is nil stays.
type UserUpdate struct {
	Name               *string
	DefaultWorkspaceID *string
}

// enroll makes the default user and their permission when they are not there.
func (p *Platform) enroll(ctx context.Context, tb Tables, email string) error {
	if _, err := tb.Users.Get(ctx, DefaultUser); err == nil || !errors.Is(err, ErrNotFound) {
		return err
	}
	now := p.clock()
	user := User{ID: DefaultUser, OrganizationID: DefaultOrganization, Name: "Default user", Email: email, CreatedAt: now}
	if err := tb.Users.Insert(ctx, user); err != nil {
		return err
	}
	return tb.Permissions.Insert(ctx, Permission{ID: newID(), UserID: DefaultUser, Role: RoleInstanceAdmin, CreatedAt: now})
}

// User reads a user that the caller can see: themselves, and those of the organizations that they have to do with.
func (p *Platform) User(ctx context.Context, id string) (User, error) {
	return view(ctx, p, func(tb Tables) (User, error) { return tb.Users.Get(ctx, id) })
}

// UserByEmail reads the oldest user with an e-mail address, whatever its case.
func (p *Platform) UserByEmail(ctx context.Context, email string) (User, error) {
	return view(ctx, p, func(tb Tables) (User, error) {
		users, err := tb.Users.List(ctx, Filter{})
		if err != nil {
			return User{}, err
		}
		for _, u := range users {
			if strings.EqualFold(u.Email, email) {
				return u, nil
			}
		}
		return User{}, NotFound("user", email)
	})
}

// UpdateUser changes the caller; an administrator of the instance may change anyone.
func (p *Platform) UpdateUser(ctx context.Context, id string, u UserUpdate) (User, error) {
	if id != Caller(ctx) {
		if err := p.AuthorizeInstance(ctx); err != nil {
			return User{}, err
		}
	}
	if u.DefaultWorkspaceID != nil {
		if err := p.Authorize(ctx, Object{Kind: KindWorkspace, ID: *u.DefaultWorkspaceID}, Need{}); err != nil {
			return User{}, err
		}
	}
	return change(ctx, p, func(tb Tables) (User, error) {
		user, err := tb.Users.Get(ctx, id)
		if _, err := known(user, err, false, "user", id); err != nil {
			return user, err
		}
		if u.DefaultWorkspaceID != nil {
			if _, err := workspace(ctx, tb, *u.DefaultWorkspaceID); err != nil {
				return user, err
			}
		}
		assign(&user.Name, u.Name)
		assign(&user.DefaultWorkspaceID, u.DefaultWorkspaceID)
		return user, tb.Users.Update(ctx, user)
	})
}

// Users lists who belongs to an organization or has a role in it or in one of its workspaces, the oldest first.
func (p *Platform) Users(ctx context.Context, organizationID string) ([]User, error) {
	return view(ctx, p, func(tb Tables) ([]User, error) {
		if _, err := tb.Organizations.Get(ctx, organizationID); err != nil {
			return nil, err
		}
		users, err := tb.Users.List(ctx, Filter{OrganizationID: organizationID})
		if err != nil {
			return nil, err
		}
		permissions, err := permissionsIn(ctx, tb, organizationID)
		if err != nil {
			return nil, err
		}
		for _, granted := range permissions {
			if slices.ContainsFunc(users, func(u User) bool { return u.ID == granted.UserID }) {
				continue
			}
			guest, err := tb.Users.Get(ctx, granted.UserID)
			if err != nil {
				return nil, err
			}
			users = append(users, guest)
		}
		slices.SortStableFunc(users, func(a, b User) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
		return users, nil
	})
}

// dismiss removes a user who has no application left, with all permissions.
func (p *Platform) dismiss(ctx context.Context, tb Tables, id string) error {
	if id == DefaultUser {
		return nil
	}
	all, err := tb.Applications.List(ctx, Filter{})
	if err != nil || slices.ContainsFunc(all, func(a Application) bool { return a.Owner() == id }) {
		return err
	}
	permissions, err := tb.Permissions.List(ctx, Filter{UserID: id})
	if err != nil {
		return err
	}
	for _, granted := range permissions {
		if err := tb.Permissions.Delete(ctx, granted.ID); err != nil {
			return err
		}
	}
	return tb.Users.Delete(ctx, id)
}
