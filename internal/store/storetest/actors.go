package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// testActorFilters narrows and orders sources and destinations in all ways there are, and counts them.
func testActorFilters(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, crowd)
	write(t, s, idlers)
	titles := map[string]string{"api": "Web API", "csv": "Files", "tsv": "Files", "lake": "A lake"}
	f := func(name string, kind connector.Kind, of platform.ActorFilter, want ...string) {
		t.Helper()
		of.Titles = titles
		filter := platform.Filter{WorkspaceIDs: []string{"w"}, Kind: kind, Actors: &of}
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			n, err := tb.Counts.Actors(ctx, filter)
			if err != nil {
				return fmt.Errorf("%s: counting: %w", name, err)
			}
			if of.After == "" && n != len(want) {
				t.Errorf("%s: counted %d, want %d", name, n, len(want))
			}
			got, err := pages(ctx, tb, filter, 2)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			return err
		})
	}
	sources := connector.KindSource
	f("as made", sources, platform.ActorFilter{}, "s1", "s2", "s3", "s4")
	f("destinations", connector.KindDestination, platform.ActorFilter{Order: platform.ActorsByLastJob}, "d1")
	f("active", sources, platform.ActorFilter{States: []platform.ActorState{platform.ActorActive}}, "s1", "s2")
	f("inactive", sources, platform.ActorFilter{States: []platform.ActorState{platform.ActorInactive}}, "s3", "s4")
	f("either", sources, platform.ActorFilter{States: []platform.ActorState{platform.ActorInactive, platform.ActorActive}}, "s1", "s2", "s3", "s4")
	f("neither", sources, platform.ActorFilter{States: []platform.ActorState{"other"}})
	f("name", sources, platform.ActorFilter{Search: "PEO"}, "s1", "s4")
	f("title", sources, platform.ActorFilter{Search: "fil"}, "s2", "s3")
	f("title or name, active", sources, platform.ActorFilter{Search: "e", States: []platform.ActorState{platform.ActorActive}}, "s1", "s2")
	f("by name", sources, platform.ActorFilter{Order: platform.ActorsByName}, "s2", "s1", "s4", "s3")
	f("by name, backwards", sources, platform.ActorFilter{Order: platform.ActorsByName, Descending: true}, "s3", "s4", "s1", "s2")
	f("by title", sources, platform.ActorFilter{Order: platform.ActorsByTitle}, "s4", "s2", "s3", "s1")
	f("by title, backwards", sources, platform.ActorFilter{Order: platform.ActorsByTitle, Descending: true}, "s1", "s3", "s2", "s4")
	f("by last job", sources, platform.ActorFilter{Order: platform.ActorsByLastJob}, "s3", "s4", "s2", "s1")
	f("by last job, backwards", sources, platform.ActorFilter{Order: platform.ActorsByLastJob, Descending: true}, "s1", "s2", "s4", "s3")
	f("after one of two with a title", sources, platform.ActorFilter{Order: platform.ActorsByTitle, After: "s2"}, "s3", "s1")
	f("after nothing", sources, platform.ActorFilter{Order: platform.ActorsByName, After: "s9"})
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		_, err := tb.Actors.List(ctx, platform.Filter{Actors: &platform.ActorFilter{}})
		if !errors.Is(err, platform.ErrInvalid) {
			t.Errorf("without a kind: %v", err)
		}
		_, err = tb.Connections.List(ctx, platform.Filter{Kind: "", Actors: &platform.ActorFilter{}})
		if !errors.Is(err, platform.ErrInvalid) {
			t.Errorf("connections by what actors have: %v", err)
		}
		return nil
	})
}

// pages reads a list page by page, each from the last row of the one before.
func pages(ctx context.Context, tb platform.Tables, f platform.Filter, size int) (ids []string, err error) {
	of := *f.Actors
	f.Actors, f.Limit = &of, size
	for {
		rows, err := tb.Actors.List(ctx, f)
		if err != nil || len(rows) == 0 || len(ids) > 100 {
			return ids, err
		}
		for _, a := range rows {
			ids = append(ids, a.ID)
		}
		of.After = ids[len(ids)-1]
	}
}

// idlers adds two sources to a crowd that have no connection that is active, one of them a deleted one whose job was the last of all.
func idlers(ctx context.Context, tb platform.Tables) error {
	for _, a := range []platform.Actor{
		{ID: "s3", Name: "Ships", DefinitionID: "tsv"},
		{ID: "s4", Name: "People", DefinitionID: "unheard of"},
	} {
		a.WorkspaceID, a.Kind, a.CreatedAt = "w", connector.KindSource, start.Add(time.Minute)
		if err := tb.Actors.Insert(ctx, a); err != nil {
			return err
		}
	}
	for id, status := range map[string]platform.ConnectionStatus{"c6": platform.ConnectionInactive, "c7": platform.ConnectionDeprecated} {
		source := map[string]string{"c6": "s4", "c7": "s3"}[id]
		c := platform.Connection{ID: id, WorkspaceID: "w", SourceID: source, DestinationID: "d1", Status: status, CreatedAt: start}
		if err := tb.Connections.Insert(ctx, c); err != nil {
			return err
		}
	}
	_, err := tb.Jobs.Insert(ctx, platform.Job{
		ConnectionID: "c7", WorkspaceID: "w", Type: platform.JobSync, Status: platform.JobFailed, CreatedAt: start.Add(time.Hour),
	})
	return err
}

// testActorUses sums up the connections of a crowd.
func testActorUses(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, crowd)
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		got, err := tb.Counts.Uses(ctx, connector.KindSource, []string{"s1", "s2", "s9"})
		want := map[string]platform.ActorUse{
			"s1": {
				Connections: 2, Active: 2, LastJob: start.Add(4 * time.Minute),
				ByLastJob: once(platform.JobSucceeded, platform.JobRunning),
			},
			"s2": {Connections: 2, Active: 1, LastJob: start.Add(3 * time.Minute), ByLastJob: once(platform.JobCancelled)},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sources (-want +got):\n%s", diff)
		}
		if err != nil {
			return err
		}
		got, err = tb.Counts.Uses(ctx, connector.KindDestination, []string{"d1"})
		if got["d1"].Connections != 4 || got["d1"].Active != 3 {
			t.Errorf("the destination: %+v", got)
		}
		return err
	})
}

func once(statuses ...platform.JobStatus) map[platform.JobStatus]int {
	counted := make(map[platform.JobStatus]int)
	for _, s := range statuses {
		counted[s]++
	}
	return counted
}
