package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// column is a column as the database has it.
type column struct{ name, declared string }

func columnsOf(ctx context.Context, tx *sql.Tx, name string) ([]column, error) {
	rows, err := tx.QueryContext(ctx, "SELECT name, type FROM pragma_table_info(?)", name)
	if err != nil {
		return nil, fmt.Errorf("reading the columns of %s: %w", name, err)
	}
	defer rows.Close()
	var columns []column
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.declared); err != nil {
			return nil, fmt.Errorf("reading the columns of %s: %w", name, err)
		}
		columns = append(columns, c)
	}
	return columns, rows.Err()
}

// ensureTable creates the target table or changes it until the stream's rows fit.
func (s *stream) ensureTable(ctx context.Context, tx *sql.Tx, emit connector.Emit) error {
	have, err := columnsOf(ctx, tx, s.target)
	if err != nil {
		return err
	}
	if len(have) == 0 {
		_, err := tx.ExecContext(ctx, s.createSQL())
		return err
	}
	types := make(map[string]string, len(have))
	for _, c := range have {
		types[strings.ToLower(c.name)] = c.declared
	}
	for i := range s.columns {
		c := &s.columns[i]
		declared, ok := types[strings.ToLower(c.Name)]
		if !ok {
			err = s.alter(ctx, tx, "ADD COLUMN "+quote(c.Name)+" "+typeName(c.Type))
		} else {
			err = s.retype(ctx, tx, c, declared, emit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// retype widens a column, or keeps its type so that values of other types become null. A type that this connector does not
// make holds anything, as columns of SQLite do.
func (s *stream) retype(ctx context.Context, tx *sql.Tx, c *table.Column, declared string, emit connector.Emit) error {
	from, known := typeCalled(declared)
	if !known || from == c.Type {
		return nil
	}
	using := widening(quote(c.Name), from, c.Type)
	if using == "" {
		c.Type = from
		return warn(emit, "column %s of %s stays %s; values of other types are null", c.Name, s.target, declared)
	}
	if err := s.widen(ctx, tx, c, using); err != nil {
		c.Type = from
		return warn(emit, "column %s of %s stays %s, because changing it was refused: %v", c.Name, s.target, declared, err)
	}
	return warn(emit, "column %s of %s was %s and is now %s", c.Name, s.target, declared, typeName(c.Type))
}

// widen fills a new column from the old one and lets it take its name, all or nothing.
func (s *stream) widen(ctx context.Context, tx *sql.Tx, c *table.Column, using string) (err error) {
	if _, err := s.dropIndexesBut(ctx, tx, ""); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT widen"); err != nil {
		return err
	}
	wide := quote(c.Name + "_widened")
	for _, statement := range []string{
		"ALTER TABLE " + quote(s.target) + " ADD COLUMN " + wide + " " + typeName(c.Type),
		"UPDATE " + quote(s.target) + " SET " + wide + " = " + using,
		"ALTER TABLE " + quote(s.target) + " DROP COLUMN " + quote(c.Name),
		"ALTER TABLE " + quote(s.target) + " RENAME COLUMN " + wide + " TO " + quote(c.Name),
	} {
		if _, err = tx.ExecContext(ctx, statement); err != nil {
			_, _ = tx.ExecContext(ctx, "ROLLBACK TO widen") // the statement's own error says more
			break
		}
	}
	_, releaseErr := tx.ExecContext(ctx, "RELEASE widen")
	if err != nil {
		return err
	}
	return releaseErr
}

func (s *stream) alter(ctx context.Context, tx *sql.Tx, change string) error {
	if _, err := tx.ExecContext(ctx, "ALTER TABLE "+quote(s.target)+" "+change); err != nil {
		return fmt.Errorf("changing the table: %w", err)
	}
	return nil
}

func warn(emit connector.Emit, format string, args ...any) error {
	return emit(protocol.LogMessage(protocol.LevelWarn, fmt.Sprintf(format, args...)))
}
