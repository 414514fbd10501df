package postgres

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/airfielddev/airfield/secret"
)

// ErrAddress means that the address of a database cannot be understood.
var ErrAddress = errors.New("not a PostgreSQL URL that can be used")

const (
	connectTimeout = 10 * time.Second
	defaultConns   = 10
	fewestConns    = 2
)

// parameters are set at the start of each connection unless the address sets them. They end what would otherwise hold up others
// for ever: statements, transactions that nobody goes on with, and the sessions of programs whose machine is gone. Every list has
// an index in its order; without bitmap scans a page is read from it even before the database has gathered statistics, when
// it would rather sort all rows.
var parameters = map[string]string{
	"application_name":                    "airfield",
	"statement_timeout":                   "30s",
	"idle_in_transaction_session_timeout": "60s",
	"tcp_keepalives_idle":                 "30",
	"tcp_keepalives_interval":             "10",
	"tcp_keepalives_count":                "3",
	"enable_bitmapscan":                   "off",
}

// address is where a database is and how to get in.
type address struct {
	config *pgx.ConnConfig
	conns  int
}

// parse takes the password out before anything else reads the address, since parsers quote what they cannot read.
func parse(location secret.String) (address, error) {
	u, err := url.Parse(location.Reveal())
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return address{}, fmt.Errorf("reading the address of the database: %w: it has the form postgres://user:password@host:5432/database, "+
			"with special characters in the password percent-encoded", ErrAddress)
	}
	query, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery, "+", "%2B")) // a plus is no space here
	if err != nil {
		return address{}, fmt.Errorf("reading the address of the database: %w: its parameters cannot be read", ErrAddress)
	}
	password := query.Get("password")
	if p, ok := u.User.Password(); ok {
		password = p
		u.User = url.User(u.User.Username())
	}
	conns, err := connections(query.Get("pool_max_conns"))
	if err != nil {
		return address{}, err
	}
	query.Del("password")
	query.Del("pool_max_conns")
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		reason := secret.Redact(err.Error(), secret.String(password), secret.String(query.Get("sslpassword")))
		return address{}, fmt.Errorf("reading the address of the database: %w: %s", ErrAddress, reason)
	}
	if password != "" {
		config.Password = password
	}
	prepare(config)
	return address{config, conns}, nil
}

func connections(text string) (int, error) {
	if text == "" {
		return defaultConns, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < fewestConns {
		return 0, fmt.Errorf("reading the address of the database: %w: pool_max_conns is a number from %d on, not %q", ErrAddress, fewestConns, text)
	}
	return n, nil
}

func prepare(config *pgx.ConnConfig) {
	for name, value := range parameters {
		if _, ok := config.RuntimeParams[name]; !ok {
			config.RuntimeParams[name] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	dialer := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}}
	config.DialFunc = dialer.DialContext
}

// with is the same database with a parameter set, whatever the address says.
func (a address) with(parameter, value string) address {
	a.config = a.config.Copy()
	a.config.RuntimeParams[parameter] = value
	return a
}

// String names the database without how to get in.
func (a address) String() string {
	return fmt.Sprintf("database %q at %s", a.config.Database, net.JoinHostPort(a.config.Host, strconv.Itoa(int(a.config.Port))))
}

// connecting tells why there is no connection.
func (a address) connecting(err error) error {
	var c *pgconn.ConnectError
	if !errors.As(err, &c) {
		return fmt.Errorf("connecting to %s: %w", a, err)
	}
	return &connectError{fmt.Sprintf("connecting to %s as %q", a, a.config.User), c.Unwrap()}
}

// connectError is one line, where the driver's has one for each way that it has tried, with and without encryption.
type connectError struct {
	doing string
	err   error
}

func (e *connectError) Error() string {
	var ways []string
	for way := range strings.Lines(e.err.Error()) {
		ways = append(ways, strings.TrimSpace(way))
	}
	return e.doing + ": " + strings.Join(slices.Compact(ways), "; ")
}

func (e *connectError) Unwrap() []error { return []error{ErrConnect, e.err} }
