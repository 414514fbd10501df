package platform_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

func TestSeedAndAuthenticate(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	again, err := d.Seed(t.Context())
	if err != nil || again.ClientSecret != "" || again.WorkspaceID != d.workspace || again.OrganizationID != platform.DefaultOrganization {
		t.Errorf("seeded again: %+v, %v", again, err)
	}
	app, secret, err := d.CreateApplication(t.Context(), "mine")
	if err != nil || secret == "" {
		t.Fatal(secret, err)
	}
	if got, err := d.Authenticate(t.Context(), app.ClientID, secret); err != nil || got.ID != app.ID {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, pair := range [][2]string{{app.ClientID, secret + "x"}, {app.ClientID, ""}, {again.Application.ClientID, secret}, {"", secret}, {"nobody", secret}} {
		_, err := d.Authenticate(t.Context(), pair[0], pair[1])
		refused(t, err, platform.ErrForbidden)
	}
	if list, err := d.Applications(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("got %d applications, %v", len(list), err)
	}
	if gone, err := d.DeleteApplication(t.Context(), app.ID); err != nil || gone.ID != app.ID {
		t.Errorf("got %+v, %v", gone, err)
	}
	_, err = d.Authenticate(t.Context(), app.ClientID, secret)
	refused(t, err, platform.ErrForbidden)
	_, err = d.Application(t.Context(), app.ID)
	refused(t, err, platform.ErrNotFound)
}

func TestWorkspaces(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	w, err := d.CreateWorkspace(t.Context(), platform.NewWorkspace{Name: "Größe & Co", Notifications: json.RawMessage(`{"failure":{"email":{"enabled":true}}}`)})
	if err != nil || w.Slug != "größe-co" || w.DataResidency != "auto" {
		t.Fatalf("got %+v, %v", w, err)
	}
	update := platform.WorkspaceUpdate{Name: new("New"), Notifications: json.RawMessage(`{"failure":{"webhook":{"enabled":true,"url":"https://x"}}}`)}
	w, err = d.UpdateWorkspace(t.Context(), w.ID, update)
	if err != nil || w.Slug != "new" || string(w.Notifications) != `{"failure":{"email":{"enabled":true},"webhook":{"enabled":true,"url":"https://x"}}}` {
		t.Errorf("got %+v %s, %v", w, w.Notifications, err)
	}
	_, err = d.UpdateWorkspace(t.Context(), w.ID, platform.WorkspaceUpdate{Notifications: json.RawMessage(`{"success":{"webhook":{"enabled":true}}}`)})
	if e := refused(t, err, platform.ErrInvalid, "success"); e.Problem != "error:notification/config/missing-url" {
		t.Errorf("got %+v", e)
	}
	_, err = d.CreateWorkspace(t.Context(), platform.NewWorkspace{Name: " "})
	refused(t, err, platform.ErrInvalid)
	_, err = d.CreateWorkspace(t.Context(), platform.NewWorkspace{Name: "x", OrganizationID: "nothing"})
	if e := refused(t, err, platform.ErrNotFound); e.Resource != "organization" {
		t.Errorf("got %+v", e)
	}
	o, err := d.OrganizationOf(t.Context(), w.ID)
	if err != nil || o.ID != platform.DefaultOrganization {
		t.Errorf("got %+v, %v", o, err)
	}
	if o, err = d.UpdateOrganization(t.Context(), o.ID, platform.OrganizationUpdate{Email: new("a@b.c")}); err != nil || o.Email != "a@b.c" || o.Name == "" {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestDeletingAWorkspaceEmptiesIt(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	def := d.publish(t, "My API")
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	if err := d.DeleteWorkspace(t.Context(), d.workspace); err != nil {
		t.Fatal(err)
	}
	_, err := d.Workspace(t.Context(), d.workspace)
	refused(t, err, platform.ErrNotFound)
	refused(t, d.DeleteWorkspace(t.Context(), d.workspace), platform.ErrNotFound)
	_, err = d.Actor(t.Context(), connector.KindSource, c.SourceID)
	refused(t, err, platform.ErrNotFound)
	_, err = d.Definition(t.Context(), def.ID)
	refused(t, err, platform.ErrNotFound)
	if c, err = d.Connection(t.Context(), c.ID); err != nil || c.Status != platform.ConnectionDeprecated {
		t.Errorf("the connection is %s, %v", c.Status, err)
	}
	if len(d.engine.cancelled) != 1 || d.engine.cancelled[0] != run.Job.ID {
		t.Errorf("the engine was asked to cancel %v", d.engine.cancelled)
	}
	if list, err := d.Workspaces(t.Context(), platform.Filter{IncludeDeleted: true}); err != nil || len(list) != 1 || !list[0].Deleted {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	tag, err := d.CreateTag(t.Context(), d.workspace, "red", "ff0000")
	if err != nil {
		t.Fatal(err)
	}
	f := func(name, color, problem string, condition error) {
		t.Helper()
		_, err := d.CreateTag(t.Context(), d.workspace, name, color)
		if e := refused(t, err, condition); e.Problem != problem {
			t.Errorf("got %+v", e)
		}
	}
	f("red", "ff0000", "error:tag-already-exists", platform.ErrConflict)
	f("redder", "#ff000", "error:tag-invalid-hex-color", platform.ErrInvalid)
	f("a name that is longer than thirty characters", "ff0000", "error:tag-name-too-long", platform.ErrInvalid)
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{TagIDs: []string{tag.ID}}); err != nil {
		t.Fatal(err)
	}
	if list, err := d.Connections(t.Context(), platform.Filter{TagIDs: []string{tag.ID}}); err != nil || len(list) != 1 {
		t.Errorf("got %d connections, %v", len(list), err)
	}
	_, err = d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{TagIDs: []string{"nothing"}})
	if e := refused(t, err, platform.ErrNotFound); e.Resource != "tag" {
		t.Errorf("got %+v", e)
	}
	if tag, err = d.UpdateTag(t.Context(), tag.ID, "blue", "0000ff"); err != nil || tag.Name != "blue" {
		t.Errorf("got %+v, %v", tag, err)
	}
	if err := d.DeleteTag(t.Context(), tag.ID); err != nil {
		t.Fatal(err)
	}
	if c, err = d.Connection(t.Context(), c.ID); err != nil || len(c.TagIDs) != 0 {
		t.Errorf("the connection still has %v, %v", c.TagIDs, err)
	}
	for i := range 100 {
		if _, err := d.CreateTag(t.Context(), d.workspace, fmt.Sprint(i), "000000"); err != nil {
			t.Fatal(err)
		}
	}
	f("one too many", "000000", "error:tag-limit-for-workspace-reached", platform.ErrInvalid)
}
