package declarative

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// ConfigRules bring a configuration into the form the manifest works with.
type ConfigRules struct {
	Migrations      []ConfigMigration     `manifest:"config_migrations,default=ConfigMigration"` // kept: the changed configuration is given back
	Transformations []Of[ConfigRewriter]  `manifest:"transformations"`                           // for this run alone
	Validations     []Of[ConfigValidator] `manifest:"validations"`
}

// ConfigMigration is a step from an earlier form of a configuration.
type ConfigMigration struct {
	Description     string               `manifest:"description"`
	Transformations []Of[ConfigRewriter] `manifest:"transformations,required"`
}

// ConfigRewriter changes a configuration in place.
type ConfigRewriter interface {
	Rewrite(config *template.Dict) error
}

// normalize gives the configuration to work with. One that was migrated is emitted, for the platform to keep.
func (c *ConfigRules) normalize(env *Env) (*template.Dict, error) {
	config, _ := deepCopy(env.Config).(*template.Dict)
	before, err := template.AppendJSON(nil, config)
	if err != nil {
		return nil, fmt.Errorf("encoding configuration: %w", err)
	}
	for i := range c.Migrations {
		if err := rewrite(env, c.Migrations[i].Transformations, config); err != nil {
			return nil, fmt.Errorf("migrating configuration: %w", err)
		}
	}
	after, err := template.AppendJSON(nil, config)
	if err != nil {
		return nil, fmt.Errorf("encoding configuration: %w", err)
	}
	if string(before) != string(after) {
		err := env.Control(protocol.Control{
			Type: protocol.ControlConnectorConfig, EmittedAt: float64(env.Now().UnixMilli()),
			ConnectorConfig: &protocol.ConfigEnvelope{Config: json.RawMessage(after)},
		})
		if err != nil {
			return nil, err
		}
	}
	if err := rewrite(env, c.Transformations, config); err != nil {
		return nil, fmt.Errorf("transforming configuration: %w", err)
	}
	return config, nil
}

func rewrite(env *Env, slots []Of[ConfigRewriter], config *template.Dict) error {
	for i := range slots {
		r, err := slots[i].Build(env)
		if err != nil {
			return err
		}
		if err := r.Rewrite(config); err != nil {
			return err
		}
	}
	return nil
}

// ConfigAddFields sets fields of the configuration.
type ConfigAddFields struct {
	Fields    []AddedField      `manifest:"fields,required,default=AddedFieldDefinition"`
	Condition manifest.Template `manifest:"condition"`
}

// Build makes the step.
func (c *ConfigAddFields) Build(*Env) (ConfigRewriter, error) { return c, nil }

// Rewrite changes the configuration.
func (c *ConfigAddFields) Rewrite(config *template.Dict) error {
	for i := range c.Fields {
		f := &c.Fields[i]
		vars := map[string]any{"config": config}
		v, err := f.Value.Value(vars, valueTypes[f.Type])
		if err != nil {
			return err
		}
		vars["value"] = v
		wanted, err := holds(&c.Condition, vars)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		if _, err := dpath.Set(config, f.Path, v); err != nil {
			return fmt.Errorf("adding field %s: %w", strings.Join(f.Path, "."), err)
		}
	}
	return nil
}

// holds tells whether there is no condition, or it is true.
func holds(condition *manifest.Template, vars map[string]any) (bool, error) {
	if !condition.Present() || condition.Source() == "" {
		return true, nil
	}
	return condition.Bool(vars)
}

// ConfigRemoveFields removes fields of the configuration.
type ConfigRemoveFields struct {
	Pointers  [][]string        `manifest:"field_pointers,required"`
	Condition manifest.Template `manifest:"condition"`
}

// Build makes the step.
func (c *ConfigRemoveFields) Build(*Env) (ConfigRewriter, error) { return c, nil }

// Rewrite changes the configuration.
func (c *ConfigRemoveFields) Rewrite(config *template.Dict) error {
	if wanted, err := holds(&c.Condition, map[string]any{"config": config}); err != nil || !wanted {
		return err
	}
	for _, pointer := range c.Pointers {
		dpath.Parse(pointer).Delete(config)
	}
	return nil
}

// ConfigRemapField replaces the value of a field by another, as a table says.
type ConfigRemapField struct {
	Map  manifest.Tree       `manifest:"map,required"`
	Path []manifest.Template `manifest:"field_path,required"`
}

// UnmarshalManifest checks that there is a path.
func (c *ConfigRemapField) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain ConfigRemapField
	d.Decode(n, (*plain)(c))
	wantSteps(d, n, "field_path", c.Path)
}

// Build makes the step.
func (c *ConfigRemapField) Build(*Env) (ConfigRewriter, error) { return c, nil }

// Rewrite changes the configuration. A value that is not in the table, or is no text, stays.
func (c *ConfigRemapField) Rewrite(config *template.Dict) error {
	vars := map[string]any{"config": config}
	path, err := texts(c.Path, vars)
	if err != nil {
		return err
	}
	table, err := c.Map.Value(vars)
	if err != nil {
		return err
	}
	values, _ := table.(*template.Dict)
	v, _ := valueAt(config, path)
	old, isText := v.(string)
	if !isText || values == nil {
		return nil
	}
	if v, known := values.Get(old); known {
		_, err = dpath.Set(config, path, v)
	}
	return err
}
