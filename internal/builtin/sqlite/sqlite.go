// Package sqlite is the destination that writes to a SQLite database file: a table for each stream, a typed column for each
// field. See https://docs.airbyte.com/integrations/destinations/sqlite.
package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/batch"
	"github.com/airfielddev/airfield/internal/builtin/localpath"
	"github.com/airfielddev/airfield/protocol"
)

//go:embed spec.json
var spec []byte

// Definition describes the connector.
func Definition() connector.Definition {
	return connector.Definition{
		ID:                "b76be0a6-27dc-4560-95f6-2623da0bd7b6",
		Kind:              connector.KindDestination,
		Name:              "destination-sqlite",
		Title:             "Local SQLite",
		DockerRepository:  "airbyte/destination-sqlite",
		DockerImageTag:    "0.1.2",
		DocumentationURL:  "https://docs.airbyte.com/integrations/destinations/sqlite",
		SupportsRefreshes: true,
	}
}

// Destination writes to SQLite.
type Destination struct{ root string }

// New makes the destination. Database files stay within the directory root; "": anywhere.
func New(root string) connector.Destination { return Destination{root} }

// Spec describes the configuration.
func (Destination) Spec(context.Context) (protocol.Spec, error) {
	var s protocol.Spec
	if err := json.Unmarshal(spec, &s); err != nil {
		return s, fmt.Errorf("reading the specification of destination-sqlite: %w", err)
	}
	return s, nil
}

// Check opens the database and begins to write, without leaving anything behind but the file.
func (d Destination) Check(ctx context.Context, config json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	if err := d.tryOut(ctx, config); err != nil {
		if ctx.Err() != nil {
			return protocol.ConnectionStatus{}, ctx.Err()
		}
		return connector.Failed(err), nil
	}
	return connector.Succeeded(), nil
}

func (d Destination) tryOut(ctx context.Context, config json.RawMessage) error {
	db, err := d.open(config)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // what counts was committed
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return connector.ConfigError("opening the database: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "CREATE TABLE _airbyte_connection_test (id INTEGER)"); err != nil {
		return connector.ConfigError("writing to the database: %w", err)
	}
	return nil
}

// open says where the database is; SQLite looks at the file when it is used first.
//
// Commits are on disk when they return (synchronous FULL), because states are echoed after them. Old ALTER TABLE semantics
// let a table be replaced while views read it.
func (d Destination) open(config json.RawMessage) (*sql.DB, error) {
	var cfg struct {
		Path string `json:"destination_path"`
	}
	if err := json.Unmarshal(config, &cfg); err != nil {
		return nil, connector.ConfigError("reading the configuration: %w", err)
	}
	path, err := localpath.Resolve(d.root, cfg.Path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, connector.ConfigError("creating the directory of the database: %w", err)
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(16384)", "cache_size(-16384)",
		"legacy_alter_table(ON)",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, connector.ConfigError("opening the database: %w", err)
	}
	return db, nil
}

// Write stores the records of a sync. See [connector.Destination].
func (d Destination) Write(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	streams, err := plan(&req.Catalog)
	if err != nil {
		return err
	}
	db, err := d.open(req.Config)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // what counts was committed
	conn, err := db.Conn(ctx)
	if err != nil {
		return connector.ConfigError("opening the database: %w", err)
	}
	defer func() { _ = conn.Close() }() // db.Close closes it as well
	if err := prepare(ctx, conn, streams, emit); err != nil {
		return err
	}
	st := newStore(conn, streams)
	defer st.close()
	job := batch.Job{Catalog: &req.Catalog, Store: st, Emit: emit}
	for _, s := range streams {
		job.Encoders = append(job.Encoders, newEncoder(s))
	}
	return batch.Run(ctx, job, in)
}
