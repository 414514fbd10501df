package airfield

import (
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/secret"
)

// Config is a connector's configuration, with the field names of its specification. A [secret.String] among its values is
// handed to the connector as it is and shown nowhere else.
type Config map[string]any

// Option changes what a name stands for.
type Option func(*reference)

// reference is a name and what the caller says of it.
type reference struct {
	connector.Ref
	registry string
}

// WithExecutable runs a program that speaks the Airbyte protocol. args come before the protocol's own arguments.
func WithExecutable(path string, args ...string) Option {
	return func(r *reference) { r.Executable = append([]string{path}, args...) }
}

// WithPythonPackage runs a connector that is published as a Python package, such as "airbyte-source-pokeapi==0.3.0", and whose
// command is called like the connector. The first run installs it with pip into the user's cache.
func WithPythonPackage(requirement string) Option {
	return func(r *reference) { r.Python = requirement }
}

// WithImage runs a container image, such as "airbyte/source-pokeapi:0.3.0", with docker or podman.
func WithImage(image string) Option {
	return func(r *reference) { r.Image = image }
}

// WithManifest runs a low-code manifest, YAML or JSON:
// https://docs.airbyte.com/platform/connector-development/config-based/low-code-cdk-overview.
func WithManifest(text []byte) Option {
	return func(r *reference) {
		// An empty text is a manifest too, and a wrong one: it does not stand for a connector of that name.
		r.Manifest = append([]byte{}, text...)
	}
}

// WithRegistry fetches the manifests of sources that are asked for by name from another registry than [PublicRegistry], such as a
// mirror of it; "" from none.
func WithRegistry(base string) Option {
	return func(r *reference) { r.registry = base }
}

func newReference(kind connector.Kind, name string, opts []Option) reference {
	r := reference{Ref: connector.Ref{Kind: kind, Name: name}, registry: PublicRegistry}
	for _, option := range opts {
		option(&r)
	}
	return r
}

// encode writes the configuration with its secrets.
func (c Config) encode() (json.RawMessage, error) {
	body, err := json.Marshal(c.reveal())
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	return body, nil
}

// reveal copies the configuration with the secrets in plain text.
func (c Config) reveal() map[string]any {
	out := make(map[string]any, len(c))
	for key, member := range c {
		out[key] = revealed(member)
	}
	return out
}

func revealed(value any) any {
	switch v := value.(type) {
	case secret.String:
		return v.Reveal()
	case Config:
		return v.reveal()
	case map[string]any:
		return Config(v).reveal()
	case []any:
		out := make([]any, len(v))
		for i, member := range v {
			out[i] = revealed(member)
		}
		return out
	}
	return value
}
