package embed_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/internal/store/postgres"
	"github.com/airfielddev/airfield/secret"
)

// emptySchema makes a schema for one test and returns a URL of the database with that schema chosen.
func emptySchema(t *testing.T) string {
	t.Helper()
	server := os.Getenv("AIRFIELD_TEST_POSTGRES_URL")
	if server == "" {
		t.Skip("AIRFIELD_TEST_POSTGRES_URL names no PostgreSQL server")
	}
	schema := "embed_" + strings.ToLower(rand.Text()[:12])
	execute(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { execute(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

func execute(t *testing.T, address, statement string) {
	t.Helper()
	ctx := context.Background() // also after the test
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Error(err)
	}
}

// killOwner ends the session that keeps the schema to a server once another waits for the schema, which gets it then.
const killOwner = `DO $$ DECLARE owner int; BEGIN
	FOR i IN 1..6000 LOOP
		EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = hashtext(current_schema())::oid
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
		PERFORM pg_sleep(0.01);
	END LOOP;
	SELECT pid INTO STRICT owner FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = hashtext(current_schema())::oid
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
	PERFORM pg_terminate_backend(owner, 60000);
END $$`

// anotherDirectory is a data directory with the key of the first.
func anotherDirectory(t *testing.T, first string) string {
	t.Helper()
	dir := t.TempDir()
	key, err := os.ReadFile(filepath.Join(first, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOneServerToADatabase has a second server come while the first runs, and then while the first has lost its session: whoever
// has the database runs the jobs, and the other stops.
func TestOneServerToADatabase(t *testing.T) {
	t.Parallel()
	address := emptySchema(t)
	cfg := config(t.TempDir())
	cfg.Store = secret.String(address)
	first, err := embed.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	ended := make(chan error, 1)
	go func() { ended <- first.Run(t.Context()) }()

	cfg.Dir = anotherDirectory(t, cfg.Dir)
	if _, err := embed.Open(t.Context(), cfg); !errors.Is(err, postgres.ErrInUse) {
		t.Fatalf("a second server: got %v, want postgres.ErrInUse", err)
	}
	var second *embed.Server
	opened := make(chan error, 1)
	go func() {
		var err error
		second, err = embed.Open(t.Context(), cfg)
		opened <- err
	}()
	execute(t, address, killOwner)
	if err := <-opened; err != nil {
		t.Fatalf("a second server while the first has lost the database: %v", err)
	}
	defer second.Close()
	if err := <-ended; !errors.Is(err, postgres.ErrInUse) {
		t.Errorf("the first server ended with %v, want postgres.ErrInUse", err)
	}
}
