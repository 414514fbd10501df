package protocol

import "encoding/json"

// StreamDescriptor is the full name of a stream. It is comparable, so that it can be a map key.
type StreamDescriptor struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// String is the name, with the namespace and a dot before it when there is one.
func (d StreamDescriptor) String() string {
	if d.Namespace == "" {
		return d.Name
	}
	return d.Namespace + "." + d.Name
}

// SyncMode is how a source reads a stream.
type SyncMode string

// The modes of reading.
const (
	FullRefresh SyncMode = "full_refresh"
	Incremental SyncMode = "incremental"
)

// DestinationSyncMode is how a destination writes a stream.
type DestinationSyncMode string

// The modes of writing. OverwriteDedup is known to the platform only: connectors see append_dedup and a minimum generation.
const (
	Append         DestinationSyncMode = "append"
	Overwrite      DestinationSyncMode = "overwrite"
	AppendDedup    DestinationSyncMode = "append_dedup"
	OverwriteDedup DestinationSyncMode = "overwrite_dedup"
	Update         DestinationSyncMode = "update"
	SoftDelete     DestinationSyncMode = "soft_delete"
)

// Catalog is what a source can read.
type Catalog struct {
	Streams []Stream `json:"streams"`
}

// Stream is one table, endpoint or file set of a source.
type Stream struct {
	Name                    string          `json:"name"`
	Namespace               string          `json:"namespace,omitempty"`
	JSONSchema              json.RawMessage `json:"json_schema"`
	SupportedSyncModes      []SyncMode      `json:"supported_sync_modes"`
	SourceDefinedCursor     bool            `json:"source_defined_cursor,omitempty"`
	DefaultCursorField      []string        `json:"default_cursor_field,omitempty"`
	SourceDefinedPrimaryKey [][]string      `json:"source_defined_primary_key,omitempty"`
	IsResumable             bool            `json:"is_resumable,omitempty"`
	IsFileBased             bool            `json:"is_file_based,omitempty"`
}

// Descriptor names the stream.
func (s *Stream) Descriptor() StreamDescriptor {
	return StreamDescriptor{Name: s.Name, Namespace: s.Namespace}
}

// Supports tells whether the stream can be read in a mode.
func (s *Stream) Supports(mode SyncMode) bool {
	for _, m := range s.SupportedSyncModes {
		if m == mode {
			return true
		}
	}
	return false
}

// Stream finds a stream by its full name.
func (c *Catalog) Stream(d StreamDescriptor) (*Stream, bool) {
	for i := range c.Streams {
		if c.Streams[i].Descriptor() == d {
			return &c.Streams[i], true
		}
	}
	return nil, false
}

// ConfiguredCatalog is what one sync reads and how it is written.
type ConfiguredCatalog struct {
	Streams []ConfiguredStream `json:"streams"`
}

// ConfiguredStream is one stream of a sync.
//
// A destination keeps rows of generations below MinimumGenerationID only until the stream completes: zero keeps everything,
// equal to GenerationID replaces what was there. See
// https://docs.airbyte.com/platform/operator-guides/refreshes.
type ConfiguredStream struct {
	Stream                Stream              `json:"stream"`
	SyncMode              SyncMode            `json:"sync_mode"`
	DestinationSyncMode   DestinationSyncMode `json:"destination_sync_mode"`
	CursorField           []string            `json:"cursor_field,omitempty"`
	PrimaryKey            [][]string          `json:"primary_key,omitempty"`
	GenerationID          int64               `json:"generation_id"`
	MinimumGenerationID   int64               `json:"minimum_generation_id"`
	SyncID                int64               `json:"sync_id"`
	IncludeFiles          bool                `json:"include_files,omitempty"`
	DestinationObjectName string              `json:"destination_object_name,omitempty"`
}

// Descriptor names the stream.
func (s *ConfiguredStream) Descriptor() StreamDescriptor { return s.Stream.Descriptor() }

// Truncates tells whether the sync replaces what the destination holds of the stream.
func (s *ConfiguredStream) Truncates() bool {
	return s.MinimumGenerationID > 0 && s.MinimumGenerationID == s.GenerationID
}

// MovesFiles tells whether the files that the stream's records are about are moved with them.
func (s *ConfiguredStream) MovesFiles() bool { return s.IncludeFiles && s.Stream.IsFileBased }

// Stream finds a stream by its full name.
func (c *ConfiguredCatalog) Stream(d StreamDescriptor) (*ConfiguredStream, bool) {
	for i := range c.Streams {
		if c.Streams[i].Descriptor() == d {
			return &c.Streams[i], true
		}
	}
	return nil, false
}

// Spec says how a connector is configured and what it can do.
type Spec struct {
	ConnectionSpecification       json.RawMessage       `json:"connectionSpecification"` // a JSON schema
	DocumentationURL              string                `json:"documentationUrl,omitempty"`
	ChangelogURL                  string                `json:"changelogUrl,omitempty"`
	SupportsIncremental           bool                  `json:"supportsIncremental,omitempty"`
	SupportedDestinationSyncModes []DestinationSyncMode `json:"supported_destination_sync_modes,omitempty"`
	AdvancedAuth                  json.RawMessage       `json:"advanced_auth,omitempty"`
	ProtocolVersion               string                `json:"protocol_version,omitempty"`
	SupportsFileTransfer          bool                  `json:"supports_file_transfer,omitempty"` // destinations: files are taken beside records
}
