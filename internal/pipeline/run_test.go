package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

// mustEnd runs a job and checks its status and the message of its first failure.
func mustEnd(t *testing.T, j pipeline.Job, status pipeline.Status, message string) pipeline.Result {
	t.Helper()
	result := pipeline.Run(t.Context(), j)
	checkEnd(t, result, status, message)
	return result
}

func checkEnd(t *testing.T, result pipeline.Result, status pipeline.Status, message string) {
	t.Helper()
	if result.Status != status {
		t.Fatalf("status is %s, want %s; failures: %+v", result.Status, status, result.Failures)
	}
	if message == "" && len(result.Failures) > 0 {
		t.Fatalf("failures of an attempt that should have none: %+v", result.Failures)
	}
	if message != "" && (len(result.Failures) == 0 || !strings.Contains(result.Failures[0].Message, message)) {
		t.Fatalf("first failure should say %q; failures: %+v", message, result.Failures)
	}
}

func wantHeard(t *testing.T, s *store, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.heard); diff != "" {
		t.Errorf("what the destination heard (-want +got):\n%s", diff)
	}
}

func TestSuccess(t *testing.T) {
	t.Parallel()
	k, s := &kept{}, &store{}
	src := says(nil,
		status("users", protocol.StreamStarted),
		row("users", `{"id":1}`), row("orders", `{"id":7}`), state("users", `{"cursor":1}`),
		row("users", `{"id":2}`), state("users", `{"cursor":2}`), state("orders", `{"cursor":7}`),
		status("users", protocol.StreamComplete),
	)
	result := mustEnd(t, job(src, s, incremental("users", "orders"), k), pipeline.Succeeded, "")
	wantHeard(t, s, "STARTED users", `users{"id":1}`, `orders{"id":7}`, `state users {"cursor":1} after 1`,
		`users{"id":2}`, `state users {"cursor":2} after 1`, `state orders {"cursor":7} after 1`,
		"COMPLETE users", "COMPLETE orders", "end")
	if last := k.states[len(k.states)-2:]; !slices.Equal(last, []string{`state users {"cursor":2} after 0`, `state orders {"cursor":7} after 0`}) {
		t.Errorf("last committed states: %q", last)
	}
	total := pipeline.Stats{RecordsEmitted: 3, BytesEmitted: 24, RecordsCommitted: 3, BytesCommitted: 24, StatesEmitted: 3}
	if diff := cmp.Diff(total, result.Counts.Total); diff != "" {
		t.Errorf("total (-want +got):\n%s", diff)
	}
	for i, want := range []pipeline.StreamStats{
		{Stream: protocol.StreamDescriptor{Name: "users"}, Status: protocol.StreamComplete,
			Stats: pipeline.Stats{RecordsEmitted: 2, BytesEmitted: 16, RecordsCommitted: 2, BytesCommitted: 16, StatesEmitted: 2}},
		{Stream: protocol.StreamDescriptor{Name: "orders"}, Status: protocol.StreamComplete,
			Stats: pipeline.Stats{RecordsEmitted: 1, BytesEmitted: 8, RecordsCommitted: 1, BytesCommitted: 8, StatesEmitted: 1}},
	} {
		got := result.Counts.Streams[i]
		if got.StartedAt.IsZero() || got.FinishedAt.Before(got.StartedAt) {
			t.Errorf("times of %s: %v to %v", got.Stream, got.StartedAt, got.FinishedAt)
		}
		want.StartedAt, want.FinishedAt = got.StartedAt, got.FinishedAt
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stream (-want +got):\n%s", diff)
		}
	}
}

// A stream for which the source writes no states is acknowledged through a checkpoint that is not committed.
func TestReceipt(t *testing.T) {
	t.Parallel()
	k, s := &kept{}, &store{}
	c := catalog(protocol.FullRefresh, protocol.Overwrite, "users", "empty")
	result := mustEnd(t, job(says(nil, rows("users", 2)...), s, c, k), pipeline.Succeeded, "")
	wantHeard(t, s, `users{"id":0}`, `users{"id":1}`, "state users {} after 2", "COMPLETE users", "COMPLETE empty", "end")
	if len(k.states) != 0 || result.Counts.Total.RecordsCommitted != 2 {
		t.Errorf("states %q, counts %+v", k.states, result.Counts.Total)
	}
}

func TestClear(t *testing.T) {
	t.Parallel()
	k, s := &kept{}, &store{}
	c := catalog(protocol.FullRefresh, protocol.Overwrite, "users")
	c.Streams[0].GenerationID, c.Streams[0].MinimumGenerationID = 4, 4
	j := job(nil, s, c, k)
	j.Source = nil
	mustEnd(t, j, pipeline.Succeeded, "")
	wantHeard(t, s, "COMPLETE users", "end")
	if got := s.catalog.Streams[0]; !got.Truncates() || got.DestinationSyncMode != protocol.Append {
		t.Errorf("stream shown to the destination: %+v", got)
	}
}

func TestSourceFails(t *testing.T) {
	t.Parallel()
	k, s := &kept{}, &store{}
	messages := append(rows("users", 3), state("users", `{"cursor":2}`), row("users", `{"id":3}`))
	err := connector.ConfigError("The API key has expired. Make a new one.")
	result := mustEnd(t, job(says(err, messages...), s, incremental("users"), k), pipeline.Failed, "The API key has expired. Make a new one.")
	wantHeard(t, s, `users{"id":0}`, `users{"id":1}`, `users{"id":2}`, `state users {"cursor":2} after 3`, `users{"id":3}`, "end")
	if f := result.Failures[0]; f.Origin != pipeline.FromSource || f.Type != "config_error" || f.Retryable() {
		t.Errorf("failure %+v", f)
	}
	if !slices.Equal(k.states, []string{`state users {"cursor":2} after 0`}) {
		t.Errorf("committed %q", k.states)
	}
	got := result.Counts.Streams[0]
	if got.RecordsEmitted != 4 || got.RecordsCommitted != 3 || got.Status != protocol.StreamIncomplete {
		t.Errorf("counts %+v", got)
	}
}

// A destination that overwrites when its input ends must not take a failure for an end.
func TestSourceFailsBeforeOverwrite(t *testing.T) {
	t.Parallel()
	k, s := &kept{}, &store{}
	j := job(says(errors.New("boom"), rows("users", 1)...), s, catalog(protocol.FullRefresh, protocol.Overwrite, "users"), k)
	j.SupportsRefreshes = false
	result := mustEnd(t, j, pipeline.Failed, "Scripted Source failed: boom")
	wantHeard(t, s, `users{"id":0}`, "error")
	if len(result.Failures) != 1 {
		t.Errorf("the destination's refusal of a broken input counts as a failure: %+v", result.Failures)
	}
}

// A stream whose files are included is read where somebody takes them, with one folder for both connectors, and else not at all.
func TestFiles(t *testing.T) {
	t.Parallel()
	c := incremental("letters")
	c.Streams[0].IncludeFiles = true
	var folders []string
	src := source{read: func(_ context.Context, req connector.ReadRequest, _ connector.Emit) error {
		folders = append(folders, req.Staging)
		return nil
	}}
	dst := destination{write: func(_ context.Context, req connector.WriteRequest, in connector.Messages, _ connector.Emit) error {
		for range in { // to the end of the source
		}
		folders = append(folders, req.Staging)
		return nil
	}}
	mustEnd(t, job(src, dst, c, &kept{}), pipeline.Succeeded, "")
	c.Streams[0].Stream.IsFileBased = true
	mustEnd(t, job(src, dst, c, &kept{}), pipeline.Failed, "the files of stream letters are included, but Scripted Destination takes no files")
	j := job(src, dst, c, &kept{})
	j.Staging = "/somewhere"
	mustEnd(t, j, pipeline.Succeeded, "")
	if diff := cmp.Diff([]string{"", "", "/somewhere", "/somewhere"}, folders); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}

func TestSourceMistakes(t *testing.T) {
	t.Parallel()
	global := protocol.StateMessage(&protocol.State{Type: protocol.StateTypeGlobal, Global: &protocol.GlobalState{}})
	miscounted := state("users", `{}`)
	miscounted.State.SourceStats = &protocol.Stats{RecordCount: 10}
	for name, c := range map[string]struct {
		messages []protocol.Message
		want     string
	}{
		"unknown stream": {[]protocol.Message{row("user", `{}`)}, "a record of stream user, which is not one of the selected streams"},
		"unknown namespace": {[]protocol.Message{protocol.RecordMessage(protocol.Record{Stream: "users", Namespace: "other", Data: []byte(`{}`)})},
			"a record of stream other.users"},
		"unknown state":       {[]protocol.Message{state("user", `{}`)}, "a state of stream user"},
		"unknown status":      {[]protocol.Message{status("user", protocol.StreamComplete)}, "a status of stream user"},
		"mixed states":        {[]protocol.Message{state("users", `{}`), global}, "states of more than one kind"},
		"wrong count":         {[]protocol.Message{row("users", `{}`), miscounted}, "says in a state that 10 records stand before it, but 1 arrived"},
		"not an object":       {[]protocol.Message{row("users", `[1]`)}, "stream users: it wrote a record that is not a JSON object"},
		"too large":           {[]protocol.Message{row("users", `{"text":"`+strings.Repeat("x", 100)+`"}`)}, "a record of 111 bytes; the limit is 100"},
		"after complete":      {[]protocol.Message{status("users", protocol.StreamComplete), row("users", `{}`)}, "a stream that it had completed"},
		"incomplete":          {[]protocol.Message{status("users", protocol.StreamIncomplete)}, "says that the stream is incomplete"},
		"state without words": {[]protocol.Message{protocol.StateMessage(&protocol.State{Type: protocol.StateTypeStream})}, "a stream state without a stream"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &store{}
			j := job(says(nil, c.messages...), s, incremental("users"), &kept{})
			j.Limits.RecordBytes = 100
			result := mustEnd(t, j, pipeline.Failed, c.want)
			if f := result.Failures[0]; f.Origin != pipeline.FromSource || f.Type != "system_error" || len(result.Failures) != 1 {
				t.Errorf("failures %+v", result.Failures)
			}
			if name != "after complete" && slices.Contains(s.heard, "COMPLETE users") {
				t.Errorf("a stream was completed after a mistake: %q", s.heard)
			}
		})
	}
}

// A source that ignores errors of emit is not believed when it ends well.
func TestSourceIgnoresErrors(t *testing.T) {
	t.Parallel()
	src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		_ = emit(row("nobody", `{}`))
		_ = emit(row("users", `{}`))
		return nil
	}}
	s := &store{}
	mustEnd(t, job(src, s, incremental("users"), &kept{}), pipeline.Failed, "stream nobody")
	wantHeard(t, s, "end")
}

func TestTracedError(t *testing.T) {
	t.Parallel()
	told := protocol.Message{Type: protocol.TypeTrace, Trace: &protocol.Trace{Type: protocol.TraceTypeError, Error: &protocol.TraceError{
		Message: "Too many requests.", InternalMessage: "429", StackTrace: "at line 1", FailureType: protocol.FailureTransient,
		StreamDescriptor: &protocol.StreamDescriptor{Name: "users"},
	}}}
	k := &kept{}
	for name, ending := range map[string]error{"ends well": nil, "repeats it": connector.FromTrace(told.Trace.Error)} {
		result := mustEnd(t, job(says(ending, told), &store{}, incremental("users"), k), pipeline.Failed, "Too many requests.")
		f := result.Failures[0]
		if len(result.Failures) != 1 || !f.Traced || f.Type != "transient_error" || f.Internal != "429" || f.Stack != "at line 1" || f.Stream.Name != "users" {
			t.Errorf("%s: failures %+v", name, result.Failures)
		}
	}
}

func TestDestinationMistakes(t *testing.T) {
	t.Parallel()
	type edit = func(context.Context, *protocol.Message, connector.Emit) (bool, error)
	onState := func(do func(*protocol.State, connector.Emit) error) edit {
		return func(_ context.Context, m *protocol.Message, emit connector.Emit) (bool, error) {
			if m.Type != protocol.TypeState {
				return false, nil
			}
			return true, do(m.State, emit)
		}
	}
	for name, c := range map[string]struct {
		edit edit
		want string
	}{
		"no echo": {onState(func(*protocol.State, connector.Emit) error { return nil }),
			"without acknowledging 1 states, the first of stream users"},
		"lost a record": {onState(func(s *protocol.State, emit connector.Emit) error {
			out := *s
			out.DestinationStats = &protocol.Stats{RecordCount: 2}
			return emit(protocol.StateMessage(&out))
		}), "was given 3 records of stream users, but says that it stored 2"},
		"foreign echo": {onState(func(_ *protocol.State, emit connector.Emit) error { return emit(state("users", `{"cursor":99}`)) }),
			"acknowledged a state of stream users that it was not given"},
		"unknown echo": {onState(func(_ *protocol.State, emit connector.Emit) error { return emit(state("user", `{}`)) }),
			"an acknowledgement of stream user"},
		"second echo": {onState(func(s *protocol.State, emit connector.Emit) error {
			return errors.Join(emit(protocol.StateMessage(s)), emit(protocol.StateMessage(s)))
		}), "acknowledged a state of stream users that it was not given"},
		"fails": {onState(func(*protocol.State, connector.Emit) error { return errors.New("disk full") }),
			"Scripted Destination failed: disk full"},
		"crashes": {onState(func(*protocol.State, connector.Emit) error { panic("nil map") }), "Scripted Destination crashed: nil map"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := &kept{}
			src := says(nil, append(rows("users", 3), state("users", `{"cursor":2}`))...)
			result := mustEnd(t, job(src, &store{edit: c.edit}, incremental("users"), k), pipeline.Failed, c.want)
			if f := result.Failures[0]; f.Origin != pipeline.FromDestination || f.Type != "system_error" {
				t.Errorf("failure %+v", f)
			}
			if name != "second echo" && len(k.states) > 0 {
				t.Errorf("committed %q", k.states)
			}
			if got := result.Counts.Streams[0].Status; got != protocol.StreamIncomplete && name != "second echo" {
				t.Errorf("status of the stream: %s", got)
			}
		})
	}
}

func TestDestinationEndsEarly(t *testing.T) {
	t.Parallel()
	lazy := destination{write: func(_ context.Context, _ connector.WriteRequest, in connector.Messages, _ connector.Emit) error {
		for range in {
			return nil
		}
		return nil
	}}
	mustEnd(t, job(says(nil, rows("users", 100_000)...), lazy, incremental("users"), &kept{}),
		pipeline.Failed, "before it had taken all that the source wrote")
}

// An input that is ranged over twice goes on where it was left.
func TestInputResumes(t *testing.T) {
	t.Parallel()
	var got []string
	twice := destination{write: func(_ context.Context, _ connector.WriteRequest, in connector.Messages, _ connector.Emit) error {
		for m := range in {
			got = append(got, short(m))
			break
		}
		for m := range in {
			got = append(got, short(m))
		}
		return nil
	}}
	mustEnd(t, job(says(nil, rows("users", 3)...), twice, incremental("users"), &kept{}), pipeline.Succeeded, "")
	if want := []string{`users{"id":0}`, `users{"id":1}`, `users{"id":2}`, "COMPLETE users"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSourcePanics(t *testing.T) {
	t.Parallel()
	src := source{read: func(context.Context, connector.ReadRequest, connector.Emit) error {
		var none []int
		return fmt.Errorf("never seen: %d", none[len(none)])
	}}
	result := mustEnd(t, job(src, &store{}, incremental("users"), &kept{}), pipeline.Failed, "Scripted Source crashed: runtime error: index out of range")
	if f := result.Failures[0]; f.Type != "system_error" || !strings.Contains(f.Stack, "run_test.go") {
		t.Errorf("failure %+v", f)
	}
}

// An echo that is spelled differently, or that stands for several states at once, is understood; what is committed is what
// the source wrote.
func TestEchoes(t *testing.T) {
	t.Parallel()
	const blob = `{"at": 1.50, "id":9007199254740993, "key":"\u00e9"}`
	s := &store{}
	s.edit = func(_ context.Context, m *protocol.Message, emit connector.Emit) (bool, error) {
		if m.Type != protocol.TypeState || string(m.State.Stream.StreamState) != blob {
			return m.Type == protocol.TypeState, nil
		}
		echo := state("users", `{"id":9007199254740993,"key":"é","at":1.5}`)
		echo.State.DestinationStats = &protocol.Stats{RecordCount: 5}
		return true, emit(echo)
	}
	k := &kept{}
	messages := slices.Concat(rows("users", 3), []protocol.Message{state("users", `{"id":1}`)}, rows("users", 2), []protocol.Message{state("users", blob)})
	mustEnd(t, job(says(nil, messages...), s, incremental("users"), k), pipeline.Succeeded, "")
	if !slices.Equal(k.states, []string{"state users " + blob + " after 0"}) {
		t.Errorf("committed %q", k.states)
	}
}

func TestRejectedRecords(t *testing.T) {
	t.Parallel()
	s := &store{}
	s.edit = func(_ context.Context, m *protocol.Message, emit connector.Emit) (bool, error) {
		if m.Type != protocol.TypeState {
			return false, nil
		}
		echo := *m.State
		echo.DestinationStats = &protocol.Stats{RecordCount: 2, RejectedRecordCount: 1}
		return true, emit(protocol.StateMessage(&echo))
	}
	result := mustEnd(t, job(says(nil, append(rows("users", 3), state("users", `{}`))...), s, incremental("users"), &kept{}), pipeline.Succeeded, "")
	if got := result.Counts.Total; got.RecordsEmitted != 3 || got.RecordsCommitted != 2 || got.RecordsRejected != 1 {
		t.Errorf("counts %+v", got)
	}
}

func TestGlobalAndLegacyStates(t *testing.T) {
	t.Parallel()
	global := func(n string) protocol.Message {
		return protocol.StateMessage(&protocol.State{Type: protocol.StateTypeGlobal, Global: &protocol.GlobalState{
			SharedState:  json.RawMessage(n),
			StreamStates: []protocol.StreamState{{StreamDescriptor: protocol.StreamDescriptor{Name: "users", Namespace: "public"}}},
		}})
	}
	legacy := protocol.StateMessage(&protocol.State{Data: json.RawMessage(`{"users":3}`)})
	for name, c := range map[string]struct {
		messages []protocol.Message
		last     string
	}{
		"global": {slices.Concat(rows("users", 2), rows("orders", 1), []protocol.Message{global("1")}, rows("users", 1), []protocol.Message{global("2")}), "global 2 after 0"},
		"legacy": {slices.Concat(rows("users", 3), rows("orders", 1), []protocol.Message{legacy}), `legacy {"users":3}`},
	} {
		k, s := &kept{}, &store{}
		j := job(says(nil, c.messages...), s, catalog(protocol.FullRefresh, protocol.Append, "users", "orders"), k)
		j.Naming = pipeline.Naming{Prefix: "raw_"}
		result := mustEnd(t, j, pipeline.Succeeded, "")
		if got := k.states[len(k.states)-1]; got != c.last {
			t.Errorf("%s: last committed state %q, want %q", name, got, c.last)
		}
		if got := result.Counts.Total.RecordsCommitted; got != 4 {
			t.Errorf("%s: %d committed", name, got)
		}
		for _, heard := range s.heard {
			if strings.HasPrefix(heard, "state ") {
				t.Errorf("%s: a stream state was mixed in: %q", name, s.heard)
			}
		}
	}
}

func TestRefusedJobs(t *testing.T) {
	t.Parallel()
	j := job(says(nil), &store{}, incremental("users"), &kept{})
	j.Catalog.Streams = append(j.Catalog.Streams, j.Catalog.Streams[0])
	j.Catalog.Streams[1].Stream.Namespace = "public"
	j.Naming.Namespace = pipeline.NamespaceDestination
	result := mustEnd(t, j, pipeline.Failed, "streams users and public.users would both be written to users")
	if result.Failures[0].Retryable() {
		t.Error("trying again does not help")
	}
	mustEnd(t, job(says(nil), &store{}, protocol.ConfiguredCatalog{}, &kept{}), pipeline.Failed, "no stream is selected")
}
