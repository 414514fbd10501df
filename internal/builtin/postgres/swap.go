package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/airfielddev/airfield/connector"
)

// dependentObjects is the error code of a DROP that something else depends on.
const dependentObjects = "2BP01"

// swap puts the waiting table in the place of the final one, in the transaction it is given. When other objects depend on
// the final table and may not be dropped, its rows are replaced instead.
func (s *stream) swap(ctx context.Context, tx pgx.Tx, cascade bool) error {
	err := s.dropFinal(ctx, tx, cascade)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == dependentObjects {
		return s.replaceRows(ctx, tx)
	}
	if err != nil {
		return err
	}
	moved := ident{s.final.schema, s.waiting.table}
	for _, sql := range []string{
		"ALTER TABLE " + s.waiting.quoted() + " SET SCHEMA " + quote(s.final.schema),
		"ALTER TABLE " + moved.quoted() + " RENAME TO " + quote(s.final.table),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("putting the new generation in place: %w", err)
		}
	}
	return nil
}

func (s *stream) dropFinal(ctx context.Context, tx pgx.Tx, cascade bool) error {
	sql := "DROP TABLE IF EXISTS " + s.final.quoted()
	if cascade {
		sql += " CASCADE"
	}
	return pgx.BeginFunc(ctx, tx, func(savepoint pgx.Tx) error {
		if _, err := savepoint.Exec(ctx, sql); err != nil {
			return fmt.Errorf("dropping the older generation: %w", err)
		}
		return nil
	})
}

// replaceRows empties the final table and copies the waiting one into it, so that views stay.
func (s *stream) replaceRows(ctx context.Context, tx pgx.Tx) error {
	kept := *s
	kept.target = s.final
	kept.columns = append(kept.columns[:0:0], s.columns...)
	if err := kept.evolve(ctx, tx, connector.Discard); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "TRUNCATE "+s.final.quoted()); err != nil {
		return fmt.Errorf("emptying the older generation: %w", err)
	}
	if err := kept.ensureIndex(ctx, tx); err != nil {
		return err
	}
	columns := s.columnList()
	fill := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", s.final.quoted(), columns, columns, s.waiting.quoted())
	if _, err := tx.Exec(ctx, fill); err != nil {
		return connector.ConfigError("other objects depend on %s, and its columns cannot take the new rows; drop those objects or set drop_cascade: %w", s.final, err)
	}
	_, err := tx.Exec(ctx, "DROP TABLE "+s.waiting.quoted())
	return err
}
