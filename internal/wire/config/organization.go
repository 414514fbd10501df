package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// SubscriptionStatus tells whether an organization has a plan.
type SubscriptionStatus string

// The states of a plan.
const (
	PreSubscription SubscriptionStatus = "pre_subscription"
	Unsubscribed    SubscriptionStatus = "unsubscribed"
	Subscribed      SubscriptionStatus = "subscribed"
)

// Values lists the enum.
func (SubscriptionStatus) Values() []SubscriptionStatus {
	return []SubscriptionStatus{PreSubscription, Unsubscribed, Subscribed}
}

// PaymentStatus tells whether an organization has paid.
type PaymentStatus string

// The states of payment.
const (
	PaymentUninitialized PaymentStatus = "uninitialized"
	PaymentOkay          PaymentStatus = "okay"
	PaymentGracePeriod   PaymentStatus = "grace_period"
	PaymentDisabled      PaymentStatus = "disabled"
	PaymentLocked        PaymentStatus = "locked"
	PaymentManual        PaymentStatus = "manual"
)

// Values lists the enum.
func (PaymentStatus) Values() []PaymentStatus {
	return []PaymentStatus{
		PaymentUninitialized, PaymentOkay, PaymentGracePeriod, PaymentDisabled, PaymentLocked, PaymentManual,
	}
}

// Billing is what an organization owes. Self-managed servers leave it out.
type Billing struct {
	SubscriptionStatus SubscriptionStatus `json:"subscriptionStatus,omitempty"`
	PaymentStatus      PaymentStatus      `json:"paymentStatus"`
	AccountType        string             `json:"accountType,omitempty"`
	GracePeriodEndsAt  *int64             `json:"gracePeriodEndsAt,omitempty"`
}

// OrganizationInfo is what members of an organization may know of it. It has no e-mail address.
type OrganizationInfo struct {
	OrganizationID     string   `json:"organizationId"`
	OrganizationName   string   `json:"organizationName"`
	SSO                bool     `json:"sso"`
	SCIM               bool     `json:"scim"`
	Billing            *Billing `json:"billing,omitempty"`
	OrganizationPlanID string   `json:"organizationPlanId,omitempty"`
}

// Limit is how much of something is used and allowed.
type Limit struct {
	Current int64 `json:"current"`
	Max     int64 `json:"max"`
}

// OrganizationLimits is how much an organization uses and may use.
type OrganizationLimits struct {
	Users      *Limit `json:"users,omitempty"`
	Workspaces *Limit `json:"workspaces,omitempty"`
}

// OrganizationRead is an organization.
type OrganizationRead struct {
	OrganizationID     string              `json:"organizationId"`
	OrganizationName   string              `json:"organizationName"`
	Email              string              `json:"email"`
	SSORealm           string              `json:"ssoRealm,omitempty"`
	IsAgentic          *bool               `json:"isAgentic,omitempty"`
	OrganizationLimits *OrganizationLimits `json:"organizationLimits,omitempty"`
}

// OrganizationReadList lists organizations.
type OrganizationReadList struct {
	Organizations wire.List[OrganizationRead] `json:"organizations"`
}

// OrganizationCreate makes an organization.
type OrganizationCreate struct {
	OrganizationName string `json:"organizationName"`
	Email            string `json:"email"`
}

// OrganizationUpdate changes an organization; what is absent stays.
type OrganizationUpdate struct {
	OrganizationID   string  `json:"organizationId"`
	OrganizationName *string `json:"organizationName,omitempty"`
	Email            *string `json:"email,omitempty"`
}

// OrganizationsByUser asks for the organizations of a person.
type OrganizationsByUser struct {
	UserID       string      `json:"userId"`
	Pagination   *Pagination `json:"pagination,omitempty"`
	NameContains string      `json:"nameContains,omitempty"`
}

// OrganizationSummary is an organization with what is in it.
type OrganizationSummary struct {
	Organization OrganizationRead         `json:"organization"`
	Workspaces   wire.List[WorkspaceRead] `json:"workspaces"`
	MemberCount  int                      `json:"memberCount"`
}

// OrganizationSummaries lists organizations with what is in them.
type OrganizationSummaries struct {
	OrganizationSummaries wire.List[OrganizationSummary] `json:"organizationSummaries"`
}

// UserRead is a person.
type UserRead struct {
	UserID             string `json:"userId"`
	Name               string `json:"name,omitempty"`
	Email              string `json:"email"`
	DefaultWorkspaceID string `json:"defaultWorkspaceId,omitempty"`
	Status             string `json:"status,omitempty"`
	Metadata           Object `json:"metadata"`
}

// UserUpdate changes a user. Members that are absent stay.
type UserUpdate struct {
	UserID             string  `json:"userId"`
	Name               *string `json:"name,omitempty"`
	DefaultWorkspaceID *string `json:"defaultWorkspaceId,omitempty"`
}

// Object is a JSON object without a fixed shape; nil is printed as {}.
type Object map[string]any

// MarshalJSON prints nil as an empty object.
func (o Object) MarshalJSON() ([]byte, error) {
	if o == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]any(o))
}

// PermissionRead is a role of a person.
type PermissionRead struct {
	PermissionID   string         `json:"permissionId"`
	PermissionType PermissionType `json:"permissionType"`
	UserID         string         `json:"userId"`
	WorkspaceID    string         `json:"workspaceId,omitempty"`
	OrganizationID string         `json:"organizationId,omitempty"`
}

// PermissionReadList lists roles.
type PermissionReadList struct {
	Permissions wire.List[PermissionRead] `json:"permissions"`
}
