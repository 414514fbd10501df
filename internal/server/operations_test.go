package server_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/airfielddev/airfield/internal/contract"
	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// examiner sends the operations of one API what is right and what is wrong, and holds each answer to the official document.
type examiner struct {
	*deployment
	api      server.API
	requests map[string][]operationRequest
	document *contract.Document // nil: there is none
	above    string             // what the document's paths begin with
	said     *ledger
}

// ledger remembers the statuses that operations were answered with.
type ledger struct {
	mu       sync.Mutex
	statuses map[string]map[int]bool
}

func (l *ledger) add(api, operation string, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := api + " " + operation
	if l.statuses[key] == nil {
		l.statuses[key] = map[int]bool{}
	}
	l.statuses[key][status] = true
}

// of lists the statuses of an operation below 400, and the others.
func (l *ledger) of(api, operation string) (done, refused []int) {
	for _, status := range slices.Sorted(maps.Keys(l.statuses[api+" "+operation])) {
		if status < http.StatusBadRequest {
			done = append(done, status)
		} else {
			refused = append(refused, status)
		}
	}
	return done, refused
}

// documentOf opens an official document; nil when the documents are not here.
func documentOf(t *testing.T, name string) *contract.Document {
	t.Helper()
	d, err := contract.Open(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return d
}

// TestOperations sends every operation of every API what it is for, all that the official document lets it be sent, and what it must
// refuse.
func TestOperations(t *testing.T) {
	t.Parallel()
	said := &ledger{statuses: map[string]map[int]bool{}}
	documents := []*contract.Document{documentOf(t, "api.yaml"), documentOf(t, "config.yaml"), nil, nil}
	t.Run("each", func(t *testing.T) {
		for i, api := range deploy(t).APIs() {
			t.Run(api.Name, func(t *testing.T) {
				t.Parallel()
				x := &examiner{deployment: trust(t), api: api, requests: requestsOf()[i], document: documents[i], said: said}
				if api.Name == "Config API" {
					x.above = "/v1"
				}
				for _, r := range api.Routes {
					t.Run(r.Operation, func(t *testing.T) { x.examine(t, r) })
				}
			})
		}
	})
	if documents[0] == nil || t.Failed() {
		return // what would be written down is not all
	}
	compatibility(t, deploy(t).Operations(), said)
}

func (x *examiner) examine(t *testing.T, r endpoint.Route) {
	t.Helper()
	if !r.Implemented() {
		x.missing(t, r)
		return
	}
	requests := x.requests[r.Operation]
	if len(requests) == 0 {
		t.Fatalf("no request is known for %s; add one to the table in operation_test.go or operation_config_test.go", r)
	}
	for _, q := range requests {
		for _, prefix := range x.api.Prefixes {
			x.good(t, prefix, r, q)
		}
		x.whole(t, r, q)
		x.broken(t, r, q)
	}
	x.asked(t, r, requests)
	x.named(t, r, requests[0])
	x.stranger(t, r, requests[0])
}

// path is that of a route with things in the place of its parameters.
func (q operationRequest) path(m *things, r endpoint.Route) string {
	path := placeholder.ReplaceAllStringFunc(strings.TrimSuffix(r.Pattern, "{$}"), func(name string) string {
		name = strings.Trim(name, "{}")
		if other, ok := q.with[name]; ok {
			return m.thing(other)
		}
		thing := thingsOf[name]
		if strings.Contains(r.Pattern, "/definitions/destinations") && name == "definitionId" {
			thing = "destinationDefinition"
		}
		return m.thing(thing)
	})
	if q.query != "" {
		path += "?" + m.fill(q.query)
	}
	return path
}

func (x *examiner) things(t *testing.T) *things {
	t.Helper()
	return &things{deployment: x.deployment, t: t, made: map[string]string{}}
}

// send makes a call, writes down how it was answered, and holds the answer to the document.
func (x *examiner) send(t *testing.T, r endpoint.Route, path, body string, headers ...string) answer {
	t.Helper()
	a := x.call(t, r.Method, path, body, headers...)
	x.said.add(x.api.Name, r.Operation, a.status)
	x.hold(t, r, a)
	return a
}

// success is the status that an operation is done with.
func success(r endpoint.Route) int {
	switch {
	case r.Status != 0:
		return r.Status
	case r.Handle.Out == nil && r.Stream == nil:
		return http.StatusNoContent
	}
	return http.StatusOK
}

func (x *examiner) good(t *testing.T, prefix string, r endpoint.Route, q operationRequest) {
	t.Helper()
	m, body := x.things(t), q.body
	headers := q.headers
	if q.form != "" {
		body, headers = q.form, append(headers, "Content-Type", "application/x-www-form-urlencoded")
	}
	a := x.send(t, r, prefix+q.path(m, r), m.fill(body), headers...).want(success(r))
	if hasNoContent(a.status) && strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Errorf("an answer %d has a body: %s", a.status, a.body)
	}
	if a.status == http.StatusFound && a.header.Get("Location") == "" {
		t.Error("an answer 302 does not say where to")
	}
}

// whole sends all that the document lets an operation be sent.
func (x *examiner) whole(t *testing.T, r endpoint.Route, q operationRequest) {
	t.Helper()
	schema := x.body(r)
	if schema == nil || q.body == "" {
		return
	}
	m := x.things(t)
	path := x.api.Prefixes[0] + q.path(m, r)
	left := func(member string) bool { return reasonFor(notSent, r.Operation, member) != "" }
	body := printed(m.complete(x.document, schema, decoded(m.fill(q.body)), left))
	if a := x.send(t, r, path, body); a.status != success(r) {
		t.Errorf("all that may be sent was refused with %d: %s\n%s", a.status, a.body, body)
	}
}

func (x *examiner) body(r endpoint.Route) map[string]any {
	if x.document == nil {
		return nil
	}
	return x.document.Body(r.Method, x.documented(r))
}

// documented is a route's path in the document.
func (x *examiner) documented(r endpoint.Route) string {
	return x.above + strings.TrimSuffix(r.Pattern, "{$}")
}

// broken sends bodies that are wrong in one place.
func (x *examiner) broken(t *testing.T, r endpoint.Route, q operationRequest) {
	t.Helper()
	if q.body == "" || q.body == "{}" {
		return
	}
	m := x.things(t)
	path, body := x.api.Prefixes[0]+q.path(m, r), m.fill(q.body)
	for _, wrong := range []string{body[:len(body)-1], "[" + body + "]", `"x"`, body + "}"} {
		x.refused(t, r, path, wrong, "no JSON object")
	}
	schema := x.body(r)
	if schema == nil {
		return
	}
	for _, s := range spoil(x.document, schema, r.Handle.In, body) {
		if reasonFor(makes, r.Operation, s.how+" "+s.member) != "" {
			continue
		}
		if s.free || reasonFor(taken, r.Operation, s.how+" "+s.member) != "" {
			x.send(t, r, path, s.body)
			continue
		}
		x.refused(t, r, path, s.body, s.how+" "+s.member)
	}
}

func (x *examiner) refused(t *testing.T, r endpoint.Route, path, body, why string) {
	t.Helper()
	a := x.send(t, r, path, body)
	if a.status < http.StatusBadRequest {
		t.Errorf("%s: answered %d instead of refused: %s", why, a.status, body)
		return
	}
	a.problem()
}

// asked sends query parameters that are wrong, and sees that every one is sent.
func (x *examiner) asked(t *testing.T, r endpoint.Route, requests []operationRequest) {
	t.Helper()
	last, m := requests[len(requests)-1], x.things(t)
	plain := last
	plain.query = ""
	path := x.api.Prefixes[0] + plain.path(m, r) + "?"
	for _, p := range r.Query {
		if !slices.ContainsFunc(requests, func(q operationRequest) bool { return strings.Contains("&"+q.query, "&"+p.Name+"=") }) {
			t.Errorf("no request has the query parameter %s", p.Name)
		}
		rest := ""
		for pair := range strings.SplitSeq(m.fill(last.query), "&") {
			if !strings.HasPrefix(pair, p.Name+"=") {
				rest += pair + "&"
			}
		}
		if p.Required {
			x.send(t, r, path+rest, "").want(400).problem()
		}
		for _, value := range wrongValues(p) {
			x.send(t, r, path+rest+p.Name+"="+value, "").want(400).problem()
		}
		x.send(t, r, path+rest+p.Name+"=not-a-uuid&"+p.Name+"=", "")
	}
	for _, p := range x.parameters(r) {
		name := fmt.Sprint(p["name"])
		declared := slices.ContainsFunc(r.Query, func(q endpoint.Parameter) bool { return q.Name == name })
		if p["in"] == "query" && !declared && reasonFor(notRead, r.Operation, name) == "" {
			t.Errorf("the query parameter %s of the document is not read", name)
		}
	}
}

func (x *examiner) parameters(r endpoint.Route) []map[string]any {
	if x.document == nil {
		return nil
	}
	return x.document.Parameters(r.Method, x.documented(r))
}

func wrongValues(p endpoint.Parameter) []string {
	switch p.Type {
	case endpoint.Flag:
		return []string{"perhaps", "2"}
	case endpoint.Number:
		return []string{"x", "1.5", strconv.Itoa(p.Low - 1), strconv.Itoa(p.High + 1), "99999999999999999999"}
	case endpoint.Moment:
		return []string{"yesterday", "2026-01-02", "1700000000"}
	case endpoint.Choice:
		return []string{"no-such-value"}
	}
	return nil
}

// named asks for things that are not there.
func (x *examiner) named(t *testing.T, r endpoint.Route, q operationRequest) {
	t.Helper()
	for _, name := range r.PathParameters() {
		for _, id := range []string{unknown, "not-a-uuid", "0", "9223372036854775808", "%20", "a%2Fb", "%27"} {
			m := x.things(t)
			body := m.fill(q.body)
			m.made["none"] = id
			other := operationRequest{with: maps.Clone(q.with), query: q.query}
			if other.with == nil {
				other.with = map[string]string{}
			}
			other.with[name] = "none"
			a := x.send(t, r, x.api.Prefixes[0]+other.path(m, r), body)
			if a.status != http.StatusNotFound && a.status != http.StatusBadRequest {
				t.Errorf("%s %q: answered with %d: %s", name, id, a.status, a.body)
				continue
			}
			a.problem()
		}
	}
}

// stranger has no credentials, or wrong ones.
func (x *examiner) stranger(t *testing.T, r endpoint.Route, q operationRequest) {
	t.Helper()
	if r.Role == endpoint.Anonymous {
		return
	}
	m := x.things(t)
	for _, header := range []string{"", "Bearer nonsense"} {
		a := x.send(t, r, x.api.Prefixes[0]+q.path(m, r), m.fill(q.body), "Authorization", header).want(http.StatusUnauthorized)
		a.problem()
		if a.header.Get("WWW-Authenticate") == "" {
			t.Error("there is no WWW-Authenticate")
		}
	}
}

// missing asks for an operation that this server does not have.
func (x *examiner) missing(t *testing.T, r endpoint.Route) {
	t.Helper()
	if x.requests[r.Operation] != nil {
		t.Errorf("%s answers 501 and has a request", r)
	}
	for _, prefix := range x.api.Prefixes {
		for _, body := range []string{"", "{}", "{"} {
			a := x.send(t, r, prefix+fill(r.Pattern), body).want(http.StatusNotImplemented)
			a.problem()
			if !strings.Contains(a.body, r.Missing) {
				t.Errorf("the answer does not say why: %s", a.body)
			}
		}
	}
}

// general are refusals that may come from every operation, whatever the document says of it.
var general = []int{400, 401, 403, 404, 409, 413, 422, 501}

// hold checks the status, the type and the body of an answer against the document.
func (x *examiner) hold(t *testing.T, r endpoint.Route, a answer) {
	t.Helper()
	if x.document == nil {
		return
	}
	path := x.documented(r)
	responses := x.document.Responses(r.Method, path)
	if responses == nil {
		if reasonFor(undocumented, r.Operation, "") == "" {
			t.Errorf("the document does not have %s %s", r.Method, path)
		}
		return
	}
	response, ok := responses[strconv.Itoa(a.status)].(map[string]any)
	if !ok {
		if !slices.Contains(general, a.status) && reasonFor(faults, r.Operation, "status") == "" {
			t.Errorf("the document does not have the status %d: %s", a.status, a.body)
		}
		return
	}
	content, _ := response["content"].(map[string]any)
	if len(content) == 0 {
		return
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if content[kind] == nil && reasonFor(faults, r.Operation, "content type") == "" {
		t.Errorf("the answer %d is %s, the document has %v", a.status, kind, slices.Sorted(maps.Keys(content)))
	}
	if kind != "application/json" || reasonFor(faults, r.Operation, strconv.Itoa(a.status)) != "" {
		return
	}
	if err := x.document.Answer(r.Method, path, a.status, a.body); err != nil {
		_, why, _ := strings.Cut(err.Error(), "\n") // the first line is the body
		t.Errorf("%d %s", a.status, why)
	}
}

// exception is something that the document says and that is not held to, and why. A star is any operation, or the end of any name.
type exception struct{ operation, what, why string }

func reasonFor(list []exception, operation, what string) string {
	for _, e := range list {
		if (e.operation == "*" || e.operation == operation) && matches(e.what, what) {
			return e.why
		}
	}
	return ""
}

func matches(pattern, what string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(what, prefix)
	}
	return pattern == what
}

// faults of the official documents: what they say of an answer is not so.
var faults = []exception{
	{"getDocumentation", "status", "It redirects to the reference, as the implementation does."},
	{"connections.apply_schema_changes", "status", "The document gives 204 a body, which it cannot have; it is answered with 200."},
	{"listRegions", "200", "The implementation answers with the array that the document has as a member."},
	{"listDataplanes", "200", "The implementation answers with the array that the document has as a member."},
}

// undocumented are operations that the official documents do not have.
var undocumented = []exception{
	{"connections.update", "", "Found at the address of the Public API, too, where Airbyte's Terraform provider sends it."},
	{"workspaces.list", "", "Airbyte had it before version 1.6."},
	{"connector_builder_projects.get_by_definition_id", "", "The implementation calls get_for_definition_id so."},
	{"workspaces.list", "", "Earlier releases had it, and clients of their time send it."},
}

// notSent are members that are left out of the bodies that hold all that may be sent.
var notSent = []exception{
	{"*", "secretId", "It comes from a consent flow, of which this server has none."},
	{"createPermission", "workspaceId", "A permission is on a workspace or on an organization."},
	{"createPermission", "organizationId", "A permission is on a workspace or on an organization."},
	{"permissions.create", "workspaceId", "A permission is on a workspace or on an organization."},
	{"permissions.create", "organizationId", "A permission is on a workspace or on an organization."},
	{"permissions.create", "permissionId", "The server names its permissions itself."},
	{"*", "componentsFileContent", "It is Python, which this server does not run."},
	{"*", "customComponentsCode", "It is Python, which this server does not run."},
	{"*", "streamDescriptor.namespace", "The streams of the source are in no namespace."},
	{"*", "streams[].streamNamespace", "The streams of the source are in no namespace."},
	{"*", "configurations.streams[].namespace", "The streams of the source are in no namespace."},
	{"*", "configurations.streams[].selectedFields", "A list of no fields is refused. Another request names some."},
	{"connector_builder_projects.get_with_manifest", "version", "The draft has no versions. Another request asks for one."},
	{"createSource", "definitionId", "The type in the configuration tells the definition; another request has the id."},
}

// notRead are query parameters of the document that make no difference here.
var notRead = []exception{
	{"*", "includeSecretCoordinates", "Secrets are encrypted in the store itself. There are no coordinates of theirs, and the mask is shown."},
	{"listDataplanes", "regionIds", "There are no data planes to choose from."},
}

// makes are bodies that make what is not there, which other requests count on.
var makes = []exception{
	{"workspaces.create_if_not_exist", "unknown id id", "It is the id of the workspace to be made."},
}

// taken are wrong bodies that are not refused.
var taken = []exception{
	{"*", "missing tags[].*", "A tag is known by its id. What else is said about it is not looked at."},
	{"*", "no UUID tags[].workspaceId", "A tag is known by its id. What else is said about it is not looked at."},
	{"*", "unknown id tags[].workspaceId", "A tag is known by its id. What else is said about it is not looked at."},
	{"*", "missing workspaceId", "The other id of the request tells the workspace."},
	{"*", "missing workspaceIds", "Without it, what is listed is in all the workspaces that the caller can see."},
	{"*", "no UUID workspaceIds[]", "Lists are narrowed to what is there of it, which is nothing."},
	{"*", "unknown id workspaceIds[]", "Lists are narrowed to what is there of it, which is nothing."},
	{"*", "no UUID tagIds[]", "Lists are narrowed to what is there of it, which is nothing."},
	{"web_backend.connections.list", "no UUID *", "Lists are narrowed to what is there of it, which is nothing."},
	{"web_backend.connections.list", "unknown id sourceId[]", "Lists are narrowed to what is there of it, which is nothing."},
	{"web_backend.connections.list", "unknown id destinationId[]", "Lists are narrowed to what is there of it, which is nothing."},
	{"web_backend.connections.list", "unknown id filters.*", "Lists are narrowed to what is there of it, which is nothing."},
	{"*", "unknown id tagIds[]", "Lists are narrowed to what is there of it, which is nothing."},
	{"sources.search", "no UUID *", "Lists are narrowed to what is there of it, which is nothing."},
	{"sources.search", "unknown id *", "Lists are narrowed to what is there of it, which is nothing."},
	{"destinations.search", "no UUID *", "Lists are narrowed to what is there of it, which is nothing."},
	{"destinations.search", "unknown id *", "Lists are narrowed to what is there of it, which is nothing."},
	{"connections.search", "no UUID *", "Lists are narrowed to what is there of it, which is nothing."},
	{"connections.search", "unknown id *", "Lists are narrowed to what is there of it, which is nothing."},
	{"web_backend.mappers.validate", "missing mappers[].*", "What is wrong with a mapper is the answer."},
	{"web_backend.mappers.validate", "unknown value mappers[].*", "What is wrong with a mapper is the answer."},
	{"web_backend.mappers.validate", "no UUID mappers[].id", "A mapper may be called anything."},
	{"web_backend.mappers.validate", "unknown id mappers[].id", "A mapper may be called anything."},
	{"permissions.check", "no UUID workspaceId", "On what is not there nobody has a role, which is the answer."},
	{"permissions.check", "unknown id workspaceId", "On what is not there nobody has a role, which is the answer."},
	{"permissions.check", "no UUID organizationId", "On what is not there nobody has a role, which is the answer."},
	{"permissions.check", "unknown id organizationId", "On what is not there nobody has a role, which is the answer."},
	{"permissions.check_multiple_workspaces", "unknown id workspaceIds[]", "On what is not there nobody has a role, which is the answer."},
	{"permissions.check_multiple_workspaces", "no UUID workspaceIds[]", "On what is not there nobody has a role, which is the answer."},
	{"connections.list_by_actor_definition", "no UUID actorDefinitionId", "Lists are narrowed to what is there of it, which is nothing."},
	{"connections.list_by_actor_definition", "unknown id actorDefinitionId", "Lists are narrowed to what is there of it, which is nothing."},
	{"*", "missing nameContains", "Without it, all are listed."},
	{"*", "missing pagination", "Without it, the first page is listed."},
	{"*", "missing userId", "The caller is the user."},
	{"*", "missing schedule.*", "scheduleData says the same. What is said beside it in the old way is not looked at."},
	{"*", "unknown value schedule.*", "scheduleData says the same. What is said beside it in the old way is not looked at."},
	{"*", "missing attemptNumber", "The first attempt has the number 0."},
	{"*", "missing sourceDefinition.documentationUrl", "There may be no documentation, as in the Public API."},
	{"*", "missing destinationDefinition.documentationUrl", "There may be no documentation, as in the Public API."},
	{"*", "missing dockerImageTag", "What is absent stays as it is."},
	{"*", "missing builderProject*", "What is absent stays as it is."},
	{"*", "missing resourceAllocation.jobSpecific[].resourceRequirements", "Nothing is asked for, then."},
	{"*", "missing catalog.streams[].config.*", "What a source has is applied, however it would be synced."},
	{"*", "no UUID catalogId", "The catalog beside it is what is applied."},
	{"*", "unknown id catalogId", "The catalog beside it is what is applied."},
	{"connector_builder_projects.resolve", "no UUID builderProjectId", "A manifest is resolved without its project."},
	{"connector_builder_projects.resolve", "unknown id builderProjectId", "A manifest is resolved without its project."},
	{"connections.status", "missing connectionIds", "It tells of no connection, then."},
	{"connector_builder_projects.get_for_definition_id", "*", "What is not there has no project, which is an answer."},
	{"connector_builder_projects.update_testing_values", "missing spec", "The specification of the project's own manifest is used."},
	{"*", "missing initialDeclarativeManifest.*", "A description may be empty, and the first version is 1."},
	{"*", "missing declarativeManifest.*", "A description may be empty, and the version is the next."},
	{"*", "missing connectionState.globalState.streamStates", "There are none, then."},
	{"*", "missing connectionId", "The state names the connection, too."},
	{"*", "missing connectionState.connectionId", "The connectionId beside the state decides, so that states can be copied from one connection to another."},
	{"*", "no UUID connectionState.connectionId", "The connectionId beside the state decides, so that states can be copied from one connection to another."},
	{"*", "unknown id connectionState.connectionId", "The connectionId beside the state decides, so that states can be copied from one connection to another."},
}
