package server_test

import (
	"net/http"
	"strings"
)

// operationRequest is what one call of an operation sends. Names in braces stand for things that are made for the call; see [things].
//
// Every operation that is routed has one request at least, in publicRequests, configRequests or ownRequests, which is answered with
// success. Whoever adds a route adds a request here: TestOperations fails until there is one. Give it what the operation needs; what
// else the official document lets it be sent, and what it must refuse, is found in the document.
type operationRequest struct {
	with    map[string]string // what stands in the path, where it is not the thing that the parameter's name says
	query   string
	body    string
	form    string // a body that is a form
	headers []string
}

// the is a request that names one thing in its body.
func the(member string) []operationRequest {
	return []operationRequest{{body: `{"` + member + `":"{` + strings.TrimSuffix(member, "Id") + `}"}`}}
}

// takes is a request with a body.
func takes(body string) []operationRequest { return []operationRequest{{body: body}} }

// asks is a request with a query.
func asks(query string) []operationRequest { return []operationRequest{{query: query}} }

// plain is a request that says nothing beside its path.
func plain() []operationRequest { return []operationRequest{{}} }

const (
	allocation = `"resourceAllocation":{"default":{"cpu_request":"1","memory_limit":"1Gi"},"jobSpecific":[{"jobType":"sync","resourceRequirements":{"cpu_limit":"2"}}]}`
	fakeSource = `"configuration":{"sourceType":"faker","count":10}`
	silent     = `{"test_destination":{"test_destination_type":"SILENT"}}`
	image      = `"dockerRepository":"acme/connector","dockerImageTag":"1.0.0"`
	emailed    = `"notifications":{"failure":{"email":{"enabled":true},"webhook":{"enabled":true,"url":"https://hooks.example/1"}}}`
	chosen     = `"configurations":{"streams":[{"name":"users","syncMode":"incremental_deduped_history","cursorField":["updated_at"],"primaryKey":[["id"]],
	 "selectedFields":[{"fieldPath":["id"]},{"fieldPath":["updated_at"]},{"fieldPath":["name"]}],
	 "mappers":[{"type":"hashing","mapperConfiguration":{"targetField":"name","method":"SHA-256","fieldNameSuffix":"_h"}}]}]}`
	paged     = `"pagination":{"pageSize":10,"rowOffset":0}`
	ofRelease = `"declarativeManifest":{"description":"next","manifest":{manifestText},"spec":{},"version":2}`
)

// publicRequests are those of the Public API, by operation.
var publicRequests = map[string][]operationRequest{
	"getDocumentation": plain(),
	"getHealthCheck":   plain(),

	"createAccessToken": {
		{body: `{"client_id":"{clientId}","client_secret":"{clientSecret}"}`},
		{form: "grant_type=client_credentials&client_id={clientId}&client_secret={clientSecret}"},
	},
	"listApplications":  plain(),
	"createApplication": takes(`{"name":"robot {unique}"}`),
	"getApplication":    plain(),
	"deleteApplication": plain(),

	"listOrganizationsForUser":      plain(),
	"listUsersWithinAnOrganization": asks("organizationId={organization}&ids={user}&emails=nobody%40example.com"),
	"listPermissions":               {{}, {query: "userId={user}&organizationId={organization}"}},
	"createPermission": {
		{body: `{"permissionType":"workspace_reader","userId":"{robot}","workspaceId":"{newWorkspace}"}`},
		{body: `{"permissionType":"organization_reader","userId":"{robot}","organizationId":"{organization}"}`},
	},
	"getPermission":    plain(),
	"updatePermission": takes(`{"permissionType":"workspace_editor"}`),
	"deletePermission": plain(),

	"listWorkspaces":  {{}, {query: "workspaceIds={workspace},{newWorkspace}&workspaceId={workspace}&includeDeleted=true&limit=1&offset=1"}},
	"createWorkspace": takes(`{"name":"made {unique}",` + emailed + `}`),
	"getWorkspace":    plain(),
	"updateWorkspace": takes(`{"name":"renamed",` + emailed + `}`),
	"deleteWorkspace": {{with: map[string]string{"workspaceId": "newWorkspace"}}},

	"listSources":  {{}, {query: "workspaceIds={workspace}&workspaceId={workspace}&includeDeleted=true&limit=1&offset=1"}},
	"createSource": {{body: `{"name":"s","workspaceId":"{workspace}",` + fakeSource + `}`}, {body: `{"name":"s","workspaceId":"{workspace}","definitionId":"{faker}","configuration":{"count":1},` + allocation + `}`}},
	"getSource":    {{}, {query: "includeSecretCoordinates=true"}},
	"patchSource":  takes(`{"name":"t","configuration":{"count":11},` + allocation + `}`),
	"putSource":    takes(`{"name":"u","configuration":{"count":12},` + allocation + `}`),
	"deleteSource": plain(),

	"listDestinations":  {{}, {query: "workspaceIds={workspace}&workspaceId={workspace}&includeDeleted=true&limit=1&offset=1"}},
	"createDestination": takes(`{"name":"d","workspaceId":"{workspace}","definitionId":"{devNull}","configuration":` + silent + `}`),
	"getDestination":    {{}, {query: "includeSecretCoordinates=true"}},
	"patchDestination":  takes(`{"name":"e"}`),
	"putDestination":    takes(`{"name":"f","configuration":` + silent + `,` + allocation + `}`),
	"deleteDestination": plain(),

	"listConnections": {{}, {query: "workspaceIds={workspace}&workspaceId={workspace}&tagIds={tag}&includeDeleted=true&limit=1&offset=1"}},
	"createConnection": {
		{body: `{"sourceId":"{source}","destinationId":"{destination}"}`},
		{body: `{"sourceId":"{source}","destinationId":"{destination}","name":"c","schedule":{"scheduleType":"cron","cronExpression":"0 0 12 * * ? UTC"},
		 "namespaceDefinition":"custom_format","namespaceFormat":"x_${SOURCE_NAMESPACE}","prefix":"p_","status":"inactive","dataResidency":"auto","tags":[{tagJSON}],` + chosen + `}`},
	},
	"getConnection": plain(),
	"patchConnection": takes(`{"name":"d","schedule":{"scheduleType":"cron","cronExpression":"0 0 6 * * ?"},"namespaceDefinition":"source","prefix":"","status":"active",
	 "nonBreakingSchemaUpdatesBehavior":"propagate_columns","tags":[{tagJSON}],` + chosen + `}`),
	"deleteConnection":    plain(),
	"connections.update":  takes(`{"connectionId":"{connection}",` + inCron + `}`),
	"getStreamProperties": {{query: "sourceId={source}"}, {query: "sourceId={source}&destinationId={destination}&ignoreCache=true"}},

	"listJobs": {{}, {query: "connectionId={connection}&workspaceIds={workspace}&workspaceId={workspace}&jobType=sync&status=pending&createdAtStart=2020-01-01T00:00:00Z" +
		"&createdAtEnd=2099-01-01T00:00:00Z&updatedAtStart=2020-01-01T00:00:00Z&updatedAtEnd=2099-01-01T00:00:00Z&orderBy=createdAt|DESC&limit=5&offset=0"}},
	"createJob": {
		{body: `{"connectionId":"{connection}","jobType":"sync"}`}, {body: `{"connectionId":"{connection}","jobType":"reset"}`},
		{body: `{"connectionId":"{connection}","jobType":"clear"}`},
	},
	"getJob":    plain(),
	"cancelJob": plain(),

	"listTags":  {{}, {query: "workspaceIds={workspace}&workspaceId={workspace}"}},
	"createTag": takes(`{"name":"t {unique}","color":"00ff00","workspaceId":"{workspace}"}`),
	"getTag":    plain(),
	"updateTag": takes(`{"name":"u {unique}","color":"00ff01"}`),
	"deleteTag": plain(),

	"listDeclarativeSourceDefinitions":  plain(),
	"createDeclarativeSourceDefinition": takes(`{"name":"m","manifest":{manifestText}}`),
	"getDeclarativeSourceDefinition":    manifestRequest(""),
	"updateDeclarativeSourceDefinition": manifestRequest(`{"manifest":{manifestText}}`),
	"deleteDeclarativeSourceDefinition": manifestRequest(""),

	"listSourceDefinitions":       plain(),
	"createSourceDefinition":      takes(`{"name":"i",` + image + `,"documentationUrl":"https://acme.example"}`),
	"getSourceDefinition":         plain(),
	"updateSourceDefinition":      takes(`{"name":"j","dockerImageTag":"2.0.0"}`),
	"deleteSourceDefinition":      plain(),
	"listDestinationDefinitions":  plain(),
	"createDestinationDefinition": takes(`{"name":"i",` + image + `,"documentationUrl":"https://acme.example"}`),
	"getDestinationDefinition":    destinationImage(""),
	"updateDestinationDefinition": destinationImage(`{"name":"j","dockerImageTag":"2.0.0"}`),
	"deleteDestinationDefinition": destinationImage(""),
	"listConnectorDefinitions":    {{query: "type=source"}, {query: "type=destination&workspaceId={workspace}"}},

	"listRegions":    asks("organizationId={organization}"),
	"listGroups":     asks("organizationId={organization}&limit=5&offset=1"),
	"getRegion":      plain(),
	"listDataplanes": {{}, {query: "regionIds={region}"}},
}

func manifestRequest(body string) []operationRequest {
	return []operationRequest{{with: map[string]string{"definitionId": "manifest"}, body: body}}
}

func destinationImage(body string) []operationRequest {
	return []operationRequest{{with: map[string]string{"definitionId": "destinationDefinition"}, body: body}}
}

// ownRequests are those of the APIs that Airbyte does not have.
var ownRequests = map[string][]operationRequest{
	"health":            plain(),
	"listOperations":    plain(),
	"listApplications":  plain(),
	"createApplication": takes(`{"name":"robot","permissions":[{"permission_type":"workspace_reader","workspace_id":"{workspace}"}]}`),
	"jobEvents":         {{with: map[string]string{"jobId": "cancelledJob"}, headers: []string{"Last-Event-ID", "0/0"}}},
	"createAccessToken": publicRequests["createAccessToken"],
	"metrics":           plain(),

	"listExecutables":  plain(),
	"createExecutable": takes(`{"name":"program","kind":"source","command":{program},"documentation_url":"https://acme.example"}`),
	"getExecutable":    executable(""),
	"updateExecutable": executable(`{"name":"renamed","command":{program}}`),
	"deleteExecutable": executable(""),
}

func executable(body string) []operationRequest {
	return []operationRequest{{with: map[string]string{"definitionId": "executable"}, body: body}}
}

// requestsOf are the requests of each API, in the order in which the server lists its APIs.
func requestsOf() []map[string][]operationRequest {
	return []map[string][]operationRequest{publicRequests, configRequests, ownRequests, ownRequests}
}

// hasNoContent tells whether success has no body.
func hasNoContent(status int) bool {
	return status == http.StatusNoContent || status == http.StatusFound
}
