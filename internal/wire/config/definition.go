package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// SourceDefinitionID names a definition, and the workspace that asks where the call wants it.
type SourceDefinitionID struct {
	SourceDefinitionID string `json:"sourceDefinitionId"`
	WorkspaceID        string `json:"workspaceId,omitempty"`
}

// DestinationDefinitionID names a definition, and the workspace that asks where the call wants it.
type DestinationDefinitionID struct {
	DestinationDefinitionID string `json:"destinationDefinitionId"`
	WorkspaceID             string `json:"workspaceId,omitempty"`
}

// SourceDefinitionRead is a definition of sources.
type SourceDefinitionRead struct {
	SourceDefinitionID        string                      `json:"sourceDefinitionId"`
	Name                      string                      `json:"name"`
	DockerRepository          string                      `json:"dockerRepository"`
	DockerImageTag            string                      `json:"dockerImageTag"`
	DocumentationURL          string                      `json:"documentationUrl,omitempty"`
	Icon                      string                      `json:"icon,omitempty"`
	ProtocolVersion           string                      `json:"protocolVersion,omitempty"`
	Custom                    bool                        `json:"custom"`
	Enterprise                *bool                       `json:"enterprise,omitempty"`
	SupportLevel              string                      `json:"supportLevel,omitempty"`
	ReleaseStage              string                      `json:"releaseStage,omitempty"`
	ReleaseDate               string                      `json:"releaseDate,omitempty"`
	SourceType                string                      `json:"sourceType,omitempty"`
	ResourceRequirements      *ScopedResourceRequirements `json:"resourceRequirements,omitempty"`
	MaxSecondsBetweenMessages *int64                      `json:"maxSecondsBetweenMessages,omitempty"`
	LastPublished             string                      `json:"lastPublished,omitempty"`
	CDKVersion                string                      `json:"cdkVersion,omitempty"`
	Language                  string                      `json:"language,omitempty"`
}

// SourceDefinitionReadList lists definitions of sources.
type SourceDefinitionReadList struct {
	SourceDefinitions wire.List[SourceDefinitionRead] `json:"sourceDefinitions"`
}

// DestinationDefinitionRead is a definition of destinations.
type DestinationDefinitionRead struct {
	DestinationDefinitionID string                      `json:"destinationDefinitionId"`
	Name                    string                      `json:"name"`
	DockerRepository        string                      `json:"dockerRepository"`
	DockerImageTag          string                      `json:"dockerImageTag"`
	DocumentationURL        string                      `json:"documentationUrl"`
	Icon                    string                      `json:"icon,omitempty"`
	ProtocolVersion         string                      `json:"protocolVersion,omitempty"`
	Custom                  bool                        `json:"custom"`
	Enterprise              *bool                       `json:"enterprise,omitempty"`
	SupportLevel            string                      `json:"supportLevel,omitempty"`
	ReleaseStage            string                      `json:"releaseStage,omitempty"`
	ReleaseDate             string                      `json:"releaseDate,omitempty"`
	ResourceRequirements    *ScopedResourceRequirements `json:"resourceRequirements,omitempty"`
	LastPublished           string                      `json:"lastPublished,omitempty"`
	CDKVersion              string                      `json:"cdkVersion,omitempty"`
	Language                string                      `json:"language,omitempty"`
	SupportsDataActivation  *bool                       `json:"supportsDataActivation,omitempty"`
}

// DestinationDefinitionReadList lists definitions of destinations.
type DestinationDefinitionReadList struct {
	DestinationDefinitions wire.List[DestinationDefinitionRead] `json:"destinationDefinitions"`
}

// DefinitionCreate is a definition made of a container image.
type DefinitionCreate struct {
	Name                 string                      `json:"name"`
	DockerRepository     string                      `json:"dockerRepository"`
	DockerImageTag       string                      `json:"dockerImageTag"`
	DocumentationURL     string                      `json:"documentationUrl,omitempty"`
	Icon                 string                      `json:"icon,omitempty"`
	ResourceRequirements *ScopedResourceRequirements `json:"resourceRequirements,omitempty"`
}

// ScopeType is what a custom definition can be used in.
type ScopeType string

// The scopes of custom definitions.
const (
	ScopeWorkspace    ScopeType = "workspace"
	ScopeOrganization ScopeType = "organization"
)

// Values lists the enum.
func (ScopeType) Values() []ScopeType { return []ScopeType{ScopeWorkspace, ScopeOrganization} }

// UnmarshalText reads the value without regard to case.
func (e *ScopeType) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// CustomSourceDefinitionCreate adds a definition of sources to a workspace or an organization.
type CustomSourceDefinitionCreate struct {
	WorkspaceID      string           `json:"workspaceId,omitempty"`
	ScopeID          string           `json:"scopeId,omitempty"`
	ScopeType        ScopeType        `json:"scopeType,omitempty"`
	SourceDefinition DefinitionCreate `json:"sourceDefinition"`
}

// CustomDestinationDefinitionCreate adds a definition of destinations to a workspace or an organization.
type CustomDestinationDefinitionCreate struct {
	WorkspaceID           string           `json:"workspaceId,omitempty"`
	ScopeID               string           `json:"scopeId,omitempty"`
	ScopeType             ScopeType        `json:"scopeType,omitempty"`
	DestinationDefinition DefinitionCreate `json:"destinationDefinition"`
}

// SourceDefinitionUpdate changes a definition of sources.
type SourceDefinitionUpdate struct {
	SourceDefinitionID   string                      `json:"sourceDefinitionId"`
	WorkspaceID          string                      `json:"workspaceId"`
	Name                 *string                     `json:"name,omitempty"`
	DockerImageTag       string                      `json:"dockerImageTag"`
	ResourceRequirements *ScopedResourceRequirements `json:"resourceRequirements,omitempty"`
}

// DestinationDefinitionUpdate changes a definition of destinations.
type DestinationDefinitionUpdate struct {
	DestinationDefinitionID string                      `json:"destinationDefinitionId"`
	WorkspaceID             string                      `json:"workspaceId"`
	Name                    *string                     `json:"name,omitempty"`
	DockerImageTag          string                      `json:"dockerImageTag"`
	ResourceRequirements    *ScopedResourceRequirements `json:"resourceRequirements,omitempty"`
}

// AdvancedAuth describes the OAuth flow of a connector.
type AdvancedAuth struct {
	AuthFlowType             string                    `json:"authFlowType,omitempty"`
	PredicateKey             []string                  `json:"predicateKey,omitempty"`
	PredicateValue           string                    `json:"predicateValue,omitempty"`
	OAuthConfigSpecification *OAuthConfigSpecification `json:"oauthConfigSpecification,omitempty"`
}

// OAuthConfigSpecification is the schemas of the parts of an OAuth flow.
type OAuthConfigSpecification struct {
	OAuthUserInputFromConnectorConfigSpecification json.RawMessage `json:"oauthUserInputFromConnectorConfigSpecification,omitempty"`
	CompleteOAuthOutputSpecification               json.RawMessage `json:"completeOAuthOutputSpecification,omitempty"`
	CompleteOAuthServerInputSpecification          json.RawMessage `json:"completeOAuthServerInputSpecification,omitempty"`
	CompleteOAuthServerOutputSpecification         json.RawMessage `json:"completeOAuthServerOutputSpecification,omitempty"`
}

// SourceDefinitionSpecification is what configurations of a source look like.
type SourceDefinitionSpecification struct {
	SourceDefinitionID                     string             `json:"sourceDefinitionId"`
	DocumentationURL                       string             `json:"documentationUrl,omitempty"`
	ConnectionSpecification                json.RawMessage    `json:"connectionSpecification,omitempty"`
	AdvancedAuth                           *AdvancedAuth      `json:"advancedAuth,omitempty"`
	AdvancedAuthGlobalCredentialsAvailable *bool              `json:"advancedAuthGlobalCredentialsAvailable,omitempty"`
	JobInfo                                SynchronousJobRead `json:"jobInfo"`
}

// DestinationDefinitionSpecification is what configurations of a destination look like and how it can write.
type DestinationDefinitionSpecification struct {
	DestinationDefinitionID                string                `json:"destinationDefinitionId"`
	DocumentationURL                       string                `json:"documentationUrl,omitempty"`
	ConnectionSpecification                json.RawMessage       `json:"connectionSpecification,omitempty"`
	AdvancedAuth                           *AdvancedAuth         `json:"advancedAuth,omitempty"`
	AdvancedAuthGlobalCredentialsAvailable *bool                 `json:"advancedAuthGlobalCredentialsAvailable,omitempty"`
	JobInfo                                SynchronousJobRead    `json:"jobInfo"`
	SupportedDestinationSyncModes          []DestinationSyncMode `json:"supportedDestinationSyncModes,omitempty"`
}

// EnterpriseStub is a connector that is for sale.
type EnterpriseStub struct {
	ID           string `json:"id"`
	DefinitionID string `json:"definitionId,omitempty"`
	Name         string `json:"name"`
	URL          string `json:"url"`
	Icon         string `json:"icon"`
	Label        string `json:"label,omitempty"`
	Type         string `json:"type,omitempty"`
}

// EnterpriseStubs lists connectors that are for sale.
type EnterpriseStubs struct {
	EnterpriseConnectorStubs wire.List[EnterpriseStub] `json:"enterpriseConnectorStubs"`
}
