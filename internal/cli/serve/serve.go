// Package serve is the command that runs a server.
package serve

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/cli/version"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/embed"
)

type options struct {
	host          string
	port          int
	publicURL     string
	dataDir       string
	store         string
	engine        string
	auth          string
	files         string
	registry      string
	hosts         []string
	allowExec     bool
	allowPrivate  bool
	tokenLifetime time.Duration
	rateLimit     int
	disableJobs   int64
	disableAfter  time.Duration
	keepLogs      time.Duration
	keepJobs      time.Duration
	openAPI       bool
}

// New is the command.
func New(s *session.Session) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:     "server",
		Aliases: []string{"serve"},
		Short:   "Run a server that answers Airbyte's APIs and runs syncs",
		Long: `Run a server that answers Airbyte's APIs and runs syncs, until Ctrl-C. Everything it keeps is in its data directory.

The first start makes a workspace and credentials, prints them once, and writes them to credentials.json in the data directory. With
the default data directory, the other commands of airfield on this machine find them there by themselves.

With --store postgres://user:password@host:5432/database, everything but keys and credentials is kept in PostgreSQL. Others on this
machine see a URL on the command line, so when it holds a password, put it into the variable AIRFIELD_STORE, or into a file that is
named with --store file:PATH. The data directory still holds secret.key, without which the stored configurations cannot be read,
and token.key; a server that takes over the database on another machine needs both. One server at a time runs on a database: a
second one is refused.`,
		Example: `  airfield server
  airfield server --port 0 --data-dir ./data
  airfield server --host 0.0.0.0 --port 8000
  airfield server --public-url https://data.example.com/airfield
  airfield server --store file:/run/secrets/airfield-store`,
		Args: session.Words(),
		RunE: s.Run(func(ctx context.Context, _ []string) error { return serve(ctx, s, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.host, "host", "127.0.0.1", "`address` to listen on; 0.0.0.0 for other machines too")
	f.IntVar(&o.port, "port", 8000, "`port` to listen on; 0 takes a free one and prints it")
	f.StringVar(&o.publicURL, "public-url", "", "`url` that clients know the server by, with the path that a proxy puts before it; links begin with it (default what each request says)")
	f.StringVar(&o.dataDir, "data-dir", s.World.DataDir(), "`directory` that everything is kept in")
	f.StringVar(&o.store, "store", "", "where to keep things: sqlite in the data directory, a postgres:// `url`, or env:NAME or file:PATH of one (default $AIRFIELD_STORE, or sqlite)")
	f.StringVar(&o.engine, "engine", "local", "who runs jobs: `local`, this process")
	f.BoolVar(&o.allowExec, "allow-exec", false, "let connectors be programs and containers on this machine")
	f.BoolVar(&o.allowPrivate, "allow-private-addresses", false, "let manifests connect to this machine and to private networks, and web hooks be in private networks")
	f.StringSliceVar(&o.hosts, "allowed-hosts", nil, "`hosts` that manifests may connect to, with commas between them; *.example.com is all below it (default any)")
	f.StringVar(&o.files, "files", "", "`directory` that the local files of connectors must stay within (default any, or files in the data directory when other machines may connect)")
	f.StringVar(&o.registry, "registry", "", "`url` of the registry that manifests of sources which are not built in are fetched from, or none (default $AIRFIELD_REGISTRY, or Airbyte's)")
	f.StringVar(&o.auth, "auth", "credentials", "who is let in: those with `credentials`, or everyone with none, which listens on this machine alone")
	f.DurationVar(&o.tokenLifetime, "token-lifetime", access.Lifetime, "how long an access token is good for; clients get new ones by themselves")
	f.IntVar(&o.rateLimit, "rate-limit", 0, "`requests` a second that each caller may make; the others are answered 429 (default any number)")
	f.Int64Var(&o.disableJobs, "disable-after-jobs", 30, "disable a connection when so many `jobs` have failed in a row and --disable-after has passed; 0 never does")
	f.DurationVar(&o.disableAfter, "disable-after", 7*24*time.Hour, "how long a connection must have had no success to be disabled")
	f.DurationVar(&o.keepLogs, "keep-logs", 30*24*time.Hour, "how long the logs of jobs are kept; 0 keeps them for ever")
	f.DurationVar(&o.keepJobs, "keep-jobs", 0, "how long jobs are kept, but for the newest ten of each connection; 0 keeps them for ever")
	f.BoolVar(&o.openAPI, "openapi", false, "print the OpenAPI document of what the server answers, and stop")
	return cmd
}

func serve(ctx context.Context, s *session.Session, o options) error {
	if o.openAPI {
		return document(s)
	}
	cfg, err := wire(ctx, s, o)
	if err != nil {
		return err
	}
	running, err := embed.Open(ctx, cfg)
	if err != nil {
		return explain(err)
	}
	if err := announce(s, running, cfg.Dir); err != nil {
		return errors.Join(err, running.Close())
	}
	stop := context.AfterFunc(ctx, func() { s.Note("stopping; once more Ctrl-C stops at once") })
	defer stop()
	return errors.Join(explain(running.Run(ctx)), running.Close())
}

func document(s *session.Session) error {
	text, err := server.OpenAPI(version.Number())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.World.Stdout, "%s\n", text)
	return err
}

func explain(err error) error {
	switch {
	case errors.Is(err, platform.ErrWrongKey):
		return exit.Hint(exit.With(exit.Environment, err), "put the secret.key of the data directory that the store was used with into this one, or choose another store; without it the stored secrets cannot be read")
	case errors.Is(err, embed.ErrInUse):
		return exit.Hint(exit.With(exit.Conflict, err), "stop the other server, or choose another directory with --data-dir")
	case errors.Is(err, syscall.EADDRINUSE):
		return exit.Hint(exit.With(exit.Environment, err), "choose another port with --port, or 0 for a free one")
	}
	return explainStore(err)
}

// announcement is what a server tells when it is ready.
type announcement struct {
	URL             string `json:"url"`
	APIRoot         string `json:"api_root"`
	OrganizationID  string `json:"organization_id"`
	WorkspaceID     string `json:"workspace_id"`
	ClientID        string `json:"client_id"`
	ClientSecret    string `json:"client_secret,omitempty"` // only when it was just made
	CredentialsFile string `json:"credentials_file"`
}

// announce prints where the server is, and its credentials when they are new.
func announce(s *session.Session, running *embed.Server, dir string) error {
	c := running.Credentials
	a := announcement{
		URL: running.URL, APIRoot: c.APIRoot, OrganizationID: c.OrganizationID, WorkspaceID: c.WorkspaceID, ClientID: c.ClientID,
		CredentialsFile: embed.CredentialsFile(dir),
	}
	if running.New {
		a.ClientSecret = c.ClientSecret
	}
	p, err := s.Printer()
	if err != nil {
		return err
	}
	if p.Format() != output.Table {
		return view().One(p, a)
	}
	if _, err := fmt.Fprintf(s.World.Stdout, "Airfield listens on %s\n", a.URL); err != nil {
		return err
	}
	return view().One(p, a)
}

func view() output.View[announcement] {
	return output.View[announcement]{
		Name: func(a announcement) string { return a.URL },
		Columns: []output.Column[announcement]{
			{Title: "api root", Text: func(a announcement) string { return a.APIRoot }},
			{Title: "workspace", Text: func(a announcement) string { return a.WorkspaceID }},
			{Title: "client id", Text: func(a announcement) string { return a.ClientID }},
			{Title: "client secret", Text: func(a announcement) string { return a.ClientSecret }},
			{Title: "credentials", Text: func(a announcement) string { return a.CredentialsFile }},
		},
	}
}
