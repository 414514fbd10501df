package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/airfielddev/airfield/connector"
)

// config is what spec.json describes.
type config struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Database string `json:"database"`
	Schema   string `json:"schema"`
	Username string `json:"username"`
	Password string `json:"password"`
	SSL      *bool  `json:"ssl"`
	SSLMode  struct {
		Mode              string `json:"mode"`
		CACertificate     string `json:"ca_certificate"`
		ClientCertificate string `json:"client_certificate"`
		ClientKey         string `json:"client_key"`
	} `json:"ssl_mode"`
	URLParams       string `json:"jdbc_url_params"`
	InternalSchema  string `json:"raw_data_schema"`
	RawOnly         bool   `json:"disable_type_dedupe"`
	DropCascade     bool   `json:"drop_cascade"`
	CDCDeletionMode string `json:"cdc_deletion_mode"`
	Tunnel          struct {
		Method string `json:"tunnel_method"`
	} `json:"tunnel_method"`
}

// connectTimeout is how long a connection may take to come about.
const connectTimeout = 60 * time.Second

func parseConfig(raw json.RawMessage) (*config, error) {
	cfg := &config{Port: 5432, Schema: "public", InternalSchema: "airbyte_internal", CDCDeletionMode: "Hard delete"}
	if err := json.Unmarshal(raw, cfg); err != nil {
		return nil, connector.ConfigError("reading the configuration: %w", err)
	}
	for name, value := range map[string]string{"host": cfg.Host, "database": cfg.Database, "username": cfg.Username} {
		if value == "" {
			return nil, connector.ConfigError("%s is missing", name)
		}
	}
	if m := cfg.Tunnel.Method; m != "" && m != "NO_TUNNEL" {
		return nil, connector.ConfigError("tunnel method %q is not supported; connect directly with NO_TUNNEL", m)
	}
	if cfg.Schema == "" {
		cfg.Schema = "public"
	}
	if cfg.InternalSchema == "" {
		cfg.InternalSchema = "airbyte_internal"
	}
	return cfg, nil
}

// sslMode is the mode that was chosen, unless ssl is off.
func (c *config) sslMode() string {
	switch {
	case c.SSL != nil && !*c.SSL:
		return "disable"
	case c.SSLMode.Mode != "":
		return c.SSLMode.Mode
	case c.SSL != nil:
		return "require"
	}
	return "prefer"
}

// connect opens a connection whose commits are durable and whose clock is in UTC.
func connect(ctx context.Context, cfg *config) (*pgx.Conn, error) {
	pc, err := cfg.pgx()
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, pc)
	if err != nil {
		return nil, connectError(ctx, cfg, err)
	}
	const durable = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`
	if _, err := conn.Exec(ctx, durable); err != nil {
		_ = conn.Close(ctx) // the query's error says more
		return nil, fmt.Errorf("preparing the connection to %s: %w", cfg.Host, err)
	}
	return conn, nil
}

func (c *config) pgx() (*pgx.ConnConfig, error) {
	dsn := ""
	for _, kv := range [][2]string{
		{"host", c.Host}, {"port", strconv.Itoa(c.Port)}, {"dbname", c.Database}, {"user", c.Username},
		{"password", c.Password}, {"sslmode", c.sslMode()},
	} {
		dsn += kv[0] + "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(kv[1]) + "' "
	}
	pc, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, connector.ConfigError("host, port or ssl_mode cannot be used: %w", withoutSecrets(err))
	}
	pc.DefaultQueryExecMode = pgx.QueryExecModeExec
	pc.ConnectTimeout = connectTimeout
	pc.RuntimeParams["application_name"] = "airfield"
	if err := c.applyParams(pc); err != nil {
		return nil, err
	}
	pc.RuntimeParams["timezone"] = "UTC"
	pc.RuntimeParams["client_encoding"] = "UTF8"
	return pc, c.applyCertificates(pc)
}

// withoutSecrets keeps the reason of a parse error and drops the connection string it quotes.
func withoutSecrets(err error) error {
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) && parse.Unwrap() != nil {
		return parse.Unwrap()
	}
	return errors.New("the values cannot be read")
}

func (c *config) applyParams(pc *pgx.ConnConfig) error {
	params, err := url.ParseQuery(strings.TrimPrefix(c.URLParams, "?"))
	if err != nil {
		return connector.ConfigError("jdbc_url_params is not of the form key1=value1&key2=value2")
	}
	if v := params.Get("ApplicationName"); v != "" {
		pc.RuntimeParams["application_name"] = v
	}
	if v := params.Get("options"); v != "" {
		pc.RuntimeParams["options"] = v
	}
	if v := params.Get("connectTimeout"); v != "" {
		seconds, err := strconv.Atoi(v)
		if err != nil || seconds < 0 {
			return connector.ConfigError("connectTimeout in jdbc_url_params is not a number of seconds: %q", v)
		}
		pc.ConnectTimeout = time.Duration(seconds) * time.Second
	}
	return nil
}

func (c *config) applyCertificates(pc *pgx.ConnConfig) error {
	if pc.TLSConfig == nil {
		return nil
	}
	if pem := c.SSLMode.CACertificate; pem != "" {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM([]byte(pem)) {
			return connector.ConfigError("ca_certificate holds no certificate in PEM form")
		}
		pc.TLSConfig.RootCAs = pool
	}
	if c.SSLMode.ClientCertificate == "" && c.SSLMode.ClientKey == "" {
		return nil
	}
	pair, err := tls.X509KeyPair([]byte(c.SSLMode.ClientCertificate), []byte(c.SSLMode.ClientKey))
	if err != nil {
		return connector.ConfigError("client_certificate and client_key cannot be used: %w", err)
	}
	pc.TLSConfig.Certificates = []tls.Certificate{pair}
	return nil
}

// connectError tells what a person can fix from what may pass: a refused password or a missing database is a config_error,
// a server that is not there may come back.
func connectError(ctx context.Context, cfg *config, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	where := fmt.Sprintf("%s:%d/%s", cfg.Host, cfg.Port, cfg.Database)
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return connector.TransientError("connecting to %s as %s: %w", where, cfg.Username, err)
	}
	if passes(refused.Code) {
		return connector.TransientError("connecting to %s as %s: %w", where, cfg.Username, refused)
	}
	return connector.ConfigError("connecting to %s as %s: %w", where, cfg.Username, refused)
}
