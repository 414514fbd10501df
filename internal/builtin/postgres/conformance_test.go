package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/protocol"
)

// original undoes what naming does to the odd column names of the suite.
var original = map[string]string{"Order_ID": "Order ID", "a_b": "a.b", "uni__q_": `ünï "q"`}

// TestConformance has a schema for each case in one database. The schema that the suite's namespace names is made anew each time.
func TestConformance(t *testing.T) {
	t.Parallel()
	db, schemas := newDatabase(t), 0
	conformance.Destination(t, conformance.DestinationCase{
		Destination: New(),
		Config: func(t *testing.T) json.RawMessage {
			t.Helper()
			schemas++
			db.exec(t, "DROP SCHEMA IF EXISTS other_space CASCADE")
			db.config["schema"], db.config["raw_data_schema"] = fmt.Sprint("s", schemas), fmt.Sprint("s", schemas, "_internal")
			return db.configJSON(t)
		},
		BadConfigs: map[string]json.RawMessage{
			"no host":       json.RawMessage(`{"port":5432,"database":"x","schema":"public","username":"x"}`),
			"not an object": json.RawMessage(`[]`),
			"nobody there":  json.RawMessage(`{"host":"127.0.0.1","port":1,"database":"x","schema":"public","username":"x"}`),
			"ssh tunnel":    json.RawMessage(`{"host":"127.0.0.1","port":1,"database":"x","schema":"public","username":"x","tunnel_method":{"tunnel_method":"SSH_KEY_AUTH"}}`),
		},
		Rows: readRows,
	})
}

func readRows(ctx context.Context, raw json.RawMessage, d protocol.StreamDescriptor) ([]conformance.Row, error) {
	cfg, err := parseConfig(raw)
	if err != nil {
		return nil, err
	}
	pc, err := cfg.pgx()
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, pc)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	schema, name := location(cfg, &protocol.Stream{Name: d.Name, Namespace: d.Namespace})
	list, err := rowsOf(ctx, conn, ident{schema, naming.Name(name)})
	var absent *pgconn.PgError
	if errors.As(err, &absent) && absent.Code == "42P01" {
		return nil, nil
	}
	var rows []conformance.Row
	for _, columns := range list {
		row := conformance.Row{}
		for column, value := range columns {
			if field, ok := original[column]; ok {
				column = field
			}
			row[column] = value
		}
		rows = append(rows, row)
	}
	return rows, err
}
