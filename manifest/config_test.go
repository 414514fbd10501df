package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckConfig(t *testing.T) {
	t.Parallel()
	const schema = `{"type":"object","required":["key"],"properties":{"key":{"type":"string","pattern":"^[a-z]+$"},"day":{"type":"string","format":"date"},"auth":{"type":"object","properties":{"n":{"type":"integer"}}}}}`
	for config, want := range map[string]string{
		`{"key":"abc","other":1,"day":"x"}`: "",
		`{}`:                                "key is required",
		`{"key":"s3cret"}`:                  "key must match the pattern ^[a-z]+$",
		`{"key":"abc","auth":{"n":"five"}}`: "auth.n must be integer, not string",
		`{`:                                 "not JSON",
		`{"key":"a","n":1e10000000}`:        "a number is too long or too far from 1",
	} {
		err := CheckConfig([]byte(schema), []byte(config))
		if want == "" {
			if err != nil {
				t.Errorf("%s: got %v", config, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "five") {
			t.Errorf("%s: got %v, want %s", config, err, want)
		}
	}
	file := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(file, []byte(`{"enum":["canary"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckConfig([]byte(`{"properties":{"a":{"$ref":"file://`+filepath.ToSlash(file)+`"}}}`), []byte(`{"a":"z"}`)); err != nil {
		t.Errorf("a specification has a file read: %v", err)
	}
	if err := CheckConfig([]byte(`{"$ref":"#"}`), []byte(`{}`)); err == nil || !strings.Contains(err.Error(), "refers to itself") {
		t.Errorf("a specification without end: %v", err)
	}
	if err := CheckConfig([]byte(`{"properties":{"a":{"pattern":"(?<=x"}}}`), []byte(`{"a":"z"}`)); err != nil {
		t.Errorf("a pattern that cannot be checked: %v", err)
	}
	ahead := []byte(`{"required":["b"],"properties":{"a":{"pattern":"^(?!key)\\w+$"}}}`)
	if err := CheckConfig(ahead, []byte(`{"a":"keys"}`)); err == nil || err.Error() != "the configuration does not fit its specification: a must match the pattern ^(?!key)\\w+$; b is required" {
		t.Errorf("a pattern that looks ahead: %v", err)
	}
}
