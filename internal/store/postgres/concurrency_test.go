package postgres_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/store/postgres"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// queueJobs stores so many connections with a job waiting for each, and returns the jobs' ids.
func queueJobs(t *testing.T, s platform.Store, n int) []int64 {
	t.Helper()
	ctx := t.Context()
	var ids []int64
	err := s.Write(ctx, func(tb platform.Tables) error {
		ids = nil
		if err := tb.Actors.Insert(ctx, platform.Actor{ID: "a", Kind: connector.KindSource, CreatedAt: start}); err != nil {
			return err
		}
		for i := range n {
			c := platform.Connection{ID: fmt.Sprint("c", i), SourceID: "a", DestinationID: "a", Status: platform.ConnectionActive, CreatedAt: start}
			if err := tb.Connections.Insert(ctx, c); err != nil {
				return err
			}
			id, err := tb.Jobs.Insert(ctx, platform.Job{ConnectionID: c.ID, Type: platform.JobSync, Status: platform.JobPending, CreatedAt: start, UpdatedAt: start})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestClaimJob has two platforms, each over a store of its own as two processes have, take jobs from one database at once.
func TestClaimJob(t *testing.T) {
	t.Parallel()
	const jobs, claimers = 60, 8
	address := newSchema(t)
	stores := []*postgres.Store{openAt(t, address), openAt(t, address)}
	want := queueJobs(t, stores[0], jobs)
	var mu sync.Mutex
	claimed := map[int64]int{}
	var group sync.WaitGroup
	for _, s := range stores {
		p := platform.New(platform.Config{Store: s})
		for range claimers {
			group.Go(func() {
				for {
					job, found, err := p.ClaimJob(t.Context())
					if err != nil {
						t.Errorf("claiming a job: %v", err)
						return
					}
					if !found {
						return
					}
					mu.Lock()
					claimed[job.ID]++
					mu.Unlock()
				}
			})
		}
	}
	group.Wait()
	for id, times := range claimed {
		if times != 1 {
			t.Errorf("job %d was claimed %d times", id, times)
		}
	}
	if got := slices.Sorted(maps.Keys(claimed)); !slices.Equal(got, want) {
		t.Errorf("claimed %v of %v", got, want)
	}
}

// TestWriteSkew has two writers each look at what the other changes. Whichever order they ran in, one of them must have seen the
// other's tag.
func TestWriteSkew(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	stores := []*postgres.Store{openAt(t, address), openAt(t, address)}
	for round := range 20 {
		var looked sync.WaitGroup // both look before either writes
		looked.Add(len(stores))
		var group sync.WaitGroup
		for i, s := range stores {
			group.Go(func() {
				first := sync.OnceFunc(func() { looked.Done(); looked.Wait() })
				mine, others := fmt.Sprintf("%d/%d", round, i), fmt.Sprintf("%d/%d", round, 1-i)
				err := s.Write(t.Context(), func(tb platform.Tables) error {
					_, err := tb.Tags.Get(t.Context(), others)
					first()
					if err == nil {
						return nil // the other was first
					}
					return tb.Tags.Insert(t.Context(), platform.Tag{ID: mine, Name: mine})
				})
				if err != nil {
					t.Errorf("round %d, writer %d: %v", round, i, err)
				}
			})
		}
		group.Wait()
	}
	if got := tags(t, stores[0]); len(got) != 20 {
		t.Errorf("%d tags, want one of each round: %q", len(got), got)
	}
}

// TestCancelWaitingForConnection has all connections in use: a writer waits for one only as long as its context lets it.
func TestCancelWaitingForConnection(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	query := address.Query()
	query.Set("pool_max_conns", "2")
	address.RawQuery = query.Encode()
	s := openAt(t, address)
	inside, release := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			err := s.Read(t.Context(), func(platform.Tables) error {
				inside <- struct{}{}
				<-release
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-inside
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := insertTag(ctx, s, "a"); err == nil || ctx.Err() == nil {
		t.Errorf("writing without a free connection: %v", err)
	}
	close(release)
	group.Wait()
	if err := insertTag(t.Context(), s, "a"); err != nil {
		t.Errorf("writing when the readers were done: %v", err)
	}
}
