package pipeline_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/faker"
	"github.com/airfielddev/airfield/internal/builtin/sqlite"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

// Real connectors: the faker's users to a database file. An attempt that breaks off in the middle is resumed by the next one,
// and the table holds every row once.
func TestFakerToSQLite(t *testing.T) {
	t.Parallel()
	const rows = 5_000
	config := json.RawMessage(`{"count":5000,"seed":1,"records_per_slice":100}`)
	path := filepath.Join(t.TempDir(), "out.db")
	place, err := json.Marshal(map[string]string{"destination_path": path})
	if err != nil {
		t.Fatal(err)
	}
	discovered, err := faker.New().Discover(t.Context(), config, connector.Discard)
	if err != nil {
		t.Fatal(err)
	}
	users, ok := discovered.Stream(protocol.StreamDescriptor{Name: "users"})
	if !ok {
		t.Fatal("the faker has no users")
	}
	var states []*protocol.State
	k := &kept{}
	j := job(faker.New(), sqlite.New(""), protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{{
		Stream: *users, SyncMode: protocol.Incremental, DestinationSyncMode: protocol.AppendDedup, SyncID: 1,
		PrimaryKey: [][]string{{"id"}}, CursorField: []string{"updated_at"},
	}}}, k)
	j.SourceConfig, j.DestinationConfig = config, place
	keep := j.Hooks.Commit
	j.Hooks.Commit = func(ctx context.Context, c pipeline.Commit) error {
		states = c.States
		return keep(ctx, c)
	}
	whole := j.Source
	j.Source = source{read: func(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
		count := 0
		return whole.Read(ctx, req, func(m protocol.Message) error {
			if count++; count == rows/2 {
				return errors.New("the network is down")
			}
			return emit(m)
		})
	}}
	mustEnd(t, j, pipeline.Failed, "the network is down")
	if len(states) != 1 {
		t.Fatalf("committed states: %v", states)
	}
	j.Source, j.State = whole, states
	result := mustEnd(t, j, pipeline.Succeeded, "")
	if got := result.Counts.Total; got.RecordsCommitted != got.RecordsEmitted || got.RecordsEmitted >= rows {
		t.Errorf("the second attempt did not resume: %+v", got)
	}
	wantRows(t, path, rows)
}

func wantRows(t *testing.T, path string, want int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all, distinct int
	if err := db.QueryRowContext(t.Context(), "select count(*), count(distinct id) from users").Scan(&all, &distinct); err != nil {
		t.Fatal(err)
	}
	if all != want || distinct != want {
		t.Errorf("%d rows, %d of them different; want %d", all, distinct, want)
	}
}

// A replacement that breaks off leaves the old rows in place, although the destination's input ends in order; the next attempt
// of the same generation goes on with what waits aside.
func TestReplacementBreaksOff(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.db")
	place, err := json.Marshal(map[string]string{"destination_path": path})
	if err != nil {
		t.Fatal(err)
	}
	sync := func(generation int64, ending error, ids ...string) pipeline.Status {
		c := catalog(protocol.FullRefresh, protocol.Overwrite, "users")
		users := &c.Streams[0]
		users.GenerationID, users.MinimumGenerationID = generation, generation
		users.Stream.IsResumable = true
		users.Stream.JSONSchema = json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer"}}}`)
		var messages []protocol.Message
		for _, id := range ids {
			messages = append(messages, row("users", `{"id":`+id+`}`), state("users", id))
		}
		j := job(says(ending, messages...), sqlite.New(""), c, &kept{})
		j.DestinationConfig = place
		return pipeline.Run(t.Context(), j).Status
	}
	if got := sync(1, nil, "1", "2", "3"); got != pipeline.Succeeded {
		t.Fatalf("first generation: %s", got)
	}
	if got := sync(2, errors.New("the network is down"), "11", "12"); got != pipeline.Failed {
		t.Fatalf("broken second generation: %s", got)
	}
	wantRows(t, path, 3)
	if got := sync(2, nil, "13", "14", "15"); got != pipeline.Succeeded {
		t.Fatalf("second generation: %s", got)
	}
	wantRows(t, path, 5)
}
