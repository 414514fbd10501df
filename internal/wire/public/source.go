package public

import "encoding/json"

// SourceCreateRequest asks for a new source. Without DefinitionID the configuration names the connector in its member sourceType.
type SourceCreateRequest struct {
	Name               string                      `json:"name"`
	WorkspaceID        string                      `json:"workspaceId"`
	Configuration      json.RawMessage             `json:"configuration"`
	DefinitionID       string                      `json:"definitionId,omitempty"`
	SecretID           string                      `json:"secretId,omitempty"`
	ResourceAllocation *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// SourcePatchRequest changes a source; what is absent stays. The configuration is merged into the stored one.
type SourcePatchRequest struct {
	Name               *string                     `json:"name,omitempty"`
	Configuration      json.RawMessage             `json:"configuration,omitempty"`
	WorkspaceID        string                      `json:"workspaceId,omitempty"`
	SecretID           string                      `json:"secretId,omitempty"`
	ResourceAllocation *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// SourcePutRequest replaces the name and the configuration of a source.
type SourcePutRequest struct {
	Name               string                      `json:"name"`
	Configuration      json.RawMessage             `json:"configuration"`
	ResourceAllocation *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// SourceResponse is a source. SourceType is empty for custom connectors; CreatedAt is in Unix seconds.
type SourceResponse struct {
	SourceID           string                      `json:"sourceId"`
	Name               string                      `json:"name"`
	SourceType         string                      `json:"sourceType"`
	DefinitionID       string                      `json:"definitionId"`
	WorkspaceID        string                      `json:"workspaceId"`
	Configuration      json.RawMessage             `json:"configuration"`
	CreatedAt          int64                       `json:"createdAt"`
	ResourceAllocation *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// SourcesResponse is a page of sources.
type SourcesResponse = Page[SourceResponse]

// InitiateOAuthRequest begins the consent flow of a source.
type InitiateOAuthRequest struct {
	RedirectURL             string          `json:"redirectUrl"`
	WorkspaceID             string          `json:"workspaceId"`
	Name                    string          `json:"name,omitempty"`
	SourceType              string          `json:"sourceType,omitempty"`
	OAuthInputConfiguration json.RawMessage `json:"oAuthInputConfiguration,omitempty"`
	RequestedScopes         []string        `json:"requestedScopes,omitempty"`
	RequestedOptionalScopes []string        `json:"requestedOptionalScopes,omitempty"`
}

// OAuthCredentialsRequest overrides the OAuth application of a connector, for a workspace or an organization.
type OAuthCredentialsRequest struct {
	ActorType     ActorType       `json:"actorType"`
	Name          string          `json:"name"`
	Configuration json.RawMessage `json:"configuration"`
}
