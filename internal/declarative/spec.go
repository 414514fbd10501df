package declarative

import (
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
	"github.com/airfielddev/airfield/secret"
)

// Spec describes the configuration of a source.
type Spec struct {
	Schema           any          `manifest:"connection_specification,required"`
	DocumentationURL string       `manifest:"documentation_url"`
	AdvancedAuth     any          `manifest:"advanced_auth"`
	Normalization    *ConfigRules `manifest:"config_normalization_rules"`
}

func (c *Spec) message() (protocol.Spec, error) {
	spec := protocol.Spec{DocumentationURL: c.DocumentationURL}
	schema, err := template.AppendJSON(nil, c.Schema)
	if err != nil {
		return spec, fmt.Errorf("encoding connection_specification: %w", err)
	}
	spec.ConnectionSpecification = json.RawMessage(schema)
	if c.AdvancedAuth == nil {
		return spec, nil
	}
	auth, err := template.AppendJSON(nil, withoutType(c.AdvancedAuth))
	if err != nil {
		return spec, fmt.Errorf("encoding advanced_auth: %w", err)
	}
	spec.AdvancedAuth = json.RawMessage(auth)
	return spec, nil
}

// withoutType drops the keys that name components, which are the manifest's own.
func withoutType(v any) any {
	d, ok := v.(*template.Dict)
	if !ok {
		return v
	}
	c := copyDict(d)
	c.Delete("type")
	if inner, ok := dictAt(c, "oauth_config_specification"); ok {
		c.Set("oauth_config_specification", withoutType(inner))
	}
	return c
}

// secretsIn finds the values of a configuration that its schema calls secret.
func secretsIn(schema, config any) []secret.String {
	var found []secret.String
	s, ok := schema.(*template.Dict)
	if !ok {
		return nil
	}
	if hidden, _ := s.Get("airbyte_secret"); hidden == true {
		if text := template.Str(config); config != nil && text != "" {
			found = append(found, secret.String(text))
		}
	}
	for _, key := range []string{"oneOf", "anyOf", "allOf"} {
		choices, _ := s.Get(key)
		list, _ := choices.([]any)
		for _, choice := range list {
			found = append(found, secretsIn(choice, config)...)
		}
	}
	switch c := config.(type) {
	case *template.Dict:
		properties, _ := dictAt(s, "properties")
		for key, sub := range orEmpty(properties).All() {
			if value, ok := c.Get(template.Str(key)); ok {
				found = append(found, secretsIn(sub, value)...)
			}
		}
	case []any:
		items, _ := s.Get("items")
		for _, item := range c {
			found = append(found, secretsIn(items, item)...)
		}
	}
	return found
}
