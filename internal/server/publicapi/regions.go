package publicapi

import (
	"context"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// regionID names the one region that a server has: itself.
const regionID = "00000000-0000-0000-0000-000000000001"

const oneRegion = "This server runs everything itself. Regions and data planes cannot be added, changed or removed."

func (a *api) regionRoutes() []endpoint.Route {
	missing := func(method, pattern, operation string) endpoint.Route {
		return endpoint.Route{Method: method, Pattern: pattern, Operation: operation, Role: endpoint.OrganizationAdmin, Missing: oneRegion}
	}
	return []endpoint.Route{
		{Method: "GET", Pattern: "/regions", Operation: "listRegions", Role: endpoint.OrganizationReader, Query: ofOrganization(), Handle: endpoint.Get(a.listRegions)},
		{Method: "GET", Pattern: "/regions/{regionId}", Operation: "getRegion", Role: endpoint.OrganizationReader, Scope: endpoint.Shared, Handle: endpoint.Get(a.getRegion)},
		missing("POST", "/regions", "createRegion"),
		missing("PATCH", "/regions/{regionId}", "updateRegion"),
		missing("DELETE", "/regions/{regionId}", "deleteRegion"),
		{Method: "GET", Pattern: "/dataplanes", Operation: "listDataplanes", Role: endpoint.OrganizationReader, Scope: endpoint.Shared, Handle: endpoint.Get(a.listDataplanes)},
		missing("POST", "/dataplanes", "createDataplane"),
		missing("GET", "/dataplanes/{dataplaneId}", "getDataplane"),
		missing("PATCH", "/dataplanes/{dataplaneId}", "updateDataplane"),
		missing("DELETE", "/dataplanes/{dataplaneId}", "deleteDataplane"),
	}
}

func ofOrganization(others ...endpoint.Parameter) []endpoint.Parameter {
	return append([]endpoint.Parameter{{Name: "organizationId", Meaning: "The organization to ask about.", Type: endpoint.Name, Required: true}}, others...)
}

func (a *api) listRegions(ctx context.Context, p endpoint.Params) (wire.List[public.RegionResponse], error) {
	q, err := p.Query()
	if err != nil {
		return nil, err
	}
	org, err := a.platform.Organization(ctx, q.Text("organizationId"))
	if err != nil {
		return nil, err
	}
	return wire.List[public.RegionResponse]{region(org)}, nil
}

func (a *api) getRegion(ctx context.Context, p endpoint.Params) (out public.RegionResponse, err error) {
	id := p.ID("regionId")
	orgs, err := a.platform.Organizations(ctx)
	if err != nil {
		return out, err
	}
	if id != regionID || len(orgs) == 0 {
		return out, platform.NotFound("region", id)
	}
	return region(orgs[0]), nil
}

func region(o platform.Organization) public.RegionResponse {
	at := o.CreatedAt.UTC().Format(time.RFC3339)
	return public.RegionResponse{RegionID: regionID, Name: "auto", OrganizationID: o.ID, Enabled: true, CreatedAt: at, UpdatedAt: at}
}

func (a *api) listDataplanes(context.Context, endpoint.Params) (wire.List[public.DataplaneResponse], error) {
	return nil, nil
}
