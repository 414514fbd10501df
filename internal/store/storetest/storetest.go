// Package storetest is the suite that every store passes.
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// Run holds a store to what [platform.Store] promises. Open gives an empty store that is closed when its test ends.
func Run(t *testing.T, open func(t *testing.T) platform.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, platform.Store){
		"RoundTrips":        testRoundTrips,
		"MissingAndTaken":   testMissingAndTaken,
		"Filters":           testFilters,
		"Reach":             testReach,
		"OneRoleEach":       testOneRoleEach,
		"UnknownFilter":     testUnknownFilter,
		"Order":             testOrder,
		"ManyConnections":   testManyConnections,
		"ConnectionFilters": testConnectionFilters,
		"ActorFilters":      testActorFilters,
		"ActorUses":         testActorUses,
		"Changes":           testChanges,
		"TagsFollow":        testTagsFollow,
		"NewestJobs":        testNewestJobs,
		"Jobs":              testJobs,
		"JobFilters":        testJobFilters,
		"OneActiveSync":     testOneActiveSync,
		"Queue":             testQueue,
		"Due":               testDue,
		"States":            testStates,
		"Generations":       testGenerations,
		"Logs":              testLogs,
		"Rollback":          testRollback,
		"Panic":             testPanic,
		"CancelInside":      testCancelInside,
		"CancelWaiting":     testCancelWaiting,
		"Snapshot":          testSnapshot,
		"ConcurrentWriters": testConcurrentWriters,
		"DeleteCascades":    testDeleteCascades,
		"History":           testHistory,
		"SchedulesAtOnce":   testSchedulesAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

var start = time.Date(2026, 1, 2, 3, 4, 5, int(678*time.Millisecond), time.UTC)

func write(t testing.TB, s platform.Store, fn func(ctx context.Context, tb platform.Tables) error) {
	t.Helper()
	ctx := t.Context()
	if err := s.Write(ctx, func(tb platform.Tables) error { return fn(ctx, tb) }); err != nil {
		t.Fatalf("writing: %v", err)
	}
}

func read(t testing.TB, s platform.Store, fn func(ctx context.Context, tb platform.Tables) error) {
	t.Helper()
	ctx := t.Context()
	if err := s.Read(ctx, func(tb platform.Tables) error { return fn(ctx, tb) }); err != nil {
		t.Fatalf("reading: %v", err)
	}
}

// connect stores a source, a destination and so many connections, and returns the connections' ids.
func connect(t testing.TB, s platform.Store, n int) []string {
	t.Helper()
	var ids []string
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		source := platform.Actor{ID: "source", WorkspaceID: "w", Kind: connector.KindSource, Name: "s", CreatedAt: start}
		destination := platform.Actor{ID: "destination", WorkspaceID: "w", Kind: connector.KindDestination, Name: "d", CreatedAt: start}
		if err := tb.Actors.Insert(ctx, source); err != nil {
			return err
		}
		if err := tb.Actors.Insert(ctx, destination); err != nil {
			return err
		}
		for i := range n {
			c := platform.Connection{
				ID: fmt.Sprintf("c%06d", i), WorkspaceID: "w", Name: fmt.Sprintf("connection %d", i), SourceID: "source", DestinationID: "destination",
				Status: platform.ConnectionActive, CreatedAt: start.Add(time.Duration(i) * time.Second),
			}
			ids = append(ids, c.ID)
			if err := tb.Connections.Insert(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

// insertJob stores a job and returns its id.
func insertJob(t *testing.T, s platform.Store, j platform.Job) int64 {
	t.Helper()
	var id int64
	write(t, s, func(ctx context.Context, tb platform.Tables) (err error) {
		id, err = tb.Jobs.Insert(ctx, j)
		return err
	})
	return id
}
