package protocol_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/airfielddev/airfield/protocol"
	"github.com/google/go-cmp/cmp"
)

func TestMessageRoundTrip(t *testing.T) {
	t.Parallel()
	users := protocol.StreamDescriptor{Name: "users", Namespace: "public"}
	state := protocol.NewStreamState(users, json.RawMessage(`{"cursor":"2026-01-01"}`))
	state.SourceStats = &protocol.Stats{RecordCount: 10}
	f := func(m protocol.Message, want string) {
		t.Helper()
		line, err := m.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		if string(line) != want {
			t.Errorf("encoded\n got %s\nwant %s", line, want)
		}
		var back protocol.Message
		if err := back.Parse(line); err != nil {
			t.Fatalf("parsing %s: %v", line, err)
		}
		if diff := cmp.Diff(m, back); diff != "" {
			t.Errorf("round trip of %s (-want +got):\n%s", want, diff)
		}
	}
	f(protocol.RecordMessage(protocol.Record{Stream: "users", Namespace: "public", Data: []byte(`{"id":9007199254740993}`), EmittedAt: 1750000000123}),
		`{"type":"RECORD","record":{"stream":"users","namespace":"public","data":{"id":9007199254740993},"emitted_at":1750000000123}}`)
	f(protocol.RecordMessage(protocol.Record{Stream: "a\"ü", Data: []byte(`{}`), Meta: []byte(`{"changes":[]}`)}),
		`{"type":"RECORD","record":{"stream":"a\"ü","data":{},"emitted_at":0,"meta":{"changes":[]}}}`)
	f(protocol.RecordMessage(protocol.Record{Stream: "files", Data: []byte(`{}`), File: &protocol.FileReference{StagingFileURL: "/s/\"x", SourceFileRelativePath: "ä/x", FileSizeBytes: 1 << 40}}),
		`{"type":"RECORD","record":{"stream":"files","data":{},"emitted_at":0,`+
			`"file_reference":{"staging_file_url":"/s/\"x","source_file_relative_path":"ä/x","file_size_bytes":1099511627776}}}`)
	f(protocol.StateMessage(state),
		`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users","namespace":"public"},"stream_state":{"cursor":"2026-01-01"}},"sourceStats":{"recordCount":10.0}}}`)
	f(protocol.LogMessage(protocol.LevelInfo, "hello"), `{"type":"LOG","log":{"level":"INFO","message":"hello"}}`)
	f(protocol.StatusMessage(users, protocol.StreamComplete, time.UnixMilli(5)),
		`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":5,"stream_status":{"stream_descriptor":{"name":"users","namespace":"public"},"status":"COMPLETE"}}}`)
	f(protocol.Message{Type: protocol.TypeConnectionStatus, ConnectionStatus: &protocol.ConnectionStatus{Status: protocol.StatusFailed, Message: "no"}},
		`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"no"}}`)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	f := func(line string, want error) {
		t.Helper()
		var m protocol.Message
		if err := m.Parse([]byte(line)); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", line, err, want)
		}
	}
	f("Traceback (most recent call last):", protocol.ErrNotMessage)
	f("", protocol.ErrNotMessage)
	f(`["RECORD"]`, protocol.ErrNotMessage)
	f(`{"kind":"RECORD"}`, protocol.ErrNotMessage)
	f(`{"type":"RECORD","record":{"stream":"a","data":{"x":}}}`, protocol.ErrInvalidMessage)
	f(`{"type":"RECORD","record":{"stream":"a","data":[1]}}`, protocol.ErrInvalidMessage)
	f(`{"type":"RECORD","record":{"data":{}}}`, protocol.ErrInvalidMessage)
	f(`{"type":"RECORD"}`, protocol.ErrInvalidMessage)
	f(`{"type":"RECORD","record":{"stream":"a","data":{},"file_reference":[]}}`, protocol.ErrInvalidMessage)
	f(`{"type":"STATE"}`, protocol.ErrInvalidMessage)
	f(`{"type":"STATE","state":{"type":"STREAM"}}`, protocol.ErrInvalidMessage)
	f(`{"type":"STATE","state":{"type":"WHAT"}}`, protocol.ErrInvalidMessage)
	f(`{"type":"TRACE","trace":{"type":"ERROR"}}`, protocol.ErrInvalidMessage)
	f(`{"type":"CATALOG","catalog":{"streams":7}}`, protocol.ErrInvalidMessage)
}

func TestNoStateIsNotValid(t *testing.T) {
	t.Parallel()
	var none *protocol.State
	if err := none.Validate(); !errors.Is(err, protocol.ErrInvalidMessage) {
		t.Errorf("got %v", err)
	}
}

func TestUnknownTypeIsIgnorable(t *testing.T) {
	t.Parallel()
	var m protocol.Message
	if err := m.Parse([]byte(`{"type":"NEWS","news":{}}`)); err != nil || m.Type != "NEWS" {
		t.Errorf("got type %q and %v", m.Type, err)
	}
}

func TestParseMillis(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"5": 5, "1.75e12": 1750000000000, `"x"`: 0, "-3": -3, "1750000000123.0": 1750000000123} {
		var m protocol.Message
		line := `{"type":"RECORD","record":{"stream":"a","data":{},"emitted_at":` + text + `}}`
		if err := m.Parse([]byte(line)); err != nil || m.Record.EmittedAt != want {
			t.Errorf("%s: got %d, %v; want %d", text, m.Record.EmittedAt, err, want)
		}
	}
}

// FuzzParse asks that whatever is accepted as a message can be written and read again to the same message.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"type":"RECORD","record":{"stream":"a","data":{"x":1},"emitted_at":1}}`))
	f.Add([]byte(`{"type":"RECORD","record":{"stream":"a","data":{},"file_reference":{"staging_file_url":"/x","file_size_bytes":1}}}`))
	f.Add([]byte(`{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{},"stream_states":[]}}}`))
	f.Add([]byte(`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"x"}}}`))
	f.Add([]byte(`{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","connectorConfig":{"config":{}}}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var m protocol.Message
		if m.Parse(line) != nil {
			return
		}
		out, err := m.Append(nil)
		if err != nil {
			return // a type this version does not know
		}
		var back protocol.Message
		if err := back.Parse(out); err != nil {
			t.Fatalf("%q was accepted, but its copy %q was not: %v", line, out, err)
		}
		if again, _ := back.Append(nil); string(again) != string(out) {
			t.Errorf("copies differ:\n%s\n%s", out, again)
		}
	})
}

func BenchmarkParseRecord(b *testing.B) {
	line := []byte(`{"type":"RECORD","record":{"stream":"users","data":{"id":1,"name":"Ada Lovelace","email":"ada@example.com","tags":["a","b"],"address":{"city":"London","zip":"N1"},"created_at":"2026-01-01T00:00:00Z"},"emitted_at":1750000000123}}`)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		var m protocol.Message
		if err := m.Parse(line); err != nil {
			b.Fatal(err)
		}
	}
}
