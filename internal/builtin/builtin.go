// Package builtin lists the connectors that are written in Go and part of this program.
package builtin

import (
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/csv"
	"github.com/airfielddev/airfield/internal/builtin/devnull"
	"github.com/airfielddev/airfield/internal/builtin/faker"
	"github.com/airfielddev/airfield/internal/builtin/file"
	"github.com/airfielddev/airfield/internal/builtin/localjson"
	"github.com/airfielddev/airfield/internal/builtin/postgres"
	"github.com/airfielddev/airfield/internal/builtin/postgressource"
	"github.com/airfielddev/airfield/internal/builtin/sqlite"
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
func All(o Options) []Entry {
	return []Entry{
		{Definition: faker.Definition(), Source: faker.New()},
		{Definition: file.Definition(), Source: file.New(file.Options{Root: o.Root})},
		{Definition: postgressource.Definition(), Source: postgressource.New()},
		{Definition: devnull.Definition(), Destination: devnull.New()},
		{Definition: localjson.Definition(), Destination: localjson.New(o.Root)},
		{Definition: csv.Definition(), Destination: csv.New(o.Root)},
		{Definition: sqlite.Definition(), Destination: sqlite.New(o.Root)},
		{Definition: postgres.Definition(), Destination: postgres.New()},
	}
}
