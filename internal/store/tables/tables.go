// Package tables keeps the platform's nouns in an SQL database. It holds all that the supported databases have in common; a
// [Dialect] says where they differ.
package tables

import (
	"context"
	"database/sql"

	"github.com/airfielddev/airfield/internal/platform"
)

// Querier is a transaction of either *sql.Tx or *sql.Conn.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Dialect is how one database differs from the others. The statements of this package mark parameters with question marks.
type Dialect struct {
	Rebind   func(query string) string // question marks to the database's own marks; nil: it takes question marks
	Conflict func(err error) bool      // a unique key or index refused the row
	NoLimit  string                    // the LIMIT that is none, for OFFSET alone
	Name     string                    // what is ordered by names is ordered by this, for which there is an index; "": name
}

// conn is a transaction in a dialect.
type conn struct {
	q Querier
	d Dialect
}

func (c conn) rebind(query string) string {
	if c.d.Rebind == nil {
		return query
	}
	return c.d.Rebind(query)
}

func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := c.q.ExecContext(ctx, c.rebind(query), args...)
	if err != nil {
		if c.d.Conflict(err) {
			return 0, platform.ErrConflict
		}
		return 0, err
	}
	return result.RowsAffected()
}

func (c conn) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return c.q.QueryContext(ctx, c.rebind(query), args...)
}

func (c conn) row(ctx context.Context, query string, args ...any) *sql.Row {
	return c.q.QueryRowContext(ctx, c.rebind(query), args...)
}

// Over gives the tables as one transaction sees them.
func Over(q Querier, d Dialect) platform.Tables {
	c := conn{q, d}
	return platform.Tables{
		Organizations: table[platform.Organization]{c, organizations},
		Workspaces:    table[platform.Workspace]{c, workspaces},
		Actors:        table[platform.Actor]{c, actors},
		Connections:   connectionTable{table[platform.Connection]{c, connections}},
		Definitions:   table[platform.Definition]{c, definitions},
		Manifests:     table[platform.ManifestVersion]{c, manifests},
		Projects:      table[platform.BuilderProject]{c, projects},
		Applications:  table[platform.Application]{c, applications},
		Users:         table[platform.User]{c, users},
		Permissions:   table[platform.Permission]{c, permissions},
		Tags:          table[platform.Tag]{c, tags},
		Catalogs:      table[platform.CachedCatalog]{c, catalogs},
		Notices:       table[platform.Notice]{c, notices},
		Marks:         table[platform.Mark]{c, marks},
		Changes:       table[platform.Change]{c, changes},
		Jobs:          jobs{c},
		Attempts:      attempts{c},
		Queue:         queue{c},
		States:        states{c},
		Generations:   generations{c},
		Logs:          logs{c},
		History:       history{c},
		Counts:        counts{c},
	}
}
