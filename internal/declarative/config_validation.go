package declarative

import (
	"errors"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// ConfigValidator tells what is wrong with a configuration that its specification lets pass.
type ConfigValidator interface {
	Validate(config *template.Dict) error
}

// ValidationStrategy tells what is wrong with a value.
type ValidationStrategy interface {
	Validate(value any) error
}

// validate asks every validator. Those that are Python code are left out.
func (c *ConfigRules) validate(env *Env) error {
	for i := range c.Validations {
		v, err := c.Validations[i].Build(env)
		if errors.Is(err, manifest.ErrUnusable) {
			env.Log(protocol.LevelWarn, "a validation of the configuration is left out: it is Python code, which cannot run here")
			continue
		}
		if err != nil {
			return err
		}
		if err := v.Validate(env.Config); err != nil {
			return connector.ConfigError("validating configuration: %w", err)
		}
	}
	return nil
}

// DpathValidator validates the value at a path, or with "*" in it the values. One that is not there is as it should be.
type DpathValidator struct {
	Path     []manifest.Template    `manifest:"field_path,required"`
	Strategy Of[ValidationStrategy] `manifest:"validation_strategy,required"`
}

// UnmarshalManifest checks that there is a path.
func (c *DpathValidator) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain DpathValidator
	d.Decode(n, (*plain)(c))
	if path := n.Get("field_path"); !path.Null() && len(c.Path) == 0 {
		d.Problem(path, manifest.CodeInvalidValue, "want the path of a field")
	}
}

// Build makes the validator.
func (c *DpathValidator) Build(env *Env) (ConfigValidator, error) {
	path, err := texts(c.Path, env.Vars())
	if err != nil {
		return nil, err
	}
	strategy, err := c.Strategy.Build(env)
	return &pathValidator{path: path, strategy: strategy}, err
}

type pathValidator struct {
	path     []string
	strategy ValidationStrategy
}

func (v *pathValidator) Validate(config *template.Dict) error {
	return dpath.Parse(v.path).Walk(config, func(value any) error {
		if err := v.strategy.Validate(value); err != nil {
			return fmt.Errorf("field %s: %w", strings.Join(v.path, "."), err)
		}
		return nil
	})
}

// PredicateValidator validates a value that is computed from the configuration.
type PredicateValidator struct {
	Value    manifest.Tree          `manifest:"value,required"`
	Strategy Of[ValidationStrategy] `manifest:"validation_strategy,required"`
}

// Build makes the validator.
func (c *PredicateValidator) Build(env *Env) (ConfigValidator, error) {
	strategy, err := c.Strategy.Build(env)
	return &valueValidator{value: &c.Value, strategy: strategy}, err
}

type valueValidator struct {
	value    *manifest.Tree
	strategy ValidationStrategy
}

func (v *valueValidator) Validate(config *template.Dict) error {
	value, err := v.value.Value(map[string]any{"config": config})
	if err != nil {
		return err
	}
	return v.strategy.Validate(value)
}

// ValidateAdheresToSchema holds a value to a JSON schema. A text is read as JSON.
type ValidateAdheresToSchema struct {
	Schema any `manifest:"base_schema,required"` // an object, or the JSON text of one
}

// Build makes the strategy.
func (c *ValidateAdheresToSchema) Build(*Env) (ValidationStrategy, error) {
	if text, ok := c.Schema.(string); ok {
		return &schemaValidation{[]byte(text)}, nil
	}
	schema, err := template.AppendJSON(nil, c.Schema)
	return &schemaValidation{schema}, err
}

type schemaValidation struct{ schema []byte }

var errNotJSONText = errors.New("the text is not JSON")

func (v *schemaValidation) Validate(value any) error {
	text, isText := value.(string)
	document := []byte(text)
	if isText {
		if _, err := template.DecodeJSON(document); err != nil {
			return errNotJSONText
		}
	} else {
		var err error
		if document, err = template.AppendJSON(nil, value); err != nil {
			return fmt.Errorf("encoding value: %w", err)
		}
	}
	return manifest.CheckValue(v.schema, document)
}
