package configapi

import (
	"context"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) organizationRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/organizations/get", endpoint.OrganizationReader, endpoint.Call(a.getOrganization)),
		post("/organizations/update", endpoint.OrganizationAdmin, endpoint.Call(a.updateOrganization)),
		post("/organizations/get_organization_info", endpoint.OrganizationReader, endpoint.Call(a.organizationInfo)),
		within(endpoint.Seen, post("/organizations/list_by_user_id", endpoint.OrganizationMember, endpoint.Call(a.listOrganizations))),
		within(endpoint.Seen, post("/organizations/list_summaries", endpoint.OrganizationMember, endpoint.Call(a.summarizeOrganizations))),
		post("/workspaces/get_organization_info", endpoint.OrganizationReader, endpoint.Call(a.organizationInfoOf)),
		created("/organizations/create", endpoint.InstanceAdmin, endpoint.Call(a.createOrganization)),
		missing("/organizations/delete", "An organization cannot be deleted. Delete its workspaces."),
	}
}

func (a *api) getOrganization(ctx context.Context, in config.OrganizationID) (out config.OrganizationRead, err error) {
	if err := endpoint.Require("organizationId", in.OrganizationID); err != nil {
		return out, err
	}
	o, err := a.platform.Organization(ctx, endpoint.ID(in.OrganizationID))
	return printOrganization(o), err
}

func (a *api) createOrganization(ctx context.Context, in config.OrganizationCreate) (out config.OrganizationRead, err error) {
	if err := endpoint.Require("organizationName", in.OrganizationName); err != nil {
		return out, err
	}
	o, err := a.platform.CreateOrganization(ctx, in.OrganizationName, in.Email)
	return printOrganization(o), err
}

func (a *api) updateOrganization(ctx context.Context, in config.OrganizationUpdate) (out config.OrganizationRead, err error) {
	if err := endpoint.Require("organizationId", in.OrganizationID); err != nil {
		return out, err
	}
	o, err := a.platform.UpdateOrganization(ctx, endpoint.ID(in.OrganizationID), platform.OrganizationUpdate{
		Name: in.OrganizationName, Email: in.Email,
	})
	return printOrganization(o), err
}

func (a *api) organizationInfo(ctx context.Context, in config.OrganizationID) (out config.OrganizationInfo, err error) {
	if err := endpoint.Require("organizationId", in.OrganizationID); err != nil {
		return out, err
	}
	o, err := a.platform.Organization(ctx, endpoint.ID(in.OrganizationID))
	return config.OrganizationInfo{OrganizationID: o.ID, OrganizationName: o.Name}, err
}

func (a *api) organizationInfoOf(ctx context.Context, in config.WorkspaceID) (out config.OrganizationInfo, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	o, err := a.platform.OrganizationOf(ctx, endpoint.ID(in.WorkspaceID))
	return config.OrganizationInfo{OrganizationID: o.ID, OrganizationName: o.Name}, err
}

func (a *api) listOrganizations(ctx context.Context, in config.OrganizationsByUser) (out config.OrganizationReadList, err error) {
	if err := a.requireUser(ctx, in.UserID); err != nil {
		return out, err
	}
	offset, limit, err := window(in.Pagination, 100)
	if err != nil {
		return out, err
	}
	rows, err := a.platform.Organizations(ctx)
	for _, o := range rows {
		if strings.Contains(strings.ToLower(o.Name), strings.ToLower(in.NameContains)) {
			out.Organizations = append(out.Organizations, printOrganization(o))
		}
	}
	out.Organizations = part(out.Organizations, offset, limit)
	return out, err
}

// summarizeOrganizations names the workspaces that the caller can see, and counts who was given a role on the organization itself.
func (a *api) summarizeOrganizations(ctx context.Context, in config.OrganizationsByUser) (out config.OrganizationSummaries, err error) {
	list, err := a.listOrganizations(ctx, in)
	if err != nil {
		return out, err
	}
	for _, o := range list.Organizations {
		workspaces, err := a.platform.Workspaces(ctx, platform.Filter{OrganizationID: o.OrganizationID})
		if err != nil {
			return out, err
		}
		printed, err := printWorkspaces(workspaces)
		if err != nil {
			return out, err
		}
		members, err := a.platform.OrganizationMembers(ctx, o.OrganizationID)
		if err != nil {
			return out, err
		}
		out.OrganizationSummaries = append(out.OrganizationSummaries, config.OrganizationSummary{
			Organization: o, Workspaces: printed.Workspaces, MemberCount: len(members),
		})
	}
	return out, nil
}

// part is a part of a list that is held as a whole.
func part[S ~[]T, T any](rows S, offset, limit int) S {
	rows = rows[min(offset, len(rows)):]
	return rows[:min(limit, len(rows))]
}

func printOrganization(o platform.Organization) config.OrganizationRead {
	return config.OrganizationRead{OrganizationID: o.ID, OrganizationName: o.Name, Email: o.Email}
}
