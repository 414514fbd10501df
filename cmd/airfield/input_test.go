package main_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// airfield runs the program as a person would, beside a server that keeps its credentials in dataDir.
func (s *server) airfield(args ...string) string {
	s.t.Helper()
	name, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(s.t.Context(), name, args...)
	c, err := s.credentials()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd.Env = append(os.Environ(),
		"AIRBYTE_API_ROOT="+c.APIRoot, "AIRBYTE_WORKSPACE_ID="+c.WorkspaceID,
		"AIRBYTE_CLIENT_ID="+c.ClientID, "AIRBYTE_CLIENT_SECRET="+c.ClientSecret)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("airfield %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String()
}

// order is one row of the file, as it must arrive.
type order struct {
	id     int64
	day    string // "": empty cell
	placed string // a time with a zone
	price  *float64
	note   string
	paid   *bool
}

// makeOrder makes the row of a number. Every kind of trouble comes up every few rows.
func makeOrder(i int64) order {
	price, paid := float64(i%100_000)/100, i%2 == 0
	o := order{
		id: i, day: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(i%3000)).Format(time.DateOnly),
		placed: time.Unix(1_600_000_000+i, 0).UTC().Format(time.RFC3339),
		price:  &price, paid: &paid, note: fmt.Sprintf("note %d", i),
	}
	switch i % 7 {
	case 1:
		o.note = "says \"hello\", twice"
	case 2:
		o.note = "first line\nsecond line"
	case 3:
		o.note = "Zürich – 東京 🚀"
	case 4:
		o.note, o.day = "", ""
	case 5:
		o.price, o.paid = nil, nil
	}
	return o
}

func writeOrders(t *testing.T, path string, n int64) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := csv.NewWriter(bufio.NewWriterSize(file, 1<<20))
	rows := [][]string{{"id", "day", "placed at", "price", "note", "paid"}}
	for i := int64(1); i <= n; i++ {
		rows = append(rows, makeOrder(i).cells())
		if len(rows) == 1000 || i == n {
			if err := w.WriteAll(rows); err != nil {
				t.Fatal(err)
			}
			rows = rows[:0]
		}
	}
}

func (o order) cells() []string {
	price, paid := "", ""
	if o.price != nil {
		price = strconv.FormatFloat(*o.price, 'f', 2, 64)
	}
	if o.paid != nil {
		paid = strconv.FormatBool(*o.paid)
	}
	return []string{strconv.FormatInt(o.id, 10), o.day, o.placed, price, o.note, paid}
}

// database is a PostgreSQL schema of the test's own.
type database struct {
	url    *url.URL
	schema string
}

func newDatabase(t *testing.T) database {
	t.Helper()
	to := postgresSink(t)
	u, err := url.Parse(os.Getenv("AIRFIELD_TEST_POSTGRES_URL"))
	if err != nil {
		t.Fatal(err)
	}
	return database{url: u, schema: to.config["schema"].(string)}
}

func (d database) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.url.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// config is what a connector of this database is told, with some members more.
func (d database) config(t *testing.T, more map[string]any) string {
	t.Helper()
	port, err := strconv.Atoi(d.url.Port())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := d.url.User.Password()
	config := map[string]any{
		"host": d.url.Hostname(), "port": port, "database": strings.TrimPrefix(d.url.Path, "/"),
		"username": d.url.User.Username(), "password": password, "ssl_mode": map[string]any{"mode": "disable"},
	}
	for key, value := range more {
		config[key] = value
	}
	body, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestFileToPostgres takes a CSV file with everything that makes CSV files hard into PostgreSQL, and compares every value.
func TestFileToPostgres(t *testing.T) {
	db := newDatabase(t)
	n := sized(20_000, 1_000_000)
	path := filepath.Join(t.TempDir(), "orders.csv")
	writeOrders(t, path, n)
	s := startServer(t)
	file, err := json.Marshal(map[string]any{"dataset_name": "orders", "format": "csv", "url": path, "provider": map[string]any{"storage": "local"}})
	if err != nil {
		t.Fatal(err)
	}
	s.airfield("source", "deploy", "orders", "--connector", "source-file", "--config", string(file))
	s.airfield("destination", "deploy", "warehouse", "--connector", "destination-postgres", "--config", db.config(t, map[string]any{"schema": db.schema}))
	s.airfield("connection", "deploy", "orders", "--source", "orders", "--destination", "warehouse")
	s.airfield("connection", "sync", "orders")
	conn := db.connect(t)
	checkOrderTypes(t, conn, db.schema)
	compareOrders(t, conn, db.schema, n)
}

func checkOrderTypes(t *testing.T, conn *pgx.Conn, schema string) {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select column_name || ' ' || data_type from information_schema.columns
		where table_schema = $1 and table_name = 'orders' and column_name not like '\_airbyte%' order by ordinal_position`, schema)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"id bigint", "day date", "placed_at timestamp with time zone", "price numeric", "note character varying", "paid boolean"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

func compareOrders(t *testing.T, conn *pgx.Conn, schema string, n int64) {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select id, coalesce(day::text, ''), to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		price::float8, coalesce(note, ''), paid from `+schema+`.orders order by id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var i int64
	for rows.Next() {
		var got order
		if err := rows.Scan(&got.id, &got.day, &got.placed, &got.price, &got.note, &got.paid); err != nil {
			t.Fatal(err)
		}
		i++
		if diff := cmp.Diff(makeOrder(i), got, cmp.AllowUnexported(order{})); diff != "" {
			t.Fatalf("row %d (-want +got):\n%s", i, diff)
		}
	}
	if rows.Err() != nil || i != n {
		t.Errorf("%d rows, want %d: %v", i, n, rows.Err())
	}
}

// TestIncrementalPostgresToSQLite changes a few rows between two syncs and expects the second to move those alone.
func TestIncrementalPostgresToSQLite(t *testing.T) {
	db := newDatabase(t)
	conn := db.connect(t)
	for _, statement := range []string{
		`create schema ` + db.schema,
		`create table ` + db.schema + `.people (id bigint primary key, name text, updated_at timestamptz not null)`,
		`insert into ` + db.schema + `.people select i, 'person ' || i, timestamptz '2026-01-01' + i * interval '1 second' from generate_series(1, 5000) i`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "people.db")
	s := startServer(t)
	s.airfield("source", "deploy", "people", "--connector", "source-postgres", "--config", db.config(t, map[string]any{
		"schemas": []string{db.schema}, "replication_method": map[string]any{"method": "Standard"},
	}))
	s.airfield("destination", "deploy", "lake", "--connector", "destination-sqlite", "--config", fmt.Sprintf(`{"destination_path": %q}`, path))
	s.airfield("connection", "deploy", "people", "--source", "people", "--destination", "lake",
		"--streams", `[{"name": "people", "syncMode": "incremental_deduped_history", "cursorField": ["updated_at"]}]`)
	if moved := s.sync("people"); moved != 5000 {
		t.Fatalf("the first sync moved %d records, want 5000", moved)
	}
	if _, err := conn.Exec(t.Context(), `update `+db.schema+`.people set name = 'changed', updated_at = timestamptz '2026-06-01' + id * interval '1 microsecond' where id % 1000 = 0`); err != nil {
		t.Fatal(err)
	}
	// The last row of the first sync shares its cursor with what may have been written since, so it is read again.
	if moved := s.sync("people"); moved < 5 || moved > 6 {
		t.Errorf("the second sync moved %d records, want the 5 that changed", moved)
	}
	comparePeople(t, path, db.schema)
}

// sync runs a connection and returns how many records it moved.
func (s *server) sync(connection string) int64 {
	s.t.Helper()
	out := strings.TrimSpace(s.airfield("connection", "sync", connection, "-o", "json", "--jq", ".rowsSynced"))
	n, err := strconv.ParseInt(out, 10, 64)
	if err != nil {
		s.t.Fatalf("rows synced: %q", out)
	}
	return n
}

func comparePeople(t *testing.T, path, schema string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var tables []string
	rows, err := db.QueryContext(t.Context(), "select name from sqlite_master where type = 'table' and name like '%people'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if rows.Err() != nil || len(tables) != 1 {
		t.Fatalf("tables %v for schema %s: %v", tables, schema, rows.Err())
	}
	var all, changed int64
	query := `select count(*), count(*) filter (where name = 'changed' and id % 1000 = 0 and updated_at like '2026-06-01%') from "` + tables[0] + `"`
	if err := db.QueryRowContext(t.Context(), query).Scan(&all, &changed); err != nil {
		t.Fatal(err)
	}
	if all != 5000 || changed != 5 {
		t.Errorf("%d rows with %d changed, want 5000 and 5", all, changed)
	}
}
