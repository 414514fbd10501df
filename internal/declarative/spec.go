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
	auth, err := template.AppendJSON(nil, signIn("", c.AdvancedAuth))
	if err != nil {
		return spec, fmt.Errorf("encoding advanced_auth: %w", err)
	}
	spec.AdvancedAuth = json.RawMessage(auth)
	return spec, nil
}

// authFields are what is told about signing in, by the place of it; anything else in a manifest is its own.
var authFields = map[string][]string{
	"": {"auth_flow_type", "predicate_key", "predicate_value", oauthSpecification},
	oauthSpecification: {
		"oauth_user_input_from_connector_config_specification", oauthInput, "complete_oauth_output_specification",
		"complete_oauth_server_input_specification", "complete_oauth_server_output_specification",
	},
	oauthInput: {
		"consent_url", "access_token_url", "scope", "scopes", "optional_scopes", joinStrategy, "access_token_headers", "access_token_params",
		"extract_output", "state", "client_id_key", "client_secret_key", "scope_key", "state_key", "auth_code_key", "redirect_uri_key",
		"token_expiry_key",
	},
}

const (
	oauthSpecification = "oauth_config_specification"
	oauthInput         = "oauth_connector_input_specification"
	joinStrategy       = "scopes_join_strategy"
)

// signIn is what is told of signing in at a place of advanced_auth.
func signIn(place string, v any) any {
	d, ok := v.(*template.Dict)
	if !ok {
		return v
	}
	told := template.NewDict(d.Len())
	for _, name := range authFields[place] {
		field, ok := d.Get(name)
		switch {
		case ok && field != nil && authFields[name] != nil:
			told.Set(name, signIn(name, field))
		case ok && field != nil:
			told.Set(name, field)
		case name == joinStrategy:
			told.Set(name, "space")
		}
	}
	return told
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
