// Package public holds the JSON shapes of the Public API (https://reference.airbyte.com): what
// requests and answers of its resources look like, a file a resource.
package public

import "github.com/airfielddev/airfield/internal/wire"

// Names that both APIs share.
type (
	ActorType                  = wire.ActorType
	ConnectionStatus           = wire.ConnectionStatus
	JobStatus                  = wire.JobStatus
	Mapper                     = wire.Mapper
	PermissionType             = wire.PermissionType
	Problem                    = wire.Problem
	ScopedResourceRequirements = wire.ScopedResourceRequirements
	SelectedField              = wire.SelectedField
	Tag                        = wire.Tag
)

// Page is a part of a list. Previous and Next are the empty string where there is no such part.
type Page[T any] struct {
	Previous string       `json:"previous"`
	Next     string       `json:"next"`
	Data     wire.List[T] `json:"data"`
}

// Whole is a list that is always given as a whole.
type Whole[T any] struct {
	Data wire.List[T] `json:"data"`
}

// NullablePage is a part of a list whose links are left out where there is no such part. The groups use it.
type NullablePage[T any] struct {
	Previous *string      `json:"previous,omitempty"`
	Next     *string      `json:"next,omitempty"`
	Data     wire.List[T] `json:"data"`
}

// The limits of the pages of a list.
const (
	DefaultPageSize = 20
	MaxPageSize     = 100
)
