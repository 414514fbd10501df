package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) applicationRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/applications/token", endpoint.Anonymous, endpoint.Get(a.token)),
		within(endpoint.Seen, post("/applications/list", endpoint.Authenticated, endpoint.Get(a.listApplications))),
		within(endpoint.Home, post("/applications/create", endpoint.OrganizationAdmin, endpoint.Call(a.createApplication))),
		post("/applications/delete", endpoint.Admin, endpoint.Call(a.deleteApplication)),
	}
}

// token answers with less than the token endpoint of the Public API does.
func (a *api) token(ctx context.Context, p endpoint.Params) (config.TokenResponse, error) {
	t, err := a.gate.Token(ctx, p)
	return config.TokenResponse{AccessToken: t.AccessToken}, err
}

func (a *api) listApplications(ctx context.Context, _ endpoint.Params) (out config.ApplicationReadList, err error) {
	rows, err := a.platform.Applications(ctx)
	for _, app := range rows {
		out.Applications = append(out.Applications, printApplication(app, platform.Mask))
	}
	return out, err
}

func (a *api) createApplication(ctx context.Context, in config.ApplicationCreate) (out config.Application, err error) {
	if err := endpoint.Require("name", in.Name); err != nil {
		return out, err
	}
	app, secret, err := a.platform.CreateApplication(ctx, in.Name)
	return printApplication(app, secret), err
}

func (a *api) deleteApplication(ctx context.Context, in config.ApplicationID) (out config.Application, err error) {
	if err := endpoint.Require("applicationId", in.ApplicationID); err != nil {
		return out, err
	}
	app, err := a.platform.DeleteApplication(ctx, endpoint.ID(in.ApplicationID))
	return printApplication(app, platform.Mask), err
}

func printApplication(app platform.Application, secret string) config.Application {
	return config.Application{
		ID: app.ID, Name: app.Name, ClientID: app.ClientID, ClientSecret: secret, CreatedAt: app.CreatedAt.Unix(),
	}
}
