package main_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/cloud"
	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"
)

// kills is how often the server is killed while one job runs.
const kills = 10

// sized is a number of rows: the small one by default, the large one where AIRFIELD_FULL_SIZE is set, as in CI.
func sized(small, large int64) int64 {
	if os.Getenv("AIRFIELD_FULL_SIZE") != "" {
		return large
	}
	return small
}

// landed is what a destination holds of the stream of users.
type landed struct{ rows, ids, sum int64 }

// sink is a destination that can be read back.
type sink struct {
	config cloud.Configuration
	count  func(t *testing.T) landed
}

const countUsers = `select count(*), count(distinct id), coalesce(sum(distinct id), 0) from `

func sqliteSink(t *testing.T) sink {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users.db")
	return sink{
		config: cloud.Configuration{"destinationType": "sqlite", "destination_path": path},
		count: func(t *testing.T) landed {
			t.Helper()
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var l landed
			if err := db.QueryRowContext(t.Context(), countUsers+"users").Scan(&l.rows, &l.ids, &l.sum); err != nil {
				t.Fatal(err)
			}
			return l
		},
	}
}

func postgresSink(t *testing.T) sink {
	t.Helper()
	address := os.Getenv("AIRFIELD_TEST_POSTGRES_URL")
	if address == "" {
		t.Skip("AIRFIELD_TEST_POSTGRES_URL names no PostgreSQL server")
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	schema := "crash_" + strings.ToLower(rand.Text()[:12])
	connect := func(ctx context.Context) *pgx.Conn {
		conn, err := pgx.Connect(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	t.Cleanup(func() {
		ctx := context.Background()
		conn := connect(ctx)
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, "drop schema if exists "+schema+" cascade"); err != nil {
			t.Error(err)
		}
	})
	password, _ := u.User.Password()
	return sink{
		config: cloud.Configuration{
			"destinationType": "postgres", "host": u.Hostname(), "port": port, "database": strings.TrimPrefix(u.Path, "/"),
			"schema": schema, "username": u.User.Username(), "password": password, "ssl_mode": map[string]any{"mode": "disable"},
		},
		count: func(t *testing.T) landed {
			t.Helper()
			conn := connect(t.Context())
			defer conn.Close(t.Context())
			var l landed
			if err := conn.QueryRow(t.Context(), countUsers+schema+".users").Scan(&l.rows, &l.ids, &l.sum); err != nil {
				t.Fatal(err)
			}
			return l
		},
	}
}

// TestKill kills the server at random moments of one sync. The job must succeed all the same, with no row lost, and where rows
// have a key, none twice.
func TestKill(t *testing.T) {
	for _, mode := range []cloud.SyncMode{cloud.IncrementalDedupedHistory, cloud.IncrementalAppend} {
		t.Run("sqlite/"+string(mode), func(t *testing.T) { testKill(t, sqliteSink(t), mode) })
		t.Run("postgres/"+string(mode), func(t *testing.T) { testKill(t, postgresSink(t), mode) })
	}
}

func testKill(t *testing.T, to sink, mode cloud.SyncMode) {
	t.Helper()
	rows := sized(100_000, 2_000_000)
	s := startServer(t)
	connectionID := deployUsers(t, s.workspace(), to, mode, rows)
	result, err := s.workspace().Connection(connectionID).RunSync(t.Context(), cloud.NoWait())
	if err != nil {
		t.Fatal(err)
	}
	hits := 0
	for range kills {
		if runFor(t, s, randomMoment(rows)) {
			hits++
		}
		s.kill()
		s.start()
	}
	t.Logf("%d of %d kills hit the job while it ran", hits, kills)
	if hits < kills/2 {
		t.Errorf("only %d of %d kills hit the job while it ran: the moments are too far apart", hits, kills)
	}
	status, err := s.workspace().Connection(connectionID).SyncResult(result.JobID()).Wait(t.Context(), cloud.Timeout(20*time.Minute))
	if err != nil || status != cloud.JobSucceeded {
		t.Fatalf("job %d ended %s: %v", result.JobID(), status, err)
	}
	compare(t, to.count(t), mode, rows)
}

// TestInterrupt asks a server to end while it syncs. What it had read is committed, and the next start goes on from there.
func TestInterrupt(t *testing.T) {
	const rows = 300_000
	to := sqliteSink(t)
	s := startServer(t)
	connectionID := deployUsers(t, s.workspace(), to, cloud.IncrementalAppend, rows)
	result, err := s.workspace().Connection(connectionID).RunSync(t.Context(), cloud.NoWait())
	if err != nil {
		t.Fatal(err)
	}
	runFor(t, s, 300*time.Millisecond)
	s.interrupt()
	s.start()
	done := s.workspace().Connection(connectionID).SyncResult(result.JobID())
	if status, err := done.Wait(t.Context(), cloud.Timeout(5*time.Minute)); err != nil || status != cloud.JobSucceeded {
		t.Fatalf("job %d ended %s: %v", result.JobID(), status, err)
	}
	got := to.count(t)
	compare(t, got, cloud.IncrementalAppend, rows)
	// The faker writes two hundred states; what came after the last one that was stored is read again.
	if repeated := got.rows - rows; repeated > rows/200 {
		t.Errorf("%d rows were repeated, which is more than lies between two states", repeated)
	}
}

func compare(t *testing.T, got landed, mode cloud.SyncMode, rows int64) {
	t.Helper()
	t.Logf("%d rows, %d ids", got.rows, got.ids)
	if want := rows * (rows + 1) / 2; got.ids != rows || got.sum != want {
		t.Errorf("%d ids that sum up to %d, want %d and %d", got.ids, got.sum, rows, want)
	}
	if mode == cloud.IncrementalDedupedHistory && got.rows != rows {
		t.Errorf("%d rows, want each of %d once", got.rows, rows)
	}
}

func deployUsers(t *testing.T, w *cloud.Workspace, to sink, mode cloud.SyncMode, rows int64) string {
	t.Helper()
	source, err := w.DeploySource(t.Context(), "users", cloud.Configuration{"sourceType": "faker", "count": rows, "seed": 42, "records_per_slice": 1000})
	if err != nil {
		t.Fatal(err)
	}
	destination, err := w.DeployDestination(t.Context(), "sink", to.config)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := w.DeployConnection(t.Context(), cloud.ConnectionSpec{
		Name: "crash", Source: source, Destination: destination,
		Streams: []cloud.Stream{{Name: "users", SyncMode: mode}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return connection.ID()
}

// randomMoment is a time within which a part of the job is done, whatever its size.
func randomMoment(rows int64) time.Duration {
	longest := time.Duration(rows) * 2 * time.Microsecond / kills * 3
	return time.Duration(mathrand.Int64N(int64(longest)))
}

// runFor lets the server work for a while and tells whether a job was still running at the end of it.
func runFor(t *testing.T, s *server, d time.Duration) bool {
	t.Helper()
	select {
	case <-time.After(d):
	case <-s.gone:
		t.Fatalf("the server ended by itself:\n%s", s.log.tail())
	}
	return jobRuns(t, s)
}

func jobRuns(t *testing.T, s *server) bool {
	t.Helper()
	for connection, err := range s.workspace().Connections(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		last, err := connection.LastSync(t.Context())
		if err != nil || last == nil {
			t.Fatal(errors.Join(err, fmt.Errorf("no job of connection %s", connection.ID())))
		}
		status, err := last.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return !status.Final()
	}
	return false
}
