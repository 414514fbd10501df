package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// ensureTable creates the target table or changes it until the stream's rows fit.
func (s *stream) ensureTable(ctx context.Context, tx pgx.Tx, emit connector.Emit) error {
	kind, err := relation(ctx, tx, s.target)
	if err != nil {
		return err
	}
	if s.target != s.final {
		if err := requireReplaceable(ctx, tx, s.final); err != nil {
			return err
		}
	}
	if kind == "" {
		_, err := tx.Exec(ctx, s.createSQL())
		return err
	}
	if err := requireOurs(ctx, tx, s.target); err != nil {
		return err
	}
	return s.evolve(ctx, tx, emit)
}

func requireReplaceable(ctx context.Context, tx pgx.Tx, final ident) error {
	kind, err := relation(ctx, tx, final)
	if err != nil || kind == "" {
		return err
	}
	return requireOurs(ctx, tx, final)
}

func (s *stream) createSQL() string {
	lines := []string{
		quote(table.RawID) + " character varying NOT NULL",
		quote(table.ExtractedAt) + " timestamp with time zone NOT NULL",
		quote(table.Meta) + " jsonb NOT NULL",
		quote(table.GenerationID) + " bigint",
	}
	for _, c := range s.columns {
		lines = append(lines, quote(c.Name)+" "+typeName(c.Type))
	}
	return "CREATE TABLE " + s.target.quoted() + " (\n" + strings.Join(lines, ",\n") + "\n)"
}

// column is a column as the database has it.
type column struct {
	Name     string
	Type     string
	Required bool // it takes no null and has no default
}

func columnsOf(ctx context.Context, tx pgx.Tx, name ident) (map[string]column, error) {
	rows, err := tx.Query(ctx, `SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`, name.schema, name.table)
	if err != nil {
		return nil, fmt.Errorf("reading the columns of %s: %w", name, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		return nil, fmt.Errorf("reading the columns of %s: %w", name, err)
	}
	columns := make(map[string]column, len(list))
	for _, c := range list {
		columns[c.Name] = c
	}
	return columns, nil
}

// evolve adds the columns that are new, widens those whose type grew and lets those that are gone be null. A column whose
// type changed otherwise keeps its type, and values that do not fit it are null.
func (s *stream) evolve(ctx context.Context, tx pgx.Tx, emit connector.Emit) error {
	have, err := columnsOf(ctx, tx, s.target)
	if err != nil {
		return err
	}
	for i := range s.columns {
		c := &s.columns[i]
		existing, ok := have[c.Name]
		delete(have, c.Name)
		if !ok {
			if err := s.alter(ctx, tx, "ADD COLUMN "+quote(c.Name)+" "+typeName(c.Type)); err != nil {
				return err
			}
			continue
		}
		if err := s.retype(ctx, tx, c, existing, emit); err != nil {
			return err
		}
	}
	return s.relax(ctx, tx, have)
}

// retype settles the type of a column that exists already.
func (s *stream) retype(ctx context.Context, tx pgx.Tx, c *table.Column, existing column, emit connector.Emit) error {
	from, known := typeCalled(existing.Type)
	if known && from == c.Type {
		return nil
	}
	using := quote(c.Name) + "::" + typeName(c.Type)
	if known {
		if using = widening(quote(c.Name), from, c.Type); using == "" {
			c.Type = from
			return s.warn(emit, "column %s of %s stays %s; values of other types are null", c.Name, s.target, existing.Type)
		}
	}
	err := s.attempt(ctx, tx, fmt.Sprintf("ALTER COLUMN %s TYPE %s USING %s", quote(c.Name), typeName(c.Type), using))
	var refused *pgconn.PgError
	switch {
	case err == nil:
		return s.warn(emit, "column %s of %s was %s and is now %s", c.Name, s.target, existing.Type, typeName(c.Type))
	case known && errors.As(err, &refused):
		c.Type = from
		return s.warn(emit, "column %s of %s stays %s, because changing it was refused: %s", c.Name, s.target, existing.Type, refused.Message)
	case errors.As(err, &refused):
		return connector.ConfigError("column %s of %s has the type %s, which cannot become %s: %w", c.Name, s.target, existing.Type, typeName(c.Type), err)
	}
	return err
}

// relax lets columns that the stream no longer has be null, so that its rows can still be stored.
func (s *stream) relax(ctx context.Context, tx pgx.Tx, rest map[string]column) error {
	for _, c := range rest {
		if !c.Required || isMeta(c.Name) {
			continue
		}
		if err := s.alter(ctx, tx, "ALTER COLUMN "+quote(c.Name)+" DROP NOT NULL"); err != nil {
			return err
		}
	}
	return nil
}

func isMeta(name string) bool {
	switch name {
	case table.RawID, table.ExtractedAt, table.Meta, table.GenerationID:
		return true
	}
	return false
}

func (s *stream) alter(ctx context.Context, tx pgx.Tx, change string) error {
	if _, err := tx.Exec(ctx, "ALTER TABLE "+s.target.quoted()+" "+change); err != nil {
		return fmt.Errorf("changing the table: %w", err)
	}
	return nil
}

// attempt alters the table in a savepoint, so that a refusal leaves the transaction alive.
func (s *stream) attempt(ctx context.Context, tx pgx.Tx, change string) error {
	return pgx.BeginFunc(ctx, tx, func(savepoint pgx.Tx) error { return s.alter(ctx, savepoint, change) })
}

func (s *stream) warn(emit connector.Emit, format string, args ...any) error {
	return emit(protocol.LogMessage(protocol.LevelWarn, fmt.Sprintf(format, args...)))
}
