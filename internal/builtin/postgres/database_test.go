package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

var databases atomic.Int64

// database is a database of its own for one test, with the configuration that leads to it.
type database struct {
	conn   *pgx.Conn
	config map[string]any
}

func newDatabase(tb testing.TB) *database {
	tb.Helper()
	url := os.Getenv("AIRFIELD_TEST_POSTGRES_URL")
	if url == "" {
		tb.Skip("AIRFIELD_TEST_POSTGRES_URL is not set")
	}
	c, err := pgx.ParseConfig(url)
	if err != nil {
		tb.Fatal(err)
	}
	admin := dial(tb, c)
	name := fmt.Sprintf("airfield_dest_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := admin.Exec(tb.Context(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if _, err := admin.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	c.Database = name
	return &database{conn: dial(tb, c), config: map[string]any{
		"host": c.Host, "port": c.Port, "database": name, "username": c.User, "password": c.Password,
		"schema": "public", "ssl_mode": map[string]any{"mode": "disable"},
	}}
}

func dial(tb testing.TB, c *pgx.ConnConfig) *pgx.Conn {
	tb.Helper()
	conn, err := pgx.ConnectConfig(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func (db *database) configJSON(tb testing.TB) json.RawMessage {
	tb.Helper()
	text, err := json.Marshal(db.config)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func (db *database) exec(tb testing.TB, sql string) {
	tb.Helper()
	if _, err := db.conn.Exec(tb.Context(), sql); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

// query is the rows of a query whose columns are text, joined by bars; null is written NULL.
func (db *database) query(tb testing.TB, sql string) []string {
	tb.Helper()
	rows, err := db.conn.Query(tb.Context(), sql, pgx.QueryExecModeExec)
	if err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		var cells []string
		for _, raw := range row.RawValues() {
			if raw == nil {
				cells = append(cells, "NULL")
				continue
			}
			cells = append(cells, string(raw))
		}
		return strings.Join(cells, "|"), nil
	})
	if err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return list
}

// write runs the destination on messages and returns the states that it echoed.
func (db *database) write(tb testing.TB, streams []protocol.ConfiguredStream, messages ...protocol.Message) []*protocol.State {
	tb.Helper()
	states, err := db.tryWrite(tb, streams, nil, messages...)
	if err != nil {
		tb.Fatal(err)
	}
	return states
}

func (db *database) tryWrite(tb testing.TB, streams []protocol.ConfiguredStream, ending error, messages ...protocol.Message) ([]*protocol.State, error) {
	tb.Helper()
	var states []*protocol.State
	emit := func(m protocol.Message) error {
		if m.Type == protocol.TypeState {
			states = append(states, m.State)
		}
		return nil
	}
	in := func(yield func(*protocol.Message, error) bool) {
		for i := range messages {
			if !yield(&messages[i], nil) {
				return
			}
		}
		if ending != nil {
			yield(nil, ending)
		}
	}
	req := connector.WriteRequest{Config: db.configJSON(tb), Catalog: protocol.ConfiguredCatalog{Streams: streams}}
	err := New().Write(tb.Context(), req, in, emit)
	return states, err
}

// rowsOf reads a table as the suite wants it: text by column name, without nulls and without the columns of every table.
func rowsOf(ctx context.Context, conn *pgx.Conn, name ident) ([]map[string]string, error) {
	rows, err := conn.Query(ctx, "SELECT to_jsonb(t)::text FROM "+name.quoted()+" t")
	if err != nil {
		return nil, err
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	var out []map[string]string
	for _, text := range texts {
		row := map[string]string{}
		for o := rawjson.Fields([]byte(text)); o.Next(); {
			if !isMeta(string(o.Key())) && !rawjson.IsNull(o.Value()) {
				row[string(o.Key())] = plain(o.Value())
			}
		}
		out = append(out, row)
	}
	return out, nil
}

func plain(value []byte) string {
	if text, ok := rawjson.String(value); ok {
		return text
	}
	return string(value)
}
