// Package contract holds what tests say and hear over HTTP to the official OpenAPI documents of Airbyte's two APIs, which lie beside
// the repository where they are at all.
package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// Document is an official document, repaired where it is at odds with itself. It is safe for concurrent use.
type Document struct {
	fields   map[string]any
	paths    map[string]any
	compiler *jsonschema.Compiler
	url      string

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

// Public and Config open the documents of the two APIs once; of the Public API's documents this is the one whose schemas are all
// valid. The error wraps os.ErrNotExist where the documents are not there.
var (
	Public = sync.OnceValues(func() (*Document, error) { return Open("api_terraform.yaml") })
	Config = sync.OnceValues(func() (*Document, error) { return Open("config.yaml") })
)

// Open reads the document of this name. The error wraps os.ErrNotExist where the documents are not there.
func Open(name string) (*Document, error) {
	fields, err := read(name)
	if err != nil {
		return nil, fmt.Errorf("reading the official document %s: %w", name, err)
	}
	paths, ok := fields["paths"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("reading the official document %s: it has no paths", name)
	}
	modernize(fields)
	repair(fields)
	// YAML has integers and dates of its own kinds; the validator knows those of JSON.
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	d := &Document{fields: fields, paths: paths, compiler: jsonschema.NewCompiler(), url: "https://api.test/" + name, compiled: map[string]*jsonschema.Schema{}}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	d.compiler.UseRegexpEngine(patternOf)
	return d, d.compiler.AddResource(d.url, parsed)
}

// Paths are the operations by path and, in small letters, method.
func (d *Document) Paths() map[string]any { return d.paths }

func read(name string) (fields map[string]any, err error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "..", "shared", "openapi", name))
	if err != nil {
		return nil, err
	}
	return fields, yaml.Unmarshal(text, &fields)
}

// repository is the folder of go.mod, in or above the one that tests of a package run in.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", os.ErrNotExist
		}
		dir = parent
	}
}

// modernize turns the nullable of OpenAPI 3.0 into a type of JSON Schema.
func modernize(value any) {
	switch v := value.(type) {
	case map[string]any:
		if kind, ok := v["type"].(string); ok && v["nullable"] == true {
			v["type"] = []any{kind, "null"}
		}
		for _, member := range v {
			modernize(member)
		}
	case []any:
		for _, item := range v {
			modernize(item)
		}
	}
}

// repair mends what the documents say wrongly. That of the Config API requires json_schema of a stream, and calls the property
// jsonSchema. Those of the Public API have mappers match exactly one of the kinds that there are, some of which hold others, require of a
// definition's body the workspaceId that is in its path, and know grant-type alone, where OAuth has grant_type.
func repair(fields map[string]any) {
	schemas := fields["components"].(map[string]any)["schemas"].(map[string]any)
	if stream, ok := schemas["AirbyteStream"].(map[string]any); ok {
		stream["required"] = []any{"name", "jsonSchema"}
	}
	if mapper, ok := schemas["MapperConfiguration"].(map[string]any); ok && mapper["oneOf"] != nil {
		mapper["anyOf"] = mapper["oneOf"]
		delete(mapper, "oneOf")
	}
	if definition, ok := schemas["CreateDeclarativeSourceDefinitionRequest"].(map[string]any); ok {
		definition["required"] = []any{"name", "manifest"}
	}
	if grant, ok := schemas["ApplicationTokenRequestWithGrant"].(map[string]any); ok {
		grant["properties"].(map[string]any)["grant_type"] = map[string]any{"type": "string"}
	}
}

// anything is a pattern that Go cannot read; it matches everything.
type anything string

func (anything) MatchString(string) bool { return true }
func (a anything) String() string        { return string(a) }

func patternOf(text string) (jsonschema.Regexp, error) {
	if re, err := regexp.Compile(text); err == nil {
		return re, nil
	}
	return anything(text), nil
}

// schema compiles what a path of keys in the document leads to.
func (d *Document) schema(keys ...string) (*jsonschema.Schema, error) {
	pointer := "#"
	for _, key := range keys {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(key)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if known, ok := d.compiled[pointer]; ok {
		return known, nil
	}
	schema, err := d.compiler.Compile(d.url + pointer)
	if err != nil {
		return nil, err
	}
	d.compiled[pointer] = schema
	return schema, nil
}
