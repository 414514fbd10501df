package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// database is a file of its own for one test.
type database struct{ path string }

func newDatabase(tb testing.TB) database {
	tb.Helper()
	return database{filepath.Join(tb.TempDir(), "dir", "out #1?.db")}
}

func (db database) config(tb testing.TB) json.RawMessage {
	tb.Helper()
	text, err := json.Marshal(map[string]string{"destination_path": db.path})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func pathOf(config json.RawMessage) string {
	var c struct {
		Path string `json:"destination_path"`
	}
	if json.Unmarshal(config, &c) != nil {
		return ""
	}
	return c.Path
}

func open(path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+strings.NewReplacer("#", "%23", "?", "%3f").Replace(path))
}

// query is the rows of a query as text joined by bars, with the storage class of each value after it.
func (db database) query(tb testing.TB, query string) []string {
	tb.Helper()
	conn, err := open(db.path)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	rows, err := conn.QueryContext(tb.Context(), query)
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var list []string
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		targets := make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := rows.Scan(targets...); err != nil {
			tb.Fatal(err)
		}
		var texts []string
		for _, cell := range cells {
			if !cell.Valid {
				cell.String = "NULL"
			}
			texts = append(texts, cell.String)
		}
		list = append(list, strings.Join(texts, "|"))
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return list
}

func (db database) exec(tb testing.TB, statement string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(db.path), 0o755); err != nil {
		tb.Fatal(err)
	}
	conn, err := open(db.path)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(tb.Context(), statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

func (db database) want(t *testing.T, query string, rows ...string) {
	t.Helper()
	if diff := cmp.Diff(rows, db.query(t, query), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", query, diff)
	}
}

func (db database) tryWrite(tb testing.TB, streams []protocol.ConfiguredStream, messages ...protocol.Message) error {
	tb.Helper()
	in := func(yield func(*protocol.Message, error) bool) {
		for i := range messages {
			if !yield(&messages[i], nil) {
				return
			}
		}
	}
	req := connector.WriteRequest{Config: db.config(tb), Catalog: protocol.ConfiguredCatalog{Streams: streams}}
	return New("").Write(tb.Context(), req, in, connector.Discard)
}

func (db database) write(tb testing.TB, streams []protocol.ConfiguredStream, messages ...protocol.Message) {
	tb.Helper()
	if err := db.tryWrite(tb, streams, messages...); err != nil {
		tb.Fatal(err)
	}
}

// original undoes what naming does to the odd column names of the suite.
var original = map[string]string{"Order_ID": "Order ID", "a_b": "a.b", "uni__q_": `ünï "q"`}

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Destination(t, conformance.DestinationCase{
		Destination: New(""),
		Config: func(t *testing.T) json.RawMessage {
			t.Helper()
			return newDatabase(t).config(t)
		},
		BadConfigs: map[string]json.RawMessage{
			"no path":       json.RawMessage(`{}`),
			"not an object": json.RawMessage(`[]`),
			"a directory":   json.RawMessage(`{"destination_path":"/"}`),
			"below a file":  json.RawMessage(`{"destination_path":"/dev/null/x.db"}`),
		},
		Rows: readRows,
	})
}

func readRows(ctx context.Context, config json.RawMessage, d protocol.StreamDescriptor) ([]conformance.Row, error) {
	path := pathOf(config)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	conn, err := open(path)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	rows, err := conn.QueryContext(ctx, "SELECT * FROM "+quote(naming.Name(tableText(d))))
	if err != nil {
		if strings.Contains(err.Error(), "no such table") {
			return nil, nil
		}
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	var out []conformance.Row
	for rows.Next() {
		cells := make([]any, len(columns))
		targets := make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		row := conformance.Row{}
		for i, column := range columns {
			name := column.Name()
			if field, ok := original[name]; ok {
				name = field
			}
			if column.DatabaseTypeName() == "BOOLEAN" && cells[i] != nil {
				cells[i] = cells[i] == int64(1)
			}
			if cells[i] != nil && !isMeta(name) {
				row[name] = fmt.Sprint(cells[i])
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

func isMeta(name string) bool {
	switch name {
	case table.RawID, table.ExtractedAt, table.Meta, table.GenerationID:
		return true
	}
	return false
}
