package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/contract"
)

// configGet is config for the calls that are GETs.
func (d *deployment) configGet(t testing.TB, path string) answer {
	t.Helper()
	return configChecked(t, "GET", path, d.call(t, "GET", "/api/v1"+path, "", "Authorization", "").want(200))
}

// config calls the Config API, and holds what succeeds against the official document when that is here.
func (d *deployment) config(t testing.TB, path, body string) answer {
	t.Helper()
	return configChecked(t, "POST", path, d.call(t, "POST", "/api/v1"+path, body))
}

func configChecked(t testing.TB, method, path string, a answer) answer {
	t.Helper()
	c, err := contract.Config()
	if errors.Is(err, os.ErrNotExist) || c != nil && (c.Paths()["/v1"+path] == nil || a.status >= 300) {
		return a
	}
	if err != nil {
		t.Fatal(err)
	}
	return a.kept(t, c, method, "/v1"+path)
}

func quote(pairs ...string) string {
	object := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		object[pairs[i]] = pairs[i+1]
	}
	text, _ := json.Marshal(object)
	return string(text)
}

func TestConfigErrorsCarryProblems(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.config(t, "/connections/get", quote("connectionId", unknown)).want(404)
	for _, member := range []string{"message", "errorId", "type", "title", "detail"} {
		if a.text(member) == "" {
			t.Errorf("%s is missing in %s", member, a.body)
		}
	}
	if a.at("status") != 404.0 || a.text("data.resourceId") != unknown {
		t.Errorf("got %s", a.body)
	}
	if a := d.config(t, "/connections/get", "{}").want(400); !strings.Contains(a.text("message"), "connectionId") {
		t.Errorf("got %s", a.body)
	}
}

func TestConfigOrganizationsAndWorkspaces(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.config(t, "/workspaces/get_organization_info", quote("workspaceId", d.workspace)).want(200)
	org := a.text("organizationId")
	want := map[string]any{"organizationId": org, "organizationName": "Default Organization", "sso": false, "scim": false}
	if diff := cmp.Diff(want, a.object()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a := d.config(t, "/organizations/get_organization_info", quote("organizationId", org)).want(200); a.text("organizationName") != "Default Organization" {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/organizations/update", quote("organizationId", org, "organizationName", "Acme", "email", "ops@example.com")).want(200)
	if a := d.config(t, "/organizations/get", quote("organizationId", org)).want(200); a.text("organizationName") != "Acme" || a.text("email") != "ops@example.com" {
		t.Errorf("got %s", a.body)
	}
	names := func(body string) (out []string) {
		t.Helper()
		for _, w := range d.config(t, "/workspaces/list_by_organization_id", body).want(200).at("workspaces").([]any) {
			out = append(out, w.(map[string]any)["name"].(string))
		}
		return out
	}
	second := d.config(t, "/workspaces/create", quote("organizationId", org, "name", "Second place")).want(200)
	for body, want := range map[string][]string{
		quote("organizationId", org):                                                    {"Default Workspace", "Second place"},
		quote("organizationId", org, "nameContains", "SECOND"):                          {"Second place"},
		`{"organizationId":"` + org + `","pagination":{"pageSize":1,"rowOffset":1}}`:    {"Second place"},
		`{"organizationId":"` + org + `","pagination":{"pageSize":100,"rowOffset":50}}`: nil,
	} {
		if diff := cmp.Diff(want, names(body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
	if a := d.config(t, "/workspaces/get_by_slug", quote("slug", second.text("slug"))).want(200); a.text("workspaceId") != second.text("workspaceId") {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/workspaces/delete", quote("workspaceId", second.text("workspaceId"))).want(204)
	if a := d.config(t, "/workspaces/list", "{}").want(200); strings.Contains(a.body, second.text("workspaceId")) || !strings.Contains(a.body, d.workspace) {
		t.Errorf("got %s", a.body)
	}
}

func TestConfigActors(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	body := `{"sourceDefinitionId":"` + fakerID + `","workspaceId":"` + d.workspace + `","name":"s","connectionConfiguration":{"count":5}}`
	a := d.config(t, "/sources/create", body).want(200)
	id := a.text("sourceId")
	if a.text("sourceDefinitionId") != fakerID || a.text("sourceName") == "" || a.at("connectionConfiguration.count") != 5.0 {
		t.Errorf("got %s", a.body)
	}
	a = d.config(t, "/sources/partial_update", `{"sourceId":"`+id+`","connectionConfiguration":{"seed":3}}`).want(200)
	if a.at("connectionConfiguration.count") != 5.0 || a.at("connectionConfiguration.seed") != 3.0 || a.text("name") != "s" {
		t.Errorf("after the partial update: %s", a.body)
	}
	a = d.config(t, "/sources/update", `{"sourceId":"`+id+`","name":"t","connectionConfiguration":{"count":6}}`).want(200)
	if a.at("connectionConfiguration.seed") != nil || a.text("name") != "t" {
		t.Errorf("after the update: %s", a.body)
	}
	list := d.config(t, "/sources/list", `{"workspaceId":"`+d.workspace+`","filters":{"searchTerm":"T"}}`).want(200)
	if len(list.at("sources").([]any)) != 1 {
		t.Errorf("got %s", list.body)
	}
	a = d.config(t, "/sources/check_connection", quote("sourceId", id)).want(200)
	if a.text("status") != "succeeded" || a.at("jobInfo.succeeded") != true || a.text("jobInfo.configType") != "check_connection_source" {
		t.Errorf("got %s", a.body)
	}
	a = d.config(t, "/scheduler/sources/check_connection", `{"sourceDefinitionId":"`+fakerID+`","workspaceId":"`+d.workspace+`","connectionConfiguration":{"count":-5}}`)
	if a.status != 422 && a.text("status") != "failed" {
		t.Errorf("a bad configuration passes: %s", a.body)
	}
	a = d.config(t, "/sources/discover_schema", `{"sourceId":"`+id+`","disable_cache":true}`).want(200)
	streams := a.at("catalog.streams").([]any)
	first := streams[0].(map[string]any)
	if a.at("jobInfo.succeeded") != true || a.text("catalogId") == "" || first["stream"].(map[string]any)["jsonSchema"] == nil || first["config"].(map[string]any)["aliasName"] == "" {
		t.Errorf("got %s", a.body)
	}
	a = d.config(t, "/destinations/check_connection", quote("destinationId", d.destination(t))).want(200)
	if a.text("status") != "succeeded" || a.text("jobInfo.configType") != "check_connection_destination" {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/sources/delete", quote("sourceId", id)).want(204)
	d.config(t, "/sources/get", quote("sourceId", id)).want(404).problem()
}

// TestConfigDrafts makes a source that lacks its password as clients that defer credentials do, and completes it.
func TestConfigDrafts(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	body := `{"sourceDefinitionId":"` + postgresID + `","workspaceId":"` + d.workspace + `","name":"s","createAsDraft":%v,"connectionConfiguration":{"host":"127.0.0.1"}}`
	d.config(t, "/sources/create", fmt.Sprintf(body, false)).want(422)
	a := d.config(t, "/sources/create", fmt.Sprintf(body, true)).want(200)
	id := a.text("sourceId")
	if a.at("isDraft") != true || d.config(t, "/sources/get", quote("sourceId", id)).want(200).at("isDraft") != true {
		t.Errorf("no draft: %s", a.body)
	}
	a = d.config(t, "/sources/check_connection", quote("sourceId", id)).want(200)
	if a.text("status") != "failed" || a.at("jobInfo.succeeded") != true || !strings.Contains(a.text("message"), "draft") {
		t.Errorf("checking a draft: %s", a.body)
	}
	a = d.config(t, "/sources/discover_schema", quote("sourceId", id)).want(200)
	if a.at("jobInfo.succeeded") != false || !strings.Contains(a.text("jobInfo.failureReason.externalMessage"), "draft") {
		t.Errorf("discovering a draft: %s", a.body)
	}
	d.call(t, "POST", "/v1/connections", quote("sourceId", id, "destinationId", d.destination(t))).want(409).problem()
	faker := `{"sourceDefinitionId":"` + fakerID + `","workspaceId":"` + d.workspace + `","name":"s","createAsDraft":true,"connectionConfiguration":{}}`
	id = d.config(t, "/sources/create", faker).want(200).text("sourceId")
	d.config(t, "/sources/check_connection", quote("sourceId", id)).want(200)
	if a := d.config(t, "/sources/get", quote("sourceId", id)).want(200); a.object()["isDraft"] != nil {
		t.Errorf("a draft that passed its check is one: %s", a.body)
	}
	d.call(t, "POST", "/v1/connections", quote("sourceId", id, "destinationId", d.destination(t))).want(200)
}

func TestConfigDefinitions(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	list := d.config(t, "/source_definitions/list_for_workspace", quote("workspaceId", d.workspace)).want(200)
	if !strings.Contains(list.body, fakerID) {
		t.Errorf("the faker is missing")
	}
	a := d.config(t, "/source_definition_specifications/get", quote("sourceDefinitionId", fakerID, "workspaceId", d.workspace)).want(200)
	if a.at("connectionSpecification.properties.count") == nil || a.at("jobInfo.succeeded") != true {
		t.Errorf("got %s", a.body)
	}
	id := d.call(t, "GET", "/v1/destinations/"+d.destination(t), "").text("definitionId")
	a = d.config(t, "/destination_definition_specifications/get", quote("destinationDefinitionId", id, "workspaceId", d.workspace)).want(200)
	if len(a.at("supportedDestinationSyncModes").([]any)) == 0 {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/source_definitions/get", quote("sourceDefinitionId", id)).want(404).problem()
	d.config(t, "/source_definitions/delete", quote("sourceDefinitionId", fakerID)).want(400).problem()
}

const manifestText = `{"version":"6.0.0","type":"DeclarativeSource","check":{"type":"CheckStream","stream_names":["a"]},
 "streams":[{"type":"DeclarativeStream","name":"a","retriever":{"type":"SimpleRetriever","requester":{"type":"HttpRequester","url_base":"http://127.0.0.1/","path":"a"},
   "record_selector":{"type":"RecordSelector","extractor":{"type":"DpathExtractor","field_path":[]}}},
   "schema_loader":{"type":"InlineSchemaLoader","schema":{"type":"object","properties":{"id":{"type":"integer"}}}}}],
 "spec":{"type":"Spec","connection_specification":{"type":"object","properties":{"key":{"type":"string","airbyte_secret":true},"plain":{"type":"string"}}}}}`

func TestConfigBuilderProjects(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	definition := d.call(t, "POST", "/v1/workspaces/"+d.workspace+"/definitions/declarative_sources", `{"name":"m","manifest":`+manifestText+`}`).want(200).text("id")
	var project string
	for _, path := range []string{"get_for_definition_id", "get_by_definition_id"} {
		a := d.config(t, "/connector_builder_projects/"+path, quote("actorDefinitionId", definition, "workspaceId", d.workspace)).want(200)
		if project = a.text("builderProjectId"); project == "" || a.text("workspaceId") != d.workspace {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if a := d.config(t, "/connector_builder_projects/get_for_definition_id", quote("actorDefinitionId", unknown, "workspaceId", d.workspace)).want(200); a.body != `{"builderProjectId":null}` {
		t.Errorf("an unknown definition has the project %s", a.body)
	}
	of := `{"workspaceId":"` + d.workspace + `","builderProjectId":"` + project + `"`
	a := d.config(t, "/connector_builder_projects/get_with_manifest", of+"}").want(200)
	if a.at("builderProject.hasDraft") != false || a.at("builderProject.activeDeclarativeManifestVersion") != 1.0 || a.at("declarativeManifest.isDraft") != false || a.text("declarativeManifest.manifest.version") != "6.0.0" {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/connector_builder_projects/get_with_manifest", quote("workspaceId", unknown, "builderProjectId", project)).want(404).problem()
	d.config(t, "/connector_builder_projects/update", of+`,"builderProject":{"name":"m2","draftManifest":{"a":1}}}`).want(204)
	a = d.config(t, "/connector_builder_projects/get_with_manifest", of+"}").want(200)
	if a.at("builderProject.hasDraft") != true || a.at("declarativeManifest.isDraft") != true || a.at("declarativeManifest.manifest.a") != 1.0 {
		t.Errorf("after drafting: %s", a.body)
	}
	spec := `"spec":{"documentationUrl":null,"connectionSpecification":{"type":"object","properties":{"key":{"type":"string","airbyte_secret":true},"plain":{"type":"string"}}},"advancedAuth":null}`
	a = d.config(t, "/connector_builder_projects/update_testing_values", of+`,`+spec+`,"testingValues":{"key":"canary-secret","plain":"p"}}`).want(200)
	if diff := cmp.Diff(map[string]any{"key": "**********", "plain": "p"}, a.object()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	versions := func() string {
		return d.config(t, "/declarative_source_definitions/list_manifests", quote("workspaceId", d.workspace, "sourceDefinitionId", definition)).want(200).body
	}
	create := func(version int, active bool) answer {
		t.Helper()
		return d.config(t, "/declarative_source_definitions/create_manifest", fmt.Sprintf(`{"workspaceId":%q,"sourceDefinitionId":%q,"setAsActiveManifest":%v,
		 "declarativeManifest":{"description":"next","manifest":%s,"spec":{},"version":%d}}`, d.workspace, definition, active, manifestText, version))
	}
	create(2, false).want(201)
	create(2, false).want(409).problem()
	if !strings.Contains(versions(), `{"version":1,"isActive":true`) || !strings.Contains(versions(), `{"version":2,"isActive":false,"description":"next"}`) {
		t.Errorf("got %s", versions())
	}
	d.config(t, "/declarative_source_definitions/update_active_manifest", `{"workspaceId":"`+d.workspace+`","sourceDefinitionId":"`+definition+`","version":2}`).want(204)
	if !strings.Contains(versions(), `{"version":2,"isActive":true`) {
		t.Errorf("got %s", versions())
	}
	made := d.config(t, "/connector_builder_projects/create", `{"workspaceId":"`+d.workspace+`","builderProject":{"name":"fresh"}}`).want(201)
	if list := d.config(t, "/connector_builder_projects/list", quote("workspaceId", d.workspace)).want(200); len(list.at("projects").([]any)) != 2 {
		t.Errorf("got %s", list.body)
	}
	d.config(t, "/connector_builder_projects/delete", quote("workspaceId", d.workspace, "builderProjectId", made.text("builderProjectId"))).want(204)
}

func TestConfigTags(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.config(t, "/tags/create", quote("workspaceId", d.workspace, "name", "t", "color", "00ff00")).want(200)
	d.config(t, "/tags/create", quote("workspaceId", d.workspace, "name", "t", "color", "00ff00")).want(409).problem()
	d.config(t, "/tags/create", quote("workspaceId", d.workspace, "name", "u", "color", "#00ff00")).want(400).problem()
	d.config(t, "/tags/update", quote("workspaceId", d.workspace, "tagId", a.text("tagId"), "name", "u", "color", "00ff01")).want(200)
	list := d.config(t, "/tags/list", quote("workspaceId", d.workspace)).want(200)
	if want := `[{"tagId":"` + a.text("tagId") + `","workspaceId":"` + d.workspace + `","name":"u","color":"00ff01"}]`; list.body != want {
		t.Errorf("got %s, want %s", list.body, want)
	}
	d.config(t, "/tags/delete", quote("workspaceId", d.workspace, "tagId", a.text("tagId"))).want(200)
}

func TestConfigInstance(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	if a := d.configGet(t, "/instance_configuration"); strings.Contains(a.body, d.workspace) || a.text("auth.mode") != "simple" || a.text("airbyteUrl") != d.url {
		t.Errorf("got %s", a.body)
	}
	if a := d.call(t, "GET", "/api/v1/instance_configuration", "").want(200); a.text("defaultWorkspaceId") != d.workspace {
		t.Errorf("a caller who is known got %s", a.body)
	}
	d.configGet(t, "/health")
	d.configGet(t, "/web_backend/config")
	if a := d.call(t, "GET", "/api/v1/openapi", "", "Authorization", "").want(200); !strings.Contains(a.body, `"/api/v1/sources/check_connection"`) {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/deployment/metadata", "").want(200)
	d.config(t, "/operations/list", quote("connectionId", d.connection(t))).want(200)
}

func TestConfigUsers(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	const user = "00000000-0000-0000-0000-000000000000"
	for _, a := range []answer{
		d.config(t, "/users/get", quote("userId", user)),
		d.config(t, "/users/get_by_auth_id", quote("authUserId", user, "authProvider", "keycloak")),
	} {
		if a.want(200).text("userId") != user || a.text("defaultWorkspaceId") != d.workspace {
			t.Errorf("got %s", a.body)
		}
	}
	a := d.config(t, "/permissions/list_by_user", quote("userId", user)).want(200)
	if !strings.Contains(a.body, `"permissionType":"organization_admin"`) || !strings.Contains(a.body, `"workspaceId":"`+d.workspace+`"`) {
		t.Errorf("got %s", a.body)
	}
	a = d.call(t, "GET", "/v1/permissions/"+d.workspace, "").want(200)
	if a.text("permissionType") != "workspace_admin" || a.text("workspaceId") != d.workspace {
		t.Errorf("got %s", a.body)
	}
	a = d.call(t, "GET", "/v1/permissions", "").want(200)
	if !strings.Contains(a.body, `"scopeId":"`+d.workspace+`","scope":"workspace"`) {
		t.Errorf("got %s", a.body)
	}
	d.call(t, "GET", "/v1/permissions/"+unknown, "").want(404)
	if a := d.config(t, "/organizations/list_by_user_id", quote("userId", user)).want(200); len(a.at("organizations").([]any)) != 1 {
		t.Errorf("got %s", a.body)
	}
	if a := d.config(t, "/applications/list", "").want(200); len(a.at("applications").([]any)) != 1 {
		t.Errorf("got %s", a.body)
	}
}

// TestUsersChooseTheirDefaultWorkspace changes the caller, whose choice lasts for as long as the workspace does.
func TestUsersChooseTheirDefaultWorkspace(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	const user = "00000000-0000-0000-0000-000000000000"
	chosen := func() string {
		t.Helper()
		return d.config(t, "/users/get", quote("userId", user)).want(200).text("defaultWorkspaceId")
	}
	second := d.call(t, "POST", "/v1/workspaces", `{"name":"second"}`).want(200).text("workspaceId")
	if chosen() != d.workspace {
		t.Errorf("before a choice: %s", chosen())
	}
	a := d.config(t, "/users/update", quote("userId", user, "defaultWorkspaceId", second, "name", "Ada")).want(200)
	if a.text("defaultWorkspaceId") != second || a.text("name") != "Ada" || chosen() != second {
		t.Errorf("after a choice: %s", a.body)
	}
	d.config(t, "/users/update", quote("userId", user, "defaultWorkspaceId", unknown)).want(404)
	d.config(t, "/users/update", quote("userId", unknown, "name", "Eve")).want(404)
	d.call(t, "DELETE", "/v1/workspaces/"+second, "").want(204)
	if chosen() != d.workspace {
		t.Errorf("after the workspace was deleted: %s", chosen())
	}
}
