package public

import "encoding/json"

// DestinationCreateRequest asks for a new destination. Without DefinitionID the configuration names the connector in its member destinationType.
type DestinationCreateRequest struct {
	Name               string                      `json:"name"`
	WorkspaceID        string                      `json:"workspaceId"`
	Configuration      json.RawMessage             `json:"configuration"`
	DefinitionID       string                      `json:"definitionId,omitempty"`
	ResourceAllocation *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// DestinationPatchRequest changes a destination; what is absent stays. The configuration is merged into the stored one.
type DestinationPatchRequest struct {
	Name               *string                     `json:"name,omitempty"`
	Configuration      json.RawMessage             `json:"configuration,omitempty"`
	ResourceAllocation *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// DestinationPutRequest replaces the name and the configuration of a destination.
type DestinationPutRequest struct {
	Name               string                      `json:"name"`
	Configuration      json.RawMessage             `json:"configuration"`
	ResourceAllocation *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// DestinationResponse is a destination. DestinationType is empty for custom connectors; CreatedAt is in Unix seconds.
type DestinationResponse struct {
	DestinationID      string                      `json:"destinationId"`
	Name               string                      `json:"name"`
	DestinationType    string                      `json:"destinationType"`
	DefinitionID       string                      `json:"definitionId"`
	WorkspaceID        string                      `json:"workspaceId"`
	Configuration      json.RawMessage             `json:"configuration"`
	CreatedAt          int64                       `json:"createdAt"`
	ResourceAllocation *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// DestinationsResponse is a page of destinations.
type DestinationsResponse = Page[DestinationResponse]
