package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// SourceCreate asks for a new source.
type SourceCreate struct {
	SourceDefinitionID      string                      `json:"sourceDefinitionId"`
	ConnectionConfiguration json.RawMessage             `json:"connectionConfiguration"`
	WorkspaceID             string                      `json:"workspaceId"`
	Name                    string                      `json:"name"`
	SecretID                string                      `json:"secretId,omitempty"`
	ResourceAllocation      *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
	CreateAsDraft           bool                        `json:"createAsDraft,omitempty"` // the configuration is completed later
}

// SourceUpdate changes a source. The full update needs name and configuration, the partial one takes what is there. Checking
// for an update takes the same shape.
type SourceUpdate struct {
	SourceID                string                      `json:"sourceId"`
	ConnectionConfiguration json.RawMessage             `json:"connectionConfiguration,omitempty"`
	Name                    *string                     `json:"name,omitempty"`
	SecretID                string                      `json:"secretId,omitempty"`
	ResourceAllocation      *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// SourceRead is a source. SourceName is the name of its definition.
type SourceRead struct {
	SourceDefinitionID       string                      `json:"sourceDefinitionId"`
	SourceID                 string                      `json:"sourceId"`
	WorkspaceID              string                      `json:"workspaceId"`
	ConnectionConfiguration  json.RawMessage             `json:"connectionConfiguration"`
	Name                     string                      `json:"name"`
	SourceName               string                      `json:"sourceName"`
	Icon                     string                      `json:"icon,omitempty"`
	IsVersionOverrideApplied *bool                       `json:"isVersionOverrideApplied,omitempty"`
	IsEntitled               *bool                       `json:"isEntitled,omitempty"`
	BreakingChanges          json.RawMessage             `json:"breakingChanges,omitempty"`
	SupportState             SupportState                `json:"supportState,omitempty"`
	Status                   ActorStatus                 `json:"status,omitempty"`
	IsDraft                  bool                        `json:"isDraft,omitempty"`
	CreatedAt                int64                       `json:"createdAt"`
	ResourceAllocation       *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
	NumConnections           *int                        `json:"numConnections,omitempty"`
	LastSync                 *int64                      `json:"lastSync,omitempty"`
	ConnectionJobStatuses    map[string]int              `json:"connectionJobStatuses,omitempty"`
}

// SourceReadWithMetadata is a source with the name of its workspace.
type SourceReadWithMetadata struct {
	SourceRead
	Metadata SourceMetadata `json:"metadata"`
}

// SourceMetadata tells where a source is.
type SourceMetadata struct {
	WorkspaceName string `json:"workspaceName"`
}

// SourceReadList lists sources. Two of its keys are in snake_case; NumConnections counts the sources of all pages.
type SourceReadList struct {
	Sources        wire.List[SourceRead] `json:"sources"`
	PageSize       *int                  `json:"page_size,omitempty"`
	NumConnections *int                  `json:"num_connections,omitempty"`
}

// ActorSortKey is the order that sources or destinations are listed in.
type ActorSortKey string

// The orders of lists of sources and destinations.
const (
	ActorByName           ActorSortKey = "actorName_asc"
	ActorByNameDown       ActorSortKey = "actorName_desc"
	ActorByDefinition     ActorSortKey = "actorDefinitionName_asc"
	ActorByDefinitionDown ActorSortKey = "actorDefinitionName_desc"
	ActorByLastSync       ActorSortKey = "lastSync_asc"
	ActorByLastSyncDown   ActorSortKey = "lastSync_desc"
)

// Values lists the enum.
func (ActorSortKey) Values() []ActorSortKey {
	return []ActorSortKey{ActorByName, ActorByNameDown, ActorByDefinition, ActorByDefinitionDown, ActorByLastSync, ActorByLastSyncDown}
}

// UnmarshalText reads the value without regard to case.
func (e *ActorSortKey) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// ActorStatus tells whether some connection of a source or destination is active.
type ActorStatus string

// The statuses of sources and destinations.
const (
	ActorActive   ActorStatus = "active"
	ActorInactive ActorStatus = "inactive"
)

// Values lists the enum.
func (ActorStatus) Values() []ActorStatus { return []ActorStatus{ActorActive, ActorInactive} }

// UnmarshalText reads the value without regard to case.
func (e *ActorStatus) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// ActorList asks for a page of the sources or destinations of a workspace.
type ActorList struct {
	WorkspaceID string        `json:"workspaceId"`
	Cursor      string        `json:"cursor,omitempty"`
	SortKey     ActorSortKey  `json:"sortKey,omitempty"`
	Filters     *ActorFilters `json:"filters,omitempty"`
	PageSize    int           `json:"pageSize,omitempty"`
}

// ActorFilters narrows a list of sources or destinations.
type ActorFilters struct {
	States     []ActorStatus `json:"states,omitempty"`
	SearchTerm string        `json:"searchTerm,omitempty"`
}

// DestinationCreate asks for a new destination.
type DestinationCreate struct {
	DestinationDefinitionID string                      `json:"destinationDefinitionId"`
	ConnectionConfiguration json.RawMessage             `json:"connectionConfiguration"`
	WorkspaceID             string                      `json:"workspaceId"`
	Name                    string                      `json:"name"`
	ResourceAllocation      *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
	CreateAsDraft           bool                        `json:"createAsDraft,omitempty"` // the configuration is completed later
}

// DestinationUpdate changes a destination, as [SourceUpdate] a source.
type DestinationUpdate struct {
	DestinationID           string                      `json:"destinationId"`
	ConnectionConfiguration json.RawMessage             `json:"connectionConfiguration,omitempty"`
	Name                    *string                     `json:"name,omitempty"`
	ResourceAllocation      *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
}

// DestinationRead is a destination. DestinationName is the name of its definition.
type DestinationRead struct {
	DestinationDefinitionID  string                      `json:"destinationDefinitionId"`
	DestinationID            string                      `json:"destinationId"`
	WorkspaceID              string                      `json:"workspaceId"`
	ConnectionConfiguration  json.RawMessage             `json:"connectionConfiguration"`
	Name                     string                      `json:"name"`
	DestinationName          string                      `json:"destinationName"`
	Icon                     string                      `json:"icon,omitempty"`
	IsVersionOverrideApplied *bool                       `json:"isVersionOverrideApplied,omitempty"`
	IsEntitled               *bool                       `json:"isEntitled,omitempty"`
	BreakingChanges          json.RawMessage             `json:"breakingChanges,omitempty"`
	SupportState             SupportState                `json:"supportState,omitempty"`
	Status                   ActorStatus                 `json:"status,omitempty"`
	IsDraft                  bool                        `json:"isDraft,omitempty"`
	CreatedAt                int64                       `json:"createdAt"`
	ResourceAllocation       *ScopedResourceRequirements `json:"resourceAllocation,omitempty"`
	NumConnections           *int                        `json:"numConnections,omitempty"`
	LastSync                 *int64                      `json:"lastSync,omitempty"`
	ConnectionJobStatuses    map[string]int              `json:"connectionJobStatuses,omitempty"`
}

// DestinationReadList lists destinations. Two of its keys are in snake_case; NumConnections counts the destinations of all pages.
type DestinationReadList struct {
	Destinations   wire.List[DestinationRead] `json:"destinations"`
	PageSize       *int                       `json:"page_size,omitempty"`
	NumConnections *int                       `json:"num_connections,omitempty"`
}

// ActorCatalog is the newest catalog of a source, in the shape of the protocol.
type ActorCatalog struct {
	UpdatedAt *int64          `json:"updatedAt,omitempty"`
	Catalog   json.RawMessage `json:"catalog,omitempty"`
}
