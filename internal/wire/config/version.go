package config

// ActorDefinition names a definition of sources or destinations.
type ActorDefinition struct {
	ActorDefinitionID string    `json:"actorDefinitionId"`
	ActorType         ActorType `json:"actorType"`
}

// ActorDefinitionID names a definition of either.
type ActorDefinitionID struct {
	ActorDefinitionID string `json:"actorDefinitionId"`
}

// DefinitionForScope names a definition, and who asks for it.
type DefinitionForScope struct {
	ActorDefinitionID string    `json:"actorDefinitionId"`
	ScopeID           string    `json:"scopeId"`
	ScopeType         ScopeType `json:"scopeType"`
}

// VersionResolve asks for the version of a definition that has a tag.
type VersionResolve struct {
	ActorDefinitionID string    `json:"actorDefinitionId"`
	ActorType         ActorType `json:"actorType"`
	DockerImageTag    string    `json:"dockerImageTag"`
}

// VersionResolveRead is one version of a definition.
type VersionResolveRead struct {
	VersionID             string `json:"versionId"`
	DockerRepository      string `json:"dockerRepository"`
	DockerImageTag        string `json:"dockerImageTag"`
	SupportRefreshes      bool   `json:"supportRefreshes"`
	SupportFileTransfer   bool   `json:"supportFileTransfer"`
	SupportDataActivation bool   `json:"supportDataActivation"`
}
