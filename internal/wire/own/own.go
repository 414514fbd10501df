// Package own holds the JSON shapes of what Airfield's servers answer beyond Airbyte's two APIs, below /api/airfield/v1.
package own

import (
	"time"

	"github.com/airfielddev/airfield/internal/wire"
)

// ExecutableCreate asks for a custom definition that is a program on the server's machine.
type ExecutableCreate struct {
	Name             string   `json:"name"`
	Kind             string   `json:"kind"`    // source or destination
	Command          []string `json:"command"` // the program and its first arguments; no shell reads them
	DocumentationURL string   `json:"documentation_url,omitempty"`
}

// ExecutableUpdate takes the place of a definition's name and command.
type ExecutableUpdate struct {
	Name             string   `json:"name"`
	Command          []string `json:"command"`
	DocumentationURL *string  `json:"documentation_url,omitempty"` // nil: as it is
}

// ExecutableRead is a custom definition that is a program.
type ExecutableRead struct {
	DefinitionID     string            `json:"definition_id"`
	WorkspaceID      string            `json:"workspace_id"`
	Name             string            `json:"name"`
	Kind             string            `json:"kind"`
	Command          wire.List[string] `json:"command"`
	Version          string            `json:"version"` // counts the publications
	DocumentationURL string            `json:"documentation_url,omitempty"`
	CreatedAt        time.Time         `json:"created_at"`
}

// ExecutableList lists the programs of a workspace.
type ExecutableList struct {
	Definitions wire.List[ExecutableRead] `json:"definitions"`
}
