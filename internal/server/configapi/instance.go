package configapi

import (
	"context"
	"net/http"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) instanceRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: http.MethodGet, Pattern: "/health", Operation: "health", Role: endpoint.Anonymous, Handle: endpoint.Get(a.health)},
		{Method: http.MethodGet, Pattern: "/instance_configuration", Operation: "instance_configuration", Role: endpoint.Anonymous, Handle: endpoint.Get(a.instance)},
		{Method: http.MethodGet, Pattern: "/web_backend/config", Operation: "web_backend.config", Role: endpoint.Anonymous, Handle: endpoint.Get(a.webConfig)},
		{Method: http.MethodGet, Pattern: "/openapi", Operation: "openapi", Role: endpoint.Anonymous, Stream: a.openAPI, Produces: "text/plain"},
		within(endpoint.Shared, post("/deployment/metadata", endpoint.Authenticated, endpoint.Get(a.deployment))),
	}
}

func (a *api) health(ctx context.Context, _ endpoint.Params) (config.Health, error) {
	if _, err := a.platform.Workspaces(ctx, platform.Filter{Limit: 1}); err != nil {
		return config.Health{}, endpoint.Unavailable("The store does not answer.")
	}
	return config.Health{Available: true}, nil
}

// openAPI answers with text: a document of OpenAPI may be YAML.
func (a *api) openAPI(w http.ResponseWriter, _ endpoint.Params) error {
	text, err := a.document()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(text)
	return nil
}

// instance tells everyone what a web page needs before anyone has logged in. Whose organizations and workspaces there are is told only
// to callers who can see them; the members cannot be left out, so that others get ids and addresses that are nobody's.
func (a *api) instance(ctx context.Context, p endpoint.Params) (config.InstanceConfiguration, error) {
	out := config.InstanceConfiguration{
		Edition:              "community",
		Version:              a.version,
		LicenseStatus:        "pro",
		Auth:                 config.AuthConfiguration{Mode: "simple"},
		AirbyteURL:           a.base(p.Request),
		InitialSetupComplete: true,
		DefaultUserID:        platform.DefaultUser,
		TrackingStrategy:     "logging",

		DefaultOrganizationID:    platform.DefaultOrganization,
		DefaultOrganizationEmail: "nobody@localhost",
		DefaultWorkspaceID:       "00000000-0000-0000-0000-000000000000",
	}
	if a.gate.Open() {
		out.Auth.Mode = "none"
	} else if access.From(ctx).UserID == "" {
		return out, nil
	}
	orgs, err := a.platform.Organizations(ctx)
	if err != nil {
		return out, err
	}
	workspaces, err := a.platform.Workspaces(ctx, platform.Filter{Limit: 1})
	if len(orgs) > 0 {
		out.DefaultOrganizationID, out.DefaultOrganizationEmail = orgs[0].ID, orgs[0].Email
	}
	if len(workspaces) > 0 {
		out.DefaultWorkspaceID = workspaces[0].ID
	}
	return out, err
}

func (a *api) webConfig(_ context.Context, p endpoint.Params) (map[string]string, error) {
	return map[string]string{"version": a.version, "edition": "community", "airbyteUrl": a.base(p.Request)}, nil
}

func (a *api) deployment(ctx context.Context, _ endpoint.Params) (map[string]string, error) {
	orgs, err := a.platform.Organizations(ctx)
	out := map[string]string{"environment": "local", "mode": "oss", "version": a.version}
	if len(orgs) > 0 {
		out["id"] = orgs[0].ID
	}
	return out, err
}
