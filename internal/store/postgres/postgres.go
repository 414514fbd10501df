// Package postgres keeps the platform in a PostgreSQL database, version 13 or later.
//
// Writes are serializable and reads see one snapshot. Many servers may use one database at once as far as this package is
// concerned: a transaction that loses a race against another is run again. A commit is on the disk before it is reported.
//
// The connection must be to PostgreSQL itself or through a pool of sessions: one that hands out single transactions breaks
// the locks that migrations and [Owner] rely on.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/secret"
)

// How long connections are kept. The lifetime lets a moved database be found without a restart.
const (
	idleTime = 5 * time.Minute
	lifetime = time.Hour
)

// Store is an open database.
type Store struct {
	db *sql.DB
	at address
}

var _ platform.Store = (*Store)(nil)

// Open connects to a database and brings its tables up to date. The address is a URL such as
// postgres://user:password@host:5432/database?sslmode=verify-full, with the parameters that
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS lists, and pool_max_conns, which is how many
// connections may be open at once: 10 unless it is said. A schema other than public is chosen with search_path.
//
// The error matches [ErrAddress] when the address is not such a URL, [ErrConnect] when there is no connection, and [ErrNewer]
// when a later version of the program has made the tables. It never holds the password.
func Open(ctx context.Context, location secret.String) (*Store, error) {
	at, err := parse(location)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, at); err != nil {
		return nil, err
	}
	return &Store{db: at.pool(), at: at}, nil
}

// pool opens no connection yet.
func (a address) pool() *sql.DB {
	db := stdlib.OpenDB(*a.config, stdlib.OptionAfterConnect(makeDurable))
	db.SetMaxOpenConns(a.conns)
	db.SetMaxIdleConns(a.conns)
	db.SetConnMaxIdleTime(idleTime)
	db.SetConnMaxLifetime(lifetime)
	return db
}

// makeDurable overrules a server that reports commits before they are on the disk.
func makeDurable(ctx context.Context, conn *pgx.Conn) error {
	const query = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`
	_, err := conn.Exec(ctx, query)
	return err
}

// Close waits for transactions that are under way.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing connections to %s: %w", s.at, err)
	}
	return nil
}

// Read runs fn on a snapshot of the store.
func (s *Store) Read(ctx context.Context, fn func(platform.Tables) error) error {
	return s.persevere(ctx, func() (fate, error) { return s.read(ctx, fn) })
}

// Write runs fn as if it were alone, and keeps what it did when it returns nil. A commit whose answer was lost is looked up, so
// that an error means that nothing was kept, with one exception that the error's text names: the database did not come back to
// be asked.
func (s *Store) Write(ctx context.Context, fn func(platform.Tables) error) error {
	return s.persevere(ctx, func() (fate, error) { return s.write(ctx, fn) })
}

// ErrConnect means that there is no connection to the database: nothing answers at its address, there is no such database, or
// the user is not let in.
var ErrConnect = errors.New("no connection to PostgreSQL")
