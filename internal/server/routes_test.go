package server_test

import (
	"iter"
	"regexp"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/contract"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

var parameter = regexp.MustCompile(`\{[A-Za-z]+\}`)

// fill puts something unknown in the place of each parameter of a path.
func fill(pattern string) string {
	pattern = strings.ReplaceAll(pattern, "{$}", "")
	pattern = strings.ReplaceAll(pattern, "{jobId}", "999999")
	return parameter.ReplaceAllString(pattern, unknown)
}

func hasBody(method string) bool { return method == "POST" || method == "PUT" || method == "PATCH" }

// everyRoute lists each operation with each of its paths.
func everyRoute(d *deployment) iter.Seq2[endpoint.Route, string] {
	return func(yield func(endpoint.Route, string) bool) {
		for _, api := range d.APIs() {
			for _, prefix := range api.Prefixes {
				for _, r := range api.Routes {
					if !yield(r, prefix+fill(r.Pattern)) {
						return
					}
				}
			}
		}
	}
}

func TestEveryRouteNeedsCredentials(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	for r, path := range everyRoute(d) {
		t.Run(r.Method+" "+path, func(t *testing.T) {
			for _, header := range []string{"", "Bearer nonsense", "Basic bm90OnRoaXM="} {
				a := d.call(t, r.Method, path, "", "Authorization", header)
				if r.Role == endpoint.Anonymous {
					if a.status == 401 && !strings.HasSuffix(path, "/token") {
						t.Errorf("%q: an anonymous operation answers 401", header)
					}
					continue
				}
				a.want(401).problem()
				if a.header.Get("WWW-Authenticate") == "" {
					t.Error("there is no WWW-Authenticate")
				}
			}
		})
	}
}

func TestEveryRouteRefusesGarbage(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	for r, path := range everyRoute(d) {
		t.Run(r.Method+" "+path, func(t *testing.T) {
			if !hasBody(r.Method) {
				return
			}
			for _, body := range []string{`{"name":`, `[]`, `"x"`, "\xff\xfe", `{"name":[],"workspaceId":{},"id":"x","connectionId":7,"sourceId":[],"configuration":1}`} {
				a := d.call(t, r.Method, path, body)
				switch {
				case a.status == 501 && !r.Implemented():
					a.problem()
				case a.status >= 400 && a.status < 500:
					a.problem()
				case a.status == 200 && takesNoBody[r.Operation]:
				default:
					t.Errorf("%q: status %d: %s", body, a.status, a.body)
				}
			}
		})
	}
}

// takesNoBody are POSTs of the Config API that need nothing of their body.
var takesNoBody = map[string]bool{
	"web_backend.check_updates": true, "applications.list": true, "deployment.metadata": true, "connections.status": true,
	"source_definitions.list": true, "source_definitions.list_latest": true, "source_definitions.list_private": true,
	"source_definitions.list_enterprise_source_stubs": true,
	"destination_definitions.list":                    true, "destination_definitions.list_latest": true, "destination_definitions.list_private": true,
	"workspaces.list_paginated": true, "sources.list_paginated": true, "destinations.list_paginated": true, "connections.list_paginated": true,
	"workspaces.list": true, "users.list_instance_admin": true,
}

// unknownIDs has every id that a body can hold, naming nothing, beside enough of everything else to be understood.
var unknownIDs = strings.ReplaceAll(`{"name":"n","workspaceId":"@","organizationId":"@","sourceId":"@","destinationId":"@","connectionId":"@",
 "definitionId":"@","sourceDefinitionId":"@","destinationDefinitionId":"@","actorDefinitionId":"@","baseActorDefinitionId":"@","builderProjectId":"@","applicationId":"@",
 "permissionId":"@","permissionType":"workspace_reader","userId":"@","authUserId":"@","tagId":"@","configId":"@","id":999999,"jobId":999999,"attemptNumber":0,"jobType":"sync","color":"aabbcc","slug":"@","status":"active",
 "configuration":{"a":1},"connectionConfiguration":{"a":1},"manifest":{"a":1},"dockerRepository":"r","dockerImageTag":"t","version":1,
 "connectionState":{"stateType":"not_set","connectionId":"@"},"streams":[{"streamName":"s"}],"refreshMode":"Merge","connectionIds":["@"],
 "configTypes":["sync"],"workspaceIds":["@"],"spec":{},"testingValues":{},"builderProject":{"name":"n"},
 "sourceDefinition":{"name":"n","dockerRepository":"r","dockerImageTag":"t"},"destinationDefinition":{"name":"n","dockerRepository":"r","dockerImageTag":"t"},
 "declarativeManifest":{"description":"","manifest":{"a":1},"spec":{},"version":1},"initialDeclarativeManifest":{"description":"","manifest":{"a":1},"spec":{},"version":1},
 "catalogId":"@","catalog":{"streams":[]},"createdAtStart":"2020-01-01T00:00:00Z","createdAtEnd":"2050-01-01T00:00:00Z","eventTypes":["SYNC_STARTED"],"numberOfJobs":5,"timezone":"UTC","streamDescriptor":{"name":"users"},"email":"@","scopeId":"@","scopeType":"workspace","actorType":"source","connectionUpdate":{"connectionId":"@"},"mappers":[],"client_id":"@","client_secret":"@"}`, "@", unknown)

// foundAnyway are operations that have an answer for what they do not know.
var foundAnyway = map[string]bool{
	"web_backend.describe_cron_expression": true,
	"createApplication":                    true, "applications.create": true, "createWorkspace": true, "organizations.create": true, "createPermission": true, "permissions.create": true,
	"connector_builder_projects.get_for_definition_id": true, "connector_builder_projects.get_by_definition_id": true,
	"sources.list_paginated": true, "destinations.list_paginated": true, "connections.list_paginated": true,
	"connections.list_by_actor_definition": true, "sources.search": true, "destinations.search": true, "connections.search": true,
	"workspaces.list_paginated": true, "jobs.list": true, "jobs.list_for_workspaces": true, "notifications.try": true, "notifications.try_webhook": true,
}

func TestEveryRouteRefusesUnknownIDs(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	for r, path := range everyRoute(d) {
		t.Run(r.Method+" "+path, func(t *testing.T) {
			body := ""
			if hasBody(r.Method) {
				body = unknownIDs
			}
			if r.Operation == "web_backend.connections.list" { // its sourceId is a list
				body = `{"workspaceId":"` + unknown + `"}`
			}
			if r.Operation == "workspaces.create_if_not_exist" { // its id is no number
				body = quote("id", unknown, "name", "n", "organizationId", unknown)
			}
			a := d.call(t, r.Method, path, body)
			named := body != "" || strings.Contains(r.Pattern, "{") && !strings.Contains(r.Pattern, "{$}")
			switch {
			case !r.Implemented():
				a.want(501).problem()
				if a.text("detail") != r.Missing && a.text("message") != r.Missing {
					t.Errorf("the refusal does not say why: %s", a.body)
				}
			case strings.HasSuffix(path, "/applications/token"):
				a.want(401).problem()
			case named && !foundAnyway[r.Operation] && !takesNoBody[r.Operation] || r.Operation == "connections.status":
				a.want(404).problem()
			case a.status >= 500:
				t.Errorf("status %d: %s", a.status, a.body)
			}
		})
	}
}

func TestEveryRouteRefusesOtherMethods(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	for r, path := range everyRoute(d) {
		t.Run(r.Method+" "+path, func(t *testing.T) {
			a := d.call(t, "REPORT", path, "").want(405)
			a.problem()
			if !strings.Contains(a.header.Get("Allow"), r.Method) {
				t.Errorf("Allow is %q, without %s", a.header.Get("Allow"), r.Method)
			}
		})
	}
}

func TestOperationsHaveNamesAndReasons(t *testing.T) {
	t.Parallel()
	for _, api := range deploy(t).APIs() {
		seen := map[string]bool{}
		for _, r := range api.Routes {
			if r.Operation == "" || r.Role == "" || r.Implemented() == (r.Missing != "") || seen[r.Operation] {
				t.Errorf("%s: incomplete or doubled row %+v", api.Name, r)
			}
			seen[r.Operation] = true
		}
	}
}

func TestEveryOfficialOperationIsRouted(t *testing.T) {
	t.Parallel()
	routed := map[string]string{}
	for _, r := range deploy(t).APIs()[0].Routes {
		routed[r.Method+" "+parameter.ReplaceAllString(strings.ReplaceAll(r.Pattern, "{$}", ""), "{}")] = r.Operation
	}
	for path, operations := range contractOf(t, func() (*contract.Document, error) { return contract.Open("api.yaml") }).Paths() {
		for method, operation := range operations.(map[string]any) {
			key := strings.ToUpper(method) + " " + parameter.ReplaceAllString(path, "{}")
			fields, ok := operation.(map[string]any)
			if !ok || fields["operationId"] == nil {
				continue
			}
			if routed[key] != fields["operationId"] {
				t.Errorf("%s is %q, want %q", key, routed[key], fields["operationId"])
			}
		}
	}
}

func TestConfigRoutesAreOfficial(t *testing.T) {
	t.Parallel()
	paths := contractOf(t, contract.Config).Paths()
	ours := map[string]bool{
		"/connector_builder_projects/get_by_definition_id": true, // what the server's code is annotated with
		"/workspaces/list": true, // what earlier releases had
		"/openapi":         true, "/jobs/get_debug_info": true, "/deployment/metadata": true,
	}
	for _, r := range deploy(t).APIs()[1].Routes {
		if paths["/v1"+r.Pattern] == nil && !ours[r.Pattern] {
			t.Errorf("%s is not in the official document", r.Pattern)
		}
	}
}
