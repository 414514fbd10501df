package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// prepareLock is the advisory lock under which tables are made, so that two syncs do not make the same schema at once.
const prepareLock = 0x61697266 // "airf"

// prepare makes every table ready in one transaction and settles where the rows of each stream go.
func prepare(ctx context.Context, conn *pgx.Conn, streams []*stream, emit connector.Emit) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", prepareLock); err != nil {
			return fmt.Errorf("waiting for other syncs to prepare their tables: %w", err)
		}
		for _, s := range streams {
			if err := s.prepare(ctx, tx, emit); err != nil {
				return s.fail("preparing the table", err)
			}
			where := fmt.Sprintf("stream %s is written to table %s", s.configured.Descriptor(), s.target)
			if err := emit(protocol.LogMessage(protocol.LevelInfo, where)); err != nil {
				return err
			}
		}
		return nil
	})
	return classify(err)
}

// fail names the stream and keeps the kind of failure.
func (s *stream) fail(doing string, err error) error {
	err = classify(err)
	d := s.configured.Descriptor()
	var known *connector.Error
	if errors.As(err, &known) && known.Stream != nil {
		return err
	}
	return &connector.Error{
		Type: connector.FailureOf(err), Stream: &d, Cause: err,
		Message: fmt.Sprintf("%s %s: %v", doing, s.target, err),
	}
}

func (s *stream) prepare(ctx context.Context, tx pgx.Tx, emit connector.Emit) error {
	if err := ensureSchema(ctx, tx, s.final.schema); err != nil {
		return err
	}
	if err := s.chooseTarget(ctx, tx); err != nil {
		return err
	}
	if err := s.ensureTable(ctx, tx, emit); err != nil {
		return err
	}
	if err := s.ensureIndex(ctx, tx); err != nil {
		return err
	}
	if s.truncates {
		return nil
	}
	return s.adopt(ctx, tx)
}

// ensureSchema looks before it creates, because CREATE SCHEMA IF NOT EXISTS needs the right to create even when there is
// nothing to do.
func ensureSchema(ctx context.Context, tx pgx.Tx, name string) error {
	var exists bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", name).Scan(&exists); err != nil {
		return fmt.Errorf("looking for schema %q: %w", name, err)
	}
	if exists {
		return nil
	}
	if _, err := tx.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+quote(name)); err != nil {
		return fmt.Errorf("creating schema %q: %w", name, err)
	}
	return nil
}

// chooseTarget drops what other generations left aside, and decides whether rows wait aside. They do not when the table
// holds this generation already: then an earlier attempt has completed the stream.
func (s *stream) chooseTarget(ctx context.Context, tx pgx.Tx) error {
	resumes := s.configured.Truncates()
	if err := s.dropAside(ctx, tx, resumes || !s.truncates); err != nil {
		return err
	}
	if !s.truncates {
		return nil
	}
	if resumes {
		done, err := s.alreadyVisible(ctx, tx)
		if err != nil || done {
			return err
		}
	}
	s.target = s.waiting
	return ensureSchema(ctx, tx, s.waiting.schema)
}

func (s *stream) dropAside(ctx context.Context, tx pgx.Tx, keepCurrent bool) error {
	prefix := asidePrefix(s.final)
	rows, err := tx.Query(ctx, `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relkind = 'r' AND starts_with(c.relname::text, $2)`, s.waiting.schema, prefix)
	if err != nil {
		return fmt.Errorf("listing tables left aside: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("listing tables left aside: %w", err)
	}
	for _, name := range names {
		if keepCurrent && name == s.waiting.table {
			continue
		}
		if _, err := tx.Exec(ctx, "DROP TABLE "+ident{s.waiting.schema, name}.quoted()); err != nil {
			return fmt.Errorf("dropping table %s of another generation: %w", name, err)
		}
	}
	return nil
}

// alreadyVisible tells whether the final table is of this generation and nothing waits beside it.
func (s *stream) alreadyVisible(ctx context.Context, tx pgx.Tx) (bool, error) {
	if waits, err := relation(ctx, tx, s.waiting); err != nil || waits != "" {
		return false, err
	}
	if kind, err := relation(ctx, tx, s.final); err != nil || kind == "" {
		return false, err
	}
	if err := requireOurs(ctx, tx, s.final); err != nil {
		return false, err
	}
	var generation *int64
	sql := "SELECT " + quote(table.GenerationID) + " FROM " + s.final.quoted() + " LIMIT 1"
	err := tx.QueryRow(ctx, sql).Scan(&generation)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the generation of %s: %w", s.final, err)
	}
	return generation != nil && *generation == s.configured.GenerationID, nil
}

// relation is the kind of a relation as pg_class has it, or "".
func relation(ctx context.Context, tx pgx.Tx, name ident) (string, error) {
	var kind string
	err := tx.QueryRow(ctx, `SELECT c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2`, name.schema, name.table).Scan(&kind)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("looking for table %s: %w", name, err)
	}
	return kind, nil
}

// requireOurs refuses tables that somebody else made, because they would be changed or replaced.
func requireOurs(ctx context.Context, tx pgx.Tx, name ident) error {
	var columns int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p') AND NOT a.attisdropped AND a.attname = ANY ($3)`,
		name.schema, name.table, []string{table.RawID, table.ExtractedAt, table.Meta, table.GenerationID}).Scan(&columns)
	if err != nil {
		return fmt.Errorf("looking at the columns of %s: %w", name, err)
	}
	if columns != 4 {
		return connector.ConfigError("%s exists and was not made by this connector: it lacks the columns that begin with _airbyte_; rename it, or use another schema or prefix", name)
	}
	return nil
}
