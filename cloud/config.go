package cloud

import (
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"database/sql"

	"context"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/secret"
)

// Config says where an Airbyte deployment is and who is asking. Give either ClientID and ClientSecret, or BearerToken, or
// none of them for a server that asks for none.
type Config struct {
	// ClientID is the ID of an application, with ClientSecret: OAuth2 client credentials, which are traded for short-lived
	// tokens as needed. See https://reference.airbyte.com/reference/createaccesstoken.
	ClientID string
	// ClientSecret is the secret that goes with ClientID.
	ClientSecret secret.String
	// BearerToken is an access token that was got elsewhere. It cannot be renewed when it expires.
	BearerToken secret.String
	// APIRoot is the address of the deployment. "": Airbyte Cloud. A server's address alone is enough, such as
	// http://localhost:8000 or https://example.com/airbyte; the roots of its APIs are taken as well.
	APIRoot string
	// ConfigAPIRoot is the root of the Config API. "": found from APIRoot.
	ConfigAPIRoot string
	// WebRoot is the address of the web pages, which the URLs of objects are made of. "": found from APIRoot.
	WebRoot string
	// HTTPClient makes the requests. nil: one with Go's default transport.
	HTTPClient *http.Client
	// Logger is told every request at debug level, without bodies and secrets. nil: nobody is.
	Logger *slog.Logger
	// UserAgent names the program to the server. "": airfield.
	UserAgent string
	// MaxAttempts is how often a request is made at most, the first time included. 0: 5.
	MaxAttempts int
	// RetryWait is the wait before the second attempt; it is doubled from attempt to attempt. 0: 250 ms.
	RetryWait time.Duration
	// RequestsPerSecond limits the requests of the client. 0: no limit.
	RequestsPerSecond float64
	// OpenDatabase opens the database behind a destination, for [SyncResult.Rows]. nil: Rows needs [RowsFrom].
	OpenDatabase func(ctx context.Context, destination *DestinationInfo) (*sql.DB, error)
}

// ConfigFromEnv reads a Config from the environment, under the names that PyAirbyte uses. Of two names the first one that
// is set and not empty wins:
//
//   - bearer token: AIRBYTE_BEARER_TOKEN, AIRBYTE_CLOUD_BEARER_TOKEN;
//   - client ID: AIRBYTE_CLIENT_ID, AIRBYTE_CLOUD_CLIENT_ID;
//   - client secret: AIRBYTE_CLIENT_SECRET, AIRBYTE_CLOUD_CLIENT_SECRET;
//   - API root: AIRBYTE_API_ROOT, AIRBYTE_CLOUD_API_URL; Airbyte Cloud when neither is set;
//   - Config API root: AIRBYTE_CONFIG_API_ROOT, AIRBYTE_CLOUD_CONFIG_API_URL; found from the API root when neither is set.
//
// A bearer token wins over client credentials. Without credentials the error matches [ErrMissingSecret] and names the
// variables that are absent; [WorkspaceFromEnv] reads the ID of a workspace too.
func ConfigFromEnv() (Config, error) { return configFrom(os.Getenv) }

// The variables of each value, the preferred one first.
var (
	envBearerToken   = []string{"AIRBYTE_BEARER_TOKEN", "AIRBYTE_CLOUD_BEARER_TOKEN"}
	envClientID      = []string{"AIRBYTE_CLIENT_ID", "AIRBYTE_CLOUD_CLIENT_ID"}
	envClientSecret  = []string{"AIRBYTE_CLIENT_SECRET", "AIRBYTE_CLOUD_CLIENT_SECRET"}
	envWorkspaceID   = []string{"AIRBYTE_WORKSPACE_ID", "AIRBYTE_CLOUD_WORKSPACE_ID"}
	envAPIRoot       = []string{"AIRBYTE_API_ROOT", "AIRBYTE_CLOUD_API_URL"}
	envConfigAPIRoot = []string{"AIRBYTE_CONFIG_API_ROOT", "AIRBYTE_CLOUD_CONFIG_API_URL"}
)

func firstSet(getenv func(string) string, names []string) string {
	for _, name := range names {
		if value := getenv(name); value != "" {
			return value
		}
	}
	return ""
}

func configFrom(getenv func(string) string) (Config, error) {
	cfg := Config{
		BearerToken:   secret.String(firstSet(getenv, envBearerToken)),
		APIRoot:       firstSet(getenv, envAPIRoot),
		ConfigAPIRoot: firstSet(getenv, envConfigAPIRoot),
	}
	if cfg.BearerToken != "" {
		return cfg, nil
	}
	cfg.ClientID = firstSet(getenv, envClientID)
	cfg.ClientSecret = secret.String(firstSet(getenv, envClientSecret))
	var missing []string
	if cfg.ClientID == "" {
		missing = append(missing, strings.Join(envClientID, " or "))
	}
	if cfg.ClientSecret == "" {
		missing = append(missing, strings.Join(envClientSecret, " or "))
	}
	if len(missing) > 0 {
		return Config{}, refuse(ErrMissingSecret, "reading credentials from the environment", "", "",
			"set %s; or set %s", strings.Join(missing, " and "), strings.Join(envBearerToken, " or "))
	}
	return cfg, nil
}

// check tells what is wrong with the credentials.
func (cfg Config) check() error {
	const op = "reading credentials"
	client := cfg.ClientID != "" || cfg.ClientSecret != ""
	switch {
	case client && cfg.BearerToken != "":
		return refuse(ErrInvalidInput, op, "", "", "client credentials and a bearer token exclude each other")
	case client && cfg.ClientID == "":
		return refuse(ErrMissingSecret, op, "", "", "ClientSecret is set and ClientID is not")
	case client && cfg.ClientSecret == "":
		return refuse(ErrMissingSecret, op, "", "", "ClientID is set and ClientSecret is not")
	}
	return nil
}

// transport returns what makes the calls.
func (cfg Config) transport(at roots) *transport.Client {
	how := transport.Config{
		HTTPClient: cfg.HTTPClient, Logger: cfg.Logger, UserAgent: cfg.UserAgent,
		RequestsPerSecond: cfg.RequestsPerSecond,
		Retry:             transport.Retry{Attempts: cfg.MaxAttempts, Base: cfg.RetryWait},
		Secrets:           []secret.String{cfg.ClientSecret, cfg.BearerToken},
	}
	switch {
	case cfg.BearerToken != "":
		how.Tokens = transport.Static(cfg.BearerToken)
	case cfg.ClientID != "":
		how.Tokens = transport.NewClientCredentials(cfg.ClientID, cfg.ClientSecret, []string{at.api, at.config}, how)
	}
	return transport.New(how)
}
