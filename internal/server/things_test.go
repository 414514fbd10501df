package server_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/platform"
)

// things are made as requests ask for them by name, each once.
type things struct {
	*deployment
	t    testing.TB
	made map[string]string
}

// thingsOf are the names that the parameters of a path have for things.
var thingsOf = map[string]string{
	"workspaceId": "workspace", "applicationId": "application", "permissionId": "permission", "sourceId": "source", "destinationId": "destination",
	"connectionId": "connection", "jobId": "job", "tagId": "tag", "definitionId": "definition", "regionId": "region", "organizationId": "organization",
	"userId": "user",
}

var placeholder = regexp.MustCompile(`\{([A-Za-z]+)\}`)

// fill puts things in the place of their names.
func (m *things) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string { return m.thing(strings.Trim(name, "{}")) })
}

func (m *things) thing(name string) string {
	m.t.Helper()
	value, ok := m.made[name]
	if !ok {
		value = m.make(name)
		m.made[name] = value
	}
	return value
}

// public makes a thing with the Public API.
func (m *things) public(path, member, body string) string {
	m.t.Helper()
	return fmt.Sprint(m.call(m.t, "POST", "/v1"+m.fill(path), m.fill(body)).want(200).at(member))
}

// known are things that are always there.
var knownThings = map[string]string{
	"organization": platform.DefaultOrganization, "user": platform.DefaultUser, "region": "00000000-0000-0000-0000-000000000001",
	"faker": fakerID, "devNull": "a7bcc9d8-13b3-4e49-b80d-d020b90045e3", "manifestText": manifestText,
}

func (m *things) make(name string) string {
	m.t.Helper()
	if value, ok := knownThings[name]; ok {
		return value
	}
	switch name {
	case "workspace":
		return m.workspace
	case "clientId":
		return m.id
	case "clientSecret":
		return m.secret
	case "unique":
		return fmt.Sprint(m.count.Add(1))
	case "newWorkspace":
		return m.public("/workspaces", "workspaceId", `{"name":"new {unique}"}`)
	case "email":
		return m.config(m.t, "/users/get", m.fill(`{"userId":"{user}"}`)).want(200).text("email")
	case "slug":
		return m.config(m.t, "/workspaces/get", quote("workspaceId", m.workspace)).want(200).text("slug")
	case "source":
		return m.source(m.t)
	case "destination":
		return m.destination(m.t)
	case "connection", "startedConnection", "statedConnection":
		return m.connectionFor(name)
	case "job", "startedJob", "cancelledJob":
		return m.jobFor(name)
	case "startedEvent":
		events := m.config(m.t, "/connections/events/list_for_job", m.fill(`{"id":{startedJob}}`)).want(200).at("events")
		return events.([]any)[0].(map[string]any)["id"].(string)
	case "catalog":
		return m.catalog()
	case "program":
		return printed(smallProgram())
	case "executable":
		path := m.fill("/api/airfield/v1/workspaces/{workspace}/definitions/executables")
		return m.call(m.t, "POST", path, m.fill(`{"name":"program","kind":"source","command":{program}}`)).want(200).text("definition_id")
	case "catalogId":
		return m.config(m.t, "/sources/discover_schema", m.fill(`{"sourceId":"{source}"}`)).want(200).text("catalogId")
	case "tagJSON":
		return m.call(m.t, "GET", m.fill("/v1/tags/{tag}"), "").want(200).body
	case "tag":
		return m.public("/tags", "tagId", `{"name":"tag {unique}","color":"aabbcc","workspaceId":"{workspace}"}`)
	case "robot", "permission":
		return m.robotFor(name)
	case "application":
		return m.public("/applications", "id", `{"name":"robot {unique}"}`)
	}
	return m.definitionFor(name)
}

func (m *things) definitionFor(name string) string {
	m.t.Helper()
	switch name {
	case "definition":
		return m.public("/workspaces/{workspace}/definitions/sources", "id", `{"name":"image",`+image+`}`)
	case "destinationDefinition":
		return m.public("/workspaces/{workspace}/definitions/destinations", "id", `{"name":"image",`+image+`}`)
	case "manifest":
		return m.public("/workspaces/{workspace}/definitions/declarative_sources", "id", `{"name":"m","manifest":{manifestText}}`)
	case "project":
		return m.config(m.t, "/connector_builder_projects/create", m.fill(`{"workspaceId":"{workspace}","builderProject":{"name":"p","draftManifest":{manifestText}}}`)).want(201).text("builderProjectId")
	case "publishedProject":
		return m.config(m.t, "/connector_builder_projects/get_for_definition_id", m.fill(`{"workspaceId":"{workspace}","actorDefinitionId":"{manifest}"}`)).want(200).text("builderProjectId")
	}
	m.t.Fatalf("there is no thing called %s", name)
	return ""
}

// connectionFor makes a connection whose ends are the source and the destination of the same request.
func (m *things) connectionFor(name string) string {
	m.t.Helper()
	if name == "startedConnection" {
		m.thing("startedJob")
		return m.thing("connection")
	}
	id := m.public("/connections", "connectionId", `{"sourceId":"{source}","destinationId":"{destination}"}`)
	if name == "statedConnection" {
		m.config(m.t, "/state/create_or_update", `{"connectionId":"`+id+`","connectionState":`+strings.ReplaceAll(streamState, "{connection}", id)+`}`).want(200)
	}
	return id
}

func (m *things) jobFor(name string) string {
	m.t.Helper()
	id := m.public("/jobs", "jobId", `{"connectionId":"{connection}","jobType":"sync"}`)
	switch name {
	case "startedJob":
		var number int64
		fmt.Sscan(id, &number)
		attempt(m.t, m.platform, number, "contract")
	case "cancelledJob":
		m.call(m.t, "DELETE", "/v1/jobs/"+id, "").want(200)
	}
	return id
}

// catalog is what the source of the request has, with every stream selected.
func (m *things) catalog() string {
	m.t.Helper()
	catalog, err := json.Marshal(m.config(m.t, "/sources/discover_schema", m.fill(`{"sourceId":"{source}"}`)).want(200).at("catalog"))
	if err != nil {
		m.t.Fatal(err)
	}
	return strings.ReplaceAll(string(catalog), `"selected":false`, `"selected":true`)
}

// robotFor makes an application with a role, and tells its user or its permission.
func (m *things) robotFor(name string) string {
	m.t.Helper()
	app, _, err := m.platform.CreateRobot(m.t.Context(), "robot", []platform.NewPermission{{Role: platform.RoleWorkspaceReader, WorkspaceID: m.workspace}})
	if err != nil {
		m.t.Fatal(err)
	}
	if name == "robot" {
		return app.UserID
	}
	return must(m.platform.Permissions(m.t.Context(), app.UserID, ""))(m.t)[0].ID
}
