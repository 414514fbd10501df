package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// testReach asks that bounded lists hold what is in reach and nothing else, together with every other filter.
func testReach(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		for id, organization := range map[string]string{"w1": "a", "w2": "a", "w3": "b"} {
			if err := tb.Workspaces.Insert(ctx, platform.Workspace{ID: id, OrganizationID: organization, CreatedAt: start}); err != nil {
				return err
			}
			source := platform.Actor{ID: "s-" + id, WorkspaceID: id, Kind: connector.KindSource, CreatedAt: start}
			destination := platform.Actor{ID: "d-" + id, WorkspaceID: id, Kind: connector.KindDestination, CreatedAt: start}
			connection := platform.Connection{ID: "c-" + id, WorkspaceID: id, SourceID: source.ID, DestinationID: destination.ID, CreatedAt: start}
			err := errors.Join(tb.Actors.Insert(ctx, source), tb.Actors.Insert(ctx, destination), tb.Connections.Insert(ctx, connection))
			if err != nil {
				return err
			}
			job := platform.Job{ConnectionID: connection.ID, WorkspaceID: id, Type: platform.JobSync, Status: platform.JobSucceeded, CreatedAt: start}
			if _, err := tb.Jobs.Insert(ctx, job); err != nil {
				return err
			}
		}
		return nil
	})
	f := func(r platform.Reach, want ...string) {
		t.Helper()
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			list, err := tb.Workspaces.List(ctx, platform.Filter{Within: &r})
			same(t, r, err, want, ids(list, func(w platform.Workspace) string { return w.ID }))
			list, err = tb.Workspaces.List(ctx, platform.Filter{Within: &r, Offset: 1})
			same(t, r, err, append([]string(nil), want[min(1, len(want)):]...), ids(list, func(w platform.Workspace) string { return w.ID }))
			sources, err := tb.Actors.List(ctx, platform.Filter{Within: &r, Kind: connector.KindSource})
			same(t, r, err, want, ids(sources, func(a platform.Actor) string { return a.WorkspaceID }))
			narrowed, err := tb.Connections.List(ctx, platform.Filter{Within: &r, WorkspaceIDs: []string{"w1", "w3"}})
			for _, c := range narrowed {
				if c.WorkspaceID == "w2" {
					t.Errorf("%+v: a reach widens the filter", r)
				}
			}
			if err != nil {
				return err
			}
			n, err := tb.Jobs.Count(ctx, platform.JobFilter{Within: &r})
			if n != int64(len(want)) {
				t.Errorf("%+v: counted %d jobs, want %d", r, n, len(want))
			}
			return err
		})
	}
	f(platform.Reach{})
	f(platform.Reach{WorkspaceIDs: []string{"w2"}}, "w2")
	f(platform.Reach{OrganizationIDs: []string{"a"}}, "w1", "w2")
	f(platform.Reach{OrganizationIDs: []string{"a"}, WorkspaceIDs: []string{"w3"}}, "w1", "w2", "w3")
	f(platform.Reach{OrganizationIDs: []string{"none"}, WorkspaceIDs: []string{"none"}})
}

// testOneRoleEach asks that a user has at most one role on each thing, and that roles go with their user.
func testOneRoleEach(t *testing.T, s platform.Store) {
	t.Helper()
	give := func(id, organization, workspace string) error {
		return s.Write(t.Context(), func(tb platform.Tables) error {
			return tb.Permissions.Insert(t.Context(), platform.Permission{
				ID: id, UserID: "u", Role: platform.RoleWorkspaceReader, OrganizationID: organization, WorkspaceID: workspace, CreatedAt: start,
			})
		})
	}
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return tb.Users.Insert(ctx, platform.User{ID: "u", OrganizationID: "o", CreatedAt: start})
	})
	if err := errors.Join(give("p1", "", "w"), give("p2", "o", "")); err != nil {
		t.Fatal(err)
	}
	if err := give("p3", "", "w"); !errors.Is(err, platform.ErrConflict) {
		t.Errorf("a second role on the same workspace: got %v, want ErrConflict", err)
	}
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		list, err := tb.Permissions.List(ctx, platform.Filter{UserID: "u", OrganizationID: "o"})
		same(t, "of an organization", err, []string{"p2"}, ids(list, func(p platform.Permission) string { return p.ID }))
		return nil
	})
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.Users.Delete(ctx, "u") })
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		list, err := tb.Permissions.List(ctx, platform.Filter{})
		same(t, "of a user who is gone", err, nil, ids(list, func(p platform.Permission) string { return p.ID }))
		return nil
	})
}
