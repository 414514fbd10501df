package postgres

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/airfielddev/airfield/connector"
)

// classify says of an error whether a person has to act or time may help. Errors that are classified already stay as they are.
// The codes are those of https://www.postgresql.org/docs/current/errcodes-appendix.html.
func classify(err error) error {
	var known *connector.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		var network net.Error
		if errors.As(err, &network) || pgconn.SafeToRetry(err) {
			return connector.TransientError("%w", err)
		}
		return err
	}
	switch {
	case refused.Code == "42501", strings.HasPrefix(refused.Code, "54"): // no permission; too many columns, too long a key
		return connector.ConfigError("%w", err)
	case passes(refused.Code):
		return connector.TransientError("%w", err)
	}
	return err
}

// passes tells whether a code is about the connection, a conflict with others, resources, or the server being stopped.
func passes(code string) bool {
	for _, class := range []string{"08", "40", "53", "57P"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}
