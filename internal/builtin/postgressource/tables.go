package postgressource

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/connector"
)

// tablesQuery lists the columns that the user may read, of everything that rows can be read from, but of partitions only
// through the table they are part of. The recursive part finds what domains stand for.
const tablesQuery = `
WITH RECURSIVE resolved (id, base, modifier) AS (
	SELECT oid, oid, -1 FROM pg_catalog.pg_type WHERE typtype <> 'd'
	UNION ALL
	SELECT d.oid, r.base, CASE WHEN d.typtypmod <> -1 THEN d.typtypmod ELSE r.modifier END
	FROM pg_catalog.pg_type d JOIN resolved r ON d.typbasetype = r.id WHERE d.typtype = 'd'
)
SELECT n.nspname, c.relname, c.reltuples::float8, a.attname,
	coalesce(element.typname, base.typname) AS type_name,
	element.oid IS NOT NULL AS is_array,
	coalesce(element.typdelim, base.typdelim)::text AS delimiter,
	CASE WHEN a.atttypmod <> -1 THEN a.atttypmod WHEN element.oid IS NULL THEN own.modifier ELSE -1 END AS modifier,
	coalesce((SELECT k.place FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place) WHERE k.number = a.attnum AND k.place <= i.indnkeyatts), 0) AS key_place,
	coalesce(i.indnkeyatts, 0) AS key_width
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN resolved own ON own.id = a.atttypid
JOIN pg_catalog.pg_type base ON base.oid = own.base
LEFT JOIN resolved inner_type ON inner_type.id = base.typelem AND base.typcategory = 'A'
LEFT JOIN pg_catalog.pg_type element ON element.oid = inner_type.base
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname = ANY ($1::text[])
	AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY n.nspname, c.relname, a.attnum`

// tables lists what can be read in the schemas. A schema that does not exist is a config_error, and so is finding nothing.
func (db *database) tables(ctx context.Context, schemas []string) ([]*table, error) {
	if err := db.checkSchemas(ctx, schemas); err != nil {
		return nil, err
	}
	rows, err := db.conn.Query(ctx, tablesQuery, schemas)
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	defer rows.Close()
	var found []*table
	for rows.Next() {
		if found, err = appendColumn(found, rows); err != nil {
			return nil, fmt.Errorf("listing tables: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	if len(found) == 0 {
		return nil, connector.ConfigError("there is no table or view that the user may read in schema %s", strings.Join(schemas, ", "))
	}
	return found, nil
}

func (db *database) checkSchemas(ctx context.Context, schemas []string) error {
	var missing []string
	err := db.conn.QueryRow(ctx, `SELECT coalesce(array_agg(s), '{}') FROM unnest($1::text[]) AS s
		WHERE s NOT IN (SELECT nspname FROM pg_catalog.pg_namespace)`, schemas).Scan(&missing)
	if err != nil {
		return fmt.Errorf("looking for schemas: %w", err)
	}
	if len(missing) > 0 {
		return connector.ConfigError("schema %s does not exist in the database; names are case-sensitive", strings.Join(missing, ", "))
	}
	return nil
}

// appendColumn adds the row's column to the last table, or begins the next one.
func appendColumn(found []*table, row pgx.Rows) ([]*table, error) {
	var (
		schema, name, columnName, typeName, delimiter string
		estimate                                      float64
		array                                         bool
		modifier                                      int32
		place, width                                  int64
	)
	if err := row.Scan(&schema, &name, &estimate, &columnName, &typeName, &array, &delimiter, &modifier, &place, &width); err != nil {
		return nil, err
	}
	c, err := newColumn(columnName)
	if err != nil {
		return nil, err
	}
	c.typeName, c.kind, c.array = typeName, kindOf(typeName, wholeNumeric(modifier)), array
	c.delimiter, c.key = delimiter[0], int(place)
	if len(found) == 0 || found[len(found)-1].schema != schema || found[len(found)-1].name != name {
		found = append(found, &table{schema: schema, name: name, rows: estimate, keyWidth: int(width)})
	}
	last := found[len(found)-1]
	last.columns = append(last.columns, c)
	return found, nil
}

// wholeNumeric reads the modifier of a numeric type: precision in the upper half, scale in eleven bits with a sign.
func wholeNumeric(modifier int32) bool {
	if modifier < 4 {
		return false // no precision was declared
	}
	scale := ((modifier-4)&0x7ff ^ 1024) - 1024
	return scale <= 0
}

// quoteName quotes an identifier.
func quoteName(name string) string { return pgx.Identifier{name}.Sanitize() }
