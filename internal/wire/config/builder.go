package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// BuilderProjectForDefinition asks for the builder project of a definition.
type BuilderProjectForDefinition struct {
	ActorDefinitionID string `json:"actorDefinitionId"`
	WorkspaceID       string `json:"workspaceId"`
}

// BuilderProjectForDefinitionRead is the builder project of a definition. Both are null where there is none.
type BuilderProjectForDefinitionRead struct {
	BuilderProjectID *string `json:"builderProjectId"`
	WorkspaceID      *string `json:"workspaceId,omitempty"`
}

// BuilderProjectID names a builder project, and the version of its manifest where the call wants it.
type BuilderProjectID struct {
	WorkspaceID      string `json:"workspaceId"`
	BuilderProjectID string `json:"builderProjectId"`
	Version          *int64 `json:"version,omitempty"`
}

// BuilderProjectRead is a builder project. DeclarativeManifest is the draft where there is one, else what is active.
type BuilderProjectRead struct {
	BuilderProject      BuilderProjectDetailsRead `json:"builderProject"`
	DeclarativeManifest *DeclarativeManifestRead  `json:"declarativeManifest,omitempty"`
	TestingValues       json.RawMessage           `json:"testingValues,omitempty"`
}

// BuilderProjectDetailsRead is what a builder project is called and where it stands.
type BuilderProjectDetailsRead struct {
	Name                             string          `json:"name"`
	BuilderProjectID                 string          `json:"builderProjectId"`
	SourceDefinitionID               string          `json:"sourceDefinitionId,omitempty"`
	ActiveDeclarativeManifestVersion *int64          `json:"activeDeclarativeManifestVersion,omitempty"`
	HasDraft                         bool            `json:"hasDraft"`
	UpdatedAt                        int64           `json:"updatedAt"`
	BaseActorDefinitionVersionInfo   json.RawMessage `json:"baseActorDefinitionVersionInfo,omitempty"`
	ContributionInfo                 json.RawMessage `json:"contributionInfo,omitempty"`
	ComponentsFileContent            string          `json:"componentsFileContent,omitempty"`
}

// DeclarativeManifestRead is a manifest and whether it is published.
type DeclarativeManifestRead struct {
	Manifest    json.RawMessage `json:"manifest,omitempty"`
	IsDraft     *bool           `json:"isDraft,omitempty"`
	Version     *int64          `json:"version,omitempty"`
	Description string          `json:"description,omitempty"`
}

// BuilderProjectReadList lists builder projects.
type BuilderProjectReadList struct {
	Projects wire.List[BuilderProjectDetailsRead] `json:"projects"`
}

// BuilderProjectDetails is what a builder project is made of.
type BuilderProjectDetails struct {
	Name                          string          `json:"name"`
	DraftManifest                 json.RawMessage `json:"draftManifest,omitempty"`
	YAMLManifest                  string          `json:"yamlManifest,omitempty"`
	ComponentsFileContent         string          `json:"componentsFileContent,omitempty"`
	BaseActorDefinitionVersionID  string          `json:"baseActorDefinitionVersionId,omitempty"`
	ContributionPullRequestURL    string          `json:"contributionPullRequestUrl,omitempty"`
	ContributionActorDefinitionID string          `json:"contributionActorDefinitionId,omitempty"`
}

// BuilderProjectCreate asks for a new builder project.
type BuilderProjectCreate struct {
	WorkspaceID    string                `json:"workspaceId"`
	BuilderProject BuilderProjectDetails `json:"builderProject"`
}

// BuilderProjectUpdate changes a builder project.
type BuilderProjectUpdate struct {
	WorkspaceID      string                `json:"workspaceId"`
	BuilderProjectID string                `json:"builderProjectId"`
	BuilderProject   BuilderProjectDetails `json:"builderProject"`
}

// BuilderProjectCreated names a new builder project.
type BuilderProjectCreated struct {
	WorkspaceID      string `json:"workspaceId"`
	BuilderProjectID string `json:"builderProjectId"`
}

// DeclarativeSourceManifest is a manifest to publish.
type DeclarativeSourceManifest struct {
	Description string          `json:"description"`
	Manifest    json.RawMessage `json:"manifest"`
	Spec        json.RawMessage `json:"spec"`
	Version     int64           `json:"version"`
}

// BuilderProjectPublish makes a definition of a builder project.
type BuilderProjectPublish struct {
	WorkspaceID                string                    `json:"workspaceId"`
	BuilderProjectID           string                    `json:"builderProjectId"`
	Name                       string                    `json:"name"`
	InitialDeclarativeManifest DeclarativeSourceManifest `json:"initialDeclarativeManifest"`
	ComponentsFileContent      string                    `json:"componentsFileContent,omitempty"`
}

// BuilderProjectPublished names the definition that a builder project became.
type BuilderProjectPublished struct {
	SourceDefinitionID string `json:"sourceDefinitionId"`
}

// TestingValuesUpdate replaces the testing values of a builder project; the answer is the values with secrets masked.
type TestingValuesUpdate struct {
	WorkspaceID      string          `json:"workspaceId"`
	BuilderProjectID string          `json:"builderProjectId"`
	Spec             json.RawMessage `json:"spec"`
	TestingValues    json.RawMessage `json:"testingValues"`
}

// BuilderStreamRead reads a stream of a manifest for testing. Defaults: 1000 records, 5 pages, 5 slices.
type BuilderStreamRead struct {
	WorkspaceID           string            `json:"workspaceId"`
	BuilderProjectID      string            `json:"builderProjectId"`
	Manifest              json.RawMessage   `json:"manifest"`
	StreamName            string            `json:"streamName"`
	CustomComponentsCode  string            `json:"customComponentsCode,omitempty"`
	FormGeneratedManifest bool              `json:"formGeneratedManifest,omitempty"`
	RecordLimit           *int              `json:"recordLimit,omitempty"`
	PageLimit             *int              `json:"pageLimit,omitempty"`
	SliceLimit            *int              `json:"sliceLimit,omitempty"`
	State                 []json.RawMessage `json:"state,omitempty"`
}

// BuilderResolve asks for a manifest in which nothing has to be looked up.
type BuilderResolve struct {
	WorkspaceID      string          `json:"workspaceId,omitempty"`
	BuilderProjectID string          `json:"builderProjectId,omitempty"`
	Manifest         json.RawMessage `json:"manifest"`
	StreamLimit      *int            `json:"streamLimit,omitempty"`
}

// BuilderResolved is a manifest in which nothing has to be looked up.
type BuilderResolved struct {
	Manifest json.RawMessage `json:"manifest"`
}

// BuilderFork asks for a builder project made of a definition.
type BuilderFork struct {
	WorkspaceID           string `json:"workspaceId"`
	BaseActorDefinitionID string `json:"baseActorDefinitionId"`
}

// BuilderCapabilities is what the connector builder can do.
type BuilderCapabilities struct {
	CustomCodeExecution bool `json:"customCodeExecution"`
}

// BuilderStream is what reading a stream for testing gave. All of its keys are in snake_case.
type BuilderStream struct {
	Logs                    wire.List[BuilderLog]   `json:"logs"`
	Slices                  wire.List[BuilderSlice] `json:"slices"`
	TestReadLimitReached    bool                    `json:"test_read_limit_reached"`
	AuxiliaryRequests       []BuilderAuxiliary      `json:"auxiliary_requests,omitempty"`
	InferredSchema          json.RawMessage         `json:"inferred_schema,omitempty"`
	InferredDatetimeFormats json.RawMessage         `json:"inferred_datetime_formats,omitempty"`
	LatestConfigUpdate      json.RawMessage         `json:"latest_config_update,omitempty"`
}

// BuilderLog is a message of the read: INFO, WARN, ERROR or FATAL.
type BuilderLog struct {
	Message         string `json:"message"`
	Level           string `json:"level"`
	InternalMessage string `json:"internal_message,omitempty"`
	Stacktrace      string `json:"stacktrace,omitempty"`
}

// BuilderSlice is a part of a stream.
type BuilderSlice struct {
	Pages             wire.List[BuilderPage] `json:"pages"`
	SliceDescriptor   json.RawMessage        `json:"slice_descriptor,omitempty"`
	State             []json.RawMessage      `json:"state,omitempty"`
	AuxiliaryRequests []BuilderAuxiliary     `json:"auxiliary_requests,omitempty"`
}

// BuilderPage is a page of a part of a stream.
type BuilderPage struct {
	Records  wire.List[json.RawMessage] `json:"records"`
	Request  *BuilderRequest            `json:"request,omitempty"`
	Response *BuilderResponse           `json:"response,omitempty"`
}

// BuilderAuxiliary is a request that serves no page of the stream itself. Its type is HTTP, AUTH, PARENT_STREAM, ASYNC_CREATE,
// ASYNC_POLL, ASYNC_ABORT or ASYNC_DELETE.
type BuilderAuxiliary struct {
	Title       string           `json:"title"`
	Type        string           `json:"type"`
	Description string           `json:"description"`
	Request     *BuilderRequest  `json:"request"`
	Response    *BuilderResponse `json:"response"`
}

// BuilderRequest is what was asked of the outside.
type BuilderRequest struct {
	URL        string            `json:"url"`
	HTTPMethod string            `json:"http_method"`
	Parameters json.RawMessage   `json:"parameters,omitempty"`
	Body       string            `json:"body,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
}

// BuilderResponse is what the outside answered.
type BuilderResponse struct {
	Status  int               `json:"status"`
	Body    string            `json:"body,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
}

// CreateManifest adds a version of the manifest of a definition.
type CreateManifest struct {
	WorkspaceID           string                    `json:"workspaceId"`
	SourceDefinitionID    string                    `json:"sourceDefinitionId"`
	SetAsActiveManifest   bool                      `json:"setAsActiveManifest"`
	DeclarativeManifest   DeclarativeSourceManifest `json:"declarativeManifest"`
	ComponentsFileContent string                    `json:"componentsFileContent,omitempty"`
}

// UpdateActiveManifest chooses the version of the manifest that a definition runs.
type UpdateActiveManifest struct {
	WorkspaceID        string `json:"workspaceId"`
	SourceDefinitionID string `json:"sourceDefinitionId"`
	Version            int64  `json:"version"`
}

// ManifestVersion is a version of the manifest of a definition.
type ManifestVersion struct {
	Version     int64  `json:"version"`
	IsActive    bool   `json:"isActive"`
	Description string `json:"description"`
}

// ManifestVersions lists the versions of the manifest of a definition.
type ManifestVersions struct {
	ManifestVersions wire.List[ManifestVersion] `json:"manifestVersions"`
}
