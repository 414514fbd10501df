package publicapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) organizationRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/organizations", Operation: "listOrganizationsForUser", Role: endpoint.OrganizationMember, Scope: endpoint.Seen, Handle: endpoint.Get(a.listOrganizations)},
	}
}

func (a *api) listOrganizations(ctx context.Context, _ endpoint.Params) (out public.OrganizationsResponse, err error) {
	rows, err := a.platform.Organizations(ctx)
	for _, o := range rows {
		out.Data = append(out.Data, public.OrganizationResponse{OrganizationID: o.ID, OrganizationName: o.Name, Email: o.Email})
	}
	return out, err
}
