package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/store/postgres"
	"github.com/airfielddev/airfield/internal/store/storetest"
	"github.com/airfielddev/airfield/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newSchema makes an empty schema for one test and returns the address of the database with that schema chosen.
func newSchema(t *testing.T) *url.URL {
	t.Helper()
	server := os.Getenv("AIRFIELD_TEST_POSTGRES_URL")
	if server == "" {
		t.Skip("AIRFIELD_TEST_POSTGRES_URL names no PostgreSQL server")
	}
	schema := "store_" + strings.ToLower(rand.Text()[:12])
	execute(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { execute(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u
}

// execute runs a statement on a connection of its own.
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

// value asks for one value on a connection of its own.
func value[T any](t *testing.T, address *url.URL, query string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var v T
	if err := conn.QueryRow(t.Context(), query).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func openAt(t *testing.T, address *url.URL) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), secret.String(address.String()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) platform.Store {
		t.Helper()
		return openAt(t, newSchema(t))
	})
}

func insertTag(ctx context.Context, s platform.Store, id string) error {
	return s.Write(ctx, func(tb platform.Tables) error { return tb.Tags.Insert(ctx, platform.Tag{ID: id, Name: id}) })
}

func tags(t *testing.T, s platform.Store) []string {
	t.Helper()
	var ids []string
	err := s.Read(t.Context(), func(tb platform.Tables) error {
		ids = nil
		list, err := tb.Tags.List(t.Context(), platform.Filter{})
		for _, tag := range list {
			ids = append(ids, tag.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	if err := insertTag(t.Context(), openAt(t, address), "a"); err != nil {
		t.Fatal(err)
	}
	if got := tags(t, openAt(t, address)); len(got) != 1 {
		t.Errorf("the second opening sees %q, want the tag of the first", got)
	}
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			s, err := postgres.Open(t.Context(), secret.String(address.String()))
			if err != nil {
				t.Errorf("opening beside others: %v", err)
				return
			}
			defer s.Close()
			if err := insertTag(t.Context(), s, fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := tags(t, openAt(t, address)); len(got) != 6 {
		t.Errorf("got tags %q, want one of each opening", got)
	}
	applied := value[int](t, address, "SELECT count(*) - count(DISTINCT version_id) FROM airfield_migrations")
	if applied != 0 {
		t.Errorf("%d migrations were applied twice", applied)
	}
}

// TestOpenWaits holds the lock of migrations, as another program does that migrates: opening waits for it.
func TestOpenWaits(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	other, err := pgx.Connect(t.Context(), address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	if _, err := other.Exec(t.Context(), "SELECT pg_advisory_lock(1634102631, hashtext(current_schema()))"); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		s, err := postgres.Open(t.Context(), secret.String(address.String()))
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	const waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = hashtext(current_schema())::oid)"
	for !value[bool](t, address, waiting) {
		select {
		case err := <-opened:
			t.Fatalf("opening did not wait for another's migrations: %v", err)
		default:
		}
	}
	if _, err := other.Exec(t.Context(), "SELECT pg_advisory_unlock_all()"); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Errorf("opening after another's migrations: %v", err)
	}
}

func TestOpenRefusesNewerTables(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	openAt(t, address)
	execute(t, address.String(), "INSERT INTO airfield_migrations (version_id, is_applied) VALUES (99999, true)")
	s, err := postgres.Open(t.Context(), secret.String(address.String()))
	if !errors.Is(err, postgres.ErrNewer) {
		t.Errorf("opening the tables of a later version: got %v, want ErrNewer", err)
	}
	if err == nil {
		s.Close()
	}
}

// TestConnectionSettings asks a connection of the store itself what it runs with.
func TestConnectionSettings(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	execute(t, address.String(), "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "+
		"CREATE TABLE IF NOT EXISTS setting AS SELECT name, setting FROM pg_settings; RETURN NEW; END $$")
	query := address.Query()
	query.Set("synchronous_commit", "off")
	query.Set("statement_timeout", "7s")
	query.Set("pool_max_conns", "2")
	changed := *address
	changed.RawQuery = query.Encode()
	s := openAt(t, &changed)
	execute(t, address.String(), "CREATE TRIGGER told AFTER INSERT ON tags FOR EACH ROW EXECUTE FUNCTION told()")
	if err := insertTag(t.Context(), s, "a"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"synchronous_commit":                  "on",           // whatever was asked for
		"statement_timeout":                   "7000",         // as was asked for
		"idle_in_transaction_session_timeout": "60000",        // nothing was
		"transaction_isolation":               "serializable", //
		"application_name":                    "airfield",
	} {
		if got := value[string](t, address, "SELECT setting FROM setting WHERE name = '"+name+"'"); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	s := openAt(t, newSchema(t))
	if err := insertTag(t.Context(), s, "zero \x00, broken \xff, ünï"); err != nil {
		t.Fatal(err)
	}
	if err := insertTag(t.Context(), s, "a longer name "+strings.Repeat("x", 2000)); err != nil {
		t.Error(err)
	}
	err := s.Read(t.Context(), func(tb platform.Tables) error {
		_, err := tb.Tags.Get(t.Context(), "zero \uFFFD, broken \uFFFD, ünï")
		return err
	})
	if err != nil {
		t.Errorf("text that no database takes: %v", err)
	}
}

func TestLongNames(t *testing.T) {
	t.Parallel()
	s := openAt(t, newSchema(t))
	long := strings.Repeat("0123456789abcdef", 1000)
	tagged := make([]string, 300)
	for i := range tagged {
		tagged[i] = fmt.Sprintf("%036d", i)
	}
	err := s.Write(t.Context(), func(tb platform.Tables) error {
		return errors.Join(
			tb.Actors.Insert(t.Context(), platform.Actor{ID: "a", Name: long}),
			tb.Connections.Insert(t.Context(), platform.Connection{ID: "c", SourceID: "a", DestinationID: "a", Name: long, TagIDs: tagged}))
	})
	if err != nil {
		t.Errorf("a name of %d bytes and %d tags: %v", len(long), len(tagged), err)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	const password = "hunter2-p/w?#%zz"
	f := func(address string, want error, text string) {
		t.Helper()
		s, err := postgres.Open(t.Context(), secret.String(address))
		if err == nil {
			s.Close()
		}
		if !errors.Is(err, want) || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v, want %v with %q", address, err, want, text)
			return
		}
		for _, part := range []string{"hunter2", "p/w", "p%2Fw"} {
			if strings.Contains(err.Error(), part) || strings.Contains(fmt.Sprintf("%+v %#v", err, err), part) {
				t.Errorf("%s: the error holds the password: %v", address, err)
			}
		}
	}
	escaped := url.QueryEscape(password)
	f("mysql://u:"+escaped+"@127.0.0.1/db", postgres.ErrAddress, "postgres://user:password@host")
	f(password, postgres.ErrAddress, "postgres://")
	f("postgres://u:"+password+"@127.0.0.1:1/db", postgres.ErrAddress, "percent-encoded")
	f("postgres://u:"+escaped+"@127.0.0.1:1/db?sslmode=maybe", postgres.ErrAddress, "sslmode")
	f("postgres://u@127.0.0.1:1/db?sslmode=maybe&password="+escaped, postgres.ErrAddress, "sslmode")
	f("postgres://u:"+escaped+"@127.0.0.1:1/db?pool_max_conns=1", postgres.ErrAddress, "pool_max_conns")
	f("postgres://u:"+escaped+"@127.0.0.1:1/db?pool_max_conns=many", postgres.ErrAddress, "many")
	f("postgres://u:"+escaped+"@127.0.0.1:1/db", postgres.ErrConnect, `database "db" at 127.0.0.1:1 as "u"`)
	f("postgres://u@127.0.0.1:1/db?sslmode=disable&password="+escaped, postgres.ErrConnect, "refused")
}

func TestOpenAbsentDatabase(t *testing.T) {
	t.Parallel()
	address := *newSchema(t)
	address.Path = "/no_such_database"
	address.User = url.UserPassword(address.User.Username(), "hunter2")
	_, err := postgres.Open(t.Context(), secret.String(address.String()))
	if !errors.Is(err, postgres.ErrConnect) || !strings.Contains(err.Error(), "does not exist") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want ErrConnect that says that the database does not exist", err)
	}
}
