package public

import "encoding/json"

// DeclarativeSourceDefinitionCreateRequest publishes a manifest as a source definition.
type DeclarativeSourceDefinitionCreateRequest struct {
	Name     string          `json:"name"`
	Manifest json.RawMessage `json:"manifest"`
}

// DeclarativeSourceDefinitionUpdateRequest publishes the next version of a manifest.
type DeclarativeSourceDefinitionUpdateRequest struct {
	Manifest json.RawMessage `json:"manifest"`
}

// DeclarativeSourceDefinitionResponse is a source definition made of a manifest. Version counts its publications.
type DeclarativeSourceDefinitionResponse struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Manifest json.RawMessage `json:"manifest"`
	Version  int64           `json:"version"`
}

// DeclarativeSourceDefinitionsResponse is a list of manifest definitions.
type DeclarativeSourceDefinitionsResponse = Page[DeclarativeSourceDefinitionResponse]

// DefinitionCreateRequest adds a definition made of a container image.
type DefinitionCreateRequest struct {
	Name             string `json:"name"`
	DockerRepository string `json:"dockerRepository"`
	DockerImageTag   string `json:"dockerImageTag"`
	DocumentationURL string `json:"documentationUrl,omitempty"`
}

// DefinitionUpdateRequest changes the name and tag of an image definition.
type DefinitionUpdateRequest struct {
	Name           string `json:"name"`
	DockerImageTag string `json:"dockerImageTag"`
}

// DefinitionResponse is a definition made of a container image.
type DefinitionResponse struct {
	ID               string `json:"id"`
	Name             string `json:"name"`
	DockerRepository string `json:"dockerRepository"`
	DockerImageTag   string `json:"dockerImageTag"`
	DocumentationURL string `json:"documentationUrl,omitempty"`
}

// DefinitionsResponse is a list of image definitions.
type DefinitionsResponse = Page[DefinitionResponse]

// ConnectorDefinitionResponse is any definition that a workspace can use.
type ConnectorDefinitionResponse struct {
	ID                      string    `json:"id"`
	Name                    string    `json:"name"`
	ConnectorDefinitionType ActorType `json:"connectorDefinitionType"`
	Version                 string    `json:"version"`
}

// ConnectorDefinitionsResponse is a list of definitions.
type ConnectorDefinitionsResponse = Whole[ConnectorDefinitionResponse]
