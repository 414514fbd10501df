package wire

import "encoding/json"

// ActorType is the side of a connection that a connector is on.
type ActorType string

// The sides of a connection.
const (
	ActorSource      ActorType = "source"
	ActorDestination ActorType = "destination"
)

// Values lists the enum.
func (ActorType) Values() []ActorType { return []ActorType{ActorSource, ActorDestination} }

// UnmarshalText reads the value without regard to case.
func (e *ActorType) UnmarshalText(text []byte) error { Fold(e, text); return nil }

// JobStatus is where a job is. Only succeeded, failed and cancelled are final; incomplete means that an attempt
// failed and another one follows.
type JobStatus string

// The statuses of a job.
const (
	JobPending    JobStatus = "pending"
	JobQueued     JobStatus = "queued"
	JobRunning    JobStatus = "running"
	JobIncomplete JobStatus = "incomplete"
	JobFailed     JobStatus = "failed"
	JobSucceeded  JobStatus = "succeeded"
	JobCancelled  JobStatus = "cancelled"
)

// Values lists the enum.
func (JobStatus) Values() []JobStatus {
	return []JobStatus{JobPending, JobQueued, JobRunning, JobIncomplete, JobFailed, JobSucceeded, JobCancelled}
}

// UnmarshalText reads the value without regard to case.
func (e *JobStatus) UnmarshalText(text []byte) error { Fold(e, text); return nil }

// ConnectionStatus tells whether a connection may run.
type ConnectionStatus string

// The statuses of a connection. Deprecated means deleted; locked is set by the deployment and cannot be chosen.
const (
	ConnectionActive     ConnectionStatus = "active"
	ConnectionInactive   ConnectionStatus = "inactive"
	ConnectionDeprecated ConnectionStatus = "deprecated"
	ConnectionLocked     ConnectionStatus = "locked"
)

// Values lists the enum.
func (ConnectionStatus) Values() []ConnectionStatus {
	return []ConnectionStatus{ConnectionActive, ConnectionInactive, ConnectionDeprecated, ConnectionLocked}
}

// UnmarshalText reads the value without regard to case.
func (e *ConnectionStatus) UnmarshalText(text []byte) error { Fold(e, text); return nil }

// PermissionType is a role, on an instance, an organization or a workspace.
type PermissionType string

// The roles.
const (
	InstanceAdmin      PermissionType = "instance_admin"
	OrganizationAdmin  PermissionType = "organization_admin"
	OrganizationEditor PermissionType = "organization_editor"
	OrganizationRunner PermissionType = "organization_runner"
	OrganizationReader PermissionType = "organization_reader"
	OrganizationMember PermissionType = "organization_member"
	WorkspaceOwner     PermissionType = "workspace_owner"
	WorkspaceAdmin     PermissionType = "workspace_admin"
	WorkspaceEditor    PermissionType = "workspace_editor"
	WorkspaceRunner    PermissionType = "workspace_runner"
	WorkspaceReader    PermissionType = "workspace_reader"
)

// Values lists the enum.
func (PermissionType) Values() []PermissionType {
	return []PermissionType{
		InstanceAdmin, OrganizationAdmin, OrganizationEditor, OrganizationRunner, OrganizationReader, OrganizationMember,
		WorkspaceOwner, WorkspaceAdmin, WorkspaceEditor, WorkspaceRunner, WorkspaceReader,
	}
}

// UnmarshalText reads the value without regard to case.
func (e *PermissionType) UnmarshalText(text []byte) error { Fold(e, text); return nil }

// Tag is a label of connections. Color is six hexadecimal digits without a number sign.
type Tag struct {
	TagID       string `json:"tagId"`
	WorkspaceID string `json:"workspaceId"`
	Name        string `json:"name"`
	Color       string `json:"color"`
}

// SelectedField names a field of a stream that is synced.
type SelectedField struct {
	FieldPath List[string] `json:"fieldPath"`
}

// MapperType is the kind of change a mapper makes to records.
type MapperType string

// The kinds of mappers.
const (
	MapperHashing        MapperType = "hashing"
	MapperFieldFiltering MapperType = "field-filtering"
	MapperFieldRenaming  MapperType = "field-renaming"
	MapperRowFiltering   MapperType = "row-filtering"
	MapperEncryption     MapperType = "encryption"
)

// Values lists the enum.
func (MapperType) Values() []MapperType {
	return []MapperType{MapperHashing, MapperFieldFiltering, MapperFieldRenaming, MapperRowFiltering, MapperEncryption}
}

// UnmarshalText reads the value without regard to case.
func (e *MapperType) UnmarshalText(text []byte) error { Fold(e, text); return nil }

// Mapper changes the records of a stream on their way. The shape of MapperConfiguration depends on Type.
type Mapper struct {
	ID                  string          `json:"id,omitempty"`
	Type                MapperType      `json:"type"`
	MapperConfiguration json.RawMessage `json:"mapperConfiguration"`
}

// ResourceRequirements asks for processor, memory and disk, in the notation of Kubernetes. The keys are snake_case in both APIs.
type ResourceRequirements struct {
	CPURequest              string `json:"cpu_request,omitempty"`
	CPULimit                string `json:"cpu_limit,omitempty"`
	MemoryRequest           string `json:"memory_request,omitempty"`
	MemoryLimit             string `json:"memory_limit,omitempty"`
	EphemeralStorageRequest string `json:"ephemeral_storage_request,omitempty"`
	EphemeralStorageLimit   string `json:"ephemeral_storage_limit,omitempty"`
}

// ResourceJobType is a kind of job that resources can be given to.
type ResourceJobType string

// The kinds of jobs that resources can be given to.
const (
	ResourceGetSpec           ResourceJobType = "get_spec"
	ResourceCheckConnection   ResourceJobType = "check_connection"
	ResourceDiscoverSchema    ResourceJobType = "discover_schema"
	ResourceSync              ResourceJobType = "sync"
	ResourceResetConnection   ResourceJobType = "reset_connection"
	ResourceConnectionUpdater ResourceJobType = "connection_updater"
	ResourceReplicate         ResourceJobType = "replicate"
)

// Values lists the enum.
func (ResourceJobType) Values() []ResourceJobType {
	return []ResourceJobType{
		ResourceGetSpec, ResourceCheckConnection, ResourceDiscoverSchema, ResourceSync,
		ResourceResetConnection, ResourceConnectionUpdater, ResourceReplicate,
	}
}

// UnmarshalText reads the value without regard to case.
func (e *ResourceJobType) UnmarshalText(text []byte) error { Fold(e, text); return nil }

// JobTypeResourceLimit is what one kind of job may use.
type JobTypeResourceLimit struct {
	JobType              ResourceJobType      `json:"jobType"`
	ResourceRequirements ResourceRequirements `json:"resourceRequirements"`
}

// ScopedResourceRequirements is what the jobs of a connector may use: a default, and exceptions by kind of job.
type ScopedResourceRequirements struct {
	Default     *ResourceRequirements  `json:"default,omitempty"`
	JobSpecific []JobTypeResourceLimit `json:"jobSpecific,omitempty"`
}

// Application is a pair of client credentials. Its creation time is in Unix seconds.
type Application struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	CreatedAt    int64  `json:"createdAt"`
}

// ApplicationCreate asks for a new pair of client credentials.
type ApplicationCreate struct {
	Name string `json:"name"`
}

// ApplicationList is the answer to listing applications, in both APIs.
type ApplicationList struct {
	Applications List[Application] `json:"applications"`
}
