package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/airfielddev/airfield/internal/wire"
)

// A DefinitionSource is what a custom source definition is made of: a manifest, a container image or a program. Make one with
// [ManifestFile], [ManifestYAML], [Manifest], [DockerImage] or [Executable].
type DefinitionSource interface {
	definition(ctx context.Context, op string) (definitionContent, error)
}

// definitionContent is a definition source, read.
type definitionContent struct {
	manifest   json.RawMessage // of a YAML definition
	repository string          // of a Docker definition
	tag        string
	command    []string // of an executable definition
}

func (c definitionContent) kind() DefinitionType {
	switch {
	case c.manifest != nil:
		return DefinitionYAML
	case c.command != nil:
		return DefinitionExecutable
	}
	return DefinitionDocker
}

type manifestFunc func() (json.RawMessage, error)

func (f manifestFunc) definition(_ context.Context, op string) (definitionContent, error) {
	manifest, err := f()
	if err != nil {
		return definitionContent{}, &Error{Op: op, Resource: "manifest", Err: fmt.Errorf("reading the manifest: %w", err)}
	}
	return definitionContent{manifest: manifest}, nil
}

// ManifestFile is a low-code manifest in a file, as YAML or JSON.
func ManifestFile(path string) DefinitionSource {
	return manifestFunc(func() (json.RawMessage, error) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return yamlToJSON(text)
	})
}

// ManifestYAML is a low-code manifest as text, YAML or JSON.
func ManifestYAML(text string) DefinitionSource {
	return manifestFunc(func() (json.RawMessage, error) { return yamlToJSON([]byte(text)) })
}

// Manifest is a low-code manifest as a value.
func Manifest(m map[string]any) DefinitionSource {
	return manifestFunc(func() (json.RawMessage, error) { return encode("writing the manifest", m) })
}

type dockerImage struct{ repository, tag string }

// DockerImage is a container image that speaks the Airbyte protocol, such as "airbyte/source-custom" and "1.0.0". Airbyte Cloud runs none but its own;
// self-managed servers do.
func DockerImage(repository, tag string) DefinitionSource { return dockerImage{repository, tag} }

func (d dockerImage) definition(_ context.Context, op string) (definitionContent, error) {
	if d.repository == "" || d.tag == "" {
		return definitionContent{}, refuse(ErrInvalidInput, op, "definition", "", "an image needs a repository and a tag")
	}
	return definitionContent{repository: d.repository, tag: d.tag}, nil
}

// checkManifest returns an error when the manifest cannot be one, before a server is asked.
func checkManifest(op string, manifest json.RawMessage) error {
	var head struct {
		Type    *string         `json:"type"`
		Version *string         `json:"version"`
		Streams json.RawMessage `json:"streams"`
	}
	if err := json.Unmarshal(manifest, &head); err != nil {
		return refuse(ErrInvalidInput, op, "manifest", "", "it is no manifest: an object with text for type and version is needed")
	}
	switch {
	case head.Version == nil || *head.Version == "":
		return refuse(ErrInvalidInput, op, "manifest", "", "it has no version")
	case head.Type == nil || *head.Type == "":
		return refuse(ErrInvalidInput, op, "manifest", "", "it has no type")
	case *head.Type != "DeclarativeSource":
		return refuse(ErrInvalidInput, op, "manifest", "", "its type is %q, not DeclarativeSource", *head.Type)
	}
	return nil
}

// The bounds of YAML that is read: aliases can make a short text arbitrarily long.
const (
	maxYAMLDepth = 200
	maxYAMLBytes = 4 << 20
)

// yamlToJSON reads YAML and prints it as JSON in the same order of members.
func yamlToJSON(text []byte) (json.RawMessage, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidInput, err)
	}
	if len(doc.Content) == 0 {
		return nil, refuse(ErrInvalidInput, "reading YAML", "manifest", "", "it is empty")
	}
	out := yamlWriter{}
	if err := out.node(doc.Content[0], 0); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type yamlWriter struct{ bytes.Buffer }

func (w *yamlWriter) node(n *yaml.Node, depth int) error {
	if depth > maxYAMLDepth || w.Len() > maxYAMLBytes {
		return refuse(ErrInvalidInput, "reading YAML", "manifest", "", "line %d: it is nested too deeply or too long", n.Line)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return w.node(n.Alias, depth+1)
	case yaml.MappingNode:
		return w.mapping(n, depth)
	case yaml.SequenceNode:
		w.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				w.WriteByte(',')
			}
			if err := w.node(item, depth+1); err != nil {
				return err
			}
		}
		w.WriteByte(']')
		return nil
	}
	return w.scalar(n)
}

// mapping prints an object. Members of merged mappings come after those of the mapping itself, which win.
func (w *yamlWriter) mapping(n *yaml.Node, depth int) error {
	w.WriteByte('{')
	seen := map[string]bool{}
	if err := w.members(n, seen, depth); err != nil {
		return err
	}
	w.WriteByte('}')
	return nil
}

func (w *yamlWriter) members(n *yaml.Node, seen map[string]bool, depth int) error {
	if depth > maxYAMLDepth {
		return refuse(ErrInvalidInput, "reading YAML", "manifest", "", "line %d: it is nested too deeply", n.Line)
	}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Tag == "!!merge" {
			merges = append(merges, value)
			continue
		}
		if seen[key.Value] {
			continue
		}
		if len(seen) > 0 {
			w.WriteByte(',')
		}
		seen[key.Value] = true
		if err := w.value(key.Value); err != nil {
			return err
		}
		w.WriteByte(':')
		if err := w.node(value, depth+1); err != nil {
			return err
		}
	}
	for _, m := range merges {
		if err := w.merge(m, seen, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *yamlWriter) merge(n *yaml.Node, seen map[string]bool, depth int) error {
	switch n.Kind {
	case yaml.AliasNode:
		return w.merge(n.Alias, seen, depth)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if err := w.merge(item, seen, depth); err != nil {
				return err
			}
		}
		return nil
	case yaml.MappingNode:
		return w.members(n, seen, depth)
	}
	return refuse(ErrInvalidInput, "reading YAML", "manifest", "", "line %d: only mappings can be merged", n.Line)
}

// scalar prints a value. Plain yes, no, on and off are booleans, as in the YAML 1.1 that manifests are written in; times stay text.
func (w *yamlWriter) scalar(n *yaml.Node) error {
	if n.Style == 0 && n.Tag == "!!str" {
		switch n.Value {
		case "yes", "Yes", "YES", "on", "On", "ON":
			return w.value(true)
		case "no", "No", "NO", "off", "Off", "OFF":
			return w.value(false)
		}
	}
	if n.Tag == "!!str" || n.Tag == "!!timestamp" || n.Tag == "!!binary" {
		return w.value(n.Value)
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return fmt.Errorf("reading YAML: line %d: %w", n.Line, err)
	}
	return w.value(v)
}

func (w *yamlWriter) value(v any) error {
	text, err := encode("reading YAML", v)
	if err != nil {
		return err
	}
	w.Write(text)
	return nil
}

// manifestSpec is the specification of a manifest in the spelling of the Config API.
func manifestSpec(manifest json.RawMessage) json.RawMessage {
	var m struct {
		Spec *struct {
			DocumentationURL        json.RawMessage `json:"documentation_url"`
			ConnectionSpecification json.RawMessage `json:"connection_specification"`
			AdvancedAuth            json.RawMessage `json:"advanced_auth"`
		} `json:"spec"`
	}
	if json.Unmarshal(manifest, &m) != nil || m.Spec == nil {
		return json.RawMessage("{}")
	}
	spec, err := wire.Object([]wire.Member{
		{Name: "documentationUrl", Value: orNull(m.Spec.DocumentationURL)},
		{Name: "connectionSpecification", Value: orNull(m.Spec.ConnectionSpecification)},
		{Name: "advancedAuth", Value: orNull(m.Spec.AdvancedAuth)},
	})
	if err != nil {
		return json.RawMessage("{}")
	}
	return spec
}

func orNull(text json.RawMessage) json.RawMessage {
	if text == nil {
		return json.RawMessage("null")
	}
	return text
}
