package publicapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) applicationRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "POST", Pattern: "/applications/token", Operation: "createAccessToken", Role: endpoint.Anonymous, Handle: endpoint.Get(a.gate.Token)},
		{Method: "GET", Pattern: "/applications", Operation: "listApplications", Role: endpoint.Authenticated, Scope: endpoint.Seen, Handle: endpoint.Get(a.listApplications)},
		{Method: "POST", Pattern: "/applications", Operation: "createApplication", Role: endpoint.OrganizationAdmin, Scope: endpoint.Home, Handle: endpoint.Call(a.createApplication)},
		{Method: "GET", Pattern: "/applications/{applicationId}", Operation: "getApplication", Role: endpoint.Admin, Handle: endpoint.Get(a.getApplication)},
		{Method: "DELETE", Pattern: "/applications/{applicationId}", Operation: "deleteApplication", Role: endpoint.Admin, Handle: endpoint.Get(a.deleteApplication)},
	}
}

func (a *api) listApplications(ctx context.Context, _ endpoint.Params) (out public.Applications, err error) {
	rows, err := a.platform.Applications(ctx)
	for _, app := range rows {
		out.Applications = append(out.Applications, printApplication(app, platform.Mask))
	}
	return out, err
}

func (a *api) createApplication(ctx context.Context, in public.ApplicationCreate) (out public.Application, err error) {
	if err := endpoint.Require("name", in.Name); err != nil {
		return out, err
	}
	app, secret, err := a.platform.CreateApplication(ctx, in.Name)
	return printApplication(app, secret), err
}

func (a *api) getApplication(ctx context.Context, p endpoint.Params) (public.Application, error) {
	app, err := a.platform.Application(ctx, p.ID("applicationId"))
	return printApplication(app, platform.Mask), err
}

func (a *api) deleteApplication(ctx context.Context, p endpoint.Params) (public.Application, error) {
	app, err := a.platform.DeleteApplication(ctx, p.ID("applicationId"))
	return printApplication(app, platform.Mask), err
}

// The secret of an application is known only when the application has just been
// made; afterwards it is the mask.
func printApplication(app platform.Application, secret string) public.Application {
	return public.Application{
		ID: app.ID, Name: app.Name, ClientID: app.ClientID, ClientSecret: secret, CreatedAt: app.CreatedAt.Unix(),
	}
}
