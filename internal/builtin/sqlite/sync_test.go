package sqlite

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

func streamOf(name, properties string) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream:   protocol.Stream{Name: name, JSONSchema: json.RawMessage(`{"type":"object","properties":` + properties + `}`)},
		SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append, SyncID: 7, GenerationID: 3,
	}
}

func truncating(s protocol.ConfiguredStream, generation int64) protocol.ConfiguredStream {
	s.GenerationID, s.MinimumGenerationID = generation, generation
	return s
}

func deduplicating(s protocol.ConfiguredStream, key [][]string, cursor ...string) protocol.ConfiguredStream {
	s.DestinationSyncMode, s.PrimaryKey, s.CursorField = protocol.AppendDedup, key, cursor
	return s
}

func record(stream, data string) protocol.Message {
	return protocol.RecordMessage(protocol.Record{Stream: stream, Data: []byte(data), EmittedAt: 1714564800123})
}

func complete(s protocol.ConfiguredStream) protocol.Message {
	return protocol.Message{Type: protocol.TypeTrace, Trace: &protocol.Trace{
		Type:         protocol.TraceTypeStreamStatus,
		StreamStatus: &protocol.StreamStatus{StreamDescriptor: s.Descriptor(), Status: protocol.StreamComplete},
	}}
}

// TestValues compares, one by one, what SQLite holds and in which storage class. "NULLED" is a value that did not fit and was told.
func TestValues(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	kinds := map[table.Type]string{
		table.JSON:        `{"type":["null","object"]}`,
		table.String:      `{"type":["null","string"]}`,
		table.Boolean:     `{"type":"boolean"}`,
		table.Integer:     `{"type":"integer"}`,
		table.Number:      `{"type":"number"}`,
		table.Date:        `{"type":"string","format":"date"}`,
		table.TimestampTZ: `{"type":"string","format":"date-time"}`,
		table.Timestamp:   `{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}`,
		table.TimeTZ:      `{"type":"string","format":"time","airbyte_type":"time_with_timezone"}`,
		table.Time:        `{"type":"string","format":"time","airbyte_type":"time_without_timezone"}`,
	}
	tests := []struct {
		kind       table.Type
		sent, want string
	}{
		{table.String, `"007"`, "text 007"},
		{table.String, `""`, "text "},
		{table.String, `"a\tb\nc\rd\\e\"f'g 🚀 \ud83d\ude80"`, "text a\tb\nc\rd\\e\"f'g 🚀 🚀"},
		{table.String, `12.50`, "text 12.50"},
		{table.String, `null`, "null NULL"},
		{table.Boolean, `true`, "integer 1"},
		{table.Boolean, `"false"`, "integer 0"},
		{table.Boolean, `"perhaps"`, "NULLED"},
		{table.Integer, `9007199254740993`, "integer 9007199254740993"},
		{table.Integer, `-9223372036854775808`, "integer -9223372036854775808"},
		{table.Integer, `9223372036854775808`, "NULLED"},
		{table.Integer, `"x"`, "NULLED"},
		{table.Number, `0.1`, "real 0.1"},
		{table.Number, `9007199254740993`, "integer 9007199254740993"},
		{table.Number, `1e400`, "NULLED"},
		{table.Number, `"NaN"`, "NULLED"},
		{table.Date, `"2024-02-29"`, "text 2024-02-29"},
		{table.Date, `"2024-02-30"`, "NULLED"},
		{table.TimestampTZ, `"2024-03-01T01:00:00.5+02:00"`, "text 2024-02-29T23:00:00.500000Z"},
		{table.TimestampTZ, `"2024-03-01T01:00:00Z"`, "text 2024-03-01T01:00:00.000000Z"},
		{table.Timestamp, `"2024-03-01T01:00:00"`, "text 2024-03-01T01:00:00.000000"},
		{table.TimeTZ, `"12:30:00-05:30"`, "text 12:30:00.000000-05:30"},
		{table.Time, `"12:30"`, "text 12:30:00.000000"},
		{table.JSON, `{"b":[1,"\u0000"],"big":12345678901234567890}`, `text {"b":[1,"\u0000"],"big":12345678901234567890}`},
		{table.JSON, `"7"`, `text "7"`},
		{table.JSON, `7`, "text 7"},
	}
	var streams []protocol.ConfiguredStream
	for kind := table.JSON; kind <= table.Time; kind++ {
		streams = append(streams, streamOf(fmt.Sprint("t", kind), `{"n":{"type":"integer"},"v":`+kinds[kind]+`}`))
	}
	var messages []protocol.Message
	for i, test := range tests {
		messages = append(messages, record(fmt.Sprint("t", test.kind), fmt.Sprintf(`{"n":%d,"v":%s}`, i, test.sent)))
	}
	db.write(t, streams, messages...)
	for i, test := range tests {
		want := test.want + `|{"sync_id":7,"changes":[]}`
		if test.want == "NULLED" {
			want = `null NULL|{"sync_id":7,"changes":[{"field":"v","change":"NULLED","reason":"DESTINATION_TYPECAST_ERROR"}]}`
		}
		got := db.query(t, fmt.Sprintf("SELECT typeof(v) || ' ' || ifnull(v, 'NULL'), _airbyte_meta FROM t%d WHERE n = %d", test.kind, i))
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("type %d, %s (-want +got):\n%s", test.kind, test.sent, diff)
		}
	}
}

func TestNULInText(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.write(t, []protocol.ConfiguredStream{streamOf("t", `{"v":{"type":"string"}}`)}, record("t", `{"v":"a\u0000b"}`))
	db.want(t, "SELECT hex(CAST(v AS BLOB)) FROM t", "610062")
}

func TestNullKeysAndCursors(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := deduplicating(streamOf("t", `{"a":{"type":"integer"},"b":{"type":"string"},"at":{"type":"integer"},"v":{"type":"string"}}`), [][]string{{"a"}, {"b"}}, "at")
	db.write(t, []protocol.ConfiguredStream{s},
		record("t", `{"a":1,"b":"x","at":5,"v":"five"}`), record("t", `{"a":1,"b":"x","at":null,"v":"null cursor loses"}`),
		record("t", `{"a":1,"b":"y","v":"other key, null cursor"}`), record("t", `{"a":1,"b":"y","v":"later null cursor wins"}`),
		record("t", `{"a":null,"b":"x","at":1,"v":"null key"}`), record("t", `{"a":null,"b":"x","at":2,"v":"null key again"}`))
	db.write(t, []protocol.ConfiguredStream{s},
		record("t", `{"a":1,"b":"x","v":"null cursor in a later sync"}`), record("t", `{"a":1,"b":"y","at":0,"v":"any cursor beats none"}`),
		record("t", `{"a":null,"b":"x","at":3,"v":"null key in a later sync"}`))
	db.want(t, "SELECT a, b, at, v FROM t ORDER BY a NULLS LAST, b",
		"1|x|5|five", "1|y|0|any cursor beats none", "NULL|x|3|null key in a later sync")
}

func TestNestedKeyAndCursor(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := deduplicating(streamOf("t", `{"doc":{"type":"object"},"v":{"type":"string"}}`), [][]string{{"doc", "the id", "x"}}, "doc", "at")
	db.write(t, []protocol.ConfiguredStream{s},
		record("t", `{"doc":{"the id":{"x":1},"at":9},"v":"nine"}`), record("t", `{"doc":{"the id":{"x":1},"at":10},"v":"ten"}`),
		record("t", `{"doc":{"the id":{"x":2},"at":null},"v":"null"}`))
	db.write(t, []protocol.ConfiguredStream{s},
		record("t", `{"doc":{"the id":{"x":2},"at":1},"v":"one"}`), record("t", `{"doc":{"the id":{"x":1},"at":2},"v":"two"}`))
	db.want(t, "SELECT v FROM t ORDER BY 1", "one", "ten")
}

func TestModeChanges(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := streamOf("t", `{"id":{"type":"integer"},"other":{"type":"integer"},"at":{"type":"integer"}}`)
	db.write(t, []protocol.ConfiguredStream{s}, record("t", `{"id":1,"other":1,"at":1}`), record("t", `{"id":1,"other":2,"at":3}`),
		record("t", `{"id":1,"other":3,"at":2}`), record("t", `{"id":2,"other":2,"at":1}`))
	db.write(t, []protocol.ConfiguredStream{deduplicating(s, [][]string{{"id"}}, "at")})
	db.want(t, "SELECT id, other, at FROM t ORDER BY 1", "1|2|3", "2|2|1")
	db.write(t, []protocol.ConfiguredStream{deduplicating(s, [][]string{{"other"}}, "at")}, record("t", `{"id":1,"other":5,"at":1}`))
	db.want(t, "SELECT id, other, at FROM t ORDER BY 1, 2", "1|2|3", "1|5|1")
	db.write(t, []protocol.ConfiguredStream{s}, record("t", `{"id":1,"other":5,"at":1}`))
	db.want(t, "SELECT id, other FROM t ORDER BY 1, 2", "1|2", "1|5", "1|5")
	db.want(t, "SELECT name FROM sqlite_schema WHERE type = 'index'")
}

func TestSchemaChanges(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	first := streamOf("t", `{"n":{"type":"integer"},"wide":{"type":"integer"},"text":{"type":"integer"},"day":{"type":"string","format":"date"},"gone":{"type":"string"},"narrow":{"type":"string"},"stays":{"type":"boolean"},"obj":{"type":"string"}}`)
	db.write(t, []protocol.ConfiguredStream{deduplicating(first, [][]string{{"text"}})},
		record("t", `{"n":1,"wide":1,"text":7,"day":"2024-01-02","gone":"here","narrow":"abc","stays":true,"obj":"s"}`))
	second := streamOf("t", `{"n":{"type":"integer"},"wide":{"type":"number"},"text":{"type":"string"},"day":{"type":"string","format":"date-time"},"narrow":{"type":"integer"},"stays":{"type":"integer"},"obj":{"type":"object"},"new":{"type":"string"}}`)
	db.write(t, []protocol.ConfiguredStream{deduplicating(second, [][]string{{"text"}})},
		record("t", `{"n":2,"wide":1.5,"text":"007","day":"2024-01-02T03:04:05Z","narrow":12,"stays":12,"obj":{"a":1},"new":"x"}`))
	db.want(t, "SELECT n, wide, text, day, gone, narrow, stays, obj, new FROM t ORDER BY n",
		`1|1|7|2024-01-02T00:00:00.000000Z|here|abc|1|"s"|NULL`, `2|1.5|007|2024-01-02T03:04:05.000000Z|NULL|12|NULL|{"a":1}|x`)
	db.want(t, "SELECT _airbyte_meta ->> '$.changes[0].field' FROM t ORDER BY n", "NULL", "stays")
	db.want(t, "SELECT type FROM pragma_table_info('t') WHERE name IN ('wide', 'text', 'day') ORDER BY name", "TIMESTAMPTZ_TEXT", "TEXT", "NUMERIC")
}

func TestForeignTableIsRefused(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.exec(t, `CREATE TABLE precious (id INTEGER); INSERT INTO precious VALUES (1)`)
	for _, s := range []protocol.ConfiguredStream{streamOf("Precious", `{"id":{"type":"integer"}}`), truncating(streamOf("precious", `{"id":{"type":"integer"}}`), 2)} {
		err := db.tryWrite(t, []protocol.ConfiguredStream{s}, record(s.Stream.Name, `{"id":2}`), complete(s))
		if connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("got %v, want a config_error", err)
		}
	}
	db.want(t, "SELECT * FROM precious", "1")
}

// TestViews replaces a table that a view reads: the view stays and sees the new rows.
func TestViews(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := deduplicating(streamOf("t", `{"id":{"type":"integer"},"name":{"type":"string"}}`), [][]string{{"id"}})
	one, two := truncating(s, 1), truncating(s, 2)
	db.write(t, []protocol.ConfiguredStream{one}, record("t", `{"id":1,"name":"old"}`), complete(one))
	db.exec(t, "CREATE VIEW v AS SELECT id, name FROM t")
	db.write(t, []protocol.ConfiguredStream{two}, record("t", `{"id":2,"name":"new"}`), complete(two))
	db.want(t, "SELECT * FROM v", "2|new")
	db.want(t, "SELECT name FROM sqlite_schema WHERE type = 'table'", "t")
}

// TestOverwriteWithoutGenerations is for platforms that say overwrite and nothing more: each sync replaces the last.
func TestOverwriteWithoutGenerations(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := deduplicating(streamOf("t", `{"id":{"type":"integer"}}`), [][]string{{"id"}})
	s.DestinationSyncMode, s.GenerationID = protocol.OverwriteDedup, 0
	for id := range 3 {
		db.write(t, []protocol.ConfiguredStream{s}, record("t", fmt.Sprintf(`{"id":%d}`, id)), complete(s))
		db.want(t, "SELECT id FROM t", fmt.Sprint(id))
	}
}

// TestNamesThatDifferInCase are different streams and fields, but the same names to SQLite.
func TestNamesThatDifferInCase(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	a, b := streamOf("Users", `{"id":{"type":"integer"},"ID":{"type":"integer"}}`), streamOf("users", `{"id":{"type":"integer"}}`)
	db.write(t, []protocol.ConfiguredStream{a, b}, record("Users", `{"id":1,"ID":2}`), record("users", `{"id":3}`))
	db.want(t, `SELECT * FROM (SELECT id FROM users)`, "1")
	names := db.query(t, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
	if len(names) != 2 || names[0] != "Users" || !strings.HasPrefix(names[1], "users_") {
		t.Fatalf("tables %v", names)
	}
	db.want(t, "SELECT id FROM "+names[1], "3")
}

// TestManyRows crosses the sizes at which statements, chunks and commits are cut.
func TestManyRows(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := streamOf("t", `{"id":{"type":"integer"},"pad":{"type":"string"}}`)
	var messages []protocol.Message
	pad := strings.Repeat("x", 200)
	for id := range 20_003 {
		messages = append(messages, record("t", fmt.Sprintf(`{"id":%d,"pad":%q}`, id, pad)))
	}
	db.write(t, []protocol.ConfiguredStream{s}, messages...)
	db.want(t, "SELECT count(*), count(DISTINCT id), min(id), max(id), sum(length(pad)) FROM t", "20003|20003|0|20002|4000600")
}

// TestConcurrentSyncs lets syncs of different streams write to one file at once.
func TestConcurrentSyncs(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	var group errgroup.Group
	for i := range 4 {
		group.Go(func() error {
			name := fmt.Sprint("t", i)
			s := truncating(deduplicating(streamOf(name, `{"id":{"type":"integer"}}`), [][]string{{"id"}}), 1)
			var messages []protocol.Message
			for id := range 500 {
				messages = append(messages, record(name, fmt.Sprintf(`{"id":%d}`, id)))
			}
			return db.tryWrite(t, []protocol.ConfiguredStream{s}, append(messages, complete(s))...)
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		db.want(t, fmt.Sprintf("SELECT count(*) FROM t%d", i), "500")
	}
}

// TestFailuresAreClassified writes into a file that is no database, which time does not mend.
func TestFailuresAreClassified(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	if err := os.MkdirAll(filepath.Dir(db.path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(db.path, []byte(strings.Repeat("this is no database. ", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	err := db.tryWrite(t, []protocol.ConfiguredStream{streamOf("t", `{"id":{"type":"integer"}}`)}, record("t", `{"id":1}`))
	if connector.FailureOf(err) != protocol.FailureConfig {
		t.Errorf("got %v (%s), want a config_error", err, connector.FailureOf(err))
	}
}

// TestRefreshGivenUp breaks a refresh off and goes on without truncating: rows for which states were echoed are not lost.
func TestRefreshGivenUp(t *testing.T) {
	t.Parallel()
	for name, keyed := range map[string]bool{"append": false, "dedup": true} {
		db := newDatabase(t)
		s := streamOf("t", `{"id":{"type":"integer"},"v":{"type":"string"}}`)
		if keyed {
			s = deduplicating(s, [][]string{{"id"}})
		}
		s.GenerationID = 4
		db.write(t, []protocol.ConfiguredStream{s}, record("t", `{"id":1,"v":"old"}`), record("t", `{"id":2,"v":"old"}`))
		db.write(t, []protocol.ConfiguredStream{truncating(s, 5)}, record("t", `{"id":1,"v":"fresh"}`))
		s.GenerationID = 5
		s.Stream.JSONSchema = []byte(`{"properties":{"id":{"type":"integer"},"v":{"type":"string"},"more":{"type":"string"}}}`)
		db.write(t, []protocol.ConfiguredStream{s}, record("t", `{"id":3,"v":"on"}`))
		want := []string{"1|fresh", "1|old", "2|old", "3|on"}
		if keyed {
			want = []string{"1|fresh", "2|old", "3|on"}
		}
		if diff := cmp.Diff(want, db.query(t, "SELECT id, v FROM t ORDER BY id, v")); diff != "" {
			t.Errorf("%s: rows (-want +got):\n%s", name, diff)
		}
		db.want(t, "SELECT name FROM sqlite_schema WHERE type = 'table'", "t")
	}
}
