package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// contract checks answers against the schemas of an official document.
type contract struct {
	compiler *jsonschema.Compiler
	paths    map[string]any
	url      string

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

// The contracts of both APIs. Of the Public API's documents this is the one whose schemas are all valid.
var (
	publicContract = sync.OnceValues(func() (*contract, error) { return newContract("api_terraform.yaml") })
	configContract = sync.OnceValues(func() (*contract, error) { return newContract("config.yaml") })
)

// contractOf skips the test when the official documents, which lie beside the repository, are not there.
func contractOf(t *testing.T, open func() (*contract, error)) *contract {
	t.Helper()
	c, err := open()
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the official OpenAPI documents are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func readDocument(name string) (doc map[string]any, err error) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "openapi", name))
	if err != nil {
		return nil, err
	}
	return doc, yaml.Unmarshal(text, &doc)
}

func newContract(name string) (*contract, error) {
	doc, err := readDocument(name)
	if err != nil {
		return nil, err
	}
	modernize(doc)
	repair(doc)
	// YAML has integers and dates of its own kinds; the validator knows those of JSON.
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := &contract{compiler: jsonschema.NewCompiler(), paths: doc["paths"].(map[string]any), url: "https://api.test/" + name, compiled: map[string]*jsonschema.Schema{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	c.compiler.UseRegexpEngine(patternOf)
	return c, c.compiler.AddResource(c.url, parsed)
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

// repair mends what the document of the Config API says of streams: it requires json_schema, and calls the property jsonSchema.
func repair(doc map[string]any) {
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	if stream, ok := schemas["AirbyteStream"].(map[string]any); ok {
		stream["required"] = []any{"name", "jsonSchema"}
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

// check validates the answer to an operation, which is named by its method and its path in the document.
func (c *contract) check(t *testing.T, method, path string, a answer) answer {
	t.Helper()
	operation, ok := c.paths[path].(map[string]any)[strings.ToLower(method)].(map[string]any)
	if !ok {
		t.Fatalf("the document has no %s %s", method, path)
	}
	responses := operation["responses"].(map[string]any)
	status := fmt.Sprint(a.status)
	if responses[status] == nil && a.status == http.StatusNoContent {
		status = "2XX"
	}
	response, ok := responses[status].(map[string]any)
	if !ok {
		t.Fatalf("%s %s: status %d is not in the document: %s", method, path, a.status, a.body)
	}
	if response["content"] == nil {
		return a
	}
	schema, err := c.schema(fmt.Sprintf("#/paths/%s/%s/responses/%s/content/application~1json/schema",
		strings.ReplaceAll(path, "/", "~1"), strings.ToLower(method), status))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(a.body))
	if err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, a.body)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s %s: %s\n%#v", method, path, a.body, err)
	}
	return a
}

func (c *contract) schema(pointer string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.compiled[pointer]; ok {
		return known, nil
	}
	schema, err := c.compiler.Compile(c.url + escape(pointer))
	c.compiled[pointer] = schema
	return schema, err
}

func escape(pointer string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)
}

var template = regexp.MustCompile(`\{(\w+)\}`)

// TestAnswersKeepTheContract walks through the life of everything and holds each answer against the official document.
func TestAnswersKeepTheContract(t *testing.T) {
	t.Parallel()
	c, d := contractOf(t, publicContract), deploy(t)
	ids := map[string]string{"workspaceId": d.workspace}
	do := func(method, path, body string, status int) answer {
		t.Helper()
		fill := func(s string) string {
			return template.ReplaceAllStringFunc(s, func(name string) string { return ids[strings.Trim(name, "{}")] })
		}
		plain, query, _ := strings.Cut(path, "?")
		if query != "" {
			query = "?" + fill(query)
		}
		return c.check(t, method, plain, d.call(t, method, "/api/public/v1"+fill(plain)+query, fill(body)).want(status))
	}
	keep := func(id, member string, a answer) { ids[id] = a.text(member) }

	do("GET", "/workspaces", "", 200)
	do("GET", "/workspaces/{workspaceId}", "", 200)
	do("PATCH", "/workspaces/{workspaceId}", `{"name":"renamed","notifications":{"failure":{"email":{"enabled":true}}}}`, 200)
	do("GET", "/organizations", "", 200)
	do("GET", "/users?organizationId=00000000-0000-0000-0000-000000000000", "", 200)
	do("GET", "/permissions", "", 200)

	keep("sourceId", "sourceId", do("POST", "/sources", `{"name":"s","workspaceId":"{workspaceId}","configuration":{"sourceType":"faker","count":10}}`, 200))
	do("GET", "/sources/{sourceId}", "", 200)
	do("PATCH", "/sources/{sourceId}", `{"name":"s2","configuration":{"count":11}}`, 200)
	do("PUT", "/sources/{sourceId}", `{"name":"s3","configuration":{"count":12}}`, 200)
	do("GET", "/sources?workspaceIds={workspaceId}&limit=1", "", 200)
	keep("destinationId", "destinationId", do("POST", "/destinations", `{"name":"d","workspaceId":"{workspaceId}","configuration":{"destinationType":"dev-null","test_destination":{"test_destination_type":"SILENT"}}}`, 200))
	do("GET", "/destinations/{destinationId}", "", 200)
	do("PATCH", "/destinations/{destinationId}", `{"name":"d2"}`, 200)
	do("GET", "/destinations", "", 200)

	keep("tagId", "tagId", do("POST", "/tags", `{"name":"t","color":"00ff00","workspaceId":"{workspaceId}"}`, 200))
	do("GET", "/tags/{tagId}", "", 200)
	do("PATCH", "/tags/{tagId}", `{"name":"u","color":"00ff01"}`, 200)
	do("GET", "/tags", "", 200)

	do("GET", "/streams?sourceId={sourceId}&destinationId={destinationId}", "", 200)
	keep("connectionId", "connectionId", do("POST", "/connections", `{"sourceId":"{sourceId}","destinationId":"{destinationId}","schedule":{"scheduleType":"cron","cronExpression":"0 0 12 * * ?"},"tags":[{"tagId":"{tagId}","workspaceId":"{workspaceId}","name":"u","color":"00ff01"}]}`, 200))
	do("GET", "/connections/{connectionId}", "", 200)
	do("PATCH", "/connections/{connectionId}", `{"configurations":{"streams":[{"name":"users","syncMode":"incremental_append"}]},"prefix":"p_","schedule":{"scheduleType":"manual"}}`, 200)
	do("GET", "/connections", "", 200)

	job := do("POST", "/jobs", `{"connectionId":"{connectionId}","jobType":"sync"}`, 200)
	ids["jobId"] = fmt.Sprint(job.at("jobId"))
	do("GET", "/jobs/{jobId}", "", 200)
	do("GET", "/jobs?connectionId={connectionId}", "", 200)
	do("DELETE", "/jobs/{jobId}", "", 200)

	declarative := "/workspaces/{workspaceId}/definitions/declarative_sources"
	keep("definitionId", "id", do("POST", declarative, `{"name":"m","manifest":`+manifestText+`}`, 200))
	do("GET", declarative, "", 200)
	do("GET", declarative+"/{definitionId}", "", 200)
	do("PUT", declarative+"/{definitionId}", `{"manifest":`+manifestText+`}`, 200)
	do("DELETE", declarative+"/{definitionId}", "", 200)
	for _, kind := range []string{"sources", "destinations"} {
		do("GET", "/workspaces/{workspaceId}/definitions/"+kind, "", 200)
	}

	do("DELETE", "/connections/{connectionId}", "", http.StatusNoContent)
	do("DELETE", "/tags/{tagId}", "", http.StatusNoContent)
	do("DELETE", "/sources/{sourceId}", "", http.StatusNoContent)
	do("DELETE", "/destinations/{destinationId}", "", http.StatusNoContent)
	keep("workspaceId", "workspaceId", do("POST", "/workspaces", `{"name":"second"}`, 200))
	do("DELETE", "/workspaces/{workspaceId}", "", http.StatusNoContent)
}
