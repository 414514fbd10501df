package server_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
)

func TestPermissionsAreChecked(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	other := d.call(t, "POST", "/v1/workspaces", `{"name":"other"}`).want(200).text("workspaceId")
	editor, editorToken := d.robot(t, platform.RoleWorkspaceEditor)
	reader, readerToken := d.robot(t, platform.RoleOrganizationReader)
	f := func(token, user, role, on, want string) {
		t.Helper()
		body := `{"userId":"` + user + `","permissionType":"` + role + `"` + on + `}`
		path := "/permissions/check"
		if len(on) > 14 && on[:14] == `,"workspaceIds` {
			path = "/permissions/check_multiple_workspaces"
		}
		for _, authorization := range []string{token, "Bearer " + d.token} {
			if got := d.call(t, "POST", "/api/v1"+path, body, "Authorization", authorization).want(200).text("status"); got != want {
				t.Errorf("%s: got %s, want %s", body, got, want)
			}
		}
	}
	here, there := `,"workspaceId":"`+d.workspace+`"`, `,"workspaceId":"`+other+`"`
	organization := `,"organizationId":"` + platform.DefaultOrganization + `"`
	both := `,"workspaceIds":["` + d.workspace + `","` + other + `"]`
	f(editorToken, editor.UserID, "workspace_editor", here, "succeeded")
	f(editorToken, editor.UserID, "workspace_reader", here, "succeeded")
	f(editorToken, editor.UserID, "workspace_admin", here, "failed")
	f(editorToken, editor.UserID, "workspace_reader", there, "failed")
	f(editorToken, editor.UserID, "workspace_reader", `,"workspaceId":"`+unknown+`"`, "failed")
	f(editorToken, editor.UserID, "organization_reader", here, "failed")
	f(editorToken, editor.UserID, "organization_member", organization, "failed")
	f(editorToken, editor.UserID, "workspace_reader", both, "failed")
	f(editorToken, editor.UserID, "workspace_reader", "", "failed")
	f(readerToken, reader.UserID, "workspace_reader", both, "succeeded")
	f(readerToken, reader.UserID, "workspace_editor", both, "failed")
	f(readerToken, reader.UserID, "organization_reader", here, "succeeded")
	f(readerToken, reader.UserID, "organization_member", organization, "succeeded")
	f(readerToken, reader.UserID, "instance_admin", organization, "failed")
	f("Bearer "+d.token, platform.DefaultUser, "instance_admin", "", "succeeded")
	f("Bearer "+d.token, platform.DefaultUser, "workspace_admin", there, "succeeded")

	about := `{"userId":"` + editor.UserID + `","permissionType":"workspace_reader"` + here + `}`
	d.call(t, "POST", "/api/v1/permissions/check", about, "Authorization", readerToken).want(404).problem()
}

func TestMembers(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	editor, editorToken := d.robot(t, platform.RoleWorkspaceEditor)
	reader, _ := d.robot(t, platform.RoleOrganizationReader)
	member, _ := d.robot(t, platform.RoleOrganizationMember)
	give := `{"userId":"` + reader.UserID + `","permissionType":"workspace_admin","workspaceId":"` + d.workspace + `"}`
	d.config(t, "/permissions/create", give).want(200)
	roles := func(path, body, list string, kinds ...string) map[string][]string {
		t.Helper()
		out := map[string][]string{}
		for _, row := range d.config(t, path, body).want(200).at(list).([]any) {
			row := row.(map[string]any)
			id := row["userId"].(string)
			for _, kind := range kinds {
				granted, ok := row[kind].(map[string]any)
				if !ok {
					granted = row
				}
				role, _ := granted["permissionType"].(string)
				out[id] = append(out[id], role)
			}
		}
		return out
	}
	organization := quote("organizationId", platform.DefaultOrganization)
	want := map[string][]string{reader.UserID: {"organization_reader"}, member.UserID: {"organization_member"}}
	if diff := cmp.Diff(want, roles("/users/list_by_organization_id", organization, "users", "")); diff != "" {
		t.Errorf("of the organization (-want +got):\n%s", diff)
	}
	access := func() map[string][]string {
		return roles("/users/list_access_info_by_workspace_id", quote("workspaceId", d.workspace), "usersWithAccess", "organizationPermission", "workspacePermission")
	}
	want = map[string][]string{reader.UserID: {"organization_reader", "workspace_admin"}, editor.UserID: {"", "workspace_editor"}}
	if diff := cmp.Diff(want, access()); diff != "" {
		t.Errorf("of the workspace (-want +got):\n%s", diff)
	}
	if got := roles("/users/list_instance_admin", "", "users", ""); len(got) != 1 || got[platform.DefaultUser] == nil {
		t.Errorf("administrators of the instance: %v", got)
	}
	summaries := d.config(t, "/organizations/list_summaries", quote("userId", platform.DefaultUser, "nameContains", "")).want(200).at("organizationSummaries").([]any)
	if one := summaries[0].(map[string]any); len(summaries) != 1 || one["memberCount"] != 2.0 || len(one["workspaces"].([]any)) != 1 {
		t.Errorf("got %v, want one organization of one workspace and two members", summaries)
	}
	source := "/v1/sources/" + d.source(t)
	d.call(t, "GET", source, "", "Authorization", editorToken).want(200)
	for _, user := range []string{editor.UserID, reader.UserID} {
		d.config(t, "/permissions/delete_user_from_workspace", quote("userId", user, "workspaceId", d.workspace)).want(204)
	}
	d.call(t, "GET", source, "", "Authorization", editorToken).want(404)
	if diff := cmp.Diff(map[string][]string{reader.UserID: {"organization_reader", ""}}, access()); diff != "" {
		t.Errorf("after two were taken out (-want +got):\n%s", diff)
	}
}

func TestWorkspacesWithIDs(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	ensure := func(id, name string) answer {
		return d.config(t, "/workspaces/create_if_not_exist", quote("id", id, "name", name, "organizationId", "00000000-0000-0000-0000-000000000000"))
	}
	const id = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
	for _, name := range []string{"first", "second"} {
		if a := ensure(strings.ToUpper(id), name).want(200); a.text("workspaceId") != id || a.text("name") != "first" {
			t.Errorf("asked for %s: %s", name, a.body)
		}
	}
	ensure("no-uuid", "w").want(400).problem()
	d.config(t, "/workspaces/delete", quote("workspaceId", id)).want(204)
	ensure(id, "third").want(409).problem()
}
