package publicapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

const (
	noOAuth    = "This server has no OAuth application of its own, so it cannot run consent flows. Put the credentials into the configuration of the source or destination."
	noGroups   = "This server has no groups. Give roles to users with /permissions."
	noEmbedded = "The embedded widget belongs to Airbyte's hosted product. Create a workspace and its sources with this API."
)

func (a *api) oauthRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "POST", Pattern: "/sources/initiateOAuth", Operation: "initiateOAuth", Role: endpoint.WorkspaceEditor, Missing: noOAuth},
		{Method: "GET", Pattern: "/oauth/callback", Operation: "oauthCallback", Role: endpoint.Anonymous, Missing: noOAuth},
		{Method: "PUT", Pattern: "/workspaces/{workspaceId}/oauthCredentials", Operation: "createOrUpdateWorkspaceOAuthCredentials", Role: endpoint.WorkspaceEditor, Missing: noOAuth},
		{Method: "DELETE", Pattern: "/workspaces/{workspaceId}/oauthCredentials/{actorType}/{name}", Operation: "deleteWorkspaceOAuthCredentials", Role: endpoint.WorkspaceEditor, Missing: noOAuth},
		{Method: "PUT", Pattern: "/organizations/{organizationId}/oauthCredentials", Operation: "createOrUpdateOrganizationOAuthCredentials", Role: endpoint.OrganizationAdmin, Missing: noOAuth},
		{Method: "DELETE", Pattern: "/organizations/{organizationId}/oauthCredentials/{actorType}/{name}", Operation: "deleteOrganizationOAuthCredentials", Role: endpoint.OrganizationAdmin, Missing: noOAuth},
	}
}

func (a *api) groupRoutes() []endpoint.Route {
	missing := func(method, pattern, operation string) endpoint.Route {
		return endpoint.Route{Method: method, Pattern: pattern, Operation: operation, Role: endpoint.OrganizationAdmin, Missing: noGroups}
	}
	return []endpoint.Route{
		{Method: "GET", Pattern: "/groups", Operation: "listGroups", Role: endpoint.OrganizationAdmin, Query: windowed(ofOrganization()...), Handle: endpoint.Get(a.listGroups)},
		missing("POST", "/groups", "createGroup"),
		missing("GET", "/groups/{groupId}", "getGroup"),
		missing("PATCH", "/groups/{groupId}", "updateGroup"),
		missing("DELETE", "/groups/{groupId}", "deleteGroup"),
		missing("GET", "/groups/{groupId}/members", "listGroupMembers"),
		missing("POST", "/groups/{groupId}/members", "addGroupMember"),
		missing("DELETE", "/groups/{groupId}/members/{userId}", "removeGroupMember"),
		missing("GET", "/groups/{groupId}/permissions", "listGroupPermissions"),
		missing("POST", "/groups/{groupId}/permissions", "createGroupPermission"),
		missing("DELETE", "/groups/{groupId}/permissions/{permissionId}", "deleteGroupPermission"),
	}
}

// listGroups finds none in any organization, so that clients which look for groups go on.
func (a *api) listGroups(ctx context.Context, p endpoint.Params) (out public.GroupsResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	_, err = a.platform.Organization(ctx, q.Text("organizationId"))
	return out, err
}

func (a *api) embeddedRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "POST", Pattern: "/embedded/widget_token", Operation: "getEmbeddedWidget", Role: endpoint.OrganizationAdmin, Missing: noEmbedded},
		{Method: "POST", Pattern: "/embedded/scoped_token", Operation: "generateEmbeddedScopedToken", Role: endpoint.OrganizationAdmin, Missing: noEmbedded},
		{Method: "GET", Pattern: "/embedded/organizations", Operation: "listEmbeddedOrganizationsByUser", Role: endpoint.OrganizationReader, Missing: noEmbedded},
	}
}
