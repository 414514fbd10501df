package cloud

import (
	"context"
	"iter"
	"net/http"

	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// Organization is what workspaces belong to and what pays for them. The Config API does not tell its e-mail address, so Email is
// empty when it was got from [Workspace.Organization].
type Organization struct {
	ID    string
	Name  string
	Email string

	client *Client
	info   lazy[config.OrganizationInfo]
}

// The states of payment, see [Organization.PaymentStatus].
const (
	PaymentUninitialized = string(config.PaymentUninitialized)
	PaymentOkay          = string(config.PaymentOkay)
	PaymentGracePeriod   = string(config.PaymentGracePeriod)
	PaymentDisabled      = string(config.PaymentDisabled)
	PaymentLocked        = string(config.PaymentLocked)
	PaymentManual        = string(config.PaymentManual)
)

func newOrganization(c *Client, info *config.OrganizationInfo) *Organization {
	o := &Organization{ID: info.OrganizationID, Name: info.OrganizationName, client: c}
	o.info.set(info)
	return o
}

// Organization returns a handle of the organization with the given ID, whose Name and Email are not known. It asks nothing of the
// server.
func (c *Client) Organization(id string) *Organization { return &Organization{ID: id, client: c} }

// Organizations lists the organizations of the caller. See https://reference.airbyte.com/reference/listorganizationsforuser.
func (c *Client) Organizations(ctx context.Context) iter.Seq2[*Organization, error] {
	rows := pages(ctx, func(ctx context.Context, _ int) (page[public.OrganizationResponse], error) {
		req := c.public("listing organizations", http.MethodGet, nil, "organizations")
		answer, err := ask[public.OrganizationsResponse](ctx, c, req, "organizations", "")
		if err != nil {
			return page[public.OrganizationResponse]{}, err
		}
		return page[public.OrganizationResponse]{items: answer.Data}, nil
	})
	name := func(r *public.OrganizationResponse) string { return r.OrganizationName }
	return kept(rows, listOptions{}, name, func(r *public.OrganizationResponse) *Organization {
		return &Organization{ID: r.OrganizationID, Name: r.OrganizationName, Email: r.Email, client: c}
	})
}

// OrganizationByName finds the organization of the caller that has this name. The error matches [ErrNotFound] when there is none and
// [ErrMultipleFound] when there are several.
func (c *Client) OrganizationByName(ctx context.Context, name string) (*Organization, error) {
	const op = "finding organization by name"
	var found *Organization
	for o, err := range c.Organizations(ctx) {
		if err != nil {
			return nil, err
		}
		if o.Name != name {
			continue
		}
		if found != nil {
			return nil, refuse(ErrMultipleFound, op, "organization", name, "%s and %s are both called %q", found.ID, o.ID, name)
		}
		found = o
	}
	if found == nil {
		return nil, refuse(ErrNotFound, op, "organization", name, "no organization is called %q", name)
	}
	return found, nil
}

func (o *Organization) billing(ctx context.Context) (config.Billing, error) {
	info, err := o.info.get(ctx, func(ctx context.Context) (*config.OrganizationInfo, error) {
		req := o.client.query("getting organization "+o.ID, config.OrganizationID{OrganizationID: o.ID},
			"organizations", "get_organization_info")
		return ask[config.OrganizationInfo](ctx, o.client, req, "organization", o.ID)
	})
	if err != nil || info.Billing == nil {
		return config.Billing{}, err
	}
	return *info.Billing, nil
}

// PaymentStatus is one of the states of payment, empty on servers that bill nobody. It takes the role of an organization reader.
func (o *Organization) PaymentStatus(ctx context.Context) (string, error) {
	b, err := o.billing(ctx)
	return string(b.PaymentStatus), err
}

// SubscriptionStatus is pre_subscription, unsubscribed or subscribed, empty on servers that bill nobody.
func (o *Organization) SubscriptionStatus(ctx context.Context) (string, error) {
	b, err := o.billing(ctx)
	return string(b.SubscriptionStatus), err
}

// Locked tells whether syncs are stopped because of payment: it is disabled or locked, or there is no subscription.
func (o *Organization) Locked(ctx context.Context) (bool, error) {
	b, err := o.billing(ctx)
	locked := b.PaymentStatus == config.PaymentDisabled || b.PaymentStatus == config.PaymentLocked ||
		b.SubscriptionStatus == config.Unsubscribed
	return locked, err
}

// Workspaces lists the workspaces of the organization that the caller can see.
func (o *Organization) Workspaces(ctx context.Context, opts ...ListOption) iter.Seq2[*Workspace, error] {
	return o.client.Workspaces(ctx, append([]ListOption{InOrganization(o.ID)}, opts...)...)
}
