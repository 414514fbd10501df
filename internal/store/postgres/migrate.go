package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer means that a later version of the program has made the tables.
var ErrNewer = errors.New("the tables are of a later version of airfield")

// The advisory locks, by the first of their two numbers. The second is that of the schema, so that several deployments can share
// a database.
const (
	migrationLock = 0x61666d67 // "afmg"
	ownerLock     = 0x61666f77 // "afow"
)

const versionTable = "airfield_migrations"

// migrate brings the tables up to date, one program at a time. Migrations may take longer than statements otherwise do.
func migrate(ctx context.Context, at address) (err error) {
	db := at.with("statement_timeout", "0").pool()
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return at.connecting(err)
	}
	defer func() { _ = conn.Close() }() // db.Close ends the session, and the lock with it
	const lock = "SELECT pg_advisory_lock($1, hashtext(coalesce(current_schema(), '')))"
	if _, err := conn.ExecContext(ctx, lock, migrationLock); err != nil {
		return fmt.Errorf("waiting for other migrations of %s: %w", at, err)
	}
	if err := up(ctx, db); err != nil {
		return fmt.Errorf("migrating %s: %w", at, err)
	}
	return nil
}

func up(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, latest, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > latest {
		return fmt.Errorf("%w: they are at %d, this program knows %d", ErrNewer, current, latest)
	}
	_, err = provider.Up(ctx)
	return err
}
