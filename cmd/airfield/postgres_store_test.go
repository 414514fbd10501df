package main_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/cloud"
)

// emptySchema makes a schema for one test and returns a URL of the database with that schema chosen and with a password, which a
// server that asks for none ignores.
func emptySchema(t *testing.T) (address, password string) {
	t.Helper()
	server := os.Getenv("AIRFIELD_TEST_POSTGRES_URL")
	if server == "" {
		t.Skip("AIRFIELD_TEST_POSTGRES_URL names no PostgreSQL server")
	}
	schema := "server_" + strings.ToLower(rand.Text()[:12])
	execute(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { execute(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	password, given := u.User.Password()
	if !given {
		password = rand.Text()
		u.User = url.UserPassword(u.User.Username(), password)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String(), password
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

// TestPostgresStore keeps everything in PostgreSQL: a job that a killed server has left is done by the next one, and while a server
// runs, no other works with its database.
func TestPostgresStore(t *testing.T) {
	address, password := emptySchema(t)
	s := startServer(t, "AIRFIELD_STORE="+address)
	to := sqliteSink(t)
	rows := sized(100_000, 1_000_000)
	connectionID := deployUsers(t, s.workspace(), to, cloud.IncrementalDedupedHistory, rows)
	result, err := s.workspace().Connection(connectionID).RunSync(t.Context(), cloud.NoWait())
	if err != nil {
		t.Fatal(err)
	}
	awaitAttempt(t, s, connectionID)
	s.kill()
	s.start()
	refusesSecondServer(t, address, password)

	status, err := s.workspace().Connection(connectionID).SyncResult(result.JobID()).Wait(t.Context(), cloud.Timeout(10*time.Minute))
	if err != nil || status != cloud.JobSucceeded {
		t.Fatalf("job %d ended %s: %v", result.JobID(), status, err)
	}
	compare(t, to.count(t), cloud.IncrementalDedupedHistory, rows)
	if _, err := os.Stat(filepath.Join(s.dataDir, "airfield.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a database file in the data directory: %v", err)
	}
	if strings.Contains(s.log.tail(), password) {
		t.Error("the password is in the log")
	}
}

// awaitAttempt returns when a job of the connection runs.
func awaitAttempt(t *testing.T, s *server, connectionID string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		last, err := s.workspace().Connection(connectionID).LastSync(t.Context())
		if err != nil || last == nil {
			t.Fatalf("the last sync: %v, %v", last, err)
		}
		status, err := last.Status(t.Context())
		if err != nil || status.Final() {
			t.Fatalf("the job is %s before the server could be killed: %v", status, err)
		}
		if status == cloud.JobRunning {
			return
		}
	}
}

// refusesSecondServer starts another server on the same database. The address comes from a file, as passwords should.
func refusesSecondServer(t *testing.T, address, password string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "store")
	if err := os.WriteFile(file, []byte(address+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, "server", "--port", "0", "--data-dir", t.TempDir(), "--store", "file:"+file)
	cmd.Stdout, cmd.Stderr = &output, &output
	err = cmd.Run()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != 5 {
		t.Errorf("a second server ended with %v, want exit code 5:\n%s", err, output.String())
	}
	for _, want := range []string{"in use by another server", "airfield server, process ", "one server runs the jobs of a database"} {
		if !strings.Contains(output.String(), want) {
			t.Errorf("the second server does not say %q:\n%s", want, output.String())
		}
	}
	if strings.Contains(output.String(), password) || strings.Contains(output.String(), "list of processes") {
		t.Errorf("the second server shows or blames a password that it was not given openly:\n%s", output.String())
	}
}
