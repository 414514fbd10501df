// Package reference tells, for those who write manifests, what each component does and what its fields mean.
package reference

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/manifest"
)

//go:embed texts.yaml
var texts []byte

// text is what texts.yaml says of a component.
type text struct {
	Does   string            `yaml:"does"`
	Fields map[string]string `yaml:"fields"`
}

// Component is what a manifest is made of.
type Component struct {
	Name   string   `json:"name"`
	Kinds  []string `json:"kinds,omitempty"` // of places it can stand in; none when there is one
	Does   string   `json:"does"`
	Fields []Field  `json:"fields"`
}

// Field is one of a component's.
type Field struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Components []string `json:"components,omitempty"` // that can stand there
	Required   bool     `json:"required,omitempty"`
	Default    string   `json:"default,omitempty"`
	Instead    string   `json:"instead,omitempty"` // the field that has taken its place
	Means      string   `json:"means"`
}

// Components lists them by name, the manifest itself first.
var Components = sync.OnceValue(func() []Component {
	var told map[string]text
	if err := yaml.Unmarshal(texts, &told); err != nil {
		panic(err) // the file is part of the program
	}
	var all []Component
	for _, c := range manifest.Describe("DeclarativeSource", &declarative.Manifest{}, declarative.Registry()) {
		all = append(all, newComponent(c, told[c.Name]))
	}
	return all
})

func newComponent(c manifest.Component, told text) Component {
	out := Component{Name: c.Name, Kinds: c.Kinds, Does: told.Does}
	for _, f := range c.Fields {
		out.Fields = append(out.Fields, Field{
			Name: f.Name, Type: f.Type, Components: f.Choices, Required: f.Required, Default: f.Default, Instead: f.Deprecated, Means: told.Fields[f.Name],
		})
	}
	return out
}

// Find is the component of a name, in whatever case it is written.
func Find(name string) (Component, bool) {
	i := slices.IndexFunc(Components(), func(c Component) bool { return strings.EqualFold(c.Name, name) })
	if i < 0 {
		return Component{}, false
	}
	return Components()[i], true
}

// Sentence says what the component does.
func (c Component) Sentence() string { return c.Name + " " + c.Does }

// Says is what the field holds, for people: what it means, and what it is without being given.
func (f Field) Says() string {
	says := f.Means
	if slices.Contains(f.Components, f.Default) {
		says += fmt.Sprintf(" Without a type: `%s`.", f.Default)
	} else if f.Default != "" {
		says += fmt.Sprintf(" Without it: `%s`.", strings.Trim(f.Default, `"`))
	}
	if f.Instead != "" {
		says += fmt.Sprintf(" An older spelling of `%s`.", f.Instead)
	}
	return says
}
