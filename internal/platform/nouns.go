package platform

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Organization owns workspaces.
type Organization struct {
	ID        string
	Name      string
	Email     string
	CreatedAt time.Time
}

// Workspace holds sources, destinations, connections and custom definitions.
type Workspace struct {
	ID             string
	OrganizationID string
	Name           string
	Slug           string
	Email          string
	DataResidency  string          // "auto", "us", "eu"
	Notifications  json.RawMessage `json:",omitempty"`
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Deleted        bool
}

// Actor is a configured source or destination.
type Actor struct {
	ID                 string
	WorkspaceID        string
	DefinitionID       string
	Kind               connector.Kind
	Name               string
	Config             json.RawMessage `json:",omitempty"` // sealed in the store, masked in answers
	ConfigVersion      string          // changes whenever the configuration does
	ResourceAllocation json.RawMessage `json:",omitempty"`
	CatalogID          string          `json:",omitempty"` // sources: what the last discover found; "": none was done
	DiscoveredAt       time.Time       `json:",omitzero"`  // sources: when the last discover was done
	Draft              bool            `json:",omitempty"` // its configuration may lack something; no connection can use it
	CreatedAt          time.Time
	UpdatedAt          time.Time
	Deleted            bool
}

// Definition says which connector an actor is made of.
type Definition struct {
	connector.Definition
	WorkspaceID     string          // "": every workspace sees it
	Manifest        json.RawMessage `json:",omitempty"` // the active manifest; nil: not declarative
	ManifestVersion int64
	Executable      []string // the program and its first arguments; nil: not a program
	Spec            *protocol.Spec
	SpecProblem     string // why the connector could not be asked for its specification; "": it was
	CreatedAt       time.Time
	Deleted         bool
}

// Ref names the connector to run.
func (d Definition) Ref() connector.Ref {
	ref := connector.Ref{Kind: d.Kind, Manifest: d.Manifest, Executable: d.Executable}
	switch {
	case d.Manifest != nil:
	case d.Program():
		ref.Name = d.Name
	case d.Custom():
		ref.Image = d.DockerRepository + ":" + d.DockerImageTag
	default:
		ref.Name = d.Name
	}
	return ref
}

// TakesFiles tells whether a destination takes the files that records are about: it is known for it, or its specification says so.
func (d Definition) TakesFiles() bool {
	return d.SupportsFiles || d.Spec != nil && d.Spec.SupportsFileTransfer
}

// DisplayName is how people call the connector: its title, or its name when it has none.
func (d Definition) DisplayName() string { return cmp.Or(d.Title, d.Name) }

// Custom tells whether the definition was published into a workspace.
func (d Definition) Custom() bool { return d.WorkspaceID != "" }

// Declarative tells whether the definition is a manifest.
func (d Definition) Declarative() bool { return d.Manifest != nil }

// Program tells whether the definition is a program on the machine that jobs run on.
func (d Definition) Program() bool { return len(d.Executable) > 0 }

// ManifestVersion is one published version of a declarative definition.
type ManifestVersion struct {
	DefinitionID string
	Version      int64
	Description  string
	Manifest     json.RawMessage `json:",omitempty"`
	Spec         json.RawMessage `json:",omitempty"`
	CreatedAt    time.Time
}

// ID names the version in the store.
func (m ManifestVersion) ID() string { return m.DefinitionID + ":" + strconv.FormatInt(m.Version, 10) }

// BuilderProject is where a declarative definition is edited.
type BuilderProject struct {
	ID            string
	WorkspaceID   string
	Name          string
	DefinitionID  string          // "": never published
	Draft         json.RawMessage `json:",omitempty"` // nil: no draft
	TestingValues json.RawMessage `json:",omitempty"`
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Deleted       bool
}

// ConnectionStatus decides whether a connection runs.
type ConnectionStatus string

// The statuses of a connection. Deprecated means deleted.
const (
	ConnectionActive     ConnectionStatus = "active"
	ConnectionInactive   ConnectionStatus = "inactive"
	ConnectionDeprecated ConnectionStatus = "deprecated"
)

// StatusReason is why the server has made a connection inactive.
type StatusReason string

// The reasons that lie in the schema of the source.
const (
	ReasonBreakingChange StatusReason = "SCHEMA_CHANGES_ARE_BREAKING"
	ReasonAnyChange      StatusReason = "DISABLE_CONNECTION_IF_ANY_SCHEMA_CHANGES"
)

// NamespaceDefinition decides which namespace a stream has in the destination.
type NamespaceDefinition string

// The namespace definitions.
const (
	NamespaceSource      NamespaceDefinition = "source"
	NamespaceDestination NamespaceDefinition = "destination"
	NamespaceCustom      NamespaceDefinition = "customformat"
)

// ScheduleType decides what starts a sync.
type ScheduleType string

// The types of schedule.
const (
	ScheduleManual ScheduleType = "manual"
	ScheduleCron   ScheduleType = "cron"
	ScheduleBasic  ScheduleType = "basic"
)

// Schedule says when a connection syncs by itself. The zero value is manual.
type Schedule struct {
	Type     ScheduleType
	Cron     string // Quartz, as the caller wrote it
	TimeZone string // "": UTC
	Units    int64  // basic: every Units of TimeUnit
	TimeUnit string // minutes, hours, days, weeks, months
}

// Connection moves streams from a source to a destination.
type Connection struct {
	ID                   string
	WorkspaceID          string
	Name                 string
	SourceID             string
	DestinationID        string
	Status               ConnectionStatus
	StatusReason         StatusReason `json:",omitempty"` // why the server has disabled it; "": it has not
	WarnedAt             time.Time    `json:",omitzero"`  // when it was last warned that the connection will be disabled
	Schedule             Schedule
	NamespaceDefinition  NamespaceDefinition
	NamespaceFormat      string
	Prefix               string
	NonBreakingChanges   string // ignore, disable, propagate_columns, propagate_fully
	Streams              []ConnectionStream
	CatalogID            string                      `json:",omitempty"` // what its source had when it was configured; "": not known
	BreakingChange       bool                        `json:",omitempty"` // its source has changed so that it must be configured anew
	Refreshes            []protocol.StreamDescriptor `json:",omitempty"` // streams that the next sync is to read from the beginning
	TagIDs               []string
	NotifySchemaChanges  bool
	BackfillPreference   string          // enabled: streams that get new fields are read again from the beginning
	ResourceRequirements json.RawMessage `json:",omitempty"`
	CreatedAt            time.Time
	UpdatedAt            time.Time
}

// ConnectionStream is one selected stream of a connection, with the schema as discovered when it was configured.
type ConnectionStream struct {
	Stream                protocol.Stream
	SyncMode              protocol.SyncMode
	DestinationSyncMode   protocol.DestinationSyncMode
	CursorField           []string
	PrimaryKey            [][]string
	AliasName             string
	Suggested             bool
	FieldSelectionEnabled bool
	SelectedFields        [][]string
	HashedFields          json.RawMessage `json:",omitempty"`
	Mappers               json.RawMessage `json:",omitempty"` // a JSON array; nil: none
	IncludeFiles          bool
	DestinationObjectName string
}

// Application is a pair of client credentials.
type Application struct {
	ID             string
	Name           string
	ClientID       string
	SecretHash     []byte
	OrganizationID string
	UserID         string // who asks with the credentials; "": the default user
	CreatedAt      time.Time
}

// Owner is the user who asks with the credentials.
func (a Application) Owner() string { return cmp.Or(a.UserID, DefaultUser) }

// Tag is a coloured label of connections.
type Tag struct {
	ID          string
	WorkspaceID string
	Name        string
	Color       string // six hexadecimal digits
	CreatedAt   time.Time
}

// Mark is something that a deployment remembers about itself.
type Mark struct {
	ID        string
	Value     []byte
	CreatedAt time.Time
}

// CachedCatalog is what a discover found. The last one of a source is used again for as long as the configuration and the connector
// stay the same; earlier ones tell connections that were configured with them what has changed since.
type CachedCatalog struct {
	ID           string
	ActorID      string
	ConfigHash   string // of the last discover that found it
	Catalog      protocol.Catalog
	DiscoveredAt time.Time
}
