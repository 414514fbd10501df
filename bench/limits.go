package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the driver of the bare inserts
)

// sampleRows reads some users once, so that the limits write rows like ours.
func sampleRows(ctx context.Context, n int) ([][]byte, error) {
	source, err := airfield.NewConnectors(airfield.ConnectorOptions{}).Source(ctx, connector.Ref{Name: "source-faker"})
	if err != nil {
		return nil, err
	}
	job := oneSync{Source: "source-faker", SourceConfig: fakerConfig(int64(n)), Stream: "users"}
	catalog, err := job.catalog(ctx, source)
	if err != nil {
		return nil, err
	}
	var rows [][]byte
	err = source.Read(ctx, connector.ReadRequest{Config: job.SourceConfig, Catalog: catalog}, func(m protocol.Message) error {
		if m.Type == protocol.TypeRecord {
			rows = append(rows, append([]byte(nil), m.Record.Data...))
		}
		return nil
	})
	return rows, err
}

// rawFile writes as many lines of the same size to a file, and waits until they are on the disk.
func rawFile(s settings) side {
	return func(ctx context.Context) (sample, error) {
		rows, err := sampleRows(ctx, 1000)
		if err != nil {
			return sample{}, err
		}
		file, err := os.Create(filepath.Join(s.dir, "raw.jsonl"))
		if err != nil {
			return sample{}, err
		}
		defer os.Remove(file.Name())
		defer file.Close()
		start := time.Now()
		w := bufio.NewWriterSize(file, 1<<20)
		for i := range s.rows {
			if _, err := w.Write(rows[i%1000]); err != nil {
				return sample{}, err
			}
			if err := w.WriteByte('\n'); err != nil {
				return sample{}, err
			}
		}
		if err := w.Flush(); err != nil {
			return sample{}, err
		}
		if err := file.Sync(); err != nil {
			return sample{}, err
		}
		return sample{Rate: float64(s.rows) / time.Since(start).Seconds()}, nil
	}
}

// rawSQLite inserts rows of as many columns in one transaction.
func rawSQLite(s settings) side {
	const columns, batch = 24, 100
	return func(ctx context.Context) (sample, error) {
		path := filepath.Join(s.dir, "raw.db")
		defer os.Remove(path)
		db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
		if err != nil {
			return sample{}, err
		}
		defer db.Close()
		names := make([]string, columns)
		for i := range names {
			names[i] = fmt.Sprintf("c%d", i)
		}
		if _, err := db.ExecContext(ctx, "create table t ("+strings.Join(names, ",")+")"); err != nil {
			return sample{}, err
		}
		row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
		insert := "insert into t values " + strings.TrimSuffix(strings.Repeat(row+",", batch), ",")
		values := make([]any, columns*batch)
		for i := range values {
			values[i] = "about as much text"
		}
		start := time.Now()
		if err := insertBatches(ctx, db, insert, values, s.rows/batch); err != nil {
			return sample{}, err
		}
		return sample{Rate: float64(s.rows) / time.Since(start).Seconds()}, nil
	}
}

func insertBatches(ctx context.Context, db *sql.DB, insert string, values []any, batches int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	statement, err := tx.PrepareContext(ctx, insert)
	if err != nil {
		return err
	}
	defer statement.Close()
	for range batches {
		if _, err := statement.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// bareCopy copies the rows that the last sync wrote out to a file, and measures copying that file in.
func bareCopy(s settings) side {
	return func(ctx context.Context) (sample, error) {
		conn, err := pgx.Connect(ctx, s.postgres)
		if err != nil {
			return sample{}, err
		}
		defer conn.Close(ctx)
		file, err := os.Create(filepath.Join(s.dir, "rows.copy"))
		if err != nil {
			return sample{}, err
		}
		defer os.Remove(file.Name())
		defer file.Close()
		if _, err := conn.PgConn().CopyTo(ctx, file, "copy "+benchSchema+".users to stdout"); err != nil {
			return sample{}, err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return sample{}, err
		}
		if _, err := conn.Exec(ctx, "create table "+benchSchema+".bare (like "+benchSchema+".users)"); err != nil {
			return sample{}, err
		}
		start := time.Now()
		tag, err := conn.PgConn().CopyFrom(ctx, file, "copy "+benchSchema+".bare from stdin")
		if err != nil {
			return sample{}, err
		}
		rate := float64(tag.RowsAffected()) / time.Since(start).Seconds()
		_, err = conn.Exec(ctx, "drop table "+benchSchema+".bare")
		return sample{Rate: rate}, err
	}
}

// bareCopyOut reads the same table with COPY and drops what it reads.
func bareCopyOut(s settings) side {
	return func(ctx context.Context) (sample, error) {
		conn, err := pgx.Connect(ctx, s.postgres)
		if err != nil {
			return sample{}, err
		}
		defer conn.Close(ctx)
		start := time.Now()
		tag, err := conn.PgConn().CopyTo(ctx, io.Discard, "copy "+benchSchema+".users to stdout")
		return sample{Rate: float64(tag.RowsAffected()) / time.Since(start).Seconds()}, err
	}
}

func execute(ctx context.Context, address, statement string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
