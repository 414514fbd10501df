package cloud_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
)

// openPostgres opens a PostgreSQL database through database/sql with as much of a driver as reading takes.
func openPostgres(address string) *sql.DB { return sql.OpenDB(pgConnector(address)) }

type pgConnector string

func (c pgConnector) Driver() driver.Driver { return nil }

func (c pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := pgx.Connect(ctx, string(c))
	if err != nil {
		return nil, err
	}
	return &pgConn{conn}, nil
}

type pgConn struct{ conn *pgx.Conn }

func (c *pgConn) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (c *pgConn) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }
func (c *pgConn) Close() error                        { return c.conn.Close(context.Background()) }

func (c *pgConn) ExecContext(ctx context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	_, err := c.conn.Exec(ctx, query)
	return driver.ResultNoRows, err
}

func (c *pgConn) QueryContext(ctx context.Context, query string, named []driver.NamedValue) (driver.Rows, error) {
	var args []any
	for _, n := range named {
		args = append(args, n.Value)
	}
	rows, err := c.conn.Query(ctx, query, args...)
	return &pgRows{rows, c.conn}, err
}

type pgRows struct {
	pgx.Rows
	conn *pgx.Conn
}

func (r *pgRows) Close() error { r.Rows.Close(); return r.Err() }

func (r *pgRows) Columns() []string {
	var names []string
	for _, f := range r.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names
}

func (r *pgRows) ColumnTypeDatabaseTypeName(i int) string {
	if t, ok := r.conn.TypeMap().TypeForOID(r.FieldDescriptions()[i].DataTypeOID); ok {
		return t.Name
	}
	return ""
}

func (r *pgRows) Next(dest []driver.Value) error {
	if !r.Rows.Next() {
		if err := r.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	values, err := r.Values()
	if err != nil {
		return err
	}
	for i, v := range values {
		if r.ColumnTypeDatabaseTypeName(i) == "jsonb" && v != nil {
			v = append([]byte(nil), r.RawValues()[i][1:]...) // after the version byte of the binary format
		}
		dest[i] = v
	}
	return nil
}
