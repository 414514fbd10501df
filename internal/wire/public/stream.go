package public

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// SyncMode is how a stream is read and written, in one word.
type SyncMode string

// The modes of a stream.
const (
	FullRefreshOverwrite        SyncMode = "full_refresh_overwrite"
	FullRefreshOverwriteDeduped SyncMode = "full_refresh_overwrite_deduped"
	FullRefreshAppend           SyncMode = "full_refresh_append"
	FullRefreshUpdate           SyncMode = "full_refresh_update"
	FullRefreshSoftDelete       SyncMode = "full_refresh_soft_delete"
	IncrementalAppend           SyncMode = "incremental_append"
	IncrementalDedupedHistory   SyncMode = "incremental_deduped_history"
	IncrementalUpdate           SyncMode = "incremental_update"
	IncrementalSoftDelete       SyncMode = "incremental_soft_delete"
)

// Values lists the enum.
func (SyncMode) Values() []SyncMode {
	return []SyncMode{
		FullRefreshOverwrite, FullRefreshOverwriteDeduped, FullRefreshAppend, FullRefreshUpdate, FullRefreshSoftDelete,
		IncrementalAppend, IncrementalDedupedHistory, IncrementalUpdate, IncrementalSoftDelete,
	}
}

// UnmarshalText reads the value without regard to case.
func (e *SyncMode) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// StreamConfigurations is how the streams of a connection are synced.
type StreamConfigurations struct {
	Streams wire.List[StreamConfiguration] `json:"streams"`
}

// StreamConfiguration is how one stream is synced. A nil SelectedFields syncs every field, and so differs from an empty
// one, which servers refuse. Members unknown here survive being read and written again.
type StreamConfiguration struct {
	Name                  string                    `json:"name"`
	Namespace             *string                   `json:"namespace,omitempty"`
	SyncMode              SyncMode                  `json:"syncMode,omitempty"`
	CursorField           []string                  `json:"cursorField,omitempty"`
	PrimaryKey            [][]string                `json:"primaryKey,omitempty"`
	IncludeFiles          *bool                     `json:"includeFiles,omitempty"`
	DestinationObjectName *string                   `json:"destinationObjectName,omitempty"`
	SelectedFields        *wire.List[SelectedField] `json:"selectedFields,omitempty"`
	Mappers               *wire.List[Mapper]        `json:"mappers,omitempty"`

	Raw wire.Raw `json:"-"`
}

type plainStream StreamConfiguration

// UnmarshalJSON reads the stream and remembers its text.
func (s *StreamConfiguration) UnmarshalJSON(text []byte) error {
	*s = StreamConfiguration{}
	if err := json.Unmarshal(text, (*plainStream)(s)); err != nil {
		return err
	}
	s.Raw = wire.RawOf(text)
	return nil
}

// MarshalJSON prints the stream and whatever unknown members it was read with.
func (s StreamConfiguration) MarshalJSON() ([]byte, error) {
	typed, err := json.Marshal(plainStream(s))
	if err != nil {
		return nil, err
	}
	return s.Raw.Merge(typed, wire.FieldNames[StreamConfiguration]())
}

// StreamProperties is what a source offers for one stream, an element of the bare array that listing streams answers. The
// spelling of streamnamespace is that of the API.
type StreamProperties struct {
	StreamName               string              `json:"streamName"`
	StreamNamespace          string              `json:"streamnamespace,omitempty"`
	SyncModes                []SyncMode          `json:"syncModes,omitempty"`
	DefaultCursorField       wire.List[string]   `json:"defaultCursorField"`
	SourceDefinedCursorField bool                `json:"sourceDefinedCursorField"`
	SourceDefinedPrimaryKey  wire.List[[]string] `json:"sourceDefinedPrimaryKey"`
	PropertyFields           wire.List[[]string] `json:"propertyFields"`
}
