package server_test

import (
	"bufio"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// robot makes an application with one role on the first workspace or organization, and a token of it.
func (d *deployment) robot(t *testing.T, role platform.Role) (app platform.Application, token string) {
	t.Helper()
	n := platform.NewPermission{Role: role, WorkspaceID: d.workspace}
	if role.OfOrganization() {
		n.WorkspaceID, n.OrganizationID = "", platform.DefaultOrganization
	}
	app, secret, err := d.platform.CreateRobot(t.Context(), "robot", []platform.NewPermission{n})
	if err != nil {
		t.Fatal(err)
	}
	body := quote("client_id", app.ClientID, "client_secret", secret)
	return app, "Bearer " + d.call(t, "POST", "/v1/applications/token", body, "Authorization", "").want(200).text("access_token")
}

func TestTokensEndWithTheirApplication(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	app, token := d.robot(t, platform.RoleWorkspaceReader)
	source := "/v1/sources/" + d.source(t)
	d.call(t, "GET", source, "", "Authorization", token).want(200)
	d.call(t, "DELETE", "/v1/applications/"+app.ID, "").want(200)
	a := d.call(t, "GET", source, "", "Authorization", token).want(401)
	a.problem()
	if a.header.Get("WWW-Authenticate") == "" {
		t.Error("there is no WWW-Authenticate")
	}
	if users, err := d.platform.Users(t.Context(), platform.DefaultOrganization); err != nil || len(users) != 1 {
		t.Errorf("the application's user stays behind: %v, %v", users, err)
	}
}

func TestRolesAreReadAtUse(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	_, token := d.robot(t, platform.RoleWorkspaceReader)
	list := d.call(t, "GET", "/v1/permissions", "", "Authorization", token).want(200).at("data").([]any)
	permission := "/v1/permissions/" + list[0].(map[string]any)["permissionId"].(string)
	source := "/v1/sources/" + d.source(t)
	rename := func(status int) {
		t.Helper()
		d.call(t, "PATCH", source, `{"name":"n"}`, "Authorization", token).want(status)
	}
	rename(403)
	d.call(t, "PATCH", permission, `{"permissionType":"workspace_editor"}`).want(200)
	rename(200)
	d.call(t, "PATCH", permission, `{"permissionType":"organization_editor"}`).want(400)
	d.call(t, "PATCH", permission, `{"permissionType":"workspace_reader"}`).want(200)
	rename(403)
	d.call(t, "DELETE", permission, "").want(204)
	rename(404)
	d.call(t, "GET", permission, "").want(404)
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	app, token := d.robot(t, platform.RoleOrganizationMember)
	user := app.UserID
	create := func(status int, pairs ...string) answer {
		t.Helper()
		return d.call(t, "POST", "/v1/permissions", quote(append(pairs, "userId", user)...)).want(status)
	}
	create(400, "permissionType", "workspace_reader")
	create(400, "permissionType", "workspace_reader", "workspaceId", d.workspace, "organizationId", platform.DefaultOrganization)
	create(400, "permissionType", "workspace_reader", "organizationId", platform.DefaultOrganization)
	create(400, "permissionType", "organization_reader", "workspaceId", d.workspace)
	create(400, "permissionType", "instance_admin", "organizationId", platform.DefaultOrganization)
	create(400, "permissionType", "workspace_owner", "workspaceId", d.workspace)
	create(400, "permissionType", "emperor", "workspaceId", d.workspace)
	create(404, "permissionType", "workspace_reader", "workspaceId", unknown)
	create(409, "permissionType", "organization_admin", "organizationId", platform.DefaultOrganization)
	a := create(200, "permissionType", "WORKSPACE_RUNNER", "workspaceId", d.workspace)
	if a.text("permissionType") != "workspace_runner" || a.text("userId") != user || a.text("workspaceId") != d.workspace {
		t.Errorf("got %s", a.body)
	}
	one := d.call(t, "GET", "/v1/permissions/"+a.text("permissionId"), "").want(200)
	if one.body != a.body {
		t.Errorf("got %s, want %s", one.body, a.body)
	}
	d.call(t, "GET", "/v1/permissions?userId="+user, "").want(400)
	of := d.call(t, "GET", "/v1/permissions?userId="+user+"&organizationId="+platform.DefaultOrganization, "").want(200)
	if n := len(of.at("data").([]any)); n != 2 {
		t.Errorf("%d permissions are listed, want 2: %s", n, of.body)
	}
	users := d.call(t, "GET", "/v1/users?organizationId="+platform.DefaultOrganization, "", "Authorization", token).want(200)
	if !strings.Contains(users.body, user) || !strings.Contains(users.body, platform.DefaultUser) {
		t.Errorf("a member got %s", users.body)
	}
	own := d.call(t, "GET", "/v1/permissions", "").want(200).at("data").([]any)[0].(map[string]any)["permissionId"].(string)
	d.call(t, "DELETE", "/v1/permissions/"+own, "").want(400)
}

func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	_, token := d.robot(t, platform.RoleWorkspaceAdmin)
	make := func(status int, role, scope, id string) answer {
		t.Helper()
		body := `{"name":"child","permissions":[{"permission_type":"` + role + `","` + scope + `":"` + id + `"}]}`
		return d.call(t, "POST", "/api/airfield/v1/applications", body, "Authorization", token).want(status)
	}
	make(403, "organization_reader", "organization_id", platform.DefaultOrganization)
	make(404, "workspace_reader", "workspace_id", unknown)
	child := make(200, "workspace_reader", "workspace_id", d.workspace)
	if child.text("client_secret") == platform.Mask || child.text("client_secret") == "" {
		t.Errorf("the secret is not told: %s", child.body)
	}
	d.call(t, "POST", "/api/airfield/v1/applications", `{"name":"all"}`, "Authorization", token).want(400)
	d.call(t, "POST", "/v1/applications", `{"name":"twin"}`, "Authorization", token).want(403)
	d.call(t, "GET", "/metrics", "", "Authorization", token).want(403)
	d.call(t, "POST", "/api/v1/organizations/create", `{"organizationName":"o","email":"o@o.invalid"}`, "Authorization", token).want(403)
	listed := d.call(t, "GET", "/api/airfield/v1/applications", "").want(200)
	if !strings.Contains(listed.body, child.text("client_id")) || strings.Contains(listed.body, child.text("client_secret")) {
		t.Errorf("got %s", listed.body)
	}
}

// TestJobNumbersTellNothing counts through the numbers of jobs, which anyone can guess.
func TestJobNumbersTellNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deploy(t))
	i := slices.IndexFunc(w.callers, func(c caller) bool { return c.on == "b" })
	token := "Bearer " + w.callers[i].token
	own, err := strconv.Atoi(w.b1.ids["jobId"])
	if err != nil {
		t.Fatal(err)
	}
	for id := 1; id <= own+3; id++ {
		want := 404
		if id == own {
			want = 200
		}
		number := strconv.Itoa(id)
		d := w.call(t, "GET", "/v1/jobs/"+number, "", "Authorization", token).want(want)
		if want == 404 && d.text("data.message") != "There is no job "+number+"." {
			t.Errorf("job %d: got %s", id, d.body)
		}
	}
	jobs := w.call(t, "POST", "/api/v1/jobs/list", `{"configTypes":["sync"]}`, "Authorization", token).want(200)
	if jobs.at("totalJobCount") != 1.0 {
		t.Errorf("the total counts the jobs of others: %s", jobs.body)
	}
	page := w.call(t, "GET", "/v1/jobs?limit=1", "", "Authorization", token).want(200)
	if page.text("next") != "" {
		t.Errorf("the page has a next one, of others: %s", page.body)
	}
}

// TestEventsEndWithThePermission follows a job that never ends until the caller may not see it any more.
func TestEventsEndWithThePermission(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	app, token := d.robot(t, platform.RoleWorkspaceReader)
	job := d.call(t, "POST", "/v1/jobs", quote("connectionId", d.connection(t), "jobType", "sync")).want(200)
	id := strconv.FormatFloat(job.at("jobId").(float64), 'f', 0, 64)
	req, err := http.NewRequestWithContext(t.Context(), "GET", d.url+"/api/airfield/v1/jobs/"+id+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != "event: progress" {
		t.Fatalf("got %d %q", resp.StatusCode, lines.Text())
	}
	d.call(t, "DELETE", "/v1/applications/"+app.ID, "").want(200)
	for lines.Scan() {
		if lines.Text() == "event: done" {
			t.Error("the job ended")
		}
	}
}

// TestOwnOrganization asks where things are made by those who do not say where.
func TestOwnOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deploy(t))
	i := slices.IndexFunc(w.callers, func(c caller) bool { return c.on == "b" })
	a := w.call(t, "POST", "/v1/workspaces", `{"name":"new"}`, "Authorization", "Bearer "+w.callers[i].token).want(200)
	found, err := w.platform.OrganizationOf(t.Context(), a.text("workspaceId"))
	if err != nil || found.ID != w.b {
		t.Errorf("the workspace is in %s, %v, want %s", found.ID, err, w.b)
	}
}

var changing = regexp.MustCompile(`/(create|update\w*|delete|partial_update|create_\w+|cancel|sync|reset|clear|refresh|publish|activate)(/stream)?$`)

// TestChangesNeedMoreThanReading looks for operations that change something and let everyone do so who may look at it.
func TestChangesNeedMoreThanReading(t *testing.T) {
	t.Parallel()
	for _, api := range deploy(t).APIs() {
		for _, r := range api.Routes {
			changes := changing.MatchString(r.Pattern)
			if api.Name == "Public API" {
				changes = r.Method != http.MethodGet
			}
			// Everyone may change themselves.
			changes = changes && r.Operation != "users.update"
			if changes && r.Implemented() && r.Role != endpoint.Anonymous && r.Role != endpoint.InstanceAdmin && r.Role.Need().Level < platform.LevelRunner {
				t.Errorf("%s: %s needs no more than %s", api.Name, r, r.Role)
			}
		}
	}
}

func TestRunnersDoNotClear(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	_, token := d.robot(t, platform.RoleWorkspaceRunner)
	connection := d.connection(t)
	for kind, want := range map[string]int{"clear": 403, "sync": 200} {
		d.call(t, "POST", "/v1/jobs", quote("connectionId", connection, "jobType", kind), "Authorization", token).want(want)
	}
	_, editor := d.robot(t, platform.RoleOrganizationEditor)
	d.call(t, "POST", "/v1/jobs", quote("connectionId", connection, "jobType", "clear"), "Authorization", editor).want(200)
	body := `{"name":"n","workspaceId":"` + d.workspace + `","definitionId":"faker","configuration":{"count":1}}`
	d.call(t, "POST", "/v1/sources", body, "Authorization", editor).want(200)
}

// TestMembersInDisguiseAreChecked spells the names of members in ways that a decoder takes for the same.
func TestMembersInDisguiseAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deploy(t))
	i := slices.IndexFunc(w.callers, func(c caller) bool { return c.on == "b" })
	token := "Bearer " + w.callers[i].token
	own, other := w.b1.ids, w.a1.ids
	for _, body := range []string{
		`{"connectionId":"` + own["connectionId"] + `","connectionId":"` + other["connectionId"] + `"}`,
		`{"connectionId":"` + own["connectionId"] + `","CONNECTIONID":"` + other["connectionId"] + `"}`,
		`{"connection\u0049d":"` + other["connectionId"] + `"}`,
		`{"connectionId":" ` + strings.ToUpper(other["connectionId"]) + ` "}`,
	} {
		a := w.call(t, "POST", "/api/v1/connections/get", body, "Authorization", token).want(404)
		if strings.Contains(a.body, w.a1.marker) {
			t.Errorf("%s: got %s", body, a.body)
		}
	}
	mixed := `{"sourceId":"` + own["sourceId"] + `","destinationId":"` + other["destinationId"] + `"}`
	w.call(t, "POST", "/v1/connections", mixed, "Authorization", token).want(404)
	tagged := `{"tags":[{"tagId":"` + other["tagId"] + `"}]}`
	w.call(t, "PATCH", "/v1/connections/"+own["connectionId"], tagged, "Authorization", token).want(404)
	w.call(t, "POST", "/v1/sources", `{"name":"n","workspaceId":"`+own["workspaceId"]+`","definitionId":"`+other["sourceDefinitionId"]+`","configuration":{}}`,
		"Authorization", token).want(404)
	w.call(t, "GET", "/v1/workspaces/"+own["workspaceId"]+"/definitions/sources/"+other["sourceDefinitionId"], "", "Authorization", token).want(404)
}

// TestReplaysNeedTheRole sends a request again after the role for it was taken away.
func TestReplaysNeedTheRole(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	app, token := d.robot(t, platform.RoleWorkspaceEditor)
	tag := func() answer {
		return d.call(t, "POST", "/v1/tags", quote("name", "n", "color", "aabbcc", "workspaceId", d.workspace), "Authorization", token, "Idempotency-Key", "k")
	}
	first := tag().want(200)
	if again := tag().want(200); again.body != first.body {
		t.Errorf("got %s, want %s", again.body, first.body)
	}
	given, err := d.platform.Permissions(t.Context(), app.UserID, "")
	if err != nil {
		t.Fatal(err)
	}
	d.call(t, "PATCH", "/v1/permissions/"+given[0].ID, `{"permissionType":"workspace_reader"}`).want(200)
	tag().want(403)
}
