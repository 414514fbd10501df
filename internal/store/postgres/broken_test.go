package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/store/postgres"
	"github.com/airfielddev/airfield/secret"
)

// named gives the sessions of an address a name to kill them by.
func named(t *testing.T, address *url.URL) (*url.URL, string) {
	t.Helper()
	name := "victim+" + address.Query().Get("search_path")
	query := address.Query()
	query.Set("application_name", name)
	changed := *address
	changed.RawQuery = query.Encode()
	return &changed, name
}

func killSessions(t *testing.T, address *url.URL, name string) {
	t.Helper()
	killed := value[int](t, address, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '"+name+"'")
	if killed == 0 {
		t.Errorf("there was no session of %s to kill", name)
	}
}

// TestKilledInside kills the session of a transaction between its statements. The store runs it again; nothing is kept twice.
func TestKilledInside(t *testing.T) {
	t.Parallel()
	plain := newSchema(t)
	address, name := named(t, plain)
	s := openAt(t, address)
	runs := 0
	err := s.Write(t.Context(), func(tb platform.Tables) error {
		runs++
		if err := tb.Tags.Insert(t.Context(), platform.Tag{ID: "a", Name: "a"}); err != nil {
			return err
		}
		if runs == 1 {
			killSessions(t, plain, name)
		}
		return tb.Tags.Insert(t.Context(), platform.Tag{ID: "b", Name: "b"})
	})
	if err != nil || runs != 2 {
		t.Errorf("after %d runs: %v, want success at the second", runs, err)
	}
	if got := tags(t, s); len(got) != 2 {
		t.Errorf("got tags %q, want a and b", got)
	}
}

// TestKilledBetween kills the sessions that wait in the pool.
func TestKilledBetween(t *testing.T) {
	t.Parallel()
	plain := newSchema(t)
	address, name := named(t, plain)
	s := openAt(t, address)
	for i := range 5 {
		if err := insertTag(t.Context(), s, fmt.Sprint(i)); err != nil {
			t.Fatalf("writing after the sessions were killed: %v", err)
		}
		killSessions(t, plain, name)
	}
	if got := tags(t, s); len(got) != 5 {
		t.Errorf("got tags %q, want 5", got)
	}
}

// TestKilledWhileReading must neither hide the end of a list nor fail.
func TestKilledWhileReading(t *testing.T) {
	t.Parallel()
	plain := newSchema(t)
	address, name := named(t, plain)
	s := openAt(t, address)
	if err := insertTag(t.Context(), s, "a"); err != nil {
		t.Fatal(err)
	}
	runs, seen := 0, 0
	err := s.Read(t.Context(), func(tb platform.Tables) error {
		if runs++; runs == 1 {
			killSessions(t, plain, name)
		}
		list, err := tb.Tags.List(t.Context(), platform.Filter{})
		seen = len(list)
		return err
	})
	if err != nil || runs != 2 || seen != 1 {
		t.Errorf("after %d runs: %v, %d tags; want 1 at the second run", runs, err, seen)
	}
}

// proxy stands between a store and its database and breaks connections at commits.
type proxy struct {
	net.Listener
	server string
	cut    atomic.Int32 // what to do at the next commit
	work   sync.WaitGroup
}

// What a proxy does to a commit.
const (
	cutNothing int32 = iota
	cutAnswer        // lets it through and breaks the connection before the answer
	cutRequest       // breaks the connection before it
)

func startProxy(t *testing.T, address *url.URL) (*proxy, *url.URL) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: listener, server: address.Host}
	p.work.Go(p.accept)
	t.Cleanup(func() {
		listener.Close()
		p.work.Wait()
	})
	changed := *address
	changed.Host = listener.Addr().String()
	query := changed.Query()
	query.Set("sslmode", "disable") // the proxy reads along
	changed.RawQuery = query.Encode()
	return p, &changed
}

func (p *proxy) accept() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		p.work.Go(func() { p.forward(client, server) })
	}
}

// forward carries both ways until one side ends.
func (p *proxy) forward(client, server net.Conn) {
	var answers sync.WaitGroup
	answers.Go(func() {
		defer client.Close()
		_, _ = io.Copy(client, server)
	})
	defer answers.Wait()
	defer server.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("commit\x00")) {
			switch p.cut.Swap(cutNothing) {
			case cutRequest:
				return
			case cutAnswer:
				client.Close()
			}
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestLostCommit breaks the connection around a commit. The store finds out what became of it: what was kept is not done again,
// and what was not kept is.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cut      int32
		wantRuns int
	}{
		"before": {cutRequest, 2},
		"after":  {cutAnswer, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, address := startProxy(t, newSchema(t))
			s := openAt(t, address)
			connectedTag(t, s)
			p.cut.Store(c.cut)
			runs := 0
			err := s.Write(t.Context(), func(tb platform.Tables) error {
				runs++
				id := fmt.Sprint("run ", runs)
				return tb.Tags.Insert(t.Context(), platform.Tag{ID: id, Name: id})
			})
			if p.cut.Load() != cutNothing {
				t.Fatal("no commit came by")
			}
			if err != nil || runs != c.wantRuns {
				t.Errorf("after %d runs: %v, want success after %d", runs, err, c.wantRuns)
			}
			if got, want := tags(t, s), fmt.Sprint("run ", c.wantRuns); len(got) != 2 || got[1] != want {
				t.Errorf("got tags %q, want that of %s alone", got, want)
			}
		})
	}
}

// connectedTag writes something, so that there is a connection in the pool.
func connectedTag(t *testing.T, s platform.Store) {
	t.Helper()
	if err := insertTag(t.Context(), s, "first"); err != nil {
		t.Fatal(err)
	}
}

// TestServerGone takes the way to the database away in the middle of a transaction.
func TestServerGone(t *testing.T) {
	t.Parallel()
	plain := newSchema(t)
	plain.User = url.UserPassword(plain.User.Username(), "hunter2")
	address, name := named(t, plain)
	p, through := startProxy(t, address)
	s := openAt(t, through)
	err := s.Write(t.Context(), func(tb platform.Tables) error {
		p.Close()
		killSessions(t, plain, name)
		return tb.Tags.Insert(t.Context(), platform.Tag{ID: "a", Name: "a"})
	})
	if !errors.Is(err, postgres.ErrConnect) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("writing without a server: got %v, want ErrConnect", err)
	}
	if err := s.Read(t.Context(), func(platform.Tables) error { return nil }); !errors.Is(err, postgres.ErrConnect) {
		t.Errorf("reading without a server: got %v, want ErrConnect", err)
	}
}

func own(ctx context.Context, address *url.URL) (*postgres.Owner, error) {
	return postgres.Own(ctx, secret.String(address.String()), nil)
}

func TestOwn(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	first, err := own(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	second, err := own(t.Context(), address)
	if !errors.Is(err, postgres.ErrInUse) || !strings.Contains(err.Error(), "airfield server, process ") {
		t.Errorf("a second owner: got %v, want ErrInUse that names the first", err)
	}
	if err == nil {
		second.Close()
	}
	elsewhere, err := own(t.Context(), newSchema(t))
	if err != nil {
		t.Errorf("the owner of another schema: %v", err)
	} else if err := elsewhere.Close(); err != nil {
		t.Error(err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	third, err := own(t.Context(), address)
	if err != nil {
		t.Fatalf("after the first has gone: %v", err)
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
}

// killOwner ends the session that holds the lock of a schema, and returns once it is gone.
const killOwner = `DO $$ DECLARE owner int; BEGIN
	SELECT pid INTO STRICT owner FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = hashtext(current_schema())::oid
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
	PERFORM pg_terminate_backend(owner, 60000);
END $$`

// killAwaitedOwner is killOwner once another session waits for the lock, which gets it then.
const killAwaitedOwner = `DO $$ BEGIN
	FOR i IN 1..6000 LOOP
		EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = hashtext(current_schema())::oid
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
		PERFORM pg_sleep(0.01);
	END LOOP;
END $$;` + killOwner

// TestKeep breaks the owner's session. It takes the database again when nobody else has, and tells when somebody has.
func TestKeep(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	o, err := own(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	ctx, cancel := context.WithCancel(t.Context())
	kept := make(chan error, 1)
	go func() { kept <- o.Keep(ctx) }()

	execute(t, address.String(), killOwner)
	awaitOwner(t, address)
	if _, err = own(t.Context(), address); !errors.Is(err, postgres.ErrInUse) {
		t.Fatalf("after the owner came back: got %v, want ErrInUse", err)
	}
	cancel()
	if err := <-kept; err != nil {
		t.Errorf("keeping until told to stop: %v", err)
	}

	go func() { kept <- o.Keep(t.Context()) }()
	var other *postgres.Owner
	took := make(chan error, 1)
	go func() {
		var err error
		other, err = own(t.Context(), address)
		took <- err
	}()
	execute(t, address.String(), killAwaitedOwner)
	if err := <-took; err != nil {
		t.Fatalf("taking the database while its owner is gone: %v", err)
	}
	defer other.Close()
	if err := <-kept; !errors.Is(err, postgres.ErrInUse) {
		t.Errorf("the first owner: got %v, want ErrInUse", err)
	}
}

// awaitOwner returns when somebody holds the lock of a schema.
func awaitOwner(t *testing.T, address *url.URL) {
	t.Helper()
	for t.Context().Err() == nil {
		if value[bool](t, address, "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = hashtext(current_schema())::oid)") {
			return
		}
	}
}
