package publicapi

import (
	"context"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) userRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/users", Operation: "listUsersWithinAnOrganization", Role: endpoint.OrganizationMember, Query: ofOrganization(
			endpoint.Parameter{Name: "ids", Meaning: "Lists the users with these ids, beside those with the addresses.", Type: endpoint.Names},
			endpoint.Parameter{Name: "emails", Meaning: "Lists the users with these addresses, beside those with the ids.", Type: endpoint.Texts},
		), Handle: endpoint.Get(a.listUsers)},
	}
}

func (a *api) listUsers(ctx context.Context, p endpoint.Params) (out public.UsersResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	ids, emails := q.Texts("ids"), q.Texts("emails")
	rows, err := a.platform.Users(ctx, q.Text("organizationId"))
	for _, u := range rows {
		if wanted(u, ids, emails) {
			out.Data = append(out.Data, public.UserResponse{ID: u.ID, Name: u.Name, Email: u.Email})
		}
	}
	return out, err
}

// wanted tells whether a user is in either list; with no list at all everyone is.
func wanted(u platform.User, ids, emails []string) bool {
	if len(ids)+len(emails) == 0 {
		return true
	}
	return slices.Contains(ids, u.ID) ||
		slices.ContainsFunc(emails, func(email string) bool { return strings.EqualFold(email, u.Email) })
}
