package postgres

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

func state(s protocol.ConfiguredStream) protocol.Message {
	return protocol.StateMessage(protocol.NewStreamState(s.Descriptor(), []byte(`{"at":1}`)))
}

func truncating(s protocol.ConfiguredStream, generation int64) protocol.ConfiguredStream {
	s.GenerationID, s.MinimumGenerationID = generation, generation
	return s
}

func deduplicating(s protocol.ConfiguredStream, key [][]string, cursor ...string) protocol.ConfiguredStream {
	s.DestinationSyncMode, s.PrimaryKey, s.CursorField = protocol.AppendDedup, key, cursor
	return s
}

// want compares the rows of a query with what is expected.
func (db *database) want(t *testing.T, sql string, rows ...string) {
	t.Helper()
	if diff := cmp.Diff(rows, db.query(t, sql), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", sql, diff)
	}
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
	db.want(t, "SELECT a, b, at, v FROM t ORDER BY a, b",
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
	db.want(t, "SELECT doc->'the id'->'x', v FROM t ORDER BY 1", "1|ten", "2|one")
}

// TestModeChanges turns a table that was appended to into a deduplicated one, changes the key, and goes back.
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
	db.want(t, "SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'airfield_key_%'", "0")
}

func TestSoftDelete(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.config["cdc_deletion_mode"] = "Soft delete"
	s := deduplicating(streamOf("t", `{"id":{"type":"integer"},"_ab_cdc_deleted_at":{"type":"string"}}`), [][]string{{"id"}})
	db.write(t, []protocol.ConfiguredStream{s}, record("t", `{"id":1,"_ab_cdc_deleted_at":"2024-01-01"}`))
	db.want(t, "SELECT id, _ab_cdc_deleted_at FROM t", "1|2024-01-01")
}

// TestSchemaChanges lets columns appear, go, widen, and change in a way that their values do not survive.
func TestSchemaChanges(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.write(t, []protocol.ConfiguredStream{streamOf("t", `{"n":{"type":"integer"},"wide":{"type":"integer"},"text":{"type":"integer"},"day":{"type":"string","format":"date"},"gone":{"type":"string"},"narrow":{"type":"string"},"stays":{"type":"boolean"},"obj":{"type":"boolean"}}`)},
		record("t", `{"n":1,"wide":1,"text":7,"day":"2024-01-02","gone":"here","narrow":"abc","stays":true,"obj":true}`))
	db.exec(t, "ALTER TABLE t ALTER COLUMN gone SET NOT NULL")
	db.write(t, []protocol.ConfiguredStream{streamOf("t", `{"n":{"type":"integer"},"wide":{"type":"number"},"text":{"type":"string"},"day":{"type":"string","format":"date-time"},"narrow":{"type":"integer"},"stays":{"type":"integer"},"obj":{"type":"object"},"new":{"type":"string"}}`)},
		record("t", `{"n":2,"wide":1.5,"text":"seven","day":"2024-01-02T03:04:05Z","narrow":12,"stays":12,"obj":{"a":1},"new":"x"}`))
	db.want(t, "SELECT n, wide, text, day::text, gone, narrow, stays::text, obj::text, new FROM t ORDER BY n",
		"1|1|7|2024-01-02 00:00:00+00|here|abc|true|true|NULL", `2|1.5|seven|2024-01-02 03:04:05+00|NULL|12|NULL|{"a": 1}|x`)
	db.want(t, "SELECT _airbyte_meta->'changes'->0->>'field' FROM t ORDER BY n", "NULL", "stays")
}

// TestForeignTypes takes a table whose columns have types that this connector does not make, as older tools did.
func TestForeignTypes(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.exec(t, `CREATE TABLE t (_airbyte_raw_id text, _airbyte_extracted_at timestamptz, _airbyte_meta jsonb, _airbyte_generation_id bigint, a smallint, b numeric(5,2), c varchar(2), d text)`)
	db.write(t, []protocol.ConfiguredStream{streamOf("t", `{"a":{"type":"integer"},"b":{"type":"number"},"c":{"type":"string"},"d":{"type":"string"}}`)},
		record("t", `{"a":5000000000,"b":123456.789,"c":"longer","d":"x"}`))
	db.want(t, "SELECT a, b, c, d FROM t", "5000000000|123456.789|longer|x")
}

func TestForeignTableIsRefused(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.exec(t, `CREATE TABLE precious (id bigint); INSERT INTO precious VALUES (1)`)
	for _, s := range []protocol.ConfiguredStream{streamOf("precious", `{"id":{"type":"integer"}}`), truncating(streamOf("precious", `{"id":{"type":"integer"}}`), 2)} {
		_, err := db.tryWrite(t, []protocol.ConfiguredStream{s}, nil, record("precious", `{"id":2}`), complete(s))
		if connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("got %v, want a config_error", err)
		}
	}
	db.want(t, "SELECT * FROM precious", "1")
}

// TestViews replaces a table that a view reads: the view stays and sees the new rows, or goes with drop_cascade.
func TestViews(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := deduplicating(streamOf("t", `{"id":{"type":"integer"},"name":{"type":"string"}}`), [][]string{{"id"}})
	sync := func(generation int64, data string) {
		one := truncating(s, generation)
		db.write(t, []protocol.ConfiguredStream{one}, record("t", data), state(one), complete(one))
	}
	sync(1, `{"id":1,"name":"old"}`)
	db.exec(t, "CREATE VIEW v AS SELECT id, name FROM t")
	sync(2, `{"id":2,"name":"new"}`)
	db.want(t, "SELECT * FROM v", "2|new")
	db.want(t, "SELECT count(*) FROM pg_tables WHERE schemaname = 'airbyte_internal'", "0")
	db.config["drop_cascade"] = true
	sync(3, `{"id":3,"name":"newer"}`)
	db.want(t, "SELECT id, name FROM t", "3|newer")
	db.want(t, "SELECT count(*) FROM pg_views WHERE viewname = 'v'", "0")
}

// TestGenerations follows the table that waits aside through a broken attempt, a retry, and a retry after completion.
func TestGenerations(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := truncating(streamOf("t", `{"id":{"type":"integer"}}`), 5)
	broken := errors.New("broken off")
	states, err := db.tryWrite(t, []protocol.ConfiguredStream{s}, broken, record("t", `{"id":1}`), state(s))
	if !errors.Is(err, broken) || len(states) != 1 || states[0].DestinationStats.RecordCount != 1 {
		t.Fatalf("broken attempt: states %+v, error %v", states, err)
	}
	aside := "SELECT tablename FROM pg_tables WHERE schemaname = 'airbyte_internal'"
	if got := db.query(t, aside); len(got) != 1 || !strings.HasPrefix(got[0], "t_") || !strings.HasSuffix(got[0], "_gen_5") {
		t.Fatalf("tables aside: %v", got)
	}
	db.want(t, "SELECT to_regclass('t')::text", "NULL")
	db.write(t, []protocol.ConfiguredStream{s}, record("t", `{"id":2}`), state(s), complete(s))
	db.want(t, "SELECT id FROM t ORDER BY id", "1", "2")
	db.write(t, []protocol.ConfiguredStream{s}, record("t", `{"id":3}`), state(s), complete(s))
	db.want(t, "SELECT id FROM t ORDER BY id", "1", "2", "3")
	six, seven := truncating(s, 6), truncating(s, 7)
	_, _ = db.tryWrite(t, []protocol.ConfiguredStream{six}, broken, record("t", `{"id":6}`), state(six))
	db.write(t, []protocol.ConfiguredStream{seven}, record("t", `{"id":7}`), state(seven), complete(seven))
	db.want(t, "SELECT id FROM t", "7")
	db.want(t, aside)
}

// TestOverwriteWithoutGenerations is for platforms that say overwrite and nothing more: each sync replaces the last.
func TestOverwriteWithoutGenerations(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := streamOf("t", `{"id":{"type":"integer"}}`)
	s.DestinationSyncMode, s.GenerationID = protocol.Overwrite, 0
	for id := range 3 {
		db.write(t, []protocol.ConfiguredStream{s}, record("t", fmt.Sprintf(`{"id":%d}`, id)), complete(s))
		db.want(t, "SELECT id FROM t", fmt.Sprint(id))
	}
}

func TestRawTables(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.config["disable_type_dedupe"] = true
	s := deduplicating(streamOf("Users", `{"id":{"type":"integer"}}`), nil)
	db.write(t, []protocol.ConfiguredStream{s}, record("Users", `{"id":"any","more":[1]}`), record("Users", `{}`))
	db.want(t, "SELECT _airbyte_data::text FROM airbyte_internal.public_raw__stream_users ORDER BY 1", `{"id": "any", "more": [1]}`, "{}")
}

func TestGlobalStateCounts(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	a, b := streamOf("a", `{"id":{"type":"integer"}}`), streamOf("b", `{"id":{"type":"integer"}}`)
	global := func() protocol.Message {
		return protocol.StateMessage(&protocol.State{Type: protocol.StateTypeGlobal, Global: &protocol.GlobalState{}})
	}
	first, second := global(), global()
	states := db.write(t, []protocol.ConfiguredStream{a, b}, record("a", `{"id":1}`), record("b", `{"id":1}`), first, record("a", `{"id":2}`), second)
	if len(states) != 2 || states[0] != first.State || states[1] != second.State {
		t.Fatalf("states are not those that were sent: %v", states)
	}
	if n, m := states[0].DestinationStats.RecordCount, states[1].DestinationStats.RecordCount; n != 2 || m != 1 {
		t.Errorf("counts %d and %d, want 2 and 1", n, m)
	}
}

// TestOneSchemaForAll has waiting, raw and final tables side by side.
func TestOneSchemaForAll(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]bool{"final": false, "raw": true} {
		db := newDatabase(t)
		db.config["raw_data_schema"], db.config["disable_type_dedupe"] = "public", raw
		s := deduplicating(streamOf("t", `{"id":{"type":"integer"}}`), [][]string{{"id"}})
		for generation := range int64(3) {
			one := truncating(s, generation+1)
			db.write(t, []protocol.ConfiguredStream{one}, record("t", fmt.Sprintf(`{"id":%d}`, generation)), complete(one))
		}
		sql := "SELECT id FROM t"
		if raw {
			sql = "SELECT _airbyte_data->'id' FROM public_raw__stream_t"
		}
		if got := db.query(t, sql); len(got) != 1 || got[0] != "2" {
			t.Errorf("%s: rows %v, want 2", name, got)
		}
		db.want(t, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "1")
	}
}

// TestConcurrentSyncs lets syncs of different streams begin at once in a database that has none of their schemas.
func TestConcurrentSyncs(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.config["schema"] = "fresh"
	var group errgroup.Group
	for i := range 6 {
		group.Go(func() error {
			name := fmt.Sprint("t", i)
			s := truncating(deduplicating(streamOf(name, `{"id":{"type":"integer"}}`), [][]string{{"id"}}), 1)
			var messages []protocol.Message
			for id := range 500 {
				messages = append(messages, record(name, fmt.Sprintf(`{"id":%d}`, id)))
			}
			_, err := db.tryWrite(t, []protocol.ConfiguredStream{s}, nil, append(messages, complete(s))...)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		db.want(t, fmt.Sprintf("SELECT count(*) FROM fresh.t%d", i), "500")
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
		refresh := truncating(s, 5)
		_, _ = db.tryWrite(t, []protocol.ConfiguredStream{refresh}, errors.New("broken"), record("t", `{"id":1,"v":"fresh"}`), state(s))
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
		db.want(t, "SELECT count(*) FROM pg_tables WHERE schemaname = 'airbyte_internal'", "0")
	}
}
