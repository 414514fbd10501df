// Package public holds the JSON shapes of the Public API (https://reference.airbyte.com): what
// requests and answers of its resources look like, a file a resource.
package public

import "github.com/airfielddev/airfield/internal/wire"

// Shared with the Config API.
type (
	// ActorType is the side of a connection that a connector is on.
	ActorType = wire.ActorType
	// ConnectionStatus tells whether a connection may run.
	ConnectionStatus = wire.ConnectionStatus
	// JobStatus is where a job is.
	JobStatus = wire.JobStatus
	// Mapper changes the records of a stream on their way.
	Mapper = wire.Mapper
	// PermissionType is a role.
	PermissionType = wire.PermissionType
	// Problem is the body of a refused call.
	Problem = wire.Problem
	// ScopedResourceRequirements is what the jobs of a connector may use.
	ScopedResourceRequirements = wire.ScopedResourceRequirements
	// SelectedField names a field of a stream that is synced.
	SelectedField = wire.SelectedField
	// Tag is a label of connections.
	Tag = wire.Tag
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
