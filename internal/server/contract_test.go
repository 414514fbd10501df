package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract checks answers against the schemas of the official document of the Public API.
type contract struct {
	compiler *jsonschema.Compiler
	paths    map[string]any
	document string
}

func newContract(t *testing.T) *contract {
	t.Helper()
	doc := document(t, "api_terraform.yaml")
	// YAML has integers and dates of its own kinds; the validator knows those of JSON.
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{compiler: jsonschema.NewCompiler(), paths: doc["paths"].(map[string]any), document: "https://api.test/api.json"}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	c.compiler.UseRegexpEngine(patternOf)
	if err := c.compiler.AddResource(c.document, parsed); err != nil {
		t.Fatal(err)
	}
	return c
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
	content, _ := response["content"].(map[string]any)
	if content == nil {
		if a.body != "" && a.header.Get("Content-Type") == "application/json" {
			t.Errorf("%s %s: the document has no body, the answer %s", method, path, a.body)
		}
		return a
	}
	pointer := fmt.Sprintf("#/paths/%s/%s/responses/%s/content/application~1json/schema",
		strings.ReplaceAll(path, "/", "~1"), strings.ToLower(method), status)
	schema, err := c.compiler.Compile(c.document + escape(pointer))
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

func escape(pointer string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)
}

var template = regexp.MustCompile(`\{(\w+)\}`)

// TestAnswersKeepTheContract walks through the life of everything and holds each answer against the official document.
func TestAnswersKeepTheContract(t *testing.T) {
	t.Parallel()
	c, d := newContract(t), deploy(t)
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

	manifest := `{"version":"6.0.0","type":"DeclarativeSource","check":{"type":"CheckStream","stream_names":["a"]},
	 "streams":[{"type":"DeclarativeStream","name":"a","retriever":{"type":"SimpleRetriever","requester":{"type":"HttpRequester","url_base":"http://127.0.0.1/","path":"a"},
	   "record_selector":{"type":"RecordSelector","extractor":{"type":"DpathExtractor","field_path":[]}}},
	   "schema_loader":{"type":"InlineSchemaLoader","schema":{"type":"object","properties":{"id":{"type":"integer"}}}}}],
	 "spec":{"type":"Spec","connection_specification":{"type":"object","properties":{}}}}`
	declarative := "/workspaces/{workspaceId}/definitions/declarative_sources"
	keep("definitionId", "id", do("POST", declarative, `{"name":"m","manifest":`+manifest+`}`, 200))
	do("GET", declarative, "", 200)
	do("GET", declarative+"/{definitionId}", "", 200)
	do("PUT", declarative+"/{definitionId}", `{"manifest":`+manifest+`}`, 200)
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
