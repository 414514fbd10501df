package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// prepare makes every table ready in one transaction and settles where the rows of each stream go.
func prepare(ctx context.Context, conn *sql.Conn, streams []*stream, emit connector.Emit) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return classify(fmt.Errorf("beginning to write to the database: %w", err))
	}
	defer tx.Rollback()
	for _, s := range streams {
		if err := s.prepare(ctx, tx, emit); err != nil {
			return s.fail(err)
		}
		where := fmt.Sprintf("stream %s is written to table %s", s.configured.Descriptor(), s.target)
		if err := emit(protocol.LogMessage(protocol.LevelInfo, where)); err != nil {
			return err
		}
	}
	return classify(tx.Commit())
}

func (s *stream) fail(err error) error {
	err = classify(err)
	d := s.configured.Descriptor()
	return &connector.Error{
		Type: connector.FailureOf(err), Stream: &d, Cause: err,
		Message: fmt.Sprintf("preparing table %s: %v", s.target, err),
	}
}

func (s *stream) prepare(ctx context.Context, tx *sql.Tx, emit connector.Emit) error {
	if err := requireOurs(ctx, tx, s.final); err != nil {
		return err
	}
	waits, err := s.chooseTarget(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.ensureTable(ctx, tx, emit); err != nil {
		return err
	}
	if err := s.ensureIndex(ctx, tx); err != nil {
		return err
	}
	if s.truncates || !waits {
		return nil
	}
	return s.adopt(ctx, tx)
}

// adopt takes over rows that wait aside when the stream no longer truncates. They are of its generation, so a refresh was
// given up before it was complete and the source goes on from the states that were echoed for these rows.
func (s *stream) adopt(ctx context.Context, tx *sql.Tx) error {
	left := *s
	left.target, left.columns = s.waiting, slices.Clone(s.columns)
	if err := left.ensureTable(ctx, tx, connector.Discard); err != nil {
		return err
	}
	columns := strings.Join(s.columnNames(), ", ")
	fill := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE TRUE", quote(s.target), columns, columns, quote(s.waiting))
	if s.key != nil {
		fill += s.upsert()
	}
	for _, statement := range []string{fill, "DROP TABLE " + quote(s.waiting)} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("taking over the rows of a refresh that was given up: %w", err)
		}
	}
	return nil
}

// requireOurs refuses tables that somebody else made, because they would be changed or replaced.
func requireOurs(ctx context.Context, tx *sql.Tx, name string) error {
	columns, err := columnsOf(ctx, tx, name)
	if err != nil || len(columns) == 0 {
		return err
	}
	for _, meta := range []string{table.RawID, table.ExtractedAt, table.Meta, table.GenerationID} {
		if !slices.ContainsFunc(columns, func(c column) bool { return c.name == meta }) {
			return connector.ConfigError("table %s exists and was not made by this connector: it lacks %s; rename it, or use another file or prefix", name, meta)
		}
	}
	return nil
}

// chooseTarget drops what other generations left aside, and decides whether rows wait aside. They do not when the table
// holds this generation already: then an earlier attempt has completed the stream.
func (s *stream) chooseTarget(ctx context.Context, tx *sql.Tx) (waits bool, err error) {
	resumes := s.configured.Truncates()
	waits, err = s.dropAside(ctx, tx, resumes || !s.truncates)
	if err != nil || !s.truncates {
		return waits, err
	}
	if resumes && !waits {
		done, err := s.alreadyVisible(ctx, tx)
		if err != nil || done {
			return waits, err
		}
	}
	s.target = s.waiting
	return waits, nil
}

func (s *stream) dropAside(ctx context.Context, tx *sql.Tx, keepCurrent bool) (waits bool, err error) {
	prefix := asidePrefix(s.final)
	names, err := texts(ctx, tx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, length(?)) = ?", prefix, prefix)
	if err != nil {
		return false, fmt.Errorf("listing tables left aside: %w", err)
	}
	for _, name := range names {
		if keepCurrent && name == s.waiting {
			waits = true
			continue
		}
		if _, err := tx.ExecContext(ctx, "DROP TABLE "+quote(name)); err != nil {
			return false, fmt.Errorf("dropping table %s of another generation: %w", name, err)
		}
	}
	return waits, nil
}

func (s *stream) alreadyVisible(ctx context.Context, tx *sql.Tx) (bool, error) {
	columns, err := columnsOf(ctx, tx, s.final)
	if err != nil || len(columns) == 0 {
		return false, err
	}
	var generation sql.NullInt64
	err = tx.QueryRowContext(ctx, "SELECT "+quote(table.GenerationID)+" FROM "+quote(s.final)+" LIMIT 1").Scan(&generation)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the generation of %s: %w", s.final, err)
	}
	return generation.Valid && generation.Int64 == s.configured.GenerationID, nil
}

// texts collects the one column of a query.
func texts(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}

// swap puts the waiting table in the place of the final one. Views refer to tables by name and so see the new one.
func (s *stream) swap(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range []string{
		"DROP TABLE IF EXISTS " + quote(s.final),
		"ALTER TABLE " + quote(s.waiting) + " RENAME TO " + quote(s.final),
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("putting the new generation in place: %w", err)
		}
	}
	return nil
}

func (s *stream) createSQL() string {
	lines := []string{
		quote(table.RawID) + " TEXT NOT NULL",
		quote(table.ExtractedAt) + " TIMESTAMPTZ_TEXT NOT NULL",
		quote(table.Meta) + " JSON_TEXT NOT NULL",
		quote(table.GenerationID) + " INTEGER",
	}
	for _, c := range s.columns {
		lines = append(lines, quote(c.Name)+" "+typeName(c.Type))
	}
	return "CREATE TABLE " + quote(s.target) + " (\n" + strings.Join(lines, ",\n") + "\n)"
}
