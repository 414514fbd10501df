package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/airfielddev/airfield/internal/builtin/table"
)

// indexPrefix begins the names of the unique indexes that this connector makes.
const indexPrefix = "airfield_key_"

// deletedAt is the field with which change-data-capture sources mark rows that are gone.
const deletedAt = "_ab_cdc_deleted_at"

// expression is a column, or the place inside a column's JSON, of the table called alias; "" names none.
func (s *stream) expression(alias string, p table.Path) string {
	name := quote(s.columns[p.Column].Name)
	if alias != "" {
		name = alias + "." + name
	}
	if len(p.Inner) == 0 {
		return name
	}
	path := "$"
	for _, field := range p.Inner {
		path += `."` + field + `"`
	}
	return "json_extract(" + name + ", " + literal(path) + ")"
}

func (s *stream) keyExpressions() []string {
	var list []string
	for _, p := range s.key.Paths {
		list = append(list, s.expression("", p))
	}
	return list
}

// upsert is the clause after INSERT by which the newer row of a key stays: the greater cursor, then the one that was
// extracted later, then the one that came later.
func (s *stream) upsert() string {
	var sets []string
	for _, name := range s.columnNames() {
		sets = append(sets, name+" = excluded."+name)
	}
	return fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s WHERE %s", strings.Join(s.keyExpressions(), ", "), strings.Join(sets, ", "), s.wins())
}

func (s *stream) wins() string {
	there := quote(s.target)
	later := fmt.Sprintf("excluded.%[1]s >= %[2]s.%[1]s", quote(table.ExtractedAt), there)
	if s.key.Cursor == nil {
		return later
	}
	a, b := s.expression("excluded", *s.key.Cursor), s.expression(there, *s.key.Cursor)
	return fmt.Sprintf("%[1]s > %[2]s OR (%[1]s IS NOT NULL AND %[2]s IS NULL) OR (%[1]s IS %[2]s AND %[3]s)", a, b, later)
}

// dropDuplicatesSQL keeps the newest row of each key among the rows that a condition selects.
func (s *stream) dropDuplicatesSQL(condition string) string {
	order := quote(table.ExtractedAt) + " DESC, rowid DESC"
	if s.key.Cursor != nil {
		order = s.expression("", *s.key.Cursor) + " DESC NULLS LAST, " + order
	}
	return fmt.Sprintf(`DELETE FROM %[1]s WHERE rowid IN (SELECT id FROM (
		SELECT rowid AS id, row_number() OVER (PARTITION BY %[2]s ORDER BY %[3]s) AS place FROM %[1]s WHERE %[4]s) WHERE place > 1)`,
		quote(s.target), strings.Join(s.keyExpressions(), ", "), order, condition)
}

// nullKeys selects rows that a unique index does not tell apart, because it takes nulls for different.
func (s *stream) nullKeys() string {
	return strings.Join(s.keyExpressions(), " IS NULL OR ") + " IS NULL"
}

// ensureIndex leaves the target with the unique index of its key, or with none when the stream is not deduplicated.
func (s *stream) ensureIndex(ctx context.Context, tx *sql.Tx) error {
	wanted := ""
	if s.key != nil {
		wanted = indexPrefix + table.Hash(s.final+"\x00"+strings.Join(s.keyExpressions(), "\x00")) + "_"
	}
	found, err := s.dropIndexesBut(ctx, tx, wanted)
	if err != nil || found || s.key == nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.dropDuplicatesSQL("TRUE")); err != nil {
		return fmt.Errorf("deleting duplicate rows: %w", err)
	}
	// Index names are shared by the whole database, and the generation before still has its own.
	name := wanted + fmt.Sprintf("%08x", rand.Uint32())
	create := fmt.Sprintf("CREATE UNIQUE INDEX %s ON %s (%s)", quote(name), quote(s.target), strings.Join(s.keyExpressions(), ", "))
	if _, err := tx.ExecContext(ctx, create); err != nil {
		return fmt.Errorf("creating the unique index of the primary key: %w", err)
	}
	return nil
}

func (s *stream) dropIndexesBut(ctx context.Context, tx *sql.Tx, wanted string) (found bool, err error) {
	names, err := texts(ctx, tx, "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND substr(name, 1, ?) = ?",
		s.target, len(indexPrefix), indexPrefix)
	if err != nil {
		return false, fmt.Errorf("listing indexes: %w", err)
	}
	for _, name := range names {
		if wanted != "" && strings.HasPrefix(name, wanted) {
			found = true
			continue
		}
		if _, err := tx.ExecContext(ctx, "DROP INDEX "+quote(name)); err != nil {
			return false, fmt.Errorf("dropping the index of another primary key: %w", err)
		}
	}
	return found, nil
}
