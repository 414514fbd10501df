package postgressource

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// session makes the server write values in the one format that the encoder reads, and keeps views from writing.
const session = `SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
SET bytea_output = 'hex'; SET extra_float_digits = 3; SET statement_timeout = 0; SET default_transaction_read_only = on`

// database is one connection.
type database struct{ conn *pgx.Conn }

func connect(ctx context.Context, c config) (*database, error) {
	settings, err := c.connection()
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, settings)
	if err != nil {
		return nil, explainConnect(ctx, c, err)
	}
	if _, err := conn.PgConn().Exec(ctx, session).ReadAll(); err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("preparing session with PostgreSQL: %w", err)
	}
	return &database{conn}, nil
}

// connection builds the settings without a connection string, so that nothing needs quoting and no error repeats a secret.
func (c *config) connection() (*pgx.ConnConfig, error) {
	timeout, name, options, err := c.params()
	if err != nil {
		return nil, err
	}
	attempts, err := c.SSL.attempts(c.Host)
	if err != nil {
		return nil, err
	}
	settings, err := pgx.ParseConfig("host=localhost user=nobody sslmode=disable target_session_attrs=any sslcertmode=allow")
	if err != nil {
		return nil, fmt.Errorf("reading PostgreSQL settings of the environment: %w", err)
	}
	settings.Host, settings.Port, settings.Database = c.Host, uint16(c.Port), c.Database
	settings.User, settings.Password = c.Username, c.Password
	settings.ConnectTimeout = timeout
	settings.DialFunc = (&net.Dialer{Timeout: timeout, KeepAlive: time.Minute}).DialContext
	settings.RuntimeParams = map[string]string{"application_name": name}
	if options != "" {
		settings.RuntimeParams["options"] = options
	}
	// Poolers between here and the server do not keep prepared statements.
	settings.DefaultQueryExecMode = pgx.QueryExecModeExec
	// A query whose connection is just dropped would go on in the server until it has rows to send.
	settings.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 2 * time.Second}
	}
	settings.TLSConfig, settings.Fallbacks = attempts[0], nil
	for _, attempt := range attempts[1:] {
		settings.Fallbacks = append(settings.Fallbacks, &pgconn.FallbackConfig{Host: c.Host, Port: uint16(c.Port), TLSConfig: attempt})
	}
	return settings, nil
}

// close ends the session. It must not wait for a server that is gone, nor be cut short because the read was cancelled.
func (db *database) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	// Everything was read, or another error is on its way.
	_ = db.conn.Close(ctx)
}

// explainConnect tells what to do about a connection that was not made.
func explainConnect(ctx context.Context, c config, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	where := fmt.Sprintf("connecting to PostgreSQL at %s", net.JoinHostPort(c.Host, fmt.Sprint(c.Port)))
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		switch {
		case strings.HasPrefix(refused.Code, "28"), refused.Code == "3D000", refused.Code == "42501":
			return connector.ConfigError("%s: %s", where, refused.Message)
		}
		return connector.TransientError("%s: %s", where, refused.Message)
	}
	var unknown *net.DNSError
	if errors.As(err, &unknown) {
		return connector.TransientError("%s: the host name is not known: %w", where, err)
	}
	return connector.TransientError("%s: %w", where, errors.Unwrap(err))
}

// explainQuery tells a person what was wrong with a stream that could not be read.
func explainQuery(ctx context.Context, t *table, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d := t.descriptor()
	out := &connector.Error{Message: fmt.Sprintf("reading from PostgreSQL: %v", err), Stream: &d, Cause: err}
	var answer *pgconn.PgError
	if !errors.As(err, &answer) { // the connection is gone
		out.Type = protocol.FailureTransient
		return out
	}
	switch {
	case answer.Code == "42501": // insufficient_privilege
		out.Type = protocol.FailureConfig
	case answer.Code == "42883" || answer.Code == "22P02" || answer.Code == "22007": // no ordering, or a state of another type
		out.Type = protocol.FailureConfig
		out.Message += "; choose a cursor whose type has an order, or clear the stream"
	case strings.HasPrefix(answer.Code, "57"), strings.HasPrefix(answer.Code, "53"), strings.HasPrefix(answer.Code, "40"), strings.HasPrefix(answer.Code, "08"):
		out.Type = protocol.FailureTransient
	}
	return out
}
