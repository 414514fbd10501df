package platform

import (
	"context"
	"slices"
	"strings"
)

// Organizations lists the organizations on which the caller has a role, the oldest first.
func (p *Platform) Organizations(ctx context.Context) ([]Organization, error) {
	all, err := view(ctx, p, func(tb Tables) ([]Organization, error) { return tb.Organizations.List(ctx, Filter{}) })
	g := grantsOf(ctx)
	return slices.DeleteFunc(all, func(o Organization) bool { return g.organization(o.ID) == LevelNone }), err
}

// CreateOrganization makes an organization without workspaces.
func (p *Platform) CreateOrganization(ctx context.Context, name, email string) (Organization, error) {
	if strings.TrimSpace(name) == "" {
		return Organization{}, badRequest("An organization needs a name.")
	}
	o := Organization{ID: newID(), Name: name, Email: email, CreatedAt: p.clock()}
	return change(ctx, p, func(tb Tables) (Organization, error) { return o, tb.Organizations.Insert(ctx, o) })
}

// Organization reads one organization.
func (p *Platform) Organization(ctx context.Context, id string) (Organization, error) {
	return view(ctx, p, func(tb Tables) (Organization, error) { return tb.Organizations.Get(ctx, id) })
}

// OrganizationOf reads the organization that owns a workspace.
func (p *Platform) OrganizationOf(ctx context.Context, workspaceID string) (Organization, error) {
	return view(ctx, p, func(tb Tables) (Organization, error) {
		w, err := workspace(ctx, tb, workspaceID)
		if err != nil {
			return Organization{}, err
		}
		return tb.Organizations.Get(ctx, w.OrganizationID)
	})
}

// UpdateOrganization changes an organization's name or address.
func (p *Platform) UpdateOrganization(ctx context.Context, id string, u OrganizationUpdate) (Organization, error) {
	return change(ctx, p, func(tb Tables) (Organization, error) {
		o, err := tb.Organizations.Get(ctx, id)
		if err != nil {
			return o, err
		}
		assign(&o.Name, u.Name)
		assign(&o.Email, u.Email)
		return o, tb.Organizations.Update(ctx, o)
	})
}

// assign changes a field when there is a new value for it.
func assign[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
