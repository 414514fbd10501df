package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

func streamState(namespace, name, blob string) protocol.StreamState {
	s := protocol.StreamState{StreamDescriptor: protocol.StreamDescriptor{Name: name, Namespace: namespace}}
	if blob != "" {
		s.StreamState = json.RawMessage(blob)
	}
	return s
}

func testStates(t *testing.T, s platform.Store) {
	t.Helper()
	connections := connect(t, s, 2)
	id := connections[0]
	put := func(state platform.ConnectionState) {
		t.Helper()
		write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.States.Put(ctx, id, state) })
	}
	want := func(state platform.ConnectionState) {
		t.Helper()
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			got, err := tb.States.Get(ctx, id)
			if diff := cmp.Diff(state, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("state (-want +got):\n%s", diff)
			}
			kind, typeErr := tb.States.Type(ctx, id)
			if kind != state.Type {
				t.Errorf("type %q, want %q", kind, state.Type)
			}
			return errors.Join(err, typeErr)
		})
	}
	want(platform.ConnectionState{})
	put(platform.ConnectionState{Type: protocol.StateTypeStream, Streams: []protocol.StreamState{
		streamState("", "users", `{"z": 1, "a":12345678901234567890}`), streamState("public", "users", `{"b":1}`), streamState("", "pets", `{}`)}})
	put(platform.ConnectionState{Type: protocol.StateTypeStream, Streams: []protocol.StreamState{
		streamState("public", "users", `{"b":2}`), streamState("", "pets", ""), streamState("", "absent", "null")}})
	streams := []protocol.StreamState{streamState("", "users", `{"z": 1, "a":12345678901234567890}`), streamState("public", "users", `{"b":2}`)}
	want(platform.ConnectionState{Type: protocol.StateTypeStream, Streams: streams})
	put(platform.ConnectionState{Type: protocol.StateTypeGlobal, Shared: json.RawMessage(`{"lsn":42}`), Legacy: json.RawMessage(`{"old":1}`)})
	put(platform.ConnectionState{Type: protocol.StateTypeGlobal, Legacy: json.RawMessage("null")})
	want(platform.ConnectionState{Type: protocol.StateTypeGlobal, Streams: streams, Shared: json.RawMessage(`{"lsn":42}`)})
	put(platform.ConnectionState{Type: protocol.StateTypeGlobal, Shared: json.RawMessage("null")})
	want(platform.ConnectionState{Type: protocol.StateTypeGlobal, Streams: streams})
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.States.Clear(ctx, connections[1]) })
	want(platform.ConnectionState{Type: protocol.StateTypeGlobal, Streams: streams})
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.States.Clear(ctx, id) })
	want(platform.ConnectionState{})
}

func testGenerations(t *testing.T, s platform.Store) {
	t.Helper()
	connections := connect(t, s, 2)
	users := protocol.StreamDescriptor{Name: "users"}
	public := protocol.StreamDescriptor{Name: "users", Namespace: "public"}
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return errors.Join(tb.Generations.Put(ctx, connections[0], users, 1), tb.Generations.Put(ctx, connections[0], public, 7),
			tb.Generations.Put(ctx, connections[0], users, 2), tb.Generations.Put(ctx, connections[1], users, 9))
	})
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		got, err := tb.Generations.Get(ctx, connections[0])
		if diff := cmp.Diff(map[protocol.StreamDescriptor]int64{users: 2, public: 7}, got); diff != "" {
			t.Errorf("generations (-want +got):\n%s", diff)
		}
		return err
	})
}

func testLogs(t *testing.T, s platform.Store) {
	t.Helper()
	connection := connect(t, s, 1)[0]
	job := insertJob(t, s, platform.Job{ConnectionID: connection, Type: platform.JobSync, Status: platform.JobRunning, CreatedAt: start, UpdatedAt: start})
	line := func(n int) platform.LogLine {
		return platform.LogLine{At: start, Level: protocol.LevelWarn, Source: platform.LogFromSource, Message: fmt.Sprint("line ", n), Stack: strings.Repeat("x", n%3)}
	}
	var all []platform.LogLine
	for i := range 250 {
		all = append(all, line(i))
	}
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		return errors.Join(tb.Logs.Append(ctx, job, 0, all[:3]), tb.Logs.Append(ctx, job, 1, []platform.LogLine{line(999)}), tb.Logs.Append(ctx, job, 0, nil))
	})
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.Logs.Append(ctx, job, 0, all[3:]) })
	f := func(attempt, from, limit int, want []platform.LogLine) {
		t.Helper()
		read(t, s, func(ctx context.Context, tb platform.Tables) error {
			got, err := tb.Logs.Read(ctx, job, attempt, from, limit)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("log from %d (-want +got):\n%s", from, diff)
			}
			return err
		})
	}
	f(0, 0, 0, all)
	f(0, 100, 5, all[100:105])
	f(0, 250, 5, nil)
	f(1, 0, 0, []platform.LogLine{line(999)})
	f(2, 0, 0, nil)
}
