package pipeline_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

// endless writes records, and a state after every tenth, until it is told to stop; then it writes a last state.
func endless(started chan<- struct{}) source {
	return source{read: func(ctx context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		for i := 0; ctx.Err() == nil; i++ {
			m := row("users", `{}`)
			if i%10 == 9 {
				m = state("users", `{"more":true}`)
			}
			if err := emit(m); err != nil {
				return err
			}
			if i == 1000 {
				close(started)
			}
		}
		return ctx.Err()
	}}
}

// deaf is a destination that takes one message and then waits for release, whatever happens.
func deaf(release <-chan struct{}) destination {
	return destination{write: func(_ context.Context, _ connector.WriteRequest, in connector.Messages, _ connector.Emit) error {
		for range in {
			<-release
		}
		return nil
	}}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		started := make(chan struct{})
		go func() {
			<-started
			cancel()
		}()
		s := &store{}
		result := pipeline.Run(ctx, job(endless(started), s, incremental("users"), &kept{}))
		checkEnd(t, result, pipeline.Cancelled, "")
		if result.Duration > time.Second {
			t.Errorf("took %v", result.Duration)
		}
		if slices.Contains(s.heard, "COMPLETE users") {
			t.Error("a cancelled stream was completed")
		}
	})
}

// What was committable when the attempt was cancelled is committed.
func TestCancelKeepsStates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		k := &kept{}
		src := source{read: func(ctx context.Context, _ connector.ReadRequest, emit connector.Emit) error {
			_ = emit(row("users", `{}`))
			_ = emit(state("users", `{"cursor":1}`))
			<-ctx.Done()
			return ctx.Err()
		}}
		s := &store{}
		s.edit = func(_ context.Context, m *protocol.Message, emit connector.Emit) (bool, error) {
			if m.Type == protocol.TypeState {
				defer cancel()
			}
			return false, nil
		}
		j := job(src, s, incremental("users"), k)
		j.Limits.Report = time.Hour
		checkEnd(t, pipeline.Run(ctx, j), pipeline.Cancelled, "")
		if !slices.Equal(k.states, []string{`state users {"cursor":1} after 0`}) {
			t.Errorf("committed %q", k.states)
		}
	})
}

// Connectors that ignore being stopped are given up, and what they say later is not heard.
func TestCancelGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		release, late := make(chan struct{}), make(chan error, 1)
		src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
			_ = emit(row("users", `{}`))
			<-release
			err := emit(row("users", `{}`))
			_ = emit(protocol.LogMessage(protocol.LevelInfo, "too late"))
			late <- err
			return err
		}}
		k := &kept{}
		result := pipeline.Run(ctx, job(src, deaf(release), incremental("users"), k))
		checkEnd(t, result, pipeline.Cancelled, "was told to stop and did not within 1m0s; it was given up")
		if want := time.Minute + patience; result.Duration != want {
			t.Errorf("took %v, want %v", result.Duration, want)
		}
		lines := len(k.lines)
		close(release)
		if err := <-late; err == nil {
			t.Error("a record was accepted after the end")
		}
		synctest.Wait()
		if len(k.lines) != lines {
			t.Errorf("a line was logged after the end: %+v", k.lines[lines:])
		}
	})
}

// Only the connector that does not stop is to blame.
func TestCancelBlamesTheDeaf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		release := make(chan struct{})
		src := source{read: func(context.Context, connector.ReadRequest, connector.Emit) error {
			<-release
			return nil
		}}
		result := pipeline.Run(ctx, job(src, &store{}, incremental("users"), &kept{}))
		checkEnd(t, result, pipeline.Cancelled, "Scripted Source was told to stop")
		if len(result.Failures) != 1 {
			t.Errorf("failures %+v", result.Failures)
		}
		close(release)
	})
}

// A gentle stop waits for the source as long as it takes; only a cancel that follows gives it up.
func TestCancelAfterStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		stop, release := make(chan struct{}), make(chan struct{})
		close(stop)
		src := source{read: func(context.Context, connector.ReadRequest, connector.Emit) error {
			<-release
			return nil
		}}
		j := job(src, &store{}, incremental("users"), &kept{})
		j.Stop = stop
		result := pipeline.Run(ctx, j)
		checkEnd(t, result, pipeline.Cancelled, "")
		if want := time.Minute + patience; result.Duration != want {
			t.Errorf("took %v, want %v", result.Duration, want)
		}
		close(release)
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started, stop := make(chan struct{}), make(chan struct{})
		go func() {
			<-started
			close(stop)
		}()
		k, s := &kept{}, &store{}
		j := job(endless(started), s, incremental("users"), k)
		j.Stop = stop
		result := pipeline.Run(t.Context(), j)
		checkEnd(t, result, pipeline.Interrupted, "")
		if len(k.states) == 0 || s.heard[len(s.heard)-1] != "end" || slices.Contains(s.heard, "COMPLETE users") {
			t.Errorf("committed %d states; the input ended with %q", len(k.states), s.heard[len(s.heard)-1])
		}
		states := 0
		for _, heard := range s.heard {
			if heard == `state users {"more":true} after 9` {
				states++
			}
		}
		if got := result.Counts.Total; got.StatesEmitted != int64(states) || got.RecordsCommitted != int64(states*9) {
			t.Errorf("counts %+v after %d states", got, states)
		}
	})
}

// A source may say what it has read last when it is stopped, but a state that follows a record which was refused is refused too.
func TestStopLastWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		words []protocol.Message
		want  []string
	}{
		"a state":          {[]protocol.Message{state("users", `{"cursor":1}`)}, []string{`state users {"cursor":1} after 0`}},
		"record and state": {[]protocol.Message{row("users", `{"id":2}`), state("users", `{"cursor":2}`)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stop, k := make(chan struct{}), &kept{}
			src := source{read: func(ctx context.Context, _ connector.ReadRequest, emit connector.Emit) error {
				_ = emit(row("users", `{"id":1}`))
				close(stop)
				<-ctx.Done()
				for _, m := range c.words {
					_ = emit(m)
				}
				return nil
			}}
			j := job(src, &store{}, incremental("users"), k)
			j.Stop = stop
			mustEnd(t, j, pipeline.Interrupted, "")
			if !slices.Equal(k.states, c.want) {
				t.Errorf("committed %q, want %q", k.states, c.want)
			}
		})
	}
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := source{read: func(ctx context.Context, _ connector.ReadRequest, emit connector.Emit) error {
			for range 5 {
				time.Sleep(50 * time.Second) //nolint:forbidigo // time is fake in a bubble
				_ = emit(protocol.LogMessage(protocol.LevelInfo, "still there"))
			}
			<-ctx.Done()
			return ctx.Err()
		}}
		j := job(src, &store{}, incremental("users"), &kept{})
		j.Limits.Heartbeat = time.Minute
		result := mustEnd(t, j, pipeline.Failed, "Scripted Source has said nothing for 1m0s")
		if f := result.Failures[0]; f.Type != pipeline.HeartbeatTimeout || !f.Retryable() || len(result.Failures) != 1 {
			t.Errorf("failures %+v", result.Failures)
		}
		if got := result.Duration.Round(time.Second); got != 310*time.Second {
			t.Errorf("took %v", got)
		}
	})
}

// A source that hangs and ignores its context is left behind too, while the destination stores what it was given.
func TestHeartbeatOfDeafSource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
			_ = emit(row("users", `{}`))
			_ = emit(state("users", `{"cursor":1}`))
			<-release
			return nil
		}}
		k, s := &kept{}, &store{}
		j := job(src, s, incremental("users"), k)
		j.Limits.Heartbeat = time.Minute
		mustEnd(t, j, pipeline.Failed, "has said nothing for 1m0s")
		wantHeard(t, s, "users{}", `state users {"cursor":1} after 1`, "end")
		if len(k.states) != 1 {
			t.Errorf("committed %q", k.states)
		}
		close(release)
	})
}

// A source that waits for a slow destination is not silent; a destination that does not move is stalled.
func TestStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck := destination{write: func(ctx context.Context, _ connector.WriteRequest, in connector.Messages, _ connector.Emit) error {
			for range in {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}
		j := job(endless(make(chan struct{})), stuck, incremental("users"), &kept{})
		j.Limits.BufferRecords = 16
		j.Limits.Heartbeat, j.Limits.Stall = time.Minute, 3*time.Minute
		result := mustEnd(t, j, pipeline.Failed, "Scripted Destination has neither taken nor acknowledged anything for 3m0s")
		if f := result.Failures[0]; f.Type != pipeline.DestinationTimeout || len(result.Failures) != 1 {
			t.Errorf("failures %+v", result.Failures)
		}
	})
}

// The source is never further ahead than the buffer allows.
func TestBackpressure(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]pipeline.Limits{
		"by count": {BufferRecords: 100},
		"by bytes": {BufferBytes: 100 * len(`{"id":10000}`)},
	} {
		synctest.Test(t, func(t *testing.T) {
			emitted, read := 0, 0
			src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
				for ; emitted < 5000; emitted++ {
					if err := emit(row("users", `{"id":10000}`)); err != nil {
						return err
					}
				}
				return nil
			}}
			slow := destination{write: func(_ context.Context, _ connector.WriteRequest, in connector.Messages, _ connector.Emit) error {
				for m := range in {
					if m.Type != protocol.TypeRecord {
						continue
					}
					if read%500 == 0 {
						synctest.Wait() // until the source cannot go on
						// What the destination holds, what waits, and what is being filled.
						if ahead := emitted - read; ahead > 100+2*25 || emitted < 5000 && ahead < 100 {
							t.Errorf("%s: the source is %d records ahead", name, ahead)
						}
					}
					read++
				}
				return nil
			}}
			j := job(src, slow, incremental("users"), &kept{})
			j.Limits.BufferBytes, j.Limits.BufferRecords = limits.BufferBytes, limits.BufferRecords
			mustEnd(t, j, pipeline.Succeeded, "")
			if read != 5000 {
				t.Errorf("%s: read %d", name, read)
			}
		})
	}
}

// Records of a slow source do not wait for a batch to fill.
func TestTrickle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stored := make(chan struct{})
		src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
			for range 3 {
				if err := emit(row("users", `{}`)); err != nil {
					return err
				}
				select {
				case <-stored:
				case <-time.After(time.Minute):
					return errors.New("the record did not arrive within a minute")
				}
			}
			return nil
		}}
		s := &store{edit: func(_ context.Context, m *protocol.Message, _ connector.Emit) (bool, error) {
			if m.Type == protocol.TypeRecord {
				stored <- struct{}{}
			}
			return false, nil
		}}
		mustEnd(t, job(src, s, incremental("users"), &kept{}), pipeline.Succeeded, "")
	})
}
