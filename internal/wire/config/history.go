package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// ConnectionHistory asks what became of the last jobs of a connection.
type ConnectionHistory struct {
	ConnectionID string `json:"connectionId"`
	NumberOfJobs int    `json:"numberOfJobs,omitempty"`
}

// JobSyncResult is what became of one job. The answer to asking is a bare array of them.
type JobSyncResult struct {
	JobID            int64                       `json:"jobId"`
	ConfigType       JobConfigType               `json:"configType"`
	JobCreatedAt     int64                       `json:"jobCreatedAt"`
	JobUpdatedAt     int64                       `json:"jobUpdatedAt"`
	StreamStatuses   wire.List[StreamSyncResult] `json:"streamStatuses"`
	RecordsEmitted   int64                       `json:"recordsEmitted"`
	BytesEmitted     int64                       `json:"bytesEmitted"`
	RecordsCommitted int64                       `json:"recordsCommitted"`
	BytesCommitted   int64                       `json:"bytesCommitted"`
	RecordsRejected  int64                       `json:"recordsRejected"`
}

// StreamSyncResult is what became of one stream in a job.
type StreamSyncResult struct {
	Status          JobStatus `json:"status"`
	StreamName      string    `json:"streamName"`
	StreamNamespace string    `json:"streamNamespace"`
}

// StreamHistory asks how much was moved of each stream, day by day of a time zone.
type StreamHistory struct {
	ConnectionID string `json:"connectionId"`
	Timezone     string `json:"timezone"`
}

// StreamHistoryItem is how much was moved of a stream on the day that begins at Timestamp. The answer to asking is a bare array of them.
type StreamHistoryItem struct {
	Timestamp        int64  `json:"timestamp"`
	StreamName       string `json:"streamName"`
	StreamNamespace  string `json:"streamNamespace"`
	RecordsCommitted int64  `json:"recordsCommitted"`
}

// EventType is what happened to a connection.
type EventType string

// Values lists the enum. Of new versions of connectors nothing is told.
func (EventType) Values() []EventType {
	var all []EventType
	for _, job := range []string{"SYNC", "REFRESH", "CLEAR"} {
		for _, end := range []string{"STARTED", "SUCCEEDED", "INCOMPLETE", "FAILED", "CANCELLED"} {
			all = append(all, EventType(job+"_"+end))
		}
	}
	return append(all, "CONNECTION_SETTINGS_UPDATE", "CONNECTION_ENABLED", "CONNECTION_DISABLED", "SCHEMA_UPDATE", "SCHEMA_CONFIG_UPDATE",
		"CONNECTOR_UPDATE", "UNKNOWN")
}

// UnmarshalText reads the value without regard to case.
func (e *EventType) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// ConnectionEvents asks for a page of what happened to a connection.
type ConnectionEvents struct {
	ConnectionID   string      `json:"connectionId"`
	EventTypes     []EventType `json:"eventTypes,omitempty"`
	Pagination     *Pagination `json:"pagination,omitempty"`
	CreatedAtStart string      `json:"createdAtStart,omitempty"`
	CreatedAtEnd   string      `json:"createdAtEnd,omitempty"`
}

// ConnectionEventID names one thing that happened to a connection.
type ConnectionEventID struct {
	ConnectionEventID string `json:"connectionEventId"`
	ConnectionID      string `json:"connectionId"`
}

// ConnectionEvent is something that happened to a connection. Details are given when one event is asked for. The API requires the time
// under one spelling and describes it under the other.
type ConnectionEvent struct {
	ID           string          `json:"id"`
	ConnectionID string          `json:"connectionId"`
	EventType    EventType       `json:"eventType"`
	Summary      json.RawMessage `json:"summary"`
	Details      json.RawMessage `json:"details,omitempty"`
	User         *EventUser      `json:"user,omitempty"` // who changed the connection; nil: the server by itself
	CreatedAt    int64           `json:"createdAt"`
	Created      int64           `json:"created_at"`
}

// EventUser is who changed a connection.
type EventUser struct {
	ID        string `json:"id,omitempty"`
	Email     string `json:"email,omitempty"`
	Name      string `json:"name,omitempty"`
	IsDeleted bool   `json:"isDeleted"`
}

// ConnectionEventList lists what happened to a connection.
type ConnectionEventList struct {
	Events wire.List[ConnectionEvent] `json:"events"`
}

// WorkspaceEvents asks what happened to the connections of a workspace.
type WorkspaceEvents struct {
	WorkspaceID    string      `json:"workspaceId"`
	EventTypes     []EventType `json:"eventTypes"`
	CreatedAtStart string      `json:"createdAtStart"`
	CreatedAtEnd   string      `json:"createdAtEnd"`
}

// ConnectionEventMinimal is something that happened to a connection, in few words.
type ConnectionEventMinimal struct {
	EventID        string    `json:"eventId"`
	ConnectionName string    `json:"connectionName"`
	ConnectionID   string    `json:"connectionId"`
	CreatedAt      string    `json:"createdAt"`
	EventType      EventType `json:"eventType"`
}

// ConnectionEventListMinimal lists what happened to the connections of a workspace.
type ConnectionEventListMinimal struct {
	Events wire.List[ConnectionEventMinimal] `json:"events"`
}

// ConnectionAndJob names a connection and a job of it.
type ConnectionAndJob struct {
	ConnectionID string `json:"connectionId"`
	JobID        int64  `json:"jobId"`
}
