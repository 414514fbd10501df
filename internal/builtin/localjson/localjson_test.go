package localjson

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/internal/builtin/faker"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

func configOf(tb testing.TB, path string) json.RawMessage {
	tb.Helper()
	text, err := json.Marshal(map[string]string{"destination_path": path})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Destination(t, conformance.DestinationCase{
		Destination: New(""),
		Config: func(t *testing.T) json.RawMessage {
			t.Helper()
			return configOf(t, filepath.Join(t.TempDir(), "new [dir]"))
		},
		BadConfigs: map[string]json.RawMessage{
			"no path":       json.RawMessage(`{}`),
			"not an object": json.RawMessage(`[]`),
			"below a file":  json.RawMessage(`{"destination_path":"/dev/null/x"}`),
		},
		Rows: readRows,
	})
}

func readRows(_ context.Context, config json.RawMessage, d protocol.StreamDescriptor) ([]conformance.Row, error) {
	w, err := writer("", config)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(w.Path(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var rows []conformance.Row
	for line := range strings.Lines(string(text)) {
		var object struct {
			Data map[string]json.RawMessage `json:"_airbyte_data"`
		}
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			return nil, fmt.Errorf("%w: %s", err, line)
		}
		row := conformance.Row{}
		for name, value := range object.Data {
			if text, ok := rawjson.String(value); ok {
				row[name] = text
			} else if !rawjson.IsNull(value) {
				row[name] = string(value)
			}
		}
		rows = append(rows, row)
	}
	return rows, err
}

func stream(mode protocol.DestinationSyncMode) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream:              protocol.Stream{Name: "things", Namespace: "ns", JSONSchema: json.RawMessage(`{}`)},
		DestinationSyncMode: mode, GenerationID: 4, SyncID: 9,
	}
}

func write(tb testing.TB, dir string, s protocol.ConfiguredStream, records ...protocol.Record) error {
	tb.Helper()
	in := func(yield func(*protocol.Message, error) bool) {
		for _, r := range records {
			m := protocol.RecordMessage(r)
			if !yield(&m, nil) {
				return
			}
		}
	}
	req := connector.WriteRequest{Config: configOf(tb, dir), Catalog: protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{s}}}
	return New("").Write(tb.Context(), req, in, connector.Discard)
}

func TestLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := write(t, dir, stream(protocol.Append), protocol.Record{
		Stream: "things", Namespace: "ns", EmittedAt: 1714564800123,
		Data: []byte("{\"z\":1.0,\n \"a\":\"\xff\\n\",\"big\":9007199254740993}"),
		Meta: []byte(`{"changes":[{"field":"a","change":"TRUNCATED","reason":"SOURCE_FIELD_SIZE_LIMITATION"}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "_airbyte_raw_ns_things.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := rawjson.String(rawjson.Get(text, "_airbyte_raw_id"))
	if len(id) != 36 {
		t.Fatalf("id %q is not a UUID", id)
	}
	want := `{"_airbyte_raw_id":"` + id + `","_airbyte_ab_id":"` + id + `","_airbyte_extracted_at":1714564800123,"_airbyte_emitted_at":1714564800123,` +
		`"_airbyte_meta":{"sync_id":9,"changes":[{"field":"a","change":"TRUNCATED","reason":"SOURCE_FIELD_SIZE_LIMITATION"}]},` +
		`"_airbyte_generation_id":4,"_airbyte_data":{"z":1.0,  "a":"` + "\uFFFD" + `\n","big":9007199254740993}}` + "\n"
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

// TestTornLine gives the destination a file that a crash left with half a line.
func TestTornLine(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{
		"after lines": "{\"_airbyte_data\":{\"id\":1}}\n{\"_airbyte_da",
		"long":        "{\"_airbyte_data\":{\"id\":1}}\n" + strings.Repeat("x", 200_000),
		"only":        strings.Repeat("x", 100_000),
		"none":        "",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "_airbyte_raw_ns_things.jsonl")
		if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := write(t, dir, stream(protocol.Append), protocol.Record{Stream: "things", Namespace: "ns", Data: []byte(`{"id":2}`)}); err != nil {
			t.Fatal(err)
		}
		rows, err := readRows(t.Context(), configOf(t, dir), protocol.StreamDescriptor{Name: "things", Namespace: "ns"})
		want := []conformance.Row{{"id": "2"}}
		if strings.Contains(before, "\n") {
			want = append([]conformance.Row{{"id": "1"}}, want...)
		}
		if diff := cmp.Diff(want, rows); err != nil || diff != "" {
			t.Errorf("%s: error %v, rows (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestRootHolds(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	status, err := New(root).Check(t.Context(), configOf(t, "../outside"), connector.Discard)
	if err != nil || status.Status != protocol.StatusFailed {
		t.Errorf("a path out of the root: %+v, %v", status, err)
	}
	status, err = New(root).Check(t.Context(), configOf(t, "/local/inside"), connector.Discard)
	if err != nil || status.Status != protocol.StatusSucceeded {
		t.Errorf("a path in the root: %+v, %v", status, err)
	}
	if _, err := os.Stat(filepath.Join(root, "inside")); err != nil {
		t.Error(err)
	}
}

func TestDedupIsRefused(t *testing.T) {
	t.Parallel()
	err := write(t, t.TempDir(), stream(protocol.AppendDedup))
	if connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), "things") {
		t.Errorf("got %v, want a config_error that names the stream", err)
	}
}

// BenchmarkFaker is a whole sync: sample users made and written.
func BenchmarkFaker(b *testing.B) {
	source := faker.New()
	config := json.RawMessage(fmt.Sprintf(`{"count":%d,"parallelism":1}`, b.N))
	catalog, err := source.Discover(b.Context(), config, connector.Discard)
	if err != nil {
		b.Fatal(err)
	}
	users, _ := catalog.Stream(protocol.StreamDescriptor{Name: "users"})
	configured := protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{{Stream: *users, SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append}}}
	in := func(yield func(*protocol.Message, error) bool) {
		stopped := errors.New("stopped")
		err := source.Read(b.Context(), connector.ReadRequest{Config: config, Catalog: configured}, func(m protocol.Message) error {
			if !yield(&m, nil) {
				return stopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, stopped) {
			yield(nil, err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := New("").Write(b.Context(), connector.WriteRequest{Config: configOf(b, b.TempDir()), Catalog: configured}, in, connector.Discard); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
