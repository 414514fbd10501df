package airfieldtest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/secret"
)

// Server is a running server with one workspace. Its fields are set by [New] and are not to be changed.
type Server struct {
	// URL is the server's address, such as http://127.0.0.1:41234. All of its APIs are below it.
	URL string
	// Config connects to the server, for code under test that makes a client of its own.
	Config cloud.Config
	// Client is a client of the server.
	Client *cloud.Client
	// Workspace is the workspace that the server begins with. It is empty.
	Workspace *cloud.Workspace
	// Clock is the server's time.
	Clock *Clock
	// Faults makes the server misbehave.
	Faults *Faults
}

// New starts a server that is stopped when the test ends. The test fails at once when it cannot start.
func New(t testing.TB, opts ...Option) *Server {
	t.Helper()
	o := options{attempts: 1}
	for _, opt := range opts {
		opt(&o)
	}
	clock := newClock(t)
	faults := &Faults{}
	inner, err := embed.Open(t.Context(), embed.Config{
		Dir:        t.TempDir(),
		Connectors: o.connectors(faults),
		Logger:     slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Version:    "test",
		Retry:      o.retry(),
		Clock:      engineClock{clock},
		Wrap:       faults.wrap,
	})
	if err != nil {
		t.Fatalf("starting a server: %v", err)
	}
	clock.server = inner
	run(t, inner)
	return connect(t, inner, clock, faults)
}

// run serves until the test ends. The server outlives the test's context, which ends before cleanups do: they may want to talk to it.
func run(t testing.TB, inner *embed.Server) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- inner.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("running the server: %v", err)
		}
		if err := inner.Close(); err != nil {
			t.Errorf("closing the server: %v", err)
		}
	})
}

// retryWait keeps clients from waiting long for a server that is told to fail.
const retryWait = 5 * time.Millisecond

func connect(t testing.TB, inner *embed.Server, clock *Clock, faults *Faults) *Server {
	t.Helper()
	cfg := cloud.Config{
		APIRoot:      inner.Credentials.APIRoot,
		ClientID:     inner.Credentials.ClientID,
		ClientSecret: secret.String(inner.Credentials.ClientSecret),
		RetryWait:    retryWait,
	}
	client, err := cloud.NewClient(cfg)
	if err != nil {
		t.Fatalf("making a client: %v", err)
	}
	return &Server{
		URL: inner.URL, Config: cfg, Client: client, Workspace: client.Workspace(inner.Credentials.WorkspaceID),
		Clock: clock, Faults: faults,
	}
}

// Option says how a server is to be.
type Option func(*options)

type options struct {
	attempts  int
	allowExec bool
	own       []custom
}

// WithSource adds a source of the test's own. It is deployed like any other, under its name with or without "source-" before it:
//
//	server.Workspace.DeploySource(ctx, "orders", cloud.Configuration{"sourceType": "orders"})
func WithSource(name string, source connector.Source) Option {
	return func(o *options) { o.own = append(o.own, newCustom(connector.KindSource, name, source, nil)) }
}

// WithDestination adds a destination of the test's own. It is deployed like any other, under its name with or without "destination-"
// before it.
func WithDestination(name string, destination connector.Destination) Option {
	return func(o *options) {
		o.own = append(o.own, newCustom(connector.KindDestination, name, nil, destination))
	}
}

// WithAttempts lets a job fail so many times before it is given up. Without it a job has one attempt. Further attempts follow at once: there
// is no back-off to wait for.
func WithAttempts(n int) Option { return func(o *options) { o.attempts = max(1, n) } }

// AllowExec lets connectors be programs and containers on this machine.
func AllowExec() Option { return func(o *options) { o.allowExec = true } }

func (o options) retry() platform.RetryPolicy {
	return platform.RetryPolicy{
		CompleteSuccessive: o.attempts, CompleteTotal: o.attempts, PartialSuccessive: o.attempts, PartialTotal: o.attempts,
		BackoffMin: tick, BackoffMax: tick,
	}
}

func (o options) connectors(faults *Faults) platform.Connectors {
	return &connectors{
		own: o.own, faults: faults, rest: airfield.NewConnectors(airfield.ConnectorOptions{AllowExec: o.allowExec}),
	}
}
