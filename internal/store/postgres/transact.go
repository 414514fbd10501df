package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/store/tables"
)

// How often a transaction is run again. Who loses a race loses it to one that has won, so that all come to an end; the number
// only bounds how long one may be unlucky. A connection breaks when the server restarts: what is left in the pool is broken too.
const (
	mostRaces   = 50
	mostBreaks  = 10
	longestRest = 128 * time.Millisecond
)

// How long the end of a transaction may take, which the caller's context does not cut short, and how long to ask for an answer
// that was lost.
const (
	rollbackTime = 5 * time.Second
	commitTime   = 30 * time.Second
	inquiryTime  = 30 * time.Second
	inquiryPause = 100 * time.Millisecond
)

// fate is what became of one run of a transaction.
type fate int

const (
	ended fate = iota // well or not: running it again would not help
	raced             // another transaction was faster; nothing was kept
	broke             // the connection broke; nothing was kept
)

// persevere runs a transaction until it ends.
func (s *Store) persevere(ctx context.Context, run func() (fate, error)) error {
	races, breaks := 0, 0
	for {
		f, err := run()
		switch {
		case err == nil || f == ended:
			return err
		case ctx.Err() != nil: // which is also how the driver breaks connections
			return fmt.Errorf("running a transaction: %w: %w", ctx.Err(), err)
		case f == raced && races < mostRaces:
			races++
		case f == broke && breaks < mostBreaks:
			breaks++
		default:
			return fmt.Errorf("trying a transaction %d times: %w", races+breaks+1, err)
		}
		if !rest(ctx, rand.N(min(longestRest, time.Millisecond<<races))) {
			return ctx.Err()
		}
	}
}

// rest waits, and tells whether ctx is still good.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

var (
	snapshot     = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	serializable = pgx.TxOptions{IsoLevel: pgx.Serializable, AccessMode: pgx.ReadWrite}
)

func (s *Store) read(ctx context.Context, fn func(platform.Tables) error) (fate, error) {
	t, f, err := s.begin(ctx, snapshot)
	if err != nil {
		return f, err
	}
	defer t.close(ctx)
	if err := fn(t.tables()); err != nil {
		return t.fate(err), err
	}
	return ended, ctx.Err()
}

func (s *Store) write(ctx context.Context, fn func(platform.Tables) error) (fate, error) {
	t, f, err := s.begin(ctx, serializable)
	if err != nil {
		return f, err
	}
	defer t.close(ctx)
	if err := fn(t.tables()); err != nil {
		return t.fate(err), err
	}
	if err := ctx.Err(); err != nil {
		return ended, err
	}
	return s.commit(ctx, t)
}

// transaction is one that is open. Statements go through database/sql; its beginning and end go to the driver, where each can
// have a context of its own.
type transaction struct {
	conn *sql.Conn
	tx   pgx.Tx
}

func (s *Store) begin(ctx context.Context, options pgx.TxOptions) (*transaction, fate, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, ended, s.at.connecting(err)
	}
	t := &transaction{conn: conn}
	err = conn.Raw(func(driver any) (err error) {
		t.tx, err = driver.(*stdlib.Conn).Conn().BeginTx(ctx, options)
		return err
	})
	if err != nil {
		f := t.fate(err)
		_ = conn.Close() // it only goes back to its pool
		return nil, f, fmt.Errorf("beginning transaction: %w", err)
	}
	return t, ended, nil
}

func (t *transaction) tables() platform.Tables { return tables.Over(storable{t.conn}, dialect) }

// fate tells whether an error before the commit came from a race or a broken connection.
func (t *transaction) fate(err error) fate {
	switch {
	case hasCode(err, serializationFailure, deadlockDetected):
		return raced
	case t.broken():
		return broke
	}
	return ended
}

// broken tells whether the driver has given the connection up.
func (t *transaction) broken() bool {
	closed := true
	_ = t.conn.Raw(func(driver any) error { // an error means that it was given up
		closed = driver.(*stdlib.Conn).Conn().IsClosed()
		return nil
	})
	return closed
}

// close gives the connection back, rolled back unless it was committed. A connection that cannot be rolled back is not used again.
func (t *transaction) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	_ = t.conn.Raw(func(any) error { return t.tx.Rollback(ctx) }) // after a commit it does nothing
	_ = t.conn.Close()
}

func (s *Store) commit(ctx context.Context, t *transaction) (fate, error) {
	var id sql.NullInt64
	if err := t.conn.QueryRowContext(ctx, "SELECT txid_current_if_assigned()").Scan(&id); err != nil {
		return t.fate(err), fmt.Errorf("committing transaction: %w", err)
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	err := t.conn.Raw(func(any) error { return t.tx.Commit(limited) })
	if err == nil {
		return ended, nil
	}
	f := t.fate(err)
	if f == broke && id.Valid {
		return s.inquire(ctx, id.Int64, err)
	}
	return f, fmt.Errorf("committing transaction: %w", err)
}

// inquire asks what became of a transaction whose commit was not answered.
func (s *Store) inquire(ctx context.Context, id int64, cause error) (fate, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), inquiryTime)
	defer cancel()
	for {
		var status sql.NullString
		err := s.db.QueryRowContext(ctx, "SELECT txid_status($1)", id).Scan(&status)
		switch {
		case err == nil && status.String == "committed":
			return ended, nil
		case err == nil && status.String == "aborted":
			return broke, fmt.Errorf("committing transaction: %w", cause)
		}
		if !rest(ctx, inquiryPause) {
			return ended, fmt.Errorf("committing transaction, which may or may not have been kept: %w", cause)
		}
	}
}
