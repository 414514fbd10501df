package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/contract"
)

// contractOf skips the test when the official documents, which lie beside the repository, are not there.
func contractOf(t *testing.T, open func() (*contract.Document, error)) *contract.Document {
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

// kept holds the answer to an operation, which is named by its method and its path in the document, to what the document says.
func (a answer) kept(t *testing.T, c *contract.Document, method, path string) answer {
	t.Helper()
	if err := c.Answer(method, path, a.status, a.body); err != nil {
		t.Error(err)
	}
	return a
}

var template = regexp.MustCompile(`\{(\w+)\}`)

// TestAnswersKeepTheContract walks through the life of everything and holds each answer against the official document.
func TestAnswersKeepTheContract(t *testing.T) {
	t.Parallel()
	c, d := contractOf(t, contract.Public), deploy(t)
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
		return d.call(t, method, "/api/public/v1"+fill(plain)+query, fill(body)).want(status).kept(t, c, method, plain)
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
