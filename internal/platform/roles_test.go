package platform_test

import (
	"errors"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
)

// TestSeedEnrollsTheDefaultUser starts over a database from before there were users.
func TestSeedEnrollsTheDefaultUser(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	var app platform.Application
	err := d.store.Write(t.Context(), func(tb platform.Tables) error {
		all, err := tb.Applications.List(t.Context(), platform.Filter{})
		if err != nil {
			return err
		}
		app = all[0]
		app.UserID = ""
		return errors.Join(tb.Applications.Update(t.Context(), app), tb.Users.Delete(t.Context(), platform.DefaultUser))
	})
	if err != nil {
		t.Fatal(err)
	}
	if g, err := d.GrantsOf(t.Context(), app.ID); err != nil || g.Everything() {
		t.Fatalf("without a permission: got %+v, %v", g, err)
	}
	again := platform.New(platform.Config{Store: d.store, Connectors: runtime{d.source}})
	for range 2 {
		if _, err := again.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if g, err := again.GrantsOf(t.Context(), app.ID); err != nil || !g.Everything() {
		t.Errorf("got %+v, %v, want everything", g, err)
	}
}

// TestGrantsOfOtherServers asks that what one server changes is soon seen by another over the same database.
func TestGrantsOfOtherServers(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	app, _, err := d.CreateRobot(t.Context(), "n", []platform.NewPermission{{Role: platform.RoleWorkspaceReader, WorkspaceID: d.workspace}})
	if err != nil {
		t.Fatal(err)
	}
	other := platform.New(platform.Config{Store: d.store, Connectors: runtime{d.source}})
	if _, err := other.GrantsOf(t.Context(), app.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DeleteApplication(t.Context(), app.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.GrantsOf(t.Context(), app.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("the server that deleted it: got %v, want ErrNotFound", err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		if _, err := other.GrantsOf(t.Context(), app.ID); errors.Is(err, platform.ErrNotFound) {
			return
		}
		select {
		case <-deadline:
			t.Fatal("the other server still lets the application in")
		case <-tick.C:
		}
	}
}

func TestRobotsStayInOneOrganization(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	o, err := d.CreateOrganization(t.Context(), "other", "o@o.invalid")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.CreateRobot(t.Context(), "n", []platform.NewPermission{
		{Role: platform.RoleWorkspaceReader, WorkspaceID: d.workspace}, {Role: platform.RoleOrganizationMember, OrganizationID: o.ID},
	})
	if !errors.Is(err, platform.ErrInvalid) {
		t.Errorf("got %v, want ErrInvalid", err)
	}
	users, err := d.Users(t.Context(), platform.DefaultOrganization)
	if err != nil || len(users) != 1 {
		t.Errorf("a refused application leaves users behind: %v, %v", users, err)
	}
}
