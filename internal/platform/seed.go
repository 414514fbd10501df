package platform

import (
	"context"
	"errors"
)

// DefaultOrganization is the id of the organization that a first start makes, the same as on every self-managed Airbyte.
const DefaultOrganization = "00000000-0000-0000-0000-000000000000"

// Seed makes the first organization, user, workspace and application when they are not there, and tells which they are. The
// application's secret is told only by the call that made it.
func (p *Platform) Seed(ctx context.Context) (Seed, error) {
	return change(ctx, p, func(tb Tables) (Seed, error) {
		if o, err := tb.Organizations.Get(ctx, DefaultOrganization); err == nil {
			if err := p.enroll(ctx, tb, o.Email); err != nil {
				return Seed{}, err
			}
			return seeded(ctx, tb)
		} else if !errors.Is(err, ErrNotFound) {
			return Seed{}, err
		}
		return p.plant(ctx, tb)
	})
}

// seeded is what earlier starts and their users have left.
func seeded(ctx context.Context, tb Tables) (Seed, error) {
	s := Seed{OrganizationID: DefaultOrganization}
	workspaces, err := tb.Workspaces.List(ctx, Filter{OrganizationID: DefaultOrganization, Limit: 1})
	if err != nil {
		return Seed{}, err
	}
	if len(workspaces) > 0 {
		s.WorkspaceID = workspaces[0].ID
	}
	applications, err := tb.Applications.List(ctx, Filter{Limit: 1})
	if len(applications) > 0 {
		s.Application = applications[0]
	}
	return s, err
}

func (p *Platform) plant(ctx context.Context, tb Tables) (Seed, error) {
	now := p.clock()
	organization := Organization{ID: DefaultOrganization, Name: "Default Organization", Email: "admin@localhost", CreatedAt: now}
	if err := tb.Organizations.Insert(ctx, organization); err != nil {
		return Seed{}, err
	}
	if err := p.enroll(ctx, tb, organization.Email); err != nil {
		return Seed{}, err
	}
	workspace := Workspace{
		ID: newID(), OrganizationID: organization.ID, Name: "Default Workspace", Slug: "default-workspace", DataResidency: "auto",
		CreatedAt: now, UpdatedAt: now,
	}
	if err := tb.Workspaces.Insert(ctx, workspace); err != nil {
		return Seed{}, err
	}
	application, secret := newApplication("Default User Application", organization.ID, DefaultUser, now)
	if err := tb.Applications.Insert(ctx, application); err != nil {
		return Seed{}, err
	}
	return Seed{OrganizationID: organization.ID, WorkspaceID: workspace.ID, Application: application, ClientSecret: secret}, nil
}
