package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/connector"
)

// adopt takes over rows that wait aside when the stream no longer truncates. They are of its generation, so a refresh was
// given up before it was complete and the source goes on from the states that were echoed for these rows.
func (s *stream) adopt(ctx context.Context, tx pgx.Tx) error {
	if kind, err := relation(ctx, tx, s.waiting); err != nil || kind == "" {
		return err
	}
	left := *s
	left.target, left.columns = s.waiting, slices.Clone(s.columns)
	if err := left.evolve(ctx, tx, connector.Discard); err != nil {
		return err
	}
	columns := s.columnList()
	fill := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", s.target.quoted(), columns, columns, s.waiting.quoted())
	if s.key != nil {
		fill = s.mergeSQL(s.waiting.quoted(), "s.ctid DESC")
	}
	for _, sql := range []string{fill, "DROP TABLE " + s.waiting.quoted()} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("taking over the rows of a refresh that was given up: %w", err)
		}
	}
	return nil
}
