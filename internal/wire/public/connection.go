package public

import "github.com/airfielddev/airfield/internal/wire"

// NamespaceDefinition tells where the namespace of a stream in the destination comes from.
type NamespaceDefinition string

// Where a namespace comes from. The Config API spells the last one customformat.
const (
	NamespaceSource       NamespaceDefinition = "source"
	NamespaceDestination  NamespaceDefinition = "destination"
	NamespaceCustomFormat NamespaceDefinition = "custom_format"
)

// Values lists the enum.
func (NamespaceDefinition) Values() []NamespaceDefinition {
	return []NamespaceDefinition{NamespaceSource, NamespaceDestination, NamespaceCustomFormat}
}

// UnmarshalText reads the value without regard to case.
func (e *NamespaceDefinition) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// NonBreakingBehavior tells what happens when the schema of a source changes harmlessly.
type NonBreakingBehavior string

// What happens on a harmless change. The Config API spells the second one disable.
const (
	NonBreakingIgnore            NonBreakingBehavior = "ignore"
	NonBreakingDisableConnection NonBreakingBehavior = "disable_connection"
	NonBreakingPropagateColumns  NonBreakingBehavior = "propagate_columns"
	NonBreakingPropagateFully    NonBreakingBehavior = "propagate_fully"
)

// Values lists the enum.
func (NonBreakingBehavior) Values() []NonBreakingBehavior {
	return []NonBreakingBehavior{
		NonBreakingIgnore, NonBreakingDisableConnection, NonBreakingPropagateColumns, NonBreakingPropagateFully,
	}
}

// UnmarshalText reads the value without regard to case.
func (e *NonBreakingBehavior) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// ScheduleType is how a connection is started.
type ScheduleType string

// How a connection is started. Basic is read only in this API.
const (
	ScheduleManual ScheduleType = "manual"
	ScheduleCron   ScheduleType = "cron"
	ScheduleBasic  ScheduleType = "basic"
)

// Values lists the enum.
func (ScheduleType) Values() []ScheduleType {
	return []ScheduleType{ScheduleManual, ScheduleCron, ScheduleBasic}
}

// UnmarshalText reads the value without regard to case.
func (e *ScheduleType) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// Schedule is when a connection runs. In answers CronExpression ends with its time zone and BasicTiming reads like
// "Every 24 HOURS".
type Schedule struct {
	ScheduleType   ScheduleType `json:"scheduleType"`
	CronExpression string       `json:"cronExpression,omitempty"`
	BasicTiming    string       `json:"basicTiming,omitempty"`
}

// ConnectionCreateRequest asks for a new connection. Defaults: namespaceDefinition destination, prefix empty,
// nonBreakingSchemaUpdatesBehavior ignore, status active, no schedule is manual.
type ConnectionCreateRequest struct {
	SourceID                         string                `json:"sourceId"`
	DestinationID                    string                `json:"destinationId"`
	Name                             string                `json:"name,omitempty"`
	Configurations                   *StreamConfigurations `json:"configurations,omitempty"`
	Schedule                         *Schedule             `json:"schedule,omitempty"`
	DataResidency                    string                `json:"dataResidency,omitempty"`
	NamespaceDefinition              NamespaceDefinition   `json:"namespaceDefinition,omitempty"`
	NamespaceFormat                  *string               `json:"namespaceFormat,omitempty"`
	Prefix                           *string               `json:"prefix,omitempty"`
	NonBreakingSchemaUpdatesBehavior NonBreakingBehavior   `json:"nonBreakingSchemaUpdatesBehavior,omitempty"`
	Status                           ConnectionStatus      `json:"status,omitempty"`
	Tags                             []Tag                 `json:"tags,omitempty"`
}

// ConnectionPatchRequest changes a connection; what is absent stays. An empty Prefix and an empty list of Tags are
// values; an empty list of streams is ignored by servers.
type ConnectionPatchRequest struct {
	Name                             *string               `json:"name,omitempty"`
	Configurations                   *StreamConfigurations `json:"configurations,omitempty"`
	Schedule                         *Schedule             `json:"schedule,omitempty"`
	DataResidency                    string                `json:"dataResidency,omitempty"`
	NamespaceDefinition              NamespaceDefinition   `json:"namespaceDefinition,omitempty"`
	NamespaceFormat                  *string               `json:"namespaceFormat,omitempty"`
	Prefix                           *string               `json:"prefix,omitempty"`
	NonBreakingSchemaUpdatesBehavior NonBreakingBehavior   `json:"nonBreakingSchemaUpdatesBehavior,omitempty"`
	Status                           ConnectionStatus      `json:"status,omitempty"`
	Tags                             *wire.List[Tag]       `json:"tags,omitempty"`
}

// ConnectionResponse is a connection. Its streams are the selected ones; CreatedAt is in Unix seconds.
type ConnectionResponse struct {
	ConnectionID                     string               `json:"connectionId"`
	Name                             string               `json:"name"`
	SourceID                         string               `json:"sourceId"`
	DestinationID                    string               `json:"destinationId"`
	WorkspaceID                      string               `json:"workspaceId"`
	Status                           ConnectionStatus     `json:"status"`
	Schedule                         Schedule             `json:"schedule"`
	DataResidency                    string               `json:"dataResidency,omitempty"`
	Configurations                   StreamConfigurations `json:"configurations"`
	CreatedAt                        int64                `json:"createdAt"`
	Tags                             wire.List[Tag]       `json:"tags"`
	NamespaceDefinition              NamespaceDefinition  `json:"namespaceDefinition,omitempty"`
	NamespaceFormat                  *string              `json:"namespaceFormat,omitempty"`
	Prefix                           *string              `json:"prefix,omitempty"`
	NonBreakingSchemaUpdatesBehavior NonBreakingBehavior  `json:"nonBreakingSchemaUpdatesBehavior,omitempty"`
	StatusReason                     string               `json:"statusReason,omitempty"`
}

// ConnectionsResponse is a page of connections.
type ConnectionsResponse = Page[ConnectionResponse]
