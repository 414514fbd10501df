package connector

// Kind tells sources from destinations.
type Kind string

// The kinds of connector.
const (
	KindSource      Kind = "source"
	KindDestination Kind = "destination"
)

// Definition is what is known of a connector before it runs. The ids and repositories of well-known connectors are Airbyte's
// own, so that configurations written for Airbyte keep working.
type Definition struct {
	ID                string // a UUID in lower case
	Kind              Kind
	Name              string // "source-faker"
	Title             string // "Sample Data (Faker)"
	DockerRepository  string // "airbyte/source-faker"
	DockerImageTag    string // "6.2.14"
	DocumentationURL  string
	SupportsRefreshes bool // destinations: overwrite is told by generations
	SupportsFiles     bool // destinations: the files that records are about are taken too
}

// Type is the short name that the API uses as sourceType or destinationType: "faker" for "source-faker".
func (d Definition) Type() string {
	prefix := string(d.Kind) + "-"
	if len(d.Name) > len(prefix) && d.Name[:len(prefix)] == prefix {
		return d.Name[len(prefix):]
	}
	return d.Name
}

// Ref names a connector to run. Of Manifest, Executable, Python and Image the first that is given is what runs; without any it is
// what Name stands for.
type Ref struct {
	Kind       Kind
	Name       string   // a connector by name: "source-faker"
	Manifest   []byte   // a declarative source, YAML or JSON
	Executable []string // a program and its first arguments
	Python     string   // a Python package, as pip takes it
	Image      string   // a container image with tag
}
