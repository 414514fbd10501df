package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/builtin/table"
)

// sequence is the column of staging tables that tells the order of arrival.
const sequence = "_airfield_sequence"

// deletedAt is the field with which change-data-capture sources mark rows that are gone.
const deletedAt = "_ab_cdc_deleted_at"

// cursor is the value by which rows of one key are compared, or "". A JSON null counts as no value.
func (s *stream) cursor(alias string) string {
	if s.key.Cursor == nil {
		return ""
	}
	value := s.expression(alias, *s.key.Cursor, "#>")
	if len(s.key.Cursor.Inner) > 0 || s.columns[s.key.Cursor.Column].Type == table.JSON {
		return "NULLIF(" + value + ", 'null'::jsonb)"
	}
	return value
}

// newestFirst is an ORDER BY list: the greatest cursor, then the last extracted.
func (s *stream) newestFirst(alias string) string {
	order := alias + "." + quote(table.ExtractedAt) + " DESC"
	if c := s.cursor(alias); c != "" {
		return c + " DESC NULLS LAST, " + order
	}
	return order
}

// wins is the condition under which a row that arrives replaces the one that is there.
func (s *stream) wins(arriving, there string) string {
	extracted := quote(table.ExtractedAt)
	later := fmt.Sprintf("%s.%s >= %s.%s", arriving, extracted, there, extracted)
	a, b := s.cursor(arriving), s.cursor(there)
	if a == "" {
		return later
	}
	return fmt.Sprintf("(%[1]s > %[2]s OR (%[1]s IS NOT NULL AND %[2]s IS NULL) OR (%[1]s IS NOT DISTINCT FROM %[2]s AND %[3]s))", a, b, later)
}

// stageSQL makes the table in which a batch of rows is compared before it reaches the target. It is temporary, so it costs
// no write-ahead log, and every commit empties it.
func (s *stream) stageSQL() string {
	return fmt.Sprintf("CREATE TEMPORARY TABLE IF NOT EXISTS %s (LIKE %s, %s bigint) ON COMMIT DELETE ROWS",
		quote(s.stage), s.target.quoted(), quote(sequence))
}

// mergeSQL moves the newest row of each key from a table into the target where it is newer than what is there. Of rows that
// are equally new the one that ties puts first is taken.
func (s *stream) mergeSQL(source, ties string) string {
	columns := s.columnList()
	var sets []string
	for _, name := range s.columnNames() {
		sets = append(sets, name+" = excluded."+name)
	}
	keys := strings.Join(s.keyExpressions("s"), ", ")
	return fmt.Sprintf(`INSERT INTO %[1]s AS t (%[2]s)
		SELECT DISTINCT ON (%[3]s) %[2]s FROM %[4]s s ORDER BY %[3]s, %[5]s, %[6]s
		ON CONFLICT (%[7]s) DO UPDATE SET %[8]s WHERE %[9]s`,
		s.target.quoted(), columns, keys, source, s.newestFirst("s"), ties,
		strings.Join(s.keyExpressions(""), ", "), strings.Join(sets, ", "), s.wins("excluded", "t"))
}

// deleteSQL removes rows that the last merge marked as deleted in the source, or is "" when the stream has no such mark.
func (s *stream) deleteSQL() string {
	i := slices.IndexFunc(s.columns, func(c table.Column) bool { return c.Field == deletedAt })
	if i < 0 {
		return ""
	}
	mark := quote(s.columns[i].Name)
	var same []string
	here, staged := s.keyExpressions("t"), s.keyExpressions("s")
	for i := range here {
		same = append(same, here[i]+" = "+staged[i])
	}
	return fmt.Sprintf("DELETE FROM %s t USING %s s WHERE t.%s IS NOT NULL AND s.%s IS NOT NULL AND %s",
		s.target.quoted(), quote(s.stage), mark, mark, strings.Join(same, " AND "))
}
