package postgres

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/airfielddev/airfield/internal/store/tables"
)

// The conditions of https://www.postgresql.org/docs/current/errcodes-appendix.html that are told apart.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
)

func hasCode(err error, codes ...string) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}

var dialect = tables.Dialect{
	Rebind: rebind, Conflict: func(err error) bool { return hasCode(err, uniqueViolation) },
	Name: `left(name, 64) COLLATE "C"`, // a B-tree refuses long ones
}

// rebind numbers the parameters. The statements of tables have no question marks besides them.
func rebind(query string) string {
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}

// storable replaces what PostgreSQL takes in no text, zeros and bytes that are no UTF-8: what a connector logs must not fail its
// sync.
type storable struct{ conn *sql.Conn }

var _ tables.Querier = storable{}

func (s storable) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return s.conn.ExecContext(ctx, query, clean(args)...)
}

func (s storable) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.conn.QueryContext(ctx, query, clean(args)...)
}

func (s storable) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return s.conn.QueryRowContext(ctx, query, clean(args)...)
}

func clean(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}
