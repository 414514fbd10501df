package platform

import (
	"encoding/json"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/protocol"
)

// Mask stands in answers for a secret. Sent back in a configuration, it keeps the secret that is stored.
const Mask = config.Mask

// Seed is what a first start makes, or what it made earlier.
type Seed struct {
	OrganizationID string
	WorkspaceID    string
	Application    Application
	ClientSecret   string // "": made by an earlier start, and known only as a hash
}

// OrganizationUpdate changes an organization. Nil fields are left alone.
type OrganizationUpdate struct {
	Name  *string
	Email *string
}

// NewWorkspace is a workspace to be made. Only the name is required.
type NewWorkspace struct {
	OrganizationID string // "": the one that the caller belongs to
	Name           string
	Email          string
	DataResidency  string // "": auto
	Notifications  json.RawMessage
}

// WorkspaceUpdate changes a workspace. Nil fields are left alone; notifications are merged item by item.
type WorkspaceUpdate struct {
	Name          *string
	Email         *string
	DataResidency *string
	Notifications json.RawMessage
}

// NewActor is a source or destination to be made.
type NewActor struct {
	Kind               connector.Kind
	WorkspaceID        string
	DefinitionID       string // "": the sourceType or destinationType inside Config decides
	Name               string
	Config             json.RawMessage
	ResourceAllocation json.RawMessage
	Draft              bool // what the connector needs may come later; until a check succeeds no connection can use it
}

// ActorPatch changes an actor. A nil name or configuration is left alone; the resource allocation is stored as it is given.
type ActorPatch struct {
	Name               *string
	Config             json.RawMessage // merged into what is stored
	ResourceAllocation json.RawMessage
}

// ActorReplacement takes the place of an actor's name and configuration.
type ActorReplacement struct {
	Name               string
	Config             json.RawMessage
	ResourceAllocation json.RawMessage
}

// Report is the outcome of a check or discover.
type Report struct {
	ID            string
	Status        CheckStatus // "": the connector broke before it could tell; Failure says why
	Message       string
	CreatedAt     time.Time
	EndedAt       time.Time
	Succeeded     bool // the connector ran to its end and answered
	Failure       *Failure
	LogLines      []string
	ConfigUpdated bool // the connector changed its configuration
}

// CheckStatus is the verdict of a check.
type CheckStatus string

// The verdicts of a check.
const (
	CheckSucceeded CheckStatus = "succeeded"
	CheckFailed    CheckStatus = "failed"
)

// Discovery is the outcome of a discover.
type Discovery struct {
	Report
	Catalog   *protocol.Catalog // nil: the discover failed
	CatalogID string
}

// NewImageDefinition is a custom connector that is a container image.
type NewImageDefinition struct {
	WorkspaceID      string
	Kind             connector.Kind
	Name             string
	DockerRepository string
	DockerImageTag   string
	DocumentationURL string
}

// ImageDefinitionUpdate takes the place of the name and tag of a definition.
type ImageDefinitionUpdate struct {
	Name             string
	DockerImageTag   string
	DocumentationURL *string // nil: left alone
}

// NewManifest is one version of a declarative definition. Manifest is a JSON object; empty fields have defaults.
type NewManifest struct {
	Manifest    json.RawMessage
	Description string
	Spec        json.RawMessage // nil: taken from the manifest
	Version     int64           // 0: the next one; a version that exists is a conflict
	Inactive    bool            // kept beside the active version, which stays
}

// NewManifestDefinition is a custom source that is a manifest.
type NewManifestDefinition struct {
	WorkspaceID string
	Name        string
	NewManifest
}

// NewProject is a builder project to be made.
type NewProject struct {
	WorkspaceID string
	Name        string
	Draft       json.RawMessage
}

// ProjectUpdate changes a builder project. A nil name is left alone; a nil draft removes the draft.
type ProjectUpdate struct {
	Name  *string
	Draft json.RawMessage
}

// Publication turns a builder project into a definition.
type Publication struct {
	Name string
	NewManifest
}

// StreamChoice selects a stream in the words of the public API. Empty fields are chosen by the platform.
type StreamChoice struct {
	Name                  string
	Namespace             string
	SyncMode              string // a public name such as full_refresh_overwrite; see [ParseSyncMode]
	CursorField           []string
	PrimaryKey            [][]string
	SelectedFields        [][]string // nil: as they are, all of a new stream; empty is refused
	Mappers               json.RawMessage
	IncludeFiles          *bool
	DestinationObjectName string
}

// NewConnection is a connection to be made. Only the source and destination are required.
type NewConnection struct {
	SourceID             string
	DestinationID        string
	Name                 string           // "": "<source> <> <destination>"
	Status               ConnectionStatus // "": active
	Schedule             Schedule
	NamespaceDefinition  NamespaceDefinition // "": destination
	NamespaceFormat      string
	Prefix               string
	NonBreakingChanges   string             // "": ignore
	Streams              []StreamChoice     // empty, and Catalog nil: all streams
	Catalog              []ConnectionStream // the configuration API's form; wins over Streams when not nil
	CatalogID            string             // which catalog of the source Catalog was made of; "": the last one
	TagIDs               []string
	NotifySchemaChanges  bool
	BackfillPreference   string // "": disabled
	ResourceRequirements json.RawMessage
}

// ConnectionUpdate changes a connection. Nil fields are left alone.
type ConnectionUpdate struct {
	Name                 *string
	Status               *ConnectionStatus
	Schedule             *Schedule
	NamespaceDefinition  *NamespaceDefinition
	NamespaceFormat      *string
	Prefix               *string
	NonBreakingChanges   *string
	Streams              []StreamChoice     // empty: left alone; else exactly these are selected
	Catalog              []ConnectionStream // not nil: exactly these are selected
	CatalogID            string             // which catalog of the source Catalog was made of; "": the one that was known before
	Refresh              bool               // streams that have changed are read from the beginning
	BreakingChange       *bool
	TagIDs               []string // nil: left alone
	NotifySchemaChanges  *bool
	BackfillPreference   *string
	ResourceRequirements json.RawMessage
	Reason               string // kept with the change; "": none
	Automatic            bool   // the change is nobody's in particular
}

// StreamProperty describes a stream that can be selected.
type StreamProperty struct {
	Stream                  protocol.StreamDescriptor
	SyncModes               []string // public names; nil: no destination was given
	DefaultCursorField      []string
	SourceDefinedCursor     bool
	SourceDefinedPrimaryKey [][]string
	PropertyFields          [][]string // paths of all fields, parents before children
}

// CatalogEntry is a stream that a connection has selected or could select.
type CatalogEntry struct {
	ConnectionStream
	Selected bool
}

// JobOptions narrows a job to some streams.
type JobOptions struct {
	Streams     []protocol.StreamDescriptor // empty: all streams of the connection
	RefreshMode string                      // refresh only: Truncate (the default) or Merge
}

// AttemptOutcome is how an attempt ended.
type AttemptOutcome string

// The outcomes of an attempt. An interrupted attempt was stopped for no fault of its own, as by a server that shuts down: the
// job waits for another attempt, whatever the retry policy says.
const (
	OutcomeSucceeded   AttemptOutcome = "succeeded"
	OutcomeFailed      AttemptOutcome = "failed"
	OutcomeCancelled   AttemptOutcome = "cancelled"
	OutcomeInterrupted AttemptOutcome = "interrupted"
)

// AttemptResult is what an engine tells about an attempt that has ended.
type AttemptResult struct {
	Status   AttemptOutcome
	Failures []Failure // the oldest first
	Streams  []StreamStats
	Total    Stats
}
