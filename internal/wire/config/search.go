package config

import "encoding/json"

// SourceSearch asks for the sources of which all that it says is true. SourceName is the name of their definition, and the
// configuration holds some of the members of theirs.
type SourceSearch struct {
	SourceDefinitionID      string          `json:"sourceDefinitionId,omitempty"`
	SourceID                string          `json:"sourceId,omitempty"`
	WorkspaceID             string          `json:"workspaceId,omitempty"`
	ConnectionConfiguration json.RawMessage `json:"connectionConfiguration,omitempty"`
	Name                    string          `json:"name,omitempty"`
	SourceName              string          `json:"sourceName,omitempty"`
}

// DestinationSearch asks for destinations, as [SourceSearch] for sources.
type DestinationSearch struct {
	DestinationDefinitionID string          `json:"destinationDefinitionId,omitempty"`
	DestinationID           string          `json:"destinationId,omitempty"`
	WorkspaceID             string          `json:"workspaceId,omitempty"`
	ConnectionConfiguration json.RawMessage `json:"connectionConfiguration,omitempty"`
	Name                    string          `json:"name,omitempty"`
	DestinationName         string          `json:"destinationName,omitempty"`
}

// ConnectionSearch asks for the connections of which all that it says is true.
type ConnectionSearch struct {
	ConnectionID        string              `json:"connectionId,omitempty"`
	Name                string              `json:"name,omitempty"`
	NamespaceDefinition NamespaceDefinition `json:"namespaceDefinition,omitempty"`
	NamespaceFormat     *string             `json:"namespaceFormat,omitempty"`
	Prefix              *string             `json:"prefix,omitempty"`
	SourceID            string              `json:"sourceId,omitempty"`
	DestinationID       string              `json:"destinationId,omitempty"`
	Schedule            *BasicSchedule      `json:"schedule,omitempty"`
	ScheduleType        ScheduleType        `json:"scheduleType,omitempty"`
	ScheduleData        *ScheduleData       `json:"scheduleData,omitempty"`
	Status              ConnectionStatus    `json:"status,omitempty"`
	Source              *SourceSearch       `json:"source,omitempty"`
	Destination         *DestinationSearch  `json:"destination,omitempty"`
}
