package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield/secret"
)

// ErrInUse means that another server runs the jobs of the database.
var ErrInUse = errors.New("the database is in use by another server")

// How long a server waits for another's session to end, which takes a moment after the other was killed, and how often one that
// has lost its session tries to get it back.
const (
	ownerPatience = "3s"
	ownerRetry    = time.Second
)

// Owner keeps the jobs of a database to one server. It is an advisory lock, which PostgreSQL lets go of when the session ends,
// however that happens.
type Owner struct {
	at   address
	log  *slog.Logger
	conn *pgx.Conn
}

// Own takes a database. The error matches [ErrInUse] when another server has it, and otherwise what [Open] tells. The tables need
// not be there yet. Without a logger nothing is logged.
func Own(ctx context.Context, location secret.String, log *slog.Logger) (*Owner, error) {
	at, err := parse(location)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	o := &Owner{at: at.with("application_name", signature()).with("lock_timeout", ownerPatience), log: log}
	if err := o.take(ctx); err != nil {
		return nil, err
	}
	return o, nil
}

// signature tells others who has the lock. PostgreSQL cuts names at 63 bytes.
func signature() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed machine"
	}
	return fmt.Sprintf("airfield server, process %d on %.30s", os.Getpid(), host)
}

func (o *Owner) take(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, o.at.config)
	if err != nil {
		return o.at.connecting(err)
	}
	const lock = "SELECT pg_advisory_lock($1, hashtext(coalesce(current_schema(), '')))"
	_, err = conn.Exec(ctx, lock, ownerLock)
	if hasCode(err, lockNotAvailable) {
		err = fmt.Errorf("%w: %s", ErrInUse, holder(ctx, conn))
	}
	if err != nil {
		_ = conn.Close(context.WithoutCancel(ctx)) // the query's error says more
		return fmt.Errorf("taking %s: %w", o.at, err)
	}
	o.conn = conn
	return nil
}

// holder names who has the lock.
func holder(ctx context.Context, conn *pgx.Conn) string {
	const query = `SELECT coalesce(string_agg(a.application_name, ', '), '') FROM pg_locks l JOIN pg_stat_activity a USING (pid)
		WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND l.classid = $1 AND l.objid = hashtext(coalesce(current_schema(), ''))::oid`
	var name string
	if err := conn.QueryRow(ctx, query, uint32(ownerLock)).Scan(&name); err != nil || strings.TrimSpace(name) == "" {
		return "an unnamed one"
	}
	return name
}

// Keep watches the session until ctx is done and returns nil then. When the session breaks, as when the database restarts, Keep takes
// the database again; the error matches [ErrInUse] when another server was faster, and then the jobs are the other's.
func (o *Owner) Keep(ctx context.Context) error {
	for ctx.Err() == nil {
		_, err := o.conn.WaitForNotification(ctx) // none is ever sent
		if ctx.Err() != nil || !o.conn.IsClosed() {
			continue
		}
		o.log.WarnContext(ctx, "the session that keeps the database to this server broke", "error", err)
		if err := o.retake(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (o *Owner) retake(ctx context.Context) error {
	for rest(ctx, ownerRetry) {
		err := o.take(ctx)
		if err == nil {
			o.log.WarnContext(ctx, "the database is kept to this server again")
			return nil
		}
		if errors.Is(err, ErrInUse) {
			return err
		}
	}
	return nil
}

// Close gives the database up.
func (o *Owner) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTime)
	defer cancel()
	if err := o.conn.Close(ctx); err != nil {
		return fmt.Errorf("giving up %s: %w", o.at, err)
	}
	return nil
}
