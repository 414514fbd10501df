// Package sqlite keeps the platform in one file.
//
// Writes go through a single connection, one transaction after the other; reads have connections of their own and never wait
// for a write. A commit is on the disk before it is reported.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/store/tables"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is an open database file.
type Store struct {
	writer *sql.DB // one connection
	reader *sql.DB
}

var _ platform.Store = (*Store)(nil)

// Open opens the file, makes it with mode 0600 when it is absent, and brings its tables up to date.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := touch(path); err != nil {
		return nil, fmt.Errorf("opening database %s: %w", path, err)
	}
	s, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("opening database %s: %w", path, err)
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("migrating database %s: %w", path, err), s.Close())
	}
	return s, nil
}

// touch makes the file before the driver does, which would let others read it.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func open(path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", dsn(path, "immediate", "synchronous(FULL)"))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", dsn(path, "deferred", "query_only(1)"))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(max(4, runtime.NumCPU()))
	reader.SetMaxIdleConns(max(4, runtime.NumCPU()))
	return &Store{writer: writer, reader: reader}, nil
}

func dsn(path, lock, pragma string) string {
	q := url.Values{
		"_txlock": {lock},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", pragma},
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	return u.String()
}

func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, s.writer, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// Close waits for transactions that are under way.
func (s *Store) Close() error { return errors.Join(s.reader.Close(), s.writer.Close()) }

// Read runs fn on a snapshot of the store.
func (s *Store) Read(ctx context.Context, fn func(platform.Tables) error) error {
	return transact(ctx, s.reader, fn)
}

// Write runs fn alone, and keeps what it did when it returns nil.
func (s *Store) Write(ctx context.Context, fn func(platform.Tables) error) error {
	return transact(ctx, s.writer, fn)
}

// transact lets ctx stop the wait for a connection and the statements of fn, but never the end of the transaction: a
// connection goes back to its pool either committed or rolled back.
func transact(ctx context.Context, db *sql.DB, fn func(platform.Tables) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("beginning transaction: %w", err)
	}
	defer func() { _ = conn.Close() }() // it only goes back to its pool
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("beginning transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := fn(tables.Over(tx, dialect)); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing transaction: %w", err)
	}
	return nil
}

var dialect = tables.Dialect{Conflict: conflict, NoLimit: "-1"}

func conflict(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}
