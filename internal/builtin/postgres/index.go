package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/internal/builtin/table"
)

// indexPrefix begins the names of the unique indexes that this connector makes.
const indexPrefix = "airfield_key_"

// keyExpressions are the values that tell rows apart, of the table or subquery called alias; "" names none.
func (s *stream) keyExpressions(alias string) []string {
	var list []string
	for _, p := range s.key.Paths {
		list = append(list, s.expression(alias, p, "#>>"))
	}
	return list
}

// expression is a column, or the place inside a column's JSON that an operator reaches.
func (s *stream) expression(alias string, p table.Path, operator string) string {
	name := quote(s.columns[p.Column].Name)
	if alias != "" {
		name = alias + "." + name
	}
	if len(p.Inner) == 0 {
		return name
	}
	return "(" + name + " " + operator + " " + pathArray(p.Inner) + ")"
}

func pathArray(path []string) string {
	quoted := make([]string, len(path))
	for i, field := range path {
		quoted[i] = literal(field)
	}
	return "ARRAY[" + strings.Join(quoted, ",") + "]::text[]"
}

// indexStem is what the name of the index begins with. The rest is random, because the names of a schema's indexes differ
// from each other, and the generation before still has its own.
func (s *stream) indexStem() string {
	text := s.final.schema + "\x00" + s.final.table + "\x00" + strings.Join(s.keyExpressions(""), "\x00")
	return indexPrefix + table.Hash(text) + "_"
}

// ensureIndex leaves the target with the unique index of its key, or with none when the stream is not deduplicated.
func (s *stream) ensureIndex(ctx context.Context, tx pgx.Tx) error {
	wanted := ""
	if s.key != nil {
		wanted = s.indexStem()
	}
	found, err := s.dropIndexesBut(ctx, tx, wanted)
	if err != nil || found || s.key == nil {
		return err
	}
	if err := s.dropDuplicates(ctx, tx); err != nil {
		return err
	}
	var version int
	if err := tx.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("reading the server's version: %w", err)
	}
	sql := fmt.Sprintf("CREATE UNIQUE INDEX %s ON %s (%s)", quote(fmt.Sprintf("%s%08x", wanted, rand.Uint32())), s.target.quoted(), strings.Join(s.keyExpressions(""), ", "))
	if version >= 150000 {
		sql += " NULLS NOT DISTINCT"
	}
	if _, err := tx.Exec(ctx, sql); err != nil {
		return fmt.Errorf("creating the unique index of the primary key: %w", err)
	}
	return nil
}

func (s *stream) dropIndexesBut(ctx context.Context, tx pgx.Tx, wanted string) (found bool, err error) {
	rows, err := tx.Query(ctx, `SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
		JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2 AND starts_with(i.relname::text, $3)`,
		s.target.schema, s.target.table, indexPrefix)
	if err != nil {
		return false, fmt.Errorf("listing indexes: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return false, fmt.Errorf("listing indexes: %w", err)
	}
	for _, name := range names {
		if wanted != "" && strings.HasPrefix(name, wanted) {
			found = true
			continue
		}
		if _, err := tx.Exec(ctx, "DROP INDEX "+ident{s.target.schema, name}.quoted()); err != nil {
			return false, fmt.Errorf("dropping the index of another primary key: %w", err)
		}
	}
	return found, nil
}

// dropDuplicates keeps the newest row of each key. A table that was appended to until now has several.
func (s *stream) dropDuplicates(ctx context.Context, tx pgx.Tx) error {
	sql := fmt.Sprintf(`DELETE FROM %[1]s WHERE ctid IN (SELECT ctid FROM (
		SELECT ctid, row_number() OVER (PARTITION BY %[2]s ORDER BY %[3]s, ctid DESC) AS place FROM %[1]s t) ranked WHERE place > 1)`,
		s.target.quoted(), strings.Join(s.keyExpressions("t"), ", "), s.newestFirst("t"))
	if _, err := tx.Exec(ctx, sql); err != nil {
		return fmt.Errorf("deleting duplicate rows: %w", err)
	}
	return nil
}
