package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// testConnectionFilters narrows and orders connections in all ways there are, and counts them.
func testConnectionFilters(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, crowd)
	f := func(name string, filter platform.Filter, want ...string) {
		t.Helper()
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			rows, err := tb.Connections.List(ctx, filter)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			var got []string
			for _, c := range rows {
				got = append(got, c.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			n, err := tb.Counts.Connections(ctx, filter)
			if filter.Limit == 0 && (filter.Connections == nil || filter.Connections.After == "") && n != len(want) {
				t.Errorf("%s: counted %d, want %d", name, n, len(want))
			}
			return err
		})
	}
	of := func(c platform.ConnectionFilter) platform.Filter {
		return platform.Filter{WorkspaceIDs: []string{"w"}, Connections: &c}
	}
	f("ids", platform.Filter{IDs: []string{"c3", "c1", "c9"}}, "c1", "c3")
	f("tag", platform.Filter{TagIDs: []string{"t1"}}, "c1", "c2")
	f("tag from the second", platform.Filter{TagIDs: []string{"t1"}, Offset: 1, Limit: 5}, "c2")
	f("tag of a workspace", platform.Filter{TagIDs: []string{"t1"}, WorkspaceIDs: []string{"other"}})
	f("tag with the deleted", platform.Filter{TagIDs: []string{"t2"}, IncludeDeleted: true}, "c2", "c3", "c5")
	f("either tag", platform.Filter{TagIDs: []string{"t2", "t1"}}, "c1", "c2", "c3")
	f("either tag, the second", platform.Filter{TagIDs: []string{"t2", "t1"}, Offset: 1, Limit: 1}, "c2")
	f("either tag of a source", platform.Filter{TagIDs: []string{"t2", "t1"}, ActorID: "s2"}, "c2")
	f("sources", of(platform.ConnectionFilter{SourceIDs: []string{"s2"}}), "c2", "c4")
	f("destinations", of(platform.ConnectionFilter{DestinationIDs: []string{"d1", "none"}}), "c1", "c2", "c3", "c4")
	f("made of", of(platform.ConnectionFilter{SourceDefinitionIDs: []string{"csv"}, DestinationDefinitionIDs: []string{"lake"}}), "c2", "c4")
	f("statuses", of(platform.ConnectionFilter{Statuses: []platform.ConnectionStatus{platform.ConnectionInactive}}), "c4")
	f("name", of(platform.ConnectionFilter{Search: "NIGHT"}), "c1")
	f("source's name", of(platform.ConnectionFilter{Search: "orders"}), "c2", "c4")
	f("with a tag", platform.Filter{TagIDs: []string{"t1"}, Connections: &platform.ConnectionFilter{Search: "orders"}}, "c2")
	f("healthy", of(platform.ConnectionFilter{Health: []platform.ConnectionHealth{platform.HealthHealthy}}), "c1")
	f("failed", of(platform.ConnectionFilter{Health: []platform.ConnectionHealth{platform.HealthFailed}}), "c2")
	f("running or paused", of(platform.ConnectionFilter{Health: []platform.ConnectionHealth{platform.HealthRunning, platform.HealthPaused}}), "c3", "c4")
	f("by name", of(platform.ConnectionFilter{Order: platform.ByName}), "c3", "c4", "c1", "c2")
	f("by name, backwards", of(platform.ConnectionFilter{Order: platform.ByName, Descending: true}), "c2", "c1", "c4", "c3")
	f("after one of two with a name", of(platform.ConnectionFilter{Order: platform.ByName, After: "c3"}), "c4", "c1", "c2")
	f("backwards after one of two with a name", of(platform.ConnectionFilter{Order: platform.ByName, Descending: true, After: "c4"}), "c3")
	f("after the last", of(platform.ConnectionFilter{Order: platform.ByName, After: "c2"}))
	f("after nothing", of(platform.ConnectionFilter{Order: platform.ByName, After: "c9"}))
	f("by source", of(platform.ConnectionFilter{Order: platform.BySourceName, After: "c2"}), "c4", "c1", "c3")
	f("by destination", of(platform.ConnectionFilter{Order: platform.ByDestinationName, Descending: true}), "c4", "c3", "c2", "c1")
	f("by last job", of(platform.ConnectionFilter{Order: platform.ByLastJob}), "c4", "c1", "c2", "c3")
	f("by creation", of(platform.ConnectionFilter{After: "c1"}), "c2", "c3", "c4")
}

// crowd is four connections and a deleted one, between two sources and a destination.
func crowd(ctx context.Context, tb platform.Tables) error {
	for _, a := range []platform.Actor{
		{ID: "s1", Kind: connector.KindSource, Name: "People", DefinitionID: "api"},
		{ID: "s2", Kind: connector.KindSource, Name: "Orders", DefinitionID: "csv"},
		{ID: "d1", Kind: connector.KindDestination, Name: "Lake", DefinitionID: "lake"},
	} {
		a.WorkspaceID, a.CreatedAt = "w", start
		if err := tb.Actors.Insert(ctx, a); err != nil {
			return err
		}
	}
	for i, c := range []platform.Connection{
		{Name: "nightly", SourceID: "s1", TagIDs: []string{"t1"}},
		{Name: "zebra", SourceID: "s2", TagIDs: []string{"t1", "t2"}},
		{Name: "alike", SourceID: "s1", TagIDs: []string{"t2"}},
		{Name: "alike", SourceID: "s2", Status: platform.ConnectionInactive},
		{Name: "gone", SourceID: "s2", TagIDs: []string{"t2"}, Status: platform.ConnectionDeprecated},
	} {
		c.ID, c.WorkspaceID, c.DestinationID, c.CreatedAt = fmt.Sprint("c", i+1), "w", "d1", start.Add(time.Duration(i)*time.Second)
		if c.Status == "" {
			c.Status = platform.ConnectionActive
		}
		if err := tb.Connections.Insert(ctx, c); err != nil {
			return err
		}
	}
	for i, j := range []platform.Job{
		{ConnectionID: "c1", Status: platform.JobFailed}, {ConnectionID: "c1", Status: platform.JobSucceeded},
		{ConnectionID: "c2", Status: platform.JobSucceeded}, {ConnectionID: "c2", Status: platform.JobCancelled},
		{ConnectionID: "c3", Status: platform.JobRunning},
	} {
		j.Type, j.WorkspaceID, j.CreatedAt = platform.JobSync, "w", start.Add(time.Duration(i)*time.Minute)
		if _, err := tb.Jobs.Insert(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// testTagsFollow takes a tag away from a connection, deletes another, and looks for both.
func testTagsFollow(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, crowd)
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		c, err := tb.Connections.Get(ctx, "c1")
		if err != nil {
			return err
		}
		c.TagIDs = []string{"t3"}
		if err := tb.Connections.Update(ctx, c); err != nil {
			return err
		}
		if c, err = tb.Connections.Get(ctx, "c2"); err != nil {
			return err
		}
		c.Status = platform.ConnectionDeprecated
		return tb.Connections.Update(ctx, c)
	})
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		for tag, want := range map[string]int{"t1": 0, "t2": 1, "t3": 1} {
			if rows, err := tb.Connections.List(ctx, platform.Filter{TagIDs: []string{tag}}); err != nil || len(rows) != want {
				t.Errorf("%s: %d connections, want %d; %v", tag, len(rows), want, err)
			}
		}
		return nil
	})
}

// testNewestJobs asks for the last jobs of several connections at once, and pages through those of one.
func testNewestJobs(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, crowd)
	f := func(filter platform.JobFilter, want ...platform.JobStatus) {
		t.Helper()
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			jobs, err := tb.Jobs.List(ctx, filter)
			var got []platform.JobStatus
			for _, j := range jobs {
				got = append(got, j.Status)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v: got %v, want %v", filter, got, want)
			}
			return err
		})
	}
	f(platform.JobFilter{NewestOf: []string{"c1", "c2", "c4"}}, platform.JobSucceeded, platform.JobCancelled)
	f(platform.JobFilter{NewestOf: []string{"c4"}})
	f(platform.JobFilter{ConnectionID: "c1", Offset: 1, Limit: 5}, platform.JobSucceeded)
	f(platform.JobFilter{ConnectionID: "c1", Descending: true, Offset: 1, Limit: 5}, platform.JobFailed)
	f(platform.JobFilter{Types: []platform.JobType{platform.JobSync}, Offset: 3, Limit: 2}, platform.JobCancelled, platform.JobRunning)
	f(platform.JobFilter{Types: []platform.JobType{platform.JobSync, platform.JobReset, platform.JobClear, platform.JobRefresh}, Offset: 4}, platform.JobRunning)
}
