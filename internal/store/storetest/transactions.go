package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

func countTags(t *testing.T, s platform.Store) int {
	t.Helper()
	n := 0
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		list, err := tb.Tags.List(ctx, platform.Filter{})
		n = len(list)
		return err
	})
	return n
}

func insertTag(ctx context.Context, s platform.Store, id string) error {
	return s.Write(ctx, func(tb platform.Tables) error {
		return tb.Tags.Insert(ctx, platform.Tag{ID: id, Name: id})
	})
}

func testRollback(t *testing.T, s platform.Store) {
	t.Helper()
	stop := errors.New("stop")
	err := s.Write(t.Context(), func(tb platform.Tables) error {
		if err := tb.Tags.Insert(t.Context(), platform.Tag{ID: "a"}); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) || countTags(t, s) != 0 {
		t.Errorf("got %v and %d tags, want the function's error and none", err, countTags(t, s))
	}
}

func testPanic(t *testing.T, s platform.Store) {
	t.Helper()
	func() {
		defer func() { _ = recover() }()
		_ = s.Write(t.Context(), func(tb platform.Tables) error {
			_ = tb.Tags.Insert(t.Context(), platform.Tag{ID: "a"})
			panic("a fault in the caller")
		})
	}()
	if err := insertTag(t.Context(), s, "b"); err != nil || countTags(t, s) != 1 {
		t.Errorf("after a panic: %v, %d tags, want 1", err, countTags(t, s))
	}
}

// testCancelInside cancels a transaction after each of its steps, many times, since what breaks is what the driver does next.
func testCancelInside(t *testing.T, s platform.Store) {
	t.Helper()
	for i := range 50 {
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Write(ctx, func(tb platform.Tables) error {
			if err := tb.Tags.Insert(ctx, platform.Tag{ID: fmt.Sprint("lost ", i), Name: fmt.Sprint("lost ", i)}); err != nil {
				return err
			}
			cancel()
			if i%2 == 0 {
				return nil
			}
			_, err := tb.Tags.List(ctx, platform.Filter{})
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("a transaction whose context was cancelled: got %v, want context.Canceled", err)
		}
		_ = s.Read(ctx, func(tb platform.Tables) error { return nil })
		if err := insertTag(t.Context(), s, fmt.Sprint("kept ", i)); err != nil {
			t.Fatalf("writing after a cancelled transaction: %v", err)
		}
	}
	if n := countTags(t, s); n != 50 {
		t.Errorf("got %d tags, want the 50 that were committed", n)
	}
}

// testCancelWaiting cancels a writer that waits for another.
func testCancelWaiting(t *testing.T, s platform.Store) {
	t.Helper()
	inside, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.Write(t.Context(), func(tb platform.Tables) error {
			close(inside)
			<-release
			return tb.Tags.Insert(t.Context(), platform.Tag{ID: "first", Name: "first"})
		})
	}()
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() { waiting <- insertTag(ctx, s, "second") }()
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("a writer that waited: got %v, want context.Canceled", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := countTags(t, s); n != 1 {
		t.Errorf("got %d tags, want 1", n)
	}
}

// testSnapshot asks that a reader sees neither half of a write, nor a write that came after it began.
func testSnapshot(t *testing.T, s platform.Store) {
	t.Helper()
	if err := insertTag(t.Context(), s, "a"); err != nil {
		t.Fatal(err)
	}
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		before, err := tb.Tags.List(ctx, platform.Filter{})
		if err != nil {
			return err
		}
		if err := insertTag(ctx, s, "b"); err != nil {
			t.Errorf("writing while a reader is open: %v", err)
		}
		after, err := tb.Tags.List(ctx, platform.Filter{})
		if len(before) != 1 || len(after) != 1 {
			t.Errorf("a reader saw %d tags, then %d; want 1 both times", len(before), len(after))
		}
		return err
	})
}

// testConcurrentWriters has many writers read and raise one number: lost updates would show in its value.
func testConcurrentWriters(t *testing.T, s platform.Store) {
	t.Helper()
	connection := connect(t, s, 1)[0]
	users := protocol.StreamDescriptor{Name: "users"}
	const writers, each = 8, 25
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				err := s.Write(t.Context(), func(tb platform.Tables) error {
					all, err := tb.Generations.Get(t.Context(), connection)
					if err != nil {
						return err
					}
					return tb.Generations.Put(t.Context(), connection, users, all[users]+1)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		all, err := tb.Generations.Get(ctx, connection)
		if all[users] != writers*each {
			t.Errorf("%d updates were kept of %d", all[users], writers*each)
		}
		return err
	})
}

// testDeleteCascades asks that nothing is left of a connection that was removed for good.
func testDeleteCascades(t *testing.T, s platform.Store) {
	t.Helper()
	connection := connect(t, s, 1)[0]
	users := protocol.StreamDescriptor{Name: "users"}
	job := insertJob(t, s, platform.Job{ConnectionID: connection, Type: platform.JobSync, Status: platform.JobSucceeded, CreatedAt: start, UpdatedAt: start})
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return errors.Join(
			tb.Attempts.Put(ctx, job, platform.Attempt{Number: 0}),
			tb.Logs.Append(ctx, job, 0, []platform.LogLine{{At: start, Message: "x"}}),
			tb.Generations.Put(ctx, connection, users, 3),
			tb.States.Put(ctx, connection, platform.ConnectionState{Type: protocol.StateTypeStream, Streams: []protocol.StreamState{streamState("", "users", "{}")}}))
	})
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.Connections.Delete(ctx, connection) })
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		jobs, err := tb.Jobs.Count(ctx, platform.JobFilter{})
		lines, linesErr := tb.Logs.Read(ctx, job, 0, 0, 0)
		generations, generationsErr := tb.Generations.Get(ctx, connection)
		state, stateErr := tb.States.Get(ctx, connection)
		if jobs != 0 || len(lines) != 0 || len(generations) != 0 || state.Type != "" || len(state.Streams) != 0 {
			t.Errorf("left behind: %d jobs, %d lines, %v, %+v", jobs, len(lines), generations, state)
		}
		return errors.Join(err, linesErr, generationsErr, stateErr)
	})
}
