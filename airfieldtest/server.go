package airfieldtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/secret"
)

// Server is a running server with one workspace. Its fields are set by [New] and [Start] and are not to be changed.
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

	inner     *embed.Server
	stop      context.CancelFunc
	ended     chan error
	temporary string // a directory to remove at the end
	closing   sync.Once
	closed    error
}

// New starts a server that is stopped when the test ends. The test fails at once when it cannot start.
func New(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	s, err := open(tb.Context(), tb.TempDir(), tb.Output(), opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Start starts a server that runs until [Server.Close], for what is no test: an example, or a TestMain whose tests share one.
func Start(ctx context.Context, opts ...Option) (*Server, error) {
	dir, err := os.MkdirTemp("", "airfieldtest-*")
	if err != nil {
		return nil, fmt.Errorf("starting a server: %w", err)
	}
	s, err := open(ctx, dir, io.Discard, opts)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.temporary = dir
	return s, nil
}

// Close stops the server, lets what is under way come to an end, and removes what [Start] has made. A server of [New] closes by itself; one
// that is closed earlier is gone for the rest of the test.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.stop()
		s.closed = errors.Join(<-s.ended, s.inner.Close())
		if s.temporary != "" {
			s.closed = errors.Join(s.closed, os.RemoveAll(s.temporary))
		}
	})
	if s.closed != nil {
		return fmt.Errorf("closing the server: %w", s.closed)
	}
	return nil
}

// open starts a server. It outlives ctx, because a test's context ends before cleanups that may want to talk to it.
func open(ctx context.Context, dir string, log io.Writer, opts []Option) (*Server, error) {
	o := options{attempts: 1}
	for _, opt := range opts {
		opt(&o)
	}
	s := &Server{Clock: newClock(), Faults: &Faults{}, ended: make(chan error, 1)}
	inner, err := embed.Open(ctx, embed.Config{
		Dir:        dir,
		Connectors: o.connectors(s.Faults),
		Logger:     slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Version:    "test",
		Retry:      o.retry(),
		Clock:      engineClock{s.Clock},
		Wrap:       s.Faults.wrap,
	})
	if err != nil {
		return nil, fmt.Errorf("starting a server: %w", err)
	}
	s.inner, s.Clock.server = inner, inner
	if err := s.connect(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting a server: %w", err), inner.Close())
	}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() { s.ended <- inner.Run(ctx) }()
	return s, nil
}

// retryWait keeps clients from waiting long for a server that is told to fail.
const retryWait = 5 * time.Millisecond

func (s *Server) connect() (err error) {
	c := s.inner.Credentials
	s.URL = s.inner.URL
	s.Config = cloud.Config{
		APIRoot: c.APIRoot, ClientID: c.ClientID, ClientSecret: secret.String(c.ClientSecret), RetryWait: retryWait,
	}
	if s.Client, err = cloud.NewClient(s.Config); err != nil {
		return err
	}
	s.Workspace = s.Client.Workspace(c.WorkspaceID)
	return nil
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
		own: o.own, faults: faults, rest: airfield.NewConnectors(airfield.ConnectorOptions{AllowExec: o.allowExec, AllowPrivateAddresses: true}),
	}
}
