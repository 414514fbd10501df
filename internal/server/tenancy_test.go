package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// tenant is a workspace with one thing of each kind in it, whose names all begin with the same words.
type tenant struct {
	organization string
	marker       string
	ids          map[string]string // by the names that requests have for them
	manifest     string            // the id of a declarative definition; the other definitions are images
	program      string            // the id of a definition that is a program
}

// nothing has the names of a tenant's things, but there is nothing behind them.
func nothing() tenant {
	t := tenant{organization: unknown, marker: "nothing", ids: map[string]string{"jobId": "999999"}, manifest: unknown, program: unknown}
	for _, name := range []string{
		"workspaceId", "sourceId", "destinationId", "connectionId", "tagId", "sourceDefinitionId", "destinationDefinitionId", "builderProjectId",
		"applicationId", "permissionId", "userId",
	} {
		t.ids[name] = unknown
	}
	return t
}

const smallManifest = `{"version":"6.0.0","type":"DeclarativeSource","check":{"type":"CheckStream","stream_names":["a"]},"streams":[{"type":"DeclarativeStream","name":"a",` +
	`"retriever":{"type":"SimpleRetriever","requester":{"type":"HttpRequester","url_base":"https://example.invalid","path":"/a"},"record_selector":{"type":"RecordSelector","extractor":{"type":"DpathExtractor","field_path":[]}}},` +
	`"schema_loader":{"type":"InlineSchemaLoader","schema":{"type":"object","properties":{"id":{"type":"integer"}}}}}],` +
	`"spec":{"type":"Spec","connection_specification":{"type":"object","properties":{}}}}`

// smallProgram is a connector that gives its specification and can do nothing else.
func smallProgram() []string {
	return []string{"sh", "-c", `echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"}}}'`}
}

// settle fills a new workspace.
func settle(t *testing.T, d *deployment, organization, marker string) tenant {
	t.Helper()
	ctx, p := t.Context(), d.platform
	w := must(p.CreateWorkspace(ctx, platform.NewWorkspace{OrganizationID: organization, Name: marker + " workspace"}))(t)
	source := must(p.CreateActor(ctx, platform.NewActor{Kind: connector.KindSource, WorkspaceID: w.ID, Name: marker + " source", Config: json.RawMessage(`{"sourceType":"faker","count":10}`)}))(t)
	destination := must(p.CreateActor(ctx, platform.NewActor{Kind: connector.KindDestination, WorkspaceID: w.ID, Name: marker + " destination",
		Config: json.RawMessage(`{"destinationType":"dev-null","test_destination":{"test_destination_type":"SILENT"}}`)}))(t)
	tag := must(p.CreateTag(ctx, w.ID, marker+" tag", "aabbcc"))(t)
	connection := must(p.CreateConnection(ctx, platform.NewConnection{SourceID: source.ID, DestinationID: destination.ID, Name: marker + " connection", TagIDs: []string{tag.ID}}))(t)
	job := must(p.CreateJob(ctx, connection.ID, platform.JobSync, platform.JobOptions{}))(t)
	attempt(t, p, job.ID, marker)
	image := func(kind connector.Kind) string {
		return must(p.CreateImageDefinition(ctx, platform.NewImageDefinition{WorkspaceID: w.ID, Kind: kind, Name: marker + " image", DockerRepository: "r", DockerImageTag: "t"}))(t).ID
	}
	manifest := must(p.CreateManifestDefinition(ctx, platform.NewManifestDefinition{WorkspaceID: w.ID, Name: marker + " manifest", NewManifest: platform.NewManifest{Manifest: json.RawMessage(smallManifest)}}))(t)
	program := must(d.trusting.CreateExecutableDefinition(ctx, platform.NewExecutableDefinition{WorkspaceID: w.ID, Kind: connector.KindSource, Name: marker + " program", Command: smallProgram()}))(t)
	project := must(p.CreateProject(ctx, platform.NewProject{WorkspaceID: w.ID, Name: marker + " project", Draft: json.RawMessage(smallManifest)}))(t)
	app, _, err := p.CreateRobot(ctx, marker+" application", []platform.NewPermission{{Role: platform.RoleWorkspaceReader, WorkspaceID: w.ID}})
	if err != nil {
		t.Fatal(err)
	}
	permission := must(p.Permissions(ctx, app.UserID, ""))(t)[0]
	return tenant{organization: organization, marker: marker, manifest: manifest.ID, program: program.ID, ids: map[string]string{
		"workspaceId": w.ID, "sourceId": source.ID, "destinationId": destination.ID, "connectionId": connection.ID, "tagId": tag.ID,
		"jobId": strconv.FormatInt(job.ID, 10), "connectionEventId": fmt.Sprintf("00000001-0000-8000-8000-%012x", job.ID), "sourceDefinitionId": image(connector.KindSource), "destinationDefinitionId": image(connector.KindDestination),
		"builderProjectId": project.ID, "applicationId": app.ID, "permissionId": permission.ID, "userId": app.UserID,
	}}
}

// attempt begins to work on a job, after whatever waits before it.
func attempt(t testing.TB, p *platform.Platform, id int64, marker string) {
	t.Helper()
	for {
		job, ok, err := p.ClaimJob(t.Context())
		if err != nil || !ok {
			t.Fatalf("claiming job %d: %v, %v", id, ok, err)
		}
		if job.ID == id {
			break
		}
	}
	if _, err := p.StartAttempt(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	line := platform.LogLine{Level: "INFO", Source: platform.LogFromSource, Message: marker + " log"}
	if err := p.AppendLogs(t.Context(), id, 0, []platform.LogLine{line}); err != nil {
		t.Fatal(err)
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// caller is an application with one role.
type caller struct {
	name   string
	role   platform.Role
	on     string // the organization or workspace of the role: "a1", "a2", "a", "b"; "": the role was taken away
	token  string
	user   string
	tenant tenant // what the caller can see; the zero tenant is nothing
}

// world is two organizations: a with the workspaces a1 and a2, and b with b1.
type world struct {
	*deployment
	a, b       string
	a1, a2, b1 tenant
	callers    []caller
}

func newWorld(t *testing.T, d *deployment) *world {
	t.Helper()
	w := &world{deployment: d}
	w.a = must(d.platform.CreateOrganization(t.Context(), "hidden-a organization", "a@a.invalid"))(t).ID
	w.b = must(d.platform.CreateOrganization(t.Context(), "hidden-b organization", "b@b.invalid"))(t).ID
	w.a2, w.b1 = settle(t, d, w.a, "hidden-a2"), settle(t, d, w.b, "hidden-b1")
	w.rebuild(t)
	return w
}

// rebuild makes the workspace a1 anew, with everyone who has a role in it.
func (w *world) rebuild(t *testing.T) {
	t.Helper()
	w.a1 = settle(t, w.deployment, w.a, "hidden-a1")
	earlier := w.callers
	w.callers = []caller{
		{name: "no role at all", role: platform.RoleWorkspaceAdmin},
		{name: "administrator of another organization", role: platform.RoleOrganizationAdmin, on: "b", tenant: w.b1},
		{name: "administrator of another workspace", role: platform.RoleWorkspaceAdmin, on: "a2", tenant: w.a2},
		{name: "member", role: platform.RoleOrganizationMember, on: "a"},
	}
	for _, scope := range []string{"workspace", "organization"} {
		for _, level := range []string{"reader", "runner", "editor", "admin"} {
			c := caller{name: scope + " " + level, role: platform.Role(scope + "_" + level), on: "a1", tenant: w.a1}
			if scope == "organization" {
				c.on = "a"
			}
			w.callers = append(w.callers, c)
		}
	}
	for i := range w.callers {
		c := &w.callers[i]
		if earlier == nil || c.on == "a1" {
			w.admit(t, c)
			continue
		}
		c.user, c.token = earlier[i].user, earlier[i].token // whose role is not one on a1
	}
}

func (w *world) admit(t *testing.T, c *caller) {
	t.Helper()
	role := platform.NewPermission{Role: c.role}
	switch c.on {
	case "", "a1":
		role.WorkspaceID = w.a1.ids["workspaceId"]
	case "a2":
		role.WorkspaceID = w.a2.ids["workspaceId"]
	case "a":
		role.OrganizationID = w.a
	case "b":
		role.OrganizationID = w.b
	}
	app, secret, err := w.platform.CreateRobot(t.Context(), "caller", []platform.NewPermission{role})
	if err != nil {
		t.Fatal(err)
	}
	c.user = app.UserID
	if c.on == "" {
		given := must(w.platform.Permissions(t.Context(), app.UserID, ""))(t)[0]
		if err := w.platform.DeletePermission(t.Context(), given.ID); err != nil {
			t.Fatal(err)
		}
	}
	body := quote("client_id", app.ClientID, "client_secret", secret)
	c.token = w.call(t, "POST", "/v1/applications/token", body, "Authorization", "").want(200).text("access_token")
}

// request is a call of a route about the things of a tenant.
type request struct{ method, path, body string }

// queries are those of the GETs that name things after the question mark.
var queries = map[string]string{
	"getStreamProperties": "?sourceId={sourceId}", "listUsersWithinAnOrganization": "?organizationId={organizationId}",
	"listRegions": "?organizationId={organizationId}", "listGroups": "?organizationId={organizationId}", "listConnectorDefinitions": "?type=source&workspaceId={workspaceId}",
}

// bodies are those that need other members than the general one has.
var bodies = map[string]string{
	"createPermission":   `{"permissionType":"workspace_editor","userId":"{userId}","workspaceId":"{workspaceId}"}`,
	"permissions.create": `{"permissionType":"workspace_editor","userId":"{userId}","workspaceId":"{workspaceId}"}`,
	"updatePermission":   `{"permissionType":"workspace_editor"}`, "permissions.get": `{"permissionId":"{permissionId}"}`, "permissions.delete": `{"permissionId":"{permissionId}"}`, "permissions.update": `{"permissionId":"{permissionId}","permissionType":"workspace_editor"}`, "createApplication": `{"name":"n","permissions":[{"permission_type":"workspace_reader","workspace_id":"{workspaceId}"}]}`,
	"sources.search": `{"sourceId":"{sourceId}","workspaceId":"{workspaceId}"}`, "destinations.search": `{"destinationId":"{destinationId}","workspaceId":"{workspaceId}"}`,
	"connections.search":                    `{"connectionId":"{connectionId}","source":{"sourceId":"{sourceId}"},"destination":{"workspaceId":"{workspaceId}"}}`,
	"connections.list_by_actor_definition":  `{"actorDefinitionId":"dfd88b22-b603-4c3d-aad7-3701784586b1","actorType":"source"}`,
	"destination_definitions.get_for_scope": `{"actorDefinitionId":"{destinationDefinitionId}","scopeId":"{workspaceId}","scopeType":"workspace"}`,
	"permissions.check":                     `{"permissionType":"workspace_reader","userId":"{userId}","workspaceId":"{workspaceId}","organizationId":"{organizationId}"}`,
	"permissions.check_multiple_workspaces": `{"permissionType":"workspace_reader","userId":"{userId}","workspaceIds":["{workspaceId}"]}`,
	"workspaces.create_if_not_exist":        `{"id":"{workspaceId}","name":"n","organizationId":"{organizationId}"}`,
	"web_backend.connections.list":          `{"workspaceId":"{workspaceId}"}`, "applications.create": `{"name":"n"}`,
	"connector_builder_projects.get_with_manifest": `{"workspaceId":"{workspaceId}","builderProjectId":"{builderProjectId}"}`,
}

const generalBody = `{"name":"{marker} new","organizationName":"o","workspaceId":"{workspaceId}","organizationId":"{organizationId}","sourceId":"{sourceId}",
 "destinationId":"{destinationId}","connectionId":"{connectionId}","sourceDefinitionId":"{sourceDefinitionId}","destinationDefinitionId":"{destinationDefinitionId}",
 "actorDefinitionId":"{sourceDefinitionId}","builderProjectId":"{builderProjectId}","applicationId":"{applicationId}","userId":"{userId}","authUserId":"{userId}",
 "tagId":"{tagId}","configId":"{connectionId}","id":{jobId},"jobId":{jobId},"connectionEventId":"{connectionEventId}","createdAtStart":"2020-01-01T00:00:00Z","createdAtEnd":"2050-01-01T00:00:00Z","eventTypes":["SYNC_STARTED"],"numberOfJobs":5,"timezone":"UTC","streamDescriptor":{"name":"users"},"scopeId":"{workspaceId}","scopeType":"workspace","actorType":"source","connectionUpdate":{"connectionId":"{connectionId}"},"mappers":[],"attemptNumber":0,"jobType":"sync","color":"aabbcd","slug":"{marker}-workspace","status":"active",
 "configuration":{"count":1},"connectionConfiguration":{"count":1},"manifest":{"a":1},"dockerRepository":"r","dockerImageTag":"t","version":1,
 "connectionState":{"stateType":"not_set","connectionId":"{connectionId}"},"streams":[{"streamName":"users"}],"refreshMode":"Merge","connectionIds":["{connectionId}"],
 "configTypes":["sync"],"workspaceIds":["{workspaceId}"],"tagIds":["{tagId}"],"includeDeleted":true,"includeTombstone":true,"spec":{},"testingValues":{},"builderProject":{"name":"{marker} n"},
 "sourceDefinition":{"name":"n","dockerRepository":"r","dockerImageTag":"t"},"destinationDefinition":{"name":"n","dockerRepository":"r","dockerImageTag":"t"},
 "declarativeManifest":{"description":"","manifest":{"a":1},"spec":{},"version":1},"initialDeclarativeManifest":{"description":"","manifest":{"a":1},"spec":{},"version":1}}`

var hole = regexp.MustCompile(`\{([A-Za-z]+)\}`)

// about makes the request of a route about a tenant. Who asks for lists asks in their own name.
func about(prefix string, r endpoint.Route, t tenant, user string) request {
	fill := func(text string) string {
		return hole.ReplaceAllStringFunc(text, func(m string) string {
			name := m[1 : len(m)-1]
			switch {
			case name == "marker":
				return t.marker
			case name == "organizationId":
				return t.organization
			case name == "definitionId" && strings.Contains(r.Pattern, "executables"):
				return t.program
			case name == "definitionId" && strings.Contains(r.Pattern, "destinations"):
				return t.ids["destinationDefinitionId"]
			case (name == "definitionId" || name == "sourceDefinitionId") && strings.Contains(r.Pattern, "declarative"):
				return t.manifest
			case name == "definitionId":
				return t.ids["sourceDefinitionId"]
			case name == "userId" && user != "" && r.Scope == endpoint.Seen && r.Operation != "users.get_by_auth_id":
				return user
			}
			if id, ok := t.ids[name]; ok {
				return id
			}
			return unknown
		})
	}
	out := request{method: r.Method, path: prefix + fill(strings.ReplaceAll(r.Pattern, "{$}", "")+queries[r.Operation])}
	if !hasBody(r.Method) {
		return out
	}
	body, ok := bodies[r.Operation]
	if !ok {
		body = generalBody
	}
	out.body = fill(body)
	return out
}

// as sends a request and gives the status and the answer. What never ends is not read.
func (w *world) as(t *testing.T, token string, q request) (int, string) {
	t.Helper()
	if strings.HasSuffix(q.path, "/events") {
		return w.begin(t, token, q)
	}
	a := w.call(t, q.method, q.path, q.body, "Authorization", token, endpoint.RequestIDHeader, "same")
	return a.status, a.body
}

func (w *world) begin(t *testing.T, token string, q request) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), q.method, w.url+q.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text := make([]byte, 4096)
	n, _ := resp.Body.Read(text)
	return resp.StatusCode, string(text[:n])
}

// anonymised takes the things of a tenant out of an answer, so that it can be compared with the answer about nothing.
func anonymised(text string, t tenant) string {
	for name, id := range t.ids {
		if name == "jobId" {
			text = regexp.MustCompile(`(job |")`+id+`([."])`).ReplaceAllString(text, "${1}ID$2")
			continue
		}
		text = strings.ReplaceAll(text, id, "ID")
	}
	return strings.NewReplacer(t.manifest, "ID", t.program, "ID", t.organization, "ID", t.marker, "MARKER").Replace(text)
}

// private are operations on what is hidden even from those who see its workspace, unless they administer it.
var private = []string{"getPermission", "updatePermission", "deletePermission", "permissions.get", "permissions.update", "permissions.delete", "getApplication", "deleteApplication", "applications.delete"}

// peers are operations on users, whom everyone knows that has to do with their organization.
var peers = []string{"users.get", "users.get_by_auth_id"}

// ofNobody are operations about nothing that is anyone's, for all who have the role somewhere.
var ofNobody = []string{"notifications.try", "notifications.try_webhook"}

// ofOrganization tells whether a route is about an organization, not about a workspace.
func ofOrganization(r endpoint.Route) bool {
	return r.Role.Need().Organization || slices.Contains([]string{"getApplication", "deleteApplication", "applications.delete"}, r.Operation)
}

// outcome is what the table of routes says about a caller: 0 is an answer that is no refusal.
func outcome(r endpoint.Route, c caller) int {
	need, level := r.Role.Need(), c.role.Level()
	inA := slices.Contains([]string{"a", "a1", "a2"}, c.on)
	switch {
	case (r.Operation == "permissions.list_by_user" || r.Operation == "users.update") && inA: // of somebody else
		return 403
	case slices.Contains(peers, r.Operation):
		return either(inA, 0, 404)
	case r.Role == endpoint.InstanceAdmin:
		return 403
	case slices.Contains(ofNobody, r.Operation):
		return either(c.on != "" && level >= need.Level, 0, 403)
	case r.Scope == endpoint.Home && !strings.Contains(r.Operation, "orkspace"):
		return either(c.role == platform.RoleOrganizationAdmin, 0, 403)
	case !inA:
		return 404
	case slices.Contains(private, r.Operation):
		acts := c.on == "a" || c.on == "a1" && !ofOrganization(r)
		return either(acts && level == platform.LevelAdmin, 0, 404)
	case ofOrganization(r) && need.Organization && r.Operation == "workspaces.get_organization_info":
		if c.on == "a2" || c.role == platform.RoleOrganizationMember {
			return 404
		}
		return either(c.on == "a", 0, 403)
	case ofOrganization(r):
		return either(c.on == "a" && level >= need.Level, 0, 403)
	case c.on == "a2" || c.role == platform.RoleOrganizationMember:
		return 404
	}
	return either(level >= need.Level, 0, 403)
}

func either(first bool, yes, no int) int {
	if first {
		return yes
	}
	return no
}

func destructive(r endpoint.Route) bool {
	return r.Method == http.MethodDelete || strings.HasSuffix(r.Pattern, "/delete") || r.Operation == "permissions.delete_user_from_workspace"
}

// TestEveryRouteKeepsTenantsApart calls every operation about the things of one workspace in the name of everyone, and holds the
// answers to what the table of routes asks for.
func TestEveryRouteKeepsTenantsApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deploy(t))
	for _, api := range w.APIs() {
		for _, r := range api.Routes {
			if r.Role == endpoint.Anonymous || api.Prefixes[0] == "/api/airfield/v1" && r.Operation == "createApplication" && r.Role != endpoint.Admin {
				continue
			}
			t.Run(api.Name+" "+r.Operation, func(t *testing.T) {
				w.hold(t, api.Prefixes[0], r)
			})
		}
	}
}

func (w *world) hold(t *testing.T, prefix string, r endpoint.Route) {
	t.Helper()
	status, _ := w.as(t, "", about(prefix, r, w.a1, ""))
	if status != 401 {
		t.Errorf("without credentials: status %d, want 401", status)
	}
	done := 0
	for i := 0; i < len(w.callers); i++ {
		c := w.callers[i]
		switch {
		case !r.Implemented():
			w.expect(t, prefix, r, c, 501)
		case r.Scope == endpoint.Seen && !slices.Contains([]string{"getPermission", "permissions.get", "users.get_by_auth_id"}, r.Operation):
			w.lists(t, prefix, r, c)
		case r.Scope == endpoint.Shared && !w.names(r):
			w.shares(t, prefix, r, c)
		default:
			want := outcome(r, c)
			if want == 0 && destructive(r) {
				if done++; done > 2 {
					continue
				}
			}
			w.expect(t, prefix, r, c, want)
			if want == 0 && destructive(r) {
				w.rebuild(t)
			}
		}
	}
	if destructive(r) && done == 0 && r.Implemented() {
		t.Error("nobody may do it")
	}
}

// names tells whether requests of a route name something of a workspace or organization.
func (w *world) names(r endpoint.Route) bool {
	return queries[r.Operation] != "" || slices.Contains([]string{"connections.status"}, r.Operation)
}

// expect holds one caller to one outcome. Whoever must not know of a thing gets the words for what does not exist.
func (w *world) expect(t *testing.T, prefix string, r endpoint.Route, c caller, want int) {
	t.Helper()
	status, text := w.as(t, "Bearer "+c.token, about(prefix, r, w.a1, c.user))
	switch {
	case want == 0 && (status == 401 || status == 403 || status == 404 || status >= 500):
		t.Errorf("%s: status %d, want no refusal: %s", c.name, status, text)
	case want != 0 && status != want:
		t.Errorf("%s: status %d, want %d: %s", c.name, status, want, text)
	case want == 404:
		unknown := nothing()
		if slices.Contains([]string{"createPermission", "permissions.create", "permissions.delete_user_from_workspace"}, r.Operation) { // where whether the user exists is another question
			unknown.ids["userId"] = w.a1.ids["userId"]
		}
		_, other := w.as(t, "Bearer "+c.token, about(prefix, r, unknown, c.user))
		if got, other := anonymised(text, w.a1), anonymised(other, unknown); got != other {
			t.Errorf("%s: a thing of others is told apart from nothing:\n%s\n%s", c.name, got, other)
		}
	}
	if want != 0 && strings.Contains(text, w.a1.marker) {
		t.Errorf("%s: the refusal tells a name: %s", c.name, text)
	}
}

// lists holds an operation that answers with what the caller can see: all of it, and, whatever is asked for, nothing else.
func (w *world) lists(t *testing.T, prefix string, r endpoint.Route, c caller) {
	t.Helper()
	ask := func(of tenant, query string) (int, string) {
		q := about(prefix, r, of, c.user)
		if !hasBody(r.Method) {
			q.path += query
		}
		return w.as(t, "Bearer "+c.token, q)
	}
	narrowed := func(of tenant) string {
		query := "?includeDeleted=true&limit=100&workspaceIds=" + of.ids["workspaceId"] + "&connectionId=" + of.ids["connectionId"]
		if r.Operation == "listConnections" {
			query += "&tagIds=" + of.ids["tagId"]
		}
		return query
	}
	for _, hidden := range []tenant{w.a1, w.a2, w.b1} {
		if w.sees(c, hidden) {
			continue
		}
		status, text := ask(hidden, narrowed(hidden))
		_, other := ask(nothing(), narrowed(nothing()))
		if got, other := anonymised(text, hidden), anonymised(anonymised(other, nothing()), hidden); got != other {
			t.Errorf("%s: %d: things of %s are told apart from nothing:\n%s\n%s", c.name, status, hidden.marker, got, other)
		}
		for _, query := range []string{"", "?includeDeleted=true&limit=100"} {
			if _, text := ask(nothing(), query); w.tells(text, hidden, c) {
				t.Errorf("%s: the list tells of %s: %s", c.name, hidden.marker, text)
			}
		}
	}
	if c.tenant.ids == nil {
		return
	}
	status, text := ask(c.tenant, narrowed(c.tenant))
	if status != 200 {
		t.Errorf("%s: status %d, want 200: %s", c.name, status, text)
	}
	if ofWorkspaces(r) && !strings.Contains(text, c.tenant.marker) && !strings.Contains(text, c.tenant.ids["connectionId"]) {
		t.Errorf("%s: their own things are not listed: %s", c.name, text)
	}
}

// ofWorkspaces tells whether a list is one of things in workspaces.
func ofWorkspaces(r endpoint.Route) bool {
	return r.Role == endpoint.WorkspaceReader
}

// sees tells whether a caller can see the things of a tenant.
func (w *world) sees(c caller, of tenant) bool {
	switch c.on {
	case "a":
		return of.organization == w.a && c.role.Level() >= platform.LevelReader
	case "a1":
		return of.marker == w.a1.marker
	case "a2":
		return of.marker == w.a2.marker
	case "b":
		return of.organization == w.b
	}
	return false
}

func (w *world) tells(text string, of tenant, c caller) bool {
	if strings.Contains(text, of.marker) {
		return true
	}
	for name, id := range maps.All(of.ids) {
		if name != "jobId" && id != c.user && strings.Contains(text, id) {
			return true
		}
	}
	return strings.Contains(text, of.organization) && (c.on == "" || (c.on == "b") != (of.organization == w.b))
}

// shares holds an operation that answers the same to everyone, whatever they may do.
func (w *world) shares(t *testing.T, prefix string, r endpoint.Route, c caller) {
	t.Helper()
	_, text := w.as(t, "Bearer "+c.token, about(prefix, r, w.a1, c.user))
	if strings.Contains(text, "hidden-") {
		t.Errorf("%s: names are told: %s", c.name, text)
	}
}
