package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/airfielddev/airfield/protocol"
)

// transcript is what a source said in one read.
type transcript struct {
	messages []protocol.Message
	records  []int // the places of records in messages
	states   []int
	err      error
}

func (s sourceSuite) transcribe(ctx context.Context, selected protocol.ConfiguredCatalog, state []*protocol.State) *transcript {
	var mu sync.Mutex
	out := new(transcript)
	out.err = s.read(ctx, selected, state, func(m protocol.Message) error {
		mu.Lock()
		defer mu.Unlock()
		switch m.Type {
		case protocol.TypeRecord:
			m.Record.Data = bytes.Clone(m.Record.Data)
			out.records = append(out.records, len(out.messages))
		case protocol.TypeState:
			out.states = append(out.states, len(out.messages))
		}
		out.messages = append(out.messages, m)
		return nil
	})
	return out
}

// testRead reads everything and checks each message against those before it.
func (s sourceSuite) testRead(t *testing.T, mode protocol.SyncMode) {
	t.Helper()
	selected := s.selection(t, mode)
	said := s.transcribe(t.Context(), selected, nil)
	if said.err != nil {
		t.Fatalf("Read: %v", said.err)
	}
	if len(said.records) == 0 {
		t.Fatal("the streams of the case have no records")
	}
	course := map[protocol.StreamDescriptor]*progress{}
	for i := range selected.Streams {
		stream := &selected.Streams[i].Stream
		course[stream.Descriptor()] = &progress{schema: compile(t, "json_schema", stream.JSONSchema)}
	}
	for _, m := range said.messages {
		follow(t, course, m)
	}
	for d, p := range course {
		if p.status != protocol.StreamComplete {
			t.Errorf("stream %s ended with status %q, want COMPLETE", d, p.status)
		}
		if mode == protocol.Incremental && (!p.stated || p.since > 0) {
			t.Errorf("stream %s was read incrementally, but %d records follow its last state", d, p.since)
		}
	}
}

// progress is how far a stream has come in a transcript.
type progress struct {
	schema *jsonschema.Schema
	status protocol.StreamRunStatus
	since  int64 // records since the last state
	stated bool
}

func follow(t *testing.T, course map[protocol.StreamDescriptor]*progress, m protocol.Message) {
	t.Helper()
	switch {
	case m.Type == protocol.TypeRecord:
		p := course[m.Record.Descriptor()]
		if p == nil || p.status != protocol.StreamStarted && p.status != protocol.StreamRunning {
			t.Fatalf("record of stream %s, which is not selected or not running: %s", m.Record.Descriptor(), m.Record.Data)
		}
		p.since++
		p.record(t, &m.Record)
	case m.Type == protocol.TypeState:
		checkState(t, course, m.State)
	case m.Type == protocol.TypeTrace && m.Trace.StreamStatus != nil:
		status := m.Trace.StreamStatus
		p := course[status.StreamDescriptor]
		if p == nil || p.status == protocol.StreamComplete {
			t.Fatalf("status %s of stream %s, which is not selected or has ended", status.Status, status.StreamDescriptor)
		}
		p.status = status.Status
	}
}

func (p *progress) record(t *testing.T, r *protocol.Record) {
	t.Helper()
	if !bytes.HasPrefix(r.Data, []byte("{")) || !json.Valid(r.Data) || bytes.ContainsAny(r.Data, "\r\n") {
		t.Fatalf("record of stream %s is not a JSON object on one line: %q", r.Stream, r.Data)
	}
	if r.EmittedAt <= 0 {
		t.Fatalf("record of stream %s has no emitted_at", r.Stream)
	}
	if err := p.schema.Validate(withoutNulls(decode(t, r.Data))); err != nil {
		t.Fatalf("record of stream %s does not fit its schema: %v\n%s", r.Stream, err, r.Data)
	}
}

// withoutNulls drops the fields that are null, which any field may be whatever its schema says:
// https://docs.airbyte.com/platform/understanding-airbyte/supported-data-types#nulls.
func withoutNulls(record any) any {
	fields, ok := record.(map[string]any)
	if !ok {
		return record
	}
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	return fields
}

func checkState(t *testing.T, course map[protocol.StreamDescriptor]*progress, state *protocol.State) {
	t.Helper()
	if state.Kind() != protocol.StateTypeStream {
		return
	}
	p := course[state.Stream.StreamDescriptor]
	if p == nil {
		t.Fatalf("state of stream %s, which is not selected", state.Stream.StreamDescriptor)
	}
	if state.SourceStats == nil || int64(state.SourceStats.RecordCount) != p.since {
		t.Errorf("state of stream %s after %d records has sourceStats %+v", state.Stream.StreamDescriptor, p.since, state.SourceStats)
	}
	p.since, p.stated = 0, true
}

// testResume goes on from states of a first read, as after a crash: nothing may be missing, whichever state it was.
func (s sourceSuite) testResume(t *testing.T, mode protocol.SyncMode) {
	t.Helper()
	selected := s.selection(t, mode)
	first := s.transcribe(t.Context(), selected, nil)
	if first.err != nil {
		t.Fatalf("Read: %v", first.err)
	}
	const most = 12 // states tried, spread over all
	step := max(1, len(first.states)/most)
	for i := 0; i < len(first.states); i += step {
		s.resumeAt(t, selected, first, first.states[i])
	}
}

func (s sourceSuite) resumeAt(t *testing.T, selected protocol.ConfiguredCatalog, first *transcript, at int) {
	t.Helper()
	rest := s.transcribe(t.Context(), selected, lastStates(first.messages[:at+1]))
	if rest.err != nil {
		t.Fatalf("Read from state %d: %v", at, rest.err)
	}
	have := map[string]bool{}
	s.each(t, first.messages[:at+1], func(key string) { have[key] = true })
	s.each(t, rest.messages, func(key string) { have[key] = true })
	missing := 0
	s.each(t, first.messages, func(key string) {
		if !have[key] {
			if missing++; missing == 1 {
				t.Errorf("going on from state %s lost record %s", first.messages[at].State.Stream.StreamState, key)
			}
		}
	})
	if missing > 1 {
		t.Errorf("... and %d more", missing-1)
	}
}

// lastStates is what a platform has committed after these messages.
func lastStates(messages []protocol.Message) []*protocol.State {
	last := map[protocol.StreamDescriptor]*protocol.State{}
	for _, m := range messages {
		if m.Type == protocol.TypeState && m.State.Kind() == protocol.StateTypeStream {
			last[m.State.Stream.StreamDescriptor] = m.State
		}
	}
	var out []*protocol.State
	for d, state := range last {
		out = append(out, protocol.NewStreamState(d, state.Stream.StreamState))
	}
	return out
}

// each calls use with the stream and the data of each record, without the fields that differ from read to read.
func (s sourceSuite) each(t *testing.T, messages []protocol.Message, use func(key string)) {
	t.Helper()
	for _, m := range messages {
		if m.Type != protocol.TypeRecord {
			continue
		}
		data := string(m.Record.Data)
		if len(s.Unstable) > 0 {
			data = s.stable(t, m.Record.Data)
		}
		use(m.Record.Descriptor().String() + " " + data)
	}
}

func (s sourceSuite) stable(t *testing.T, data []byte) string {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatalf("record %s: %v", data, err)
	}
	for _, name := range s.Unstable {
		delete(fields, name)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
