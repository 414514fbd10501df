package cloud_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver called "sqlite"

	"github.com/airfielddev/airfield/cloud"
)

// synced is a connection whose destination is of a kind and configuration.
func synced(t *testing.T, kind, configuration, namespace, streams string) *fake {
	t.Helper()
	body := strings.Replace(connectionJSON(connectionID, "c", streams), `"namespaceDefinition":"destination"`, namespace, 1)
	return serve(t, map[string]handler{
		getConnection:                        always(ok(body)),
		"GET /destinations/" + destinationID: always(ok(destinationJSON(destinationID, "d", kind, configuration))),
	})
}

func exec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func sqliteFile(t *testing.T, statements ...string) (string, *sql.DB) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out put.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	exec(t, db, statements...)
	return path, db
}

func rowsOf(t *testing.T, f *fake, stream string, opts ...cloud.RowsOption) []cloud.Row {
	t.Helper()
	rows, err := cloud.Collect(f.connection().SyncResult(7).Rows(t.Context(), stream, opts...))
	if err != nil {
		t.Fatalf("stream %s: %v", stream, err)
	}
	return rows
}

func TestRowsOfSQLite(t *testing.T) {
	t.Parallel()
	path, db := sqliteFile(t,
		`CREATE TABLE "p_users" (id INTEGER, name TEXT, tags JSON_TEXT, score NUMERIC, none TEXT)`,
		`INSERT INTO "p_users" VALUES (1, 'Ann', '["a",1.0]', 1.5, NULL), (2, 'Bob', NULL, 2, '')`,
		`CREATE TABLE "public_p_orders" (n INTEGER)`, `INSERT INTO "public_p_orders" VALUES (7)`,
		`CREATE TABLE "p_odd_name_" (n INTEGER)`,
	)
	streams := `[{"name":"users"},{"name":"orders","namespace":"public"},{"name":"odd name!"},{"name":"never"}]`
	config := fmt.Sprintf(`{"destination_path":%q}`, path)
	f := synced(t, "sqlite", config, `"namespaceDefinition":"source"`, streams)
	want := []cloud.Row{
		{"id": int64(1), "name": "Ann", "tags": json.RawMessage(`["a",1.0]`), "score": 1.5, "none": nil},
		{"id": int64(2), "name": "Bob", "tags": nil, "score": int64(2), "none": ""},
	}
	for _, opts := range [][]cloud.RowsOption{{cloud.RowsFrom(db)}, nil} {
		if diff := cmp.Diff(want, rowsOf(t, f, "users", opts...)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	for _, name := range []string{"orders", "public.orders"} {
		if diff := cmp.Diff([]cloud.Row{{"n": int64(7)}}, rowsOf(t, f, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if rows := rowsOf(t, f, "odd name!"); len(rows) != 0 {
		t.Errorf("rows of an empty table: %v", rows)
	}
	result := f.connection().SyncResult(7)
	for _, absent := range []string{"nobody", "never"} {
		if _, err := cloud.Collect(result.Rows(t.Context(), absent)); !errors.Is(err, cloud.ErrNotFound) {
			t.Errorf("%s: %v", absent, err)
		}
	}
	for range result.Rows(t.Context(), "users", cloud.RowsFrom(db)) {
		break
	}
	if open := db.Stats().InUse; open != 0 {
		t.Errorf("a break leaves %d connections in use", open)
	}
}

func TestRowsAreOpenedByTheCaller(t *testing.T) {
	t.Parallel()
	path, _ := sqliteFile(t, `CREATE TABLE p_users (n INTEGER)`, `INSERT INTO p_users VALUES (1), (2)`)
	f := synced(t, "sqlite", `{"destination_path":"/nowhere/x.db"}`, `"namespaceDefinition":"destination"`, `[{"name":"users"}]`)
	cfg := f.config()
	cfg.OpenDatabase = func(_ context.Context, d *cloud.DestinationInfo) (*sql.DB, error) {
		if d.Type != "sqlite" || d.ID != destinationID {
			t.Errorf("destination %+v", d)
		}
		return sql.Open("sqlite", path)
	}
	client, err := cloud.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := cloud.Collect(client.Workspace(workspaceID).Connection(connectionID).SyncResult(7).Rows(t.Context(), "users"))
	if err != nil || len(rows) != 2 {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestRowsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := func(kind, configuration string) {
		t.Helper()
		f := synced(t, kind, configuration, `"x":1`, `[{"name":"users"}]`)
		_, err := cloud.Collect(f.connection().SyncResult(7).Rows(t.Context(), "users"))
		if !errors.Is(err, cloud.ErrUnsupported) || !strings.Contains(err.Error(), kind) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	f("bigquery", `{}`)
	f("postgres", `{"schema":"public"}`)
	f("sqlite", `{"destination_path":"/nowhere/x.db"}`)
}

func TestRowsOfPostgres(t *testing.T) {
	t.Parallel()
	address := os.Getenv("AIRFIELD_TEST_POSTGRES_URL")
	if address == "" {
		t.Skip("AIRFIELD_TEST_POSTGRES_URL is not set")
	}
	db := openPostgres(t, address)
	t.Cleanup(func() { db.Close() })
	schema := fmt.Sprintf("cloud rows %d", os.Getpid())
	drop := fmt.Sprintf(`DROP SCHEMA IF EXISTS %q CASCADE`, schema)
	exec(t, db, drop, fmt.Sprintf(`CREATE SCHEMA %q`, schema),
		fmt.Sprintf(`CREATE TABLE %q."p_Users" (id bigint, doc jsonb, name text, ok boolean)`, schema),
		fmt.Sprintf(`INSERT INTO %q."p_Users" VALUES (1, '{"a": [1]}', 'Ann', true), (2, NULL, NULL, NULL)`, schema))
	t.Cleanup(func() { _, _ = db.Exec(drop) })
	want := []cloud.Row{
		{"id": int64(1), "doc": json.RawMessage(`{"a": [1]}`), "name": "Ann", "ok": true},
		{"id": int64(2), "doc": nil, "name": nil, "ok": nil},
	}
	check := func(configuration, namespace, streams, stream string) {
		t.Helper()
		f := synced(t, "postgres", configuration, namespace, streams)
		if diff := cmp.Diff(want, rowsOf(t, f, stream, cloud.RowsFrom(db))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", namespace, diff)
		}
	}
	check(fmt.Sprintf(`{"schema":%q}`, schema), `"namespaceDefinition":"destination"`, `[{"name":"Users"}]`, "Users")
	check(`{}`, `"namespaceDefinition":"source"`, fmt.Sprintf(`[{"name":"Users","namespace":%q}]`, schema), "Users")
	check(`{}`, fmt.Sprintf(`"namespaceDefinition":"custom_format","namespaceFormat":%q`, strings.Replace(schema, "rows", "${SOURCE_NAMESPACE}", 1)),
		`[{"name":"Users","namespace":"rows"}]`, "rows.Users")
}

func openPostgres(t *testing.T, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	return db
}
