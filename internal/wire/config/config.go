// Package config holds the JSON shapes of the Config API, the one that Airbyte's own web pages use: what requests
// and answers of its calls look like, a file a resource. Times are Unix seconds, but for the events of logs, which
// have milliseconds.
package config

import "github.com/airfielddev/airfield/internal/wire"

// Shared with the Public API.
type (
	// ActorType is the side of a connection that a connector is on.
	ActorType = wire.ActorType
	// Application is a pair of client credentials.
	Application = wire.Application
	// ApplicationCreate asks for a new pair of client credentials.
	ApplicationCreate = wire.ApplicationCreate
	// ApplicationReadList lists pairs of client credentials.
	ApplicationReadList = wire.ApplicationList
	// ConnectionStatus tells whether a connection may run.
	ConnectionStatus = wire.ConnectionStatus
	// JobStatus is where a job is.
	JobStatus = wire.JobStatus
	// KnownExceptionInfo is the body of a refused call.
	KnownExceptionInfo = wire.KnownExceptionInfo
	// Mapper changes the records of a stream on their way.
	Mapper = wire.Mapper
	// PermissionType is a role.
	PermissionType = wire.PermissionType
	// ResourceRequirements asks for processor, memory and disk.
	ResourceRequirements = wire.ResourceRequirements
	// ScopedResourceRequirements is what the jobs of a connector may use.
	ScopedResourceRequirements = wire.ScopedResourceRequirements
	// SelectedField names a field of a stream that is synced.
	SelectedField = wire.SelectedField
	// Tag is a label of connections.
	Tag = wire.Tag
)

// Pagination asks for a part of a list.
type Pagination struct {
	PageSize  int `json:"pageSize,omitempty"`
	RowOffset int `json:"rowOffset,omitempty"`
}

// StreamDescriptor names a stream. A stream without a namespace has a nil one.
type StreamDescriptor struct {
	Name      string  `json:"name"`
	Namespace *string `json:"namespace,omitempty"`
}

// Requests that carry one id.
type (
	// WorkspaceID names a workspace.
	WorkspaceID struct {
		WorkspaceID      string `json:"workspaceId"`
		IncludeTombstone bool   `json:"includeTombstone,omitempty"`
	}
	// OrganizationID names an organization.
	OrganizationID struct {
		OrganizationID string `json:"organizationId"`
	}
	// SourceID names a source.
	SourceID struct {
		SourceID string `json:"sourceId"`
	}
	// DestinationID names a destination.
	DestinationID struct {
		DestinationID string `json:"destinationId"`
	}
	// ConnectionID names a connection.
	ConnectionID struct {
		ConnectionID string `json:"connectionId"`
	}
	// JobID names a job.
	JobID struct {
		ID int64 `json:"id"`
	}
)

// TokenRequest trades client credentials for an access token; the hyphen is the API's.
type TokenRequest struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	GrantType    string `json:"grant-type,omitempty"`
}

// TokenResponse is an access token.
type TokenResponse struct {
	AccessToken string `json:"access_token"`
}

// Health is the answer to asking whether the server is up.
type Health struct {
	Available bool `json:"available"`
}

// OperationResult tells whether an internal operation worked.
type OperationResult struct {
	Succeeded bool `json:"succeeded"`
}

// InstanceConfiguration is what a web page needs to know before anyone has logged in.
type InstanceConfiguration struct {
	Edition                  string            `json:"edition"`
	Version                  string            `json:"version"`
	LicenseStatus            string            `json:"licenseStatus"`
	LicenseExpirationDate    *int64            `json:"licenseExpirationDate,omitempty"`
	Auth                     AuthConfiguration `json:"auth"`
	AirbyteURL               string            `json:"airbyteUrl"`
	InitialSetupComplete     bool              `json:"initialSetupComplete"`
	DefaultUserID            string            `json:"defaultUserId"`
	DefaultOrganizationID    string            `json:"defaultOrganizationId"`
	DefaultOrganizationEmail string            `json:"defaultOrganizationEmail"`
	DefaultWorkspaceID       string            `json:"defaultWorkspaceId"`
	TrackingStrategy         string            `json:"trackingStrategy"`
}

// AuthConfiguration is how a server wants people to log in: none, simple or oidc.
type AuthConfiguration struct {
	Mode                   string `json:"mode"`
	ClientID               string `json:"clientId,omitempty"`
	DefaultRealm           string `json:"defaultRealm,omitempty"`
	AuthorizationServerURL string `json:"authorizationServerUrl,omitempty"`
	Audience               string `json:"audience,omitempty"`
	ExtraScopes            string `json:"extraScopes,omitempty"`
}
