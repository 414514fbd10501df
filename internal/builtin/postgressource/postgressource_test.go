package postgressource_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/internal/builtin/postgressource"
	"github.com/airfielddev/airfield/protocol"
)

// server is a schema of its own in a real PostgreSQL.
type server struct {
	tb     testing.TB
	conn   *pgx.Conn
	schema string
}

func open(tb testing.TB) *server {
	tb.Helper()
	address := os.Getenv("AIRFIELD_TEST_POSTGRES_URL")
	if address == "" {
		tb.Skip("AIRFIELD_TEST_POSTGRES_URL names no PostgreSQL server")
	}
	conn, err := pgx.Connect(tb.Context(), address)
	if err != nil {
		tb.Fatal(err)
	}
	s := &server{tb: tb, conn: conn, schema: fmt.Sprintf("source %s %d", strings.ToLower(tb.Name()), time.Now().UnixNano())}
	if len(s.schema) > 60 {
		s.schema = s.schema[len(s.schema)-60:]
	}
	name := pgx.Identifier{s.schema}.Sanitize()
	s.exec("CREATE SCHEMA " + name)
	s.exec("SET search_path = " + name)
	tb.Cleanup(func() {
		ctx := context.WithoutCancel(tb.Context())
		if _, err := conn.Exec(ctx, "DROP SCHEMA "+name+" CASCADE"); err != nil {
			tb.Error(err)
		}
		_ = conn.Close(ctx)
	})
	return s
}

func (s *server) exec(statement string, args ...any) {
	s.tb.Helper()
	if _, err := s.conn.Exec(s.tb.Context(), statement, args...); err != nil {
		s.tb.Fatalf("%s: %v", statement, err)
	}
}

// config is the configuration for the schema, with fields added or replaced.
func (s *server) config(changes map[string]any) json.RawMessage {
	s.tb.Helper()
	c := s.conn.Config()
	fields := map[string]any{"host": c.Host, "port": c.Port, "database": c.Database, "username": c.User, "password": c.Password, "schemas": []string{s.schema}}
	maps.Copy(fields, changes)
	text, err := json.Marshal(fields)
	if err != nil {
		s.tb.Fatal(err)
	}
	return text
}

// heard is what a read emitted.
type heard struct {
	records []string
	metas   []string
	states  []*protocol.State
	logs    []string
}

// read reads one table: incrementally when a cursor is given.
func (s *server) read(table, cursor string, state *protocol.State) heard {
	s.tb.Helper()
	out, err := s.tryRead(postgressource.NewEvery(3), table, cursor, state)
	if err != nil {
		s.tb.Fatalf("Read: %v", err)
	}
	return out
}

func (s *server) tryRead(source connector.Source, table, cursor string, state *protocol.State) (out heard, err error) {
	s.tb.Helper()
	req := connector.ReadRequest{Config: s.config(nil)}
	configured := protocol.ConfiguredStream{Stream: *s.stream(table), SyncMode: protocol.FullRefresh}
	if cursor != "" {
		configured.SyncMode, configured.CursorField = protocol.Incremental, []string{cursor}
	}
	req.Catalog.Streams = append(req.Catalog.Streams, configured)
	if state != nil {
		req.State = []*protocol.State{state}
	}
	err = source.Read(s.tb.Context(), req, func(m protocol.Message) error {
		switch m.Type {
		case protocol.TypeRecord:
			out.records = append(out.records, string(m.Record.Data))
			out.metas = append(out.metas, string(m.Record.Meta))
		case protocol.TypeState:
			out.states = append(out.states, m.State)
		case protocol.TypeLog:
			out.logs = append(out.logs, m.Log.Message)
		}
		return nil
	})
	return out, err
}

func (h heard) last() *protocol.State { return h.states[len(h.states)-1] }

func (s *server) stream(table string) *protocol.Stream {
	s.tb.Helper()
	found, err := postgressource.New().Discover(s.tb.Context(), s.config(nil), connector.Discard)
	if err != nil {
		s.tb.Fatalf("Discover: %v", err)
	}
	stream, ok := found.Stream(protocol.StreamDescriptor{Name: table, Namespace: s.schema})
	if !ok {
		s.tb.Fatalf("no stream %s among %v", table, found.Streams)
	}
	return stream
}

func TestConformance(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE TABLE keyed (region text, id int, note text, PRIMARY KEY (region, id))`)
	s.exec(`INSERT INTO keyed SELECT CASE WHEN i % 2 = 0 THEN 'nörth' ELSE 'south' END, i, 'note ' || i FROM generate_series(1, 100) i`)
	s.exec(`CREATE TABLE keyless (at timestamptz, value numeric(20, 4))`)
	s.exec(`INSERT INTO keyless SELECT timestamptz '2024-01-01' + (i / 4) * interval '1 microsecond', i / 7.0 FROM generate_series(1, 60) i`)
	s.exec(`INSERT INTO keyless VALUES (NULL, 1), (NULL, 2)`)
	s.exec(`CREATE VIEW "Odd ""View""" AS SELECT id AS "The Id", note FROM keyed`)
	conformance.Source(t, conformance.SourceCase{
		Source: postgressource.NewEvery(7),
		Config: s.config(nil),
		BadConfigs: map[string]json.RawMessage{
			"unknown database": s.config(map[string]any{"database": "no such database"}),
			"unknown schema":   s.config(map[string]any{"schemas": []string{"no such schema"}}),
			"no host":          s.config(map[string]any{"host": ""}),
			"change capture":   s.config(map[string]any{"replication_method": map[string]any{"method": "CDC"}}),
			"tunnel":           s.config(map[string]any{"tunnel_method": map[string]any{"tunnel_method": "SSH_KEY_AUTH"}}),
			"no authority":     s.config(map[string]any{"ssl_mode": map[string]any{"mode": "verify-full", "ca_certificate": "none"}}),
			"unknown SSL mode": s.config(map[string]any{"ssl_mode": map[string]any{"mode": "maybe"}}),
		},
		Cursors: map[string]string{"keyed": "id", "keyless": "at", `Odd "View"`: "The Id"},
	})
}

func TestTypes(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE DOMAIN cents AS numeric(12, 0)`)
	s.exec(`CREATE DOMAIN change AS cents`)
	s.exec(`CREATE TYPE mood AS ENUM ('sad', 'ok')`)
	for _, c := range []struct{ column, value, schema, want string }{
		{`smallint`, `-5`, `{"type":"number","airbyte_type":"integer"}`, `-5`},
		{`bigint`, `9223372036854775807`, `{"type":"number","airbyte_type":"integer"}`, `9223372036854775807`},
		{`numeric`, `123456789012345678901234567890.12345`, `{"type":"number"}`, `123456789012345678901234567890.12345`},
		{`numeric(38, 0)`, `99999999999999999999999999999999999999`, `{"type":"number","airbyte_type":"integer"}`, `99999999999999999999999999999999999999`},
		{`numeric(5, 2)`, `-0.5`, `{"type":"number"}`, `-0.50`},
		{`numeric`, `'NaN'`, `{"type":"number"}`, `null`},
		{`change`, `12`, `{"type":"number","airbyte_type":"integer"}`, `12`},
		{`real`, `0.1`, `{"type":"number"}`, `0.1`},
		{`double precision`, `1e-300`, `{"type":"number"}`, `1e-300`},
		{`double precision`, `'-Infinity'`, `{"type":"number"}`, `null`},
		{`money`, `-1234.5`, `{"type":"number"}`, `-1234.50`},
		{`boolean`, `true`, `{"type":"boolean"}`, `true`},
		{`text`, `E'tab\t quote " back \\ \x01 Zürich 🚀'`, `{"type":"string"}`, `"tab\t quote \" back \\ \u0001 Zürich 🚀"`},
		{`char(4)`, `'ab'`, `{"type":"string"}`, `"ab  "`},
		{`uuid`, `'a81bc81b-dead-4e5d-abff-90865d1e13b1'`, `{"type":"string"}`, `"a81bc81b-dead-4e5d-abff-90865d1e13b1"`},
		{`mood`, `'ok'`, `{"type":"string"}`, `"ok"`},
		{`jsonb`, `'{"a": [1, "two"]}'`, `{"type":"string"}`, `"{\"a\": [1, \"two\"]}"`},
		{`bytea`, `'\x00ff41'`, `{"type":"string"}`, `"\\x00ff41"`},
		{`inet`, `'10.0.0.1/8'`, `{"type":"string"}`, `"10.0.0.1/8"`},
		{`interval`, `'1 day 02:03:04'`, `{"type":"string"}`, `"1 day 02:03:04"`},
		{`int4range`, `'[1,5)'`, `{"type":"string"}`, `"[1,5)"`},
		{`date`, `'2024-02-29'`, `{"type":"string","format":"date"}`, `"2024-02-29"`},
		{`date`, `'0044-03-15 BC'`, `{"type":"string","format":"date"}`, `"0044-03-15 BC"`},
		{`date`, `'infinity'`, `{"type":"string","format":"date"}`, `null`},
		{`time`, `'12:30:00.5'`, `{"type":"string","format":"time","airbyte_type":"time_without_timezone"}`, `"12:30:00.5"`},
		{`timetz`, `'12:30:00-03:30'`, `{"type":"string","format":"time","airbyte_type":"time_with_timezone"}`, `"12:30:00-03:30"`},
		{`timetz`, `'12:30:00+02'`, `{"type":"string","format":"time","airbyte_type":"time_with_timezone"}`, `"12:30:00+02:00"`},
		{`timestamp`, `'2024-02-29 12:30:00.123456'`, `{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}`, `"2024-02-29T12:30:00.123456"`},
		{`timestamptz`, `'2024-02-29 12:30:00+02'`, `{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"}`, `"2024-02-29T10:30:00Z"`},
		{`timestamptz`, `'0044-03-15 12:00:00+00 BC'`, `{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"}`, `"0044-03-15T12:00:00Z BC"`},
		{`timestamptz`, `'-infinity'`, `{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"}`, `null`},
		{`int[]`, `'{{1,2},{3,NULL}}'`, `{"type":"array","items":{"type":"number","airbyte_type":"integer"}}`, `[[1,2],[3,null]]`},
		{`int[]`, `'[0:1]={7,8}'`, `{"type":"array","items":{"type":"number","airbyte_type":"integer"}}`, `[7,8]`},
		{`text[]`, `ARRAY['a,b', 'NULL', NULL, 'q"\', '']`, `{"type":"array","items":{"type":"string"}}`, `["a,b","NULL",null,"q\"\\",""]`},
		{`float8[]`, `'{1.5,NaN}'`, `{"type":"array","items":{"type":"number"}}`, `[1.5,null]`},
		{`timestamptz[]`, `'{2024-02-29 12:30:00+02}'`, `{"type":"array","items":{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"}}`, `["2024-02-29T10:30:00Z"]`},
		{`mood[]`, `'{sad,ok}'`, `{"type":"array","items":{"type":"string"}}`, `["sad","ok"]`},
		{`change[]`, `'{1,2}'`, `{"type":"array","items":{"type":"number"}}`, `[1,2]`},
		{`box[]`, `'{(1,1),(0,0);(2,2),(1,1)}'`, `{"type":"array","items":{"type":"string"}}`, `["(1,1),(0,0)","(2,2),(1,1)"]`},
		{`money[]`, `'{1.5}'`, `{"type":"array","items":{"type":"number"}}`, `[1.50]`},
		{`text[]`, `'{}'`, `{"type":"array","items":{"type":"string"}}`, `[]`},
	} {
		s.exec(`DROP TABLE IF EXISTS sample`)
		s.exec(`CREATE TABLE sample (v ` + c.column + `, nothing ` + c.column + `)`)
		s.exec(`INSERT INTO sample VALUES (` + c.value + `, NULL)`)
		if got, want := string(s.stream("sample").JSONSchema), `{"type":"object","properties":{"v":`+c.schema+`,"nothing":`+c.schema+`}}`; got != want {
			t.Errorf("%s: schema %s, want %s", c.column, got, want)
		}
		got := s.read("sample", "", nil)
		if want := []string{`{"v":` + c.want + `,"nothing":null}`}; !cmp.Equal(got.records, want) {
			t.Errorf("%s: records %q, want %q", c.value, got.records, want)
		}
		meta := ""
		if c.want == "null" {
			meta = `{"changes":[{"field":"v","change":"NULLED","reason":"SOURCE_RETRIEVAL_ERROR"}]}`
		}
		if got.metas[0] != meta {
			t.Errorf("%s: meta %s, want %s", c.value, got.metas[0], meta)
		}
	}
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE TABLE orders (id int, region text, "Odd ""Name""" text, PRIMARY KEY (region, id))`)
	s.exec(`CREATE TABLE events (at date, id int) PARTITION BY RANGE (at)`)
	s.exec(`CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`)
	s.exec(`CREATE TABLE "no columns" ()`)
	s.exec(`CREATE VIEW open_orders AS SELECT id FROM orders`)
	s.exec(`CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders`)
	s.exec(`CREATE TABLE unordered (document json)`)
	found, err := postgressource.New().Discover(t.Context(), s.config(nil), connector.Discard)
	if err != nil {
		t.Fatal(err)
	}
	type summary struct {
		Key       [][]string
		Modes     int
		Resumable bool
	}
	got := map[string]summary{}
	for _, stream := range found.Streams {
		got[stream.Name] = summary{stream.SourceDefinedPrimaryKey, len(stream.SupportedSyncModes), stream.IsResumable}
	}
	want := map[string]summary{
		"orders":      {Key: [][]string{{"region"}, {"id"}}, Modes: 2, Resumable: true},
		"events":      {Modes: 2},
		"open_orders": {Modes: 2},
		"totals":      {Modes: 2},
		"unordered":   {Modes: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("streams (-want +got):\n%s", diff)
	}
}

func TestFullRefreshResumes(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE TABLE people (born date, name text, PRIMARY KEY (born, name))`)
	s.exec(`INSERT INTO people SELECT date '2000-01-01' + i / 3, 'n''ame ' || i FROM generate_series(0, 9) i`)
	first := s.read("people", "", nil)
	if len(first.records) != 10 || len(first.states) != 4 {
		t.Fatalf("%d records and %d states, want 10 and 4", len(first.records), len(first.states))
	}
	for i, state := range first.states {
		rest := s.read("people", "", state)
		if diff := cmp.Diff(first.records[min(10, 3*(i+1)):], rest.records, cmp.Transformer("len", func(r []string) string { return strings.Join(r, "\n") })); diff != "" {
			t.Errorf("going on from state %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestIncremental(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE TABLE log (at timestamptz, id int)`)
	s.exec(`INSERT INTO log VALUES ('2024-01-01 00:00:00.000001Z', 1), ('2024-01-01 00:00:00.000002Z', 2), ('2024-01-01 00:00:00.000002Z', 3)`)
	ids := func(h heard) (out []string) {
		for _, record := range h.records {
			var row struct{ ID json.Number }
			if err := json.Unmarshal([]byte(record), &row); err != nil {
				t.Fatal(err)
			}
			out = append(out, row.ID.String())
		}
		return out
	}
	expect := func(what string, got heard, want ...string) {
		t.Helper()
		if diff := cmp.Diff(strings.Join(want, " "), strings.Join(ids(got), " ")); diff != "" {
			t.Fatalf("%s: ids (-want +got):\n%s", what, diff)
		}
	}
	first := s.read("log", "at", nil)
	expect("first sync", first, "1", "2", "3")
	var state map[string]any
	if err := json.Unmarshal(first.last().Stream.StreamState, &state); err != nil {
		t.Fatal(err)
	}
	delete(state, "cursor_record_hash")
	want := map[string]any{"version": 2.0, "state_type": "cursor_based", "stream_name": "log", "stream_namespace": s.schema,
		"cursor_field": []any{"at"}, "cursor": "2024-01-01 00:00:00.000002+00", "cursor_record_count": 2.0}
	if diff := cmp.Diff(want, state); diff != "" {
		t.Fatalf("state (-want +got):\n%s", diff)
	}
	second := s.read("log", "at", first.last())
	expect("nothing new", second)
	s.exec(`INSERT INTO log VALUES ('2024-01-01 00:00:00.000003Z', 4)`)
	third := s.read("log", "at", second.last())
	expect("a later row", third, "4")
	s.exec(`INSERT INTO log VALUES ('2024-01-01 00:00:00.000003Z', 5)`)
	fourth := s.read("log", "at", third.last())
	if len(fourth.records) != 2 {
		t.Fatalf("a row joined the last cursor value, but the sync read %v", ids(fourth))
	}
	s.exec(`DELETE FROM log WHERE id = 4`)
	s.exec(`INSERT INTO log VALUES ('2024-01-01 00:00:00.000003Z', 6)`)
	fifth := s.read("log", "at", fourth.last())
	if !strings.Contains(strings.Join(ids(fifth), " "), "6") {
		t.Fatalf("a row took the place of another at the last cursor value, but the sync read %v", ids(fifth))
	}
	expect("nothing new again", s.read("log", "at", fifth.last()))
	expect("another cursor starts again", s.read("log", "id", fifth.last()), "1", "2", "3", "5", "6")
}

// TestForeignState goes on from a state as Airbyte's connector writes it.
func TestForeignState(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE TABLE log (at timestamptz, id int)`)
	s.exec(`INSERT INTO log VALUES ('2024-01-01 00:00:00.5Z', 1), ('2024-01-02Z', 2)`)
	d := protocol.StreamDescriptor{Name: "log", Namespace: s.schema}
	blob := json.RawMessage(`{"version":2,"state_type":"cursor_based","stream_name":"log","stream_namespace":"x","cursor_field":["at"],"cursor":"2024-01-01T00:00:00.500000Z","cursor_record_count":1}`)
	got := s.read("log", "at", protocol.NewStreamState(d, blob))
	if want := []string{`{"at":"2024-01-02T00:00:00Z","id":2}`}; !cmp.Equal(got.records, want) {
		t.Errorf("records %q, want %q", got.records, want)
	}
	broken := json.RawMessage(`{"state_type":"cursor_based","cursor_field":["at"],"cursor":"no time at all"}`)
	_, err := s.tryRead(postgressource.New(), "log", "at", protocol.NewStreamState(d, broken))
	if connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), "clear the stream") {
		t.Errorf("a state that does not fit the cursor: %v", err)
	}
}

func TestNullCursors(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE TABLE log (at int, id int)`)
	s.exec(`INSERT INTO log VALUES (NULL, 1), (1, 2), (2, 3), (3, 4), (NULL, 5)`)
	first := s.read("log", "at", nil)
	if len(first.records) != 5 || len(first.logs) != 1 || !strings.Contains(first.logs[0], "2 rows") {
		t.Errorf("records %q, logs %q", first.records, first.logs)
	}
	if rest := s.read("log", "at", first.states[0]); len(rest.records) != 2 {
		t.Errorf("going on before the rows without a cursor read %q", rest.records)
	}
	if again := s.read("log", "at", first.last()); len(again.records) != 0 {
		t.Errorf("the next sync read %q", again.records)
	}
}

func TestUnfitCursor(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE TABLE log (id int, document json)`)
	for _, cursor := range []string{"document", "absent"} {
		if _, err := s.tryRead(postgressource.New(), "log", cursor, nil); connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("cursor %s: %v, want a config_error", cursor, err)
		}
	}
}

// TestErrorsKeepSecrets looks for the password in what goes wrong.
func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	s := open(t)
	const password = "hunter2-is-secret"
	for _, changes := range []map[string]any{
		{"password": password, "database": "no such database"},
		{"password": password, "port": 1},
		{"password": password, "host": "no-such-host.invalid"},
		{"password": password, "ssl_mode": map[string]any{"mode": "verify-ca", "ca_certificate": password}},
		{"password": password, "username": "no such user"},
	} {
		status, err := postgressource.New().Check(t.Context(), s.config(changes), connector.Discard)
		if err != nil || status.Status != protocol.StatusFailed || strings.Contains(status.Message, password) {
			t.Errorf("check with %v: %+v, %v", changes, status, err)
		}
	}
}

// TestCancelStopsTheServer cancels a read before its first row. The query must end in the server too.
func TestCancelStopsTheServer(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`CREATE VIEW slow AS SELECT pg_sleep(600)::text AS slept`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	name := fmt.Sprintf("cancel %d", time.Now().UnixNano())
	req := connector.ReadRequest{Config: s.config(map[string]any{"jdbc_url_params": "ApplicationName=" + url.QueryEscape(name)})}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: *s.stream("slow"), SyncMode: protocol.FullRefresh}}
	done := make(chan error, 1)
	go func() { done <- postgressource.New().Read(ctx, req, connector.Discard) }()
	s.await(name, 1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Read returned %v, want %v", err, context.Canceled)
	}
	s.await(name, 0)
}

// TestKilledRead ends the session in the middle of a read, as a restart of the server does, and goes on from the last state.
func TestKilledRead(t *testing.T) {
	t.Parallel()
	s := open(t)
	const count = 20_000
	s.exec(`CREATE TABLE people (id int PRIMARY KEY, name text)`)
	s.exec(`INSERT INTO people SELECT i, repeat('x', 500) FROM generate_series(1, $1::int) i`, count)
	name := fmt.Sprintf("killed %d", time.Now().UnixNano())
	req := connector.ReadRequest{Config: s.config(map[string]any{"jdbc_url_params": "ApplicationName=" + url.QueryEscape(name)})}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: *s.stream("people"), SyncMode: protocol.FullRefresh}}
	committed, pending := map[string]bool{}, []string{}
	var last *protocol.State
	hear := func(m protocol.Message) error {
		switch m.Type {
		case protocol.TypeRecord:
			pending = append(pending, string(m.Record.Data))
		case protocol.TypeState:
			for _, record := range pending {
				committed[record] = true
			}
			pending, last = nil, m.State
		}
		return nil
	}
	err := postgressource.NewEvery(100).Read(t.Context(), req, func(m protocol.Message) error {
		if m.Type == protocol.TypeRecord && len(committed) == 300 && len(pending) == 50 {
			s.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1`, name)
		}
		return hear(m)
	})
	if connector.FailureOf(err) != protocol.FailureTransient || len(committed) == count {
		t.Fatalf("%d records were committed, then: %v, want a transient_error", len(committed), err)
	}
	pending, req.State = nil, []*protocol.State{last}
	if err := postgressource.NewEvery(100).Read(t.Context(), req, hear); err != nil {
		t.Fatal(err)
	}
	if len(committed) != count {
		t.Errorf("%d records were committed in the end, want %d", len(committed), count)
	}
}

// TestPrivileges hides what a user may not read: a table, and a column that is part of the key.
func TestPrivileges(t *testing.T) {
	t.Parallel()
	s := open(t)
	role := fmt.Sprintf("limited_%d", time.Now().UnixNano())
	if _, err := s.conn.Exec(t.Context(), "CREATE ROLE "+role); err != nil {
		t.Skipf("the user may not create roles: %v", err)
	}
	schema := pgx.Identifier{s.schema}.Sanitize()
	t.Cleanup(func() {
		if _, err := s.conn.Exec(context.WithoutCancel(t.Context()), "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	s.exec(`CREATE TABLE hidden (id int)`)
	s.exec(`CREATE TABLE partly (region int, id int, name text, secret text, PRIMARY KEY (region, id))`)
	s.exec(`CREATE TABLE wholly (id int, note text, PRIMARY KEY (id) INCLUDE (note))`)
	s.exec("GRANT USAGE ON SCHEMA " + schema + " TO " + role)
	s.exec("GRANT SELECT (region, name) ON partly TO " + role)
	s.exec("GRANT SELECT ON wholly TO " + role)
	c := s.config(map[string]any{"jdbc_url_params": "options=" + url.QueryEscape("-c role="+role)})
	found, err := postgressource.New().Discover(t.Context(), c, connector.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, stream := range found.Streams {
		got = append(got, fmt.Sprint(stream.Name, stream.SourceDefinedPrimaryKey, stream.IsResumable))
	}
	if diff := cmp.Diff([]string{"partly[] false", "wholly[[id]] true"}, got); diff != "" {
		t.Errorf("streams (-want +got):\n%s", diff)
	}
}

// await looks until that many sessions of the application run a query of the view.
func (s *server) await(application string, want int) {
	s.tb.Helper()
	for range 2400 {
		var got int
		err := s.conn.QueryRow(s.tb.Context(), `SELECT count(*) FROM pg_stat_activity, pg_sleep(0.05)
			WHERE application_name = $1 AND state = 'active' AND query LIKE '%slow%'`, application).Scan(&got)
		if err != nil {
			s.tb.Fatal(err)
		}
		if got == want {
			return
		}
	}
	s.tb.Fatalf("the number of sessions never became %d", want)
}

func BenchmarkRead(b *testing.B) {
	s := open(b)
	s.exec(`CREATE TABLE wide (id bigint PRIMARY KEY, name text, email text, age int, score float8, at timestamptz, active boolean)`)
	s.exec(`INSERT INTO wide SELECT i, 'name of ' || i, 'person' || i || '@example.com', i % 90, i / 7.0, now(), i % 2 = 0 FROM generate_series(1, $1::bigint) i`, b.N)
	s.exec(`ANALYZE wide`)
	source := postgressource.New()
	req := connector.ReadRequest{Config: s.config(nil)}
	req.Catalog.Streams = []protocol.ConfiguredStream{{Stream: *s.stream("wide"), SyncMode: protocol.FullRefresh}}
	b.ResetTimer()
	b.ReportAllocs()
	if err := source.Read(b.Context(), req, connector.Discard); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
