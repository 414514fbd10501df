// Package builtin lists the connectors that are written in Go and part of this program.
package builtin

import (
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/faker"
	"github.com/airfielddev/airfield/internal/builtin/postgressource"
)

// Options bounds what the connectors may reach.
type Options struct {
	// Root is the directory that local files are read from and written to. Paths that lead out of it are refused.
	// "": no limit.
	Root string
}

// Entry is one connector: exactly one of Source and Destination is set, as the definition's kind says.
type Entry struct {
	connector.Definition
	Source      connector.Source
	Destination connector.Destination
}

// All lists the connectors, sources first.
func All(_ Options) []Entry {
	return []Entry{
		{Definition: faker.Definition(), Source: faker.New()},
		{Definition: postgressource.Definition(), Source: postgressource.New()},
	}
}
