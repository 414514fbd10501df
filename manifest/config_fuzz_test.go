package manifest

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzCheckConfig holds any text to any specification. What is refused is told without the text.
func FuzzCheckConfig(f *testing.F) {
	const canary = "canary-5417"
	for _, seed := range []string{
		`{"type":"object","required":["key"],"properties":{"key":{"type":"integer"}}}`, `{"properties":{"key":{"pattern":"^[a-z]+$","minLength":40}}}`,
		`{"$ref":"#"}`, `{"$ref":"file:///etc/passwd"}`, `{"properties":{"key":{"$ref":"#/definitions/x"}},"definitions":{"x":{"enum":["a",1]}}}`,
		`{"oneOf":[{"properties":{"key":{"const":"a"}}},{"properties":{"key":{"const":"b"}}}]}`, `{"not":{}}`, `false`, `[]`, `{"additionalProperties":false}`,
		`{"dependencies":{"key":["other"]},"propertyNames":{"maxLength":1},"contains":{"type":"null"},"uniqueItems":true}`,
	} {
		f.Add([]byte(seed), []byte(`{"key":"`+canary+`"}`))
	}
	f.Add([]byte(`{"properties":{"key":{"minimum":1,"multipleOf":3}}}`), []byte(`{"key":1e10000000}`))
	f.Fuzz(func(t *testing.T, specification, config []byte) {
		err := CheckConfig(specification, config)
		if err == nil {
			return
		}
		if _, isText := asObject(config)["key"].(string); isText && !strings.Contains(string(specification), canary) &&
			strings.Count(string(config), canary) == 1 && strings.Contains(err.Error(), canary) {
			t.Errorf("%s held to %s tells the value: %v", config, specification, err)
		}
	})
}

// asObject is what a text has as the members of an object.
func asObject(text []byte) map[string]any {
	var members map[string]any
	_ = json.Unmarshal(text, &members) // nil: it is none
	return members
}
