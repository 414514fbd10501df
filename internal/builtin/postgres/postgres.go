// Package postgres is the destination that writes to PostgreSQL: a table for each stream, a typed column for each field.
//
// Rows arrive by COPY. The options are those of https://docs.airbyte.com/integrations/destinations/postgres.
package postgres

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/batch"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// commitBytes is more than rows of a second, so that a busy sync commits by time: rows go to the server as they come, and
// each commit waits for its disk.
const commitBytes = 128 << 20

//go:embed spec.json
var spec []byte

// Definition describes the connector.
func Definition() connector.Definition {
	return connector.Definition{
		ID:                "25c5221d-dce2-4163-ade9-739ef790f503",
		Kind:              connector.KindDestination,
		Name:              "destination-postgres",
		Title:             "Postgres",
		DockerRepository:  "airbyte/destination-postgres",
		DockerImageTag:    "3.0.10",
		DocumentationURL:  "https://docs.airbyte.com/integrations/destinations/postgres",
		SupportsRefreshes: true,
	}
}

// Destination writes to PostgreSQL.
type Destination struct{}

// New makes the destination.
func New() connector.Destination { return Destination{} }

// Spec describes the configuration.
func (Destination) Spec(context.Context) (protocol.Spec, error) {
	var s protocol.Spec
	if err := json.Unmarshal(spec, &s); err != nil {
		return s, fmt.Errorf("reading the specification of destination-postgres: %w", err)
	}
	return s, nil
}

// Check connects and makes, fills and drops a table in the default schema.
func (Destination) Check(ctx context.Context, config json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	if err := tryOut(ctx, config); err != nil {
		if ctx.Err() != nil {
			return protocol.ConnectionStatus{}, ctx.Err()
		}
		return connector.Failed(err), nil
	}
	return connector.Succeeded(), nil
}

func tryOut(ctx context.Context, raw json.RawMessage) error {
	cfg, err := parseConfig(raw)
	if err != nil {
		return err
	}
	conn, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer closeConn(ctx, conn)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // closing rolls back as well
	return tryTables(ctx, tx, cfg)
}

// closeConn says goodbye, also when ctx is done. What was committed does not depend on whether the server hears it.
func closeConn(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

// tryTables leaves nothing behind: its transaction is never committed.
func tryTables(ctx context.Context, tx pgx.Tx, cfg *config) error {
	for _, schema := range []string{cfg.Schema, cfg.InternalSchema} {
		name := naming.Name(schema)
		if err := ensureSchema(ctx, tx, name); err != nil {
			return err
		}
		test := ident{name, "_airbyte_connection_test_" + table.Hash(fmt.Sprint(tx.Conn().PgConn().PID()))}
		for _, sql := range []string{
			"CREATE TABLE " + test.quoted() + " (id bigint)",
			"INSERT INTO " + test.quoted() + " VALUES (1)",
			"DROP TABLE " + test.quoted(),
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return fmt.Errorf("trying to write to schema %q: %w", name, err)
			}
		}
	}
	return nil
}

// Write stores the records of a sync. See [connector.Destination].
func (Destination) Write(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	cfg, err := parseConfig(req.Config)
	if err != nil {
		return err
	}
	streams, err := plan(cfg, &req.Catalog)
	if err != nil {
		return err
	}
	conn, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer closeConn(ctx, conn)
	if err := prepare(ctx, conn, streams, emit); err != nil {
		return err
	}
	st := newStore(conn, cfg, streams)
	defer st.abandon()
	job := batch.Job{Catalog: &req.Catalog, Store: st, Emit: emit, CommitBytes: commitBytes}
	for _, s := range streams {
		job.Encoders = append(job.Encoders, newEncoder(s))
	}
	return batch.Run(ctx, job, in)
}
