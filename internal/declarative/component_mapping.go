package declarative

import (
	"fmt"
	"strconv"

	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// ComponentMapping says what is written where in the template of a stream.
type ComponentMapping struct {
	Path      []manifest.Template `manifest:"field_path,required"` // may have wildcards
	Value     manifest.Template   `manifest:"value,required"`
	Type      string              `manifest:"value_type"`
	Create    bool                `manifest:"create_or_update"` // also where the template has nothing; else it is left as it is
	Condition manifest.Template   `manifest:"condition"`        // nothing: always
}

// UnmarshalManifest checks the type.
func (m *ComponentMapping) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain ComponentMapping
	d.Decode(n, (*plain)(m))
	if _, known := valueTypes[m.Type]; !known {
		d.ProblemOf(n, "value_type", manifest.CodeInvalidValue, "want string, number, integer or boolean, found %q", m.Type)
	}
}

// mapping is what a resolver writes into a template.
type mapping struct {
	list []ComponentMapping
	// yaml reads texts as YAML, so that a value may be an object; keepTexts spares those that are wanted as texts.
	yaml, keepTexts bool
	creates         bool // the resolver heeds Create
}

// write fills a template.
func (m *mapping) write(into *manifest.Fragment, vars map[string]any) error {
	for i := range m.list {
		c := &m.list[i]
		if wanted, err := holds(&c.Condition, vars); err != nil {
			return err
		} else if !wanted {
			continue
		}
		value, err := m.value(c, vars)
		if err != nil {
			return err
		}
		path, err := c.path(vars)
		if err != nil {
			return err
		}
		m.set(into, path, value, m.creates && c.Create && truthy(value))
	}
	return nil
}

func (m *mapping) value(c *ComponentMapping, vars map[string]any) (any, error) {
	value, err := c.Value.Value(vars, valueTypes[c.Type])
	if err != nil {
		return nil, fmt.Errorf("evaluating value: %w", err)
	}
	text, isText := value.(string)
	if !isText || !m.yaml || m.keepTexts && c.Type == "string" {
		return value, nil
	}
	if read, ok := manifest.ReadYAML(text); ok {
		return read, nil
	}
	return value, nil
}

func (m *ComponentMapping) path(vars map[string]any) ([]string, error) {
	path := make([]string, len(m.Path))
	for i := range m.Path {
		key, err := m.Path[i].Value(vars)
		if err != nil {
			return nil, fmt.Errorf("evaluating field_path: %w", err)
		}
		path[i] = template.Str(key)
	}
	return path, nil
}

// set writes a value to all places that a path leads to or, when there are none, to a new one.
func (m *mapping) set(into *manifest.Fragment, path []string, value any, create bool) {
	found := false
	for _, place := range dpath.Parse(path).Places(into.Value()) {
		found = into.Set(place, value, false) || found
	}
	if !found && create {
		into.Set(path, value, true)
	}
}

// checkMapping reports conditions where they are not heeded.
func checkMapping(d *manifest.Decoder, n *manifest.Node, list []ComponentMapping) {
	for i := range list {
		if list[i].Condition.Present() && list[i].Condition.Source() != "" {
			d.In("components_mapping["+strconv.Itoa(i)+"].condition", func() {
				d.Problem(n.Get("components_mapping").Items()[i].Get("condition"), manifest.CodeInvalidValue,
					"only a ConfigComponentsResolver has conditions")
			})
		}
	}
}
