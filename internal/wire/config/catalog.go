package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// SyncMode is how a stream is read.
type SyncMode string

// How a stream is read.
const (
	FullRefresh SyncMode = "full_refresh"
	Incremental SyncMode = "incremental"
)

// Values lists the enum.
func (SyncMode) Values() []SyncMode { return []SyncMode{FullRefresh, Incremental} }

// UnmarshalText reads the value without regard to case.
func (e *SyncMode) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// DestinationSyncMode is how a stream is written.
type DestinationSyncMode string

// How a stream is written.
const (
	Append         DestinationSyncMode = "append"
	Overwrite      DestinationSyncMode = "overwrite"
	AppendDedup    DestinationSyncMode = "append_dedup"
	OverwriteDedup DestinationSyncMode = "overwrite_dedup"
	Update         DestinationSyncMode = "update"
	SoftDelete     DestinationSyncMode = "soft_delete"
)

// Values lists the enum.
func (DestinationSyncMode) Values() []DestinationSyncMode {
	return []DestinationSyncMode{Append, Overwrite, AppendDedup, OverwriteDedup, Update, SoftDelete}
}

// UnmarshalText reads the value without regard to case.
func (e *DestinationSyncMode) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// Catalog is what a source has and how it is synced. Unselected streams are in it too.
type Catalog struct {
	Streams wire.List[StreamAndConfiguration] `json:"streams"`
}

// StreamAndConfiguration is a stream beside how it is synced.
type StreamAndConfiguration struct {
	Stream *Stream              `json:"stream,omitempty"`
	Config *StreamConfiguration `json:"config,omitempty"`
}

// Stream is what a source has. Members unknown here survive being read and written again.
type Stream struct {
	Name                    string          `json:"name"`
	JSONSchema              json.RawMessage `json:"jsonSchema,omitempty"`
	SupportedSyncModes      []SyncMode      `json:"supportedSyncModes,omitempty"`
	SourceDefinedCursor     *bool           `json:"sourceDefinedCursor,omitempty"`
	DefaultCursorField      []string        `json:"defaultCursorField,omitempty"`
	SourceDefinedPrimaryKey [][]string      `json:"sourceDefinedPrimaryKey,omitempty"`
	Namespace               *string         `json:"namespace,omitempty"`
	IsResumable             *bool           `json:"isResumable,omitempty"`
	IsFileBased             *bool           `json:"isFileBased,omitempty"`

	Raw wire.Raw `json:"-"`
}

type plainStream Stream

// UnmarshalJSON reads the stream and remembers its text.
func (s *Stream) UnmarshalJSON(text []byte) error {
	*s = Stream{}
	if err := json.Unmarshal(text, (*plainStream)(s)); err != nil {
		return err
	}
	s.Raw = wire.RawOf(text)
	return nil
}

// MarshalJSON prints the stream and whatever unknown members it was read with.
func (s Stream) MarshalJSON() ([]byte, error) {
	typed, err := json.Marshal(plainStream(s))
	if err != nil {
		return nil, err
	}
	return s.Raw.Merge(typed, wire.FieldNames[Stream]())
}

// StreamConfiguration is how a stream is synced. Selected is always printed, because servers need it in writes.
// Members unknown here survive being read and written again.
type StreamConfiguration struct {
	SyncMode              SyncMode            `json:"syncMode"`
	DestinationSyncMode   DestinationSyncMode `json:"destinationSyncMode"`
	CursorField           []string            `json:"cursorField,omitempty"`
	Namespace             *string             `json:"namespace,omitempty"`
	PrimaryKey            [][]string          `json:"primaryKey,omitempty"`
	AliasName             string              `json:"aliasName,omitempty"`
	Selected              bool                `json:"selected"`
	Suggested             *bool               `json:"suggested,omitempty"`
	DestinationObjectName *string             `json:"destinationObjectName,omitempty"`
	IncludeFiles          *bool               `json:"includeFiles,omitempty"`
	FieldSelectionEnabled *bool               `json:"fieldSelectionEnabled,omitempty"`
	SelectedFields        []SelectedField     `json:"selectedFields,omitempty"`
	HashedFields          []SelectedField     `json:"hashedFields,omitempty"`
	Mappers               []Mapper            `json:"mappers,omitempty"`
	MinimumGenerationID   *int64              `json:"minimumGenerationId,omitempty"`
	GenerationID          *int64              `json:"generationId,omitempty"`
	SyncID                *int64              `json:"syncId,omitempty"`

	Raw wire.Raw `json:"-"`
}

type plainConfiguration StreamConfiguration

// UnmarshalJSON reads the configuration and remembers its text.
func (c *StreamConfiguration) UnmarshalJSON(text []byte) error {
	*c = StreamConfiguration{}
	if err := json.Unmarshal(text, (*plainConfiguration)(c)); err != nil {
		return err
	}
	c.Raw = wire.RawOf(text)
	return nil
}

// MarshalJSON prints the configuration and whatever unknown members it was read with.
func (c StreamConfiguration) MarshalJSON() ([]byte, error) {
	typed, err := json.Marshal(plainConfiguration(c))
	if err != nil {
		return nil, err
	}
	return c.Raw.Merge(typed, wire.FieldNames[StreamConfiguration]())
}
