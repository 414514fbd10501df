package csv

import (
	"context"
	"encoding/csv"
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
	"github.com/airfielddev/airfield/internal/builtin/lines"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

func configOf(tb testing.TB, path, delimiter string) json.RawMessage {
	tb.Helper()
	text, err := json.Marshal(map[string]any{"destination_path": path, "delimiter_type": map[string]string{"delimiter": delimiter}})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, delimiter := range map[string]string{"comma": `\u002c`, "tab": `\u0009`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Destination(t, conformance.DestinationCase{
				Destination: New(""),
				Config: func(t *testing.T) json.RawMessage {
					t.Helper()
					return configOf(t, t.TempDir(), delimiter)
				},
				BadConfigs: map[string]json.RawMessage{
					"no path":       json.RawMessage(`{}`),
					"not an object": json.RawMessage(`[]`),
					"below a file":  json.RawMessage(`{"destination_path":"/dev/null/x"}`),
					"delimiter":     configOf(t, t.TempDir(), "--"),
				},
				Rows: func(_ context.Context, config json.RawMessage, d protocol.StreamDescriptor) ([]conformance.Row, error) {
					return readRows(config, d)
				},
			})
		})
	}
}

func readRows(config json.RawMessage, d protocol.StreamDescriptor) ([]conformance.Row, error) {
	w, err := writer("", config)
	if err != nil {
		return nil, err
	}
	table, err := read(w.Path(d), rune(w.Format.(format).delimiter))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if diff := cmp.Diff(lines.Columns, table[0]); diff != "" {
		return nil, fmt.Errorf("header (-want +got):\n%s", diff)
	}
	var rows []conformance.Row
	for _, cells := range table[1:] {
		row := conformance.Row{}
		for o := rawjson.Fields([]byte(cells[6])); o.Next(); {
			if text, ok := rawjson.String(o.Value()); ok {
				row[string(o.Key())] = text
			} else if !rawjson.IsNull(o.Value()) {
				row[string(o.Key())] = string(o.Value())
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// read parses a file as any reader of CSV would.
func read(path string, delimiter rune) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = delimiter
	return r.ReadAll()
}

func write(tb testing.TB, config json.RawMessage, n int, data string) error {
	tb.Helper()
	in := func(yield func(*protocol.Message, error) bool) {
		for range n {
			m := protocol.RecordMessage(protocol.Record{Stream: "things", EmittedAt: 1714564800123, Data: []byte(data)})
			if !yield(&m, nil) {
				return
			}
		}
	}
	s := protocol.ConfiguredStream{Stream: protocol.Stream{Name: "things"}, DestinationSyncMode: protocol.Append, GenerationID: 4, SyncID: 9}
	req := connector.WriteRequest{Config: config, Catalog: protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{s}}}
	return New("").Write(tb.Context(), req, in, connector.Discard)
}

// TestDelimiters reads back a cell that holds every delimiter, quotes, and what looks like the end of a row.
func TestDelimiters(t *testing.T) {
	t.Parallel()
	const data = `{"a":"x,y;z|w \t \"quoted\" \"\"\r\n","b":{"c":[1, 2]},"é":"🚀","":""}`
	for spelled, delimiter := range delimiters {
		dir := t.TempDir()
		for range 2 {
			if err := write(t, configOf(t, dir, spelled), 1, data); err != nil {
				t.Fatal(err)
			}
		}
		table, err := read(filepath.Join(dir, "_airbyte_raw_things.csv"), rune(delimiter))
		if err != nil || len(table) != 3 {
			t.Fatalf("delimiter %q: %d rows, %v", spelled, len(table), err)
		}
		for _, cells := range table[1:] {
			want := []string{cells[0], cells[0], "1714564800123", "1714564800123", `{"sync_id":9,"changes":[]}`, "4", data}
			if diff := cmp.Diff(want, cells); diff != "" || len(cells[0]) != 36 {
				t.Errorf("delimiter %q (-want +got):\n%s", spelled, diff)
			}
		}
	}
}

// TestOtherDelimiterIsRefused keeps one file from having rows of two kinds.
func TestOtherDelimiterIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := write(t, configOf(t, dir, ","), 1, `{}`); err != nil {
		t.Fatal(err)
	}
	err := write(t, configOf(t, dir, ";"), 1, `{}`)
	if connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), "things") {
		t.Errorf("got %v, want a config_error that names the stream", err)
	}
}

// TestTornHeader is a crash while the first line was written.
func TestTornHeader(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "_airbyte_raw_things.csv")
	if err := os.WriteFile(path, []byte("_airbyte_raw_id,_airb"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := write(t, configOf(t, dir, ","), 1, `{"id":1}`); err != nil {
		t.Fatal(err)
	}
	table, err := read(path, ',')
	if err != nil || len(table) != 2 || table[1][6] != `{"id":1}` {
		t.Errorf("rows %v, error %v", table, err)
	}
}

func BenchmarkWrite(b *testing.B) {
	const data = `{"id":1,"created_at":"2011-07-27T06:41:10+00:00","updated_at":"2024-03-02T17:20:30+00:00","name":"Marlon Christensen","title":"M.Sc.Tech.",` +
		`"age":58,"email":"member17+1@example.org","telephone":"+1-(936)-501-7331","gender":"Female","language":"Luxembourgish","academic_degree":"Bachelor",` +
		`"nationality":"Guatemalan","occupation":"Lift Attendant","height":"1.81","blood_type":"B+","weight":79,` +
		`"address":{"street_number":"571","street_name":"Prairie Meadow","city":"Valdosta","province":"Delaware","postal_code":"94112","country_code":"NU","state":"Utah"}}`
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	if err := write(b, configOf(b, b.TempDir(), ","), b.N, data); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// TestRefreshGivenUp breaks a refresh off and goes on without truncating: lines for which states were echoed are not lost.
func TestRefreshGivenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := protocol.ConfiguredStream{Stream: protocol.Stream{Name: "things"}, DestinationSyncMode: protocol.Append}
	for _, step := range []struct{ generation, minimum, id int64 }{{4, 0, 1}, {5, 5, 2}, {5, 0, 3}, {6, 6, 4}, {7, 0, 5}} {
		s.GenerationID, s.MinimumGenerationID = step.generation, step.minimum
		in := func(yield func(*protocol.Message, error) bool) {
			m := protocol.RecordMessage(protocol.Record{Stream: "things", Data: fmt.Appendf(nil, `{"id":%d}`, step.id)})
			yield(&m, nil)
		}
		req := connector.WriteRequest{Config: configOf(t, dir, ","), Catalog: protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{s}}}
		if err := New("").Write(t.Context(), req, in, connector.Discard); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := readRows(configOf(t, dir, ","), s.Descriptor())
	want := []conformance.Row{{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "5"}}
	if diff := cmp.Diff(want, rows); err != nil || diff != "" {
		t.Errorf("error %v, rows (-want +got):\n%s", err, diff)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 1 {
		t.Errorf("files %v, error %v", left, err)
	}
}
