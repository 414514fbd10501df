package cloud

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/airfielddev/airfield/protocol"
)

// Row is a row of a table, by column. Columns that hold JSON are json.RawMessage; text is string.
type Row map[string]any

// A RowsOption says where rows are read.
type RowsOption func(*rowsOptions)

type rowsOptions struct{ db *sql.DB }

// RowsFrom reads rows from a database that the caller has opened with the driver of their choice, since deployments do not tell the
// passwords of destinations and this package brings no drivers. Rows leaves it open.
func RowsFrom(db *sql.DB) RowsOption { return func(o *rowsOptions) { o.db = db } }

// Rows reads the table that a stream is synced to, as it is now: what other syncs wrote is in it too. The stream is named as in the connection,
// with its namespace and a dot before it where the name alone is not enough. Beside the fields of the stream a row has the columns
// that Airbyte adds, such as _airbyte_extracted_at.
//
// It reads SQLite and PostgreSQL destinations: from the database of [RowsFrom] or of [Config.OpenDatabase]; without either, from the file of
// a SQLite destination on this machine if the program imports a driver called "sqlite" or "sqlite3". For all else the error
// matches [ErrUnsupported].
func (r *SyncResult) Rows(ctx context.Context, stream string, opts ...RowsOption) iter.Seq2[Row, error] {
	var o rowsOptions
	for _, opt := range opts {
		opt(&o)
	}
	return func(yield func(Row, error) bool) {
		if err := r.rows(ctx, stream, o.db, yield); err != nil {
			yield(nil, err)
		}
	}
}

// rows yields rows until there are no more or the caller has enough. An error is left for Rows to yield.
func (r *SyncResult) rows(ctx context.Context, stream string, db *sql.DB, yield func(Row, error) bool) error {
	op := "reading stream " + stream + " of connection " + r.connection.id
	info, err := r.connection.Info(ctx)
	if err != nil {
		return err
	}
	destination, err := r.connection.workspace.Destination(info.DestinationID).Info(ctx)
	if err != nil {
		return err
	}
	at, err := locate(op, info, destination, stream)
	if err != nil {
		return err
	}
	if db == nil {
		opened, err := r.openDatabase(ctx, op, destination)
		if err != nil {
			return err
		}
		defer func() { _ = opened.Close() }()
		db = opened
	}
	from, err := at.find(ctx, op, db)
	if err != nil {
		return err
	}
	return scan(ctx, op, db, "SELECT * FROM "+from, yield)
}

func (r *SyncResult) openDatabase(ctx context.Context, op string, d *DestinationInfo) (*sql.DB, error) {
	if open := r.connection.workspace.client.open; open != nil {
		db, err := open(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("%s: opening the database: %w", op, err)
		}
		return db, nil
	}
	if d.Type == "sqlite" {
		if db := openSQLite(d); db != nil {
			return db, nil
		}
	}
	return nil, refuse(ErrUnsupported, op, "destination", d.ID,
		"the database of destination type %q cannot be opened from here: open it and pass RowsFrom", d.Type)
}

// openSQLite opens the file of a destination that is on this machine, for reading alone; nil when there is no such file or no driver.
func openSQLite(d *DestinationInfo) *sql.DB {
	var cfg struct {
		Path string `json:"destination_path"`
	}
	if json.Unmarshal(d.Configuration, &cfg) != nil {
		return nil
	}
	if info, err := os.Stat(cfg.Path); err != nil || info.IsDir() {
		return nil
	}
	for _, driver := range []string{"sqlite", "sqlite3"} {
		if !slices.Contains(sql.Drivers(), driver) {
			continue
		}
		db, err := sql.Open(driver, "file:"+(&url.URL{Path: cfg.Path}).EscapedPath()+"?mode=ro")
		if err == nil {
			return db
		}
	}
	return nil
}

// location is where a stream may be: one of some tables in one of some schemas. SQLite has no schemas.
type location struct {
	stream  string
	schemas []string
	tables  []string
	list    string // the query for the tables of a schema
}

// The queries for the tables that there are.
const (
	sqliteTables   = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
	postgresTables = "SELECT table_name FROM information_schema.tables WHERE table_schema = $1"
)

func locate(op string, c *ConnectionInfo, d *DestinationInfo, name string) (location, error) {
	stream, ok := findNamed(c.Streams, name)
	if !ok {
		return location{}, refuse(ErrNotFound, op, "stream", name, "the connection does not sync it")
	}
	namespace := c.namespaceOf(stream)
	text := c.TablePrefix + stream.Name
	switch d.Type {
	case "sqlite":
		at := location{stream: name, schemas: []string{""}, tables: spellings(text), list: sqliteTables}
		if namespace != "" {
			at.tables = append(spellings(namespace+"_"+text), at.tables...)
		}
		return at, nil
	case "postgres":
		return location{stream: name, schemas: postgresSchemas(d, namespace), tables: spellings(text), list: postgresTables}, nil
	}
	return location{}, refuse(ErrUnsupported, op, "destination", d.ID,
		"rows of destination type %q cannot be read: only sqlite and postgres", d.Type)
}

func findNamed(streams []Stream, name string) (Stream, bool) {
	for _, s := range streams {
		full := protocol.StreamDescriptor{Name: s.Name, Namespace: s.Namespace}.String()
		if s.Name == name || full == name {
			return s, true
		}
	}
	return Stream{}, false
}

// namespaceOf is the namespace of a stream in the destination, "" when the destination chooses.
func (c *ConnectionInfo) namespaceOf(s Stream) string {
	switch c.NamespaceDefinition {
	case NamespaceSource:
		return s.Namespace
	case NamespaceCustomFormat:
		return strings.ReplaceAll(c.NamespaceFormat, "${SOURCE_NAMESPACE}", s.Namespace)
	}
	return ""
}

func postgresSchemas(d *DestinationInfo, namespace string) []string {
	if namespace != "" {
		return spellings(namespace)
	}
	var cfg struct {
		Schema string `json:"schema"`
	}
	if json.Unmarshal(d.Configuration, &cfg) != nil || cfg.Schema == "" {
		return []string{"public"}
	}
	return spellings(cfg.Schema)
}

// spellings is a name as it is, and as destinations spell it that keep letters, digits and underscores alone.
func spellings(text string) []string {
	plain := strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, text)
	if plain != "" && plain[0] >= '0' && plain[0] <= '9' {
		plain = "_" + plain
	}
	return slices.Compact([]string{text, plain, strings.ToLower(plain)})
}

// find is the first place that exists, quoted.
func (l location) find(ctx context.Context, op string, db *sql.DB) (string, error) {
	for _, schema := range l.schemas {
		existing, err := l.existing(ctx, op, db, schema)
		if err != nil {
			return "", err
		}
		for _, table := range l.tables {
			if !slices.Contains(existing, table) {
				continue
			}
			if schema == "" {
				return quote(table), nil
			}
			return quote(schema) + "." + quote(table), nil
		}
	}
	return "", refuse(ErrNotFound, op, "stream", l.stream, "the destination has no table called %s", strings.Join(l.tables, " or "))
}

func (l location) existing(ctx context.Context, op string, db *sql.DB, schema string) ([]string, error) {
	var args []any
	if schema != "" {
		args = append(args, schema)
	}
	rows, err := db.QueryContext(ctx, l.list, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: listing tables: %w", op, err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("%s: listing tables: %w", op, err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func scan(ctx context.Context, op string, db *sql.DB, query string, yield func(Row, error) bool) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	values := make([]any, len(columns))
	places := make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		row := make(Row, len(columns))
		for i, c := range columns {
			row[c.Name()] = cell(c, values[i])
		}
		if !yield(row, nil) {
			return nil
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// cell is a value in the type that readers expect: JSON as JSON, and bytes of text as text.
func cell(c *sql.ColumnType, value any) any {
	isJSON := strings.HasPrefix(strings.ToUpper(c.DatabaseTypeName()), "JSON")
	switch v := value.(type) {
	case []byte:
		if isJSON {
			return json.RawMessage(slices.Clone(v))
		}
		return string(v)
	case string:
		if isJSON {
			return json.RawMessage(v)
		}
	}
	return value
}
