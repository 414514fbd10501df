// Package server answers HTTP: it lets callers in, routes what they ask for to the APIs, and writes down what happened.
//
// The Public API is found below /api/public/v1 and /v1, the Config API below /api/v1, and what is ours alone below
// /api/airfield/v1.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
)

// Config says what a server is made of. Platform and SigningKey are required.
type Config struct {
	Platform      *platform.Platform
	SigningKey    []byte           // signs access tokens; at least 32 random bytes, kept over restarts
	Auth          Auth             // "": AuthCredentials
	TokenLifetime time.Duration    // how long an access token is good for, in whole seconds; 0: access.Lifetime
	Logger        *slog.Logger     // nil: nothing is logged
	PublicURL     string           // the address that callers know the server by; "": what each request says
	Version       string           // "": dev
	Pages         http.Handler     // answers everything that is no API; nil: there are no pages
	Now           func() time.Time // nil: time.Now
	RateLimit     int              // requests a second that each caller may make; 0: any number
	DrainTimeout  time.Duration    // how long Serve waits for requests when it ends; 0: ten seconds

	// Wrap is put around everything that the server answers, as tests do that want it to misbehave. nil: nothing is.
	Wrap func(http.Handler) http.Handler
}

// Server is the HTTP side of a deployment. It is an [http.Handler].
type Server struct {
	cfg      Config
	log      *slog.Logger
	gate     *access.Gate
	handler  http.Handler
	started  time.Time
	draining chan struct{}
	answers  *answers
	meter    meter
	limiter  *limiter // nil: nobody is limited
	openAPI  func() ([]byte, error)
}

// New makes a server. It does no I/O.
func New(cfg Config) (*Server, error) {
	if cfg.Platform == nil {
		return nil, errors.New("making a server: there is no platform")
	}
	cfg = cfg.withDefaults()
	gate, err := access.NewGate(access.Config{
		Applications: cfg.Platform,
		Key:          cfg.SigningKey,
		Issuer:       cfg.PublicURL,
		Now:          cfg.Now,
		Lifetime:     cfg.TokenLifetime,
		Open:         cfg.Auth == AuthNone,
	})
	if err != nil {
		return nil, fmt.Errorf("making a server: %w", err)
	}
	s := &Server{cfg: cfg, log: cfg.Logger, gate: gate, started: cfg.Now(), draining: make(chan struct{}), answers: newAnswers(cfg.Now)}
	s.openAPI = sync.OnceValues(func() ([]byte, error) { return OpenAPI(cfg.Version) })
	if cfg.RateLimit > 0 {
		s.limiter = newLimiter(cfg.RateLimit, cfg.Now)
	}
	s.handler = s.wrap(s.mux())
	if cfg.Wrap != nil {
		s.handler = cfg.Wrap(s.handler)
	}
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.Auth == "" {
		c.Auth = AuthCredentials
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	if c.DrainTimeout == 0 {
		c.DrainTimeout = 10 * time.Second
	}
	return c
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve answers requests that come in on the listener until ctx is done. It then takes no new ones, lets those that are being
// answered end, and returns when all have ended or the drain timeout has passed. It closes the listener and may be called once.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		// Requests outlive ctx: they are drained, not cut off.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	srv.RegisterOnShutdown(func() { close(s.draining) })
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	return s.drain(context.WithoutCancel(ctx), srv, failed)
}

func (s *Server) drain(ctx context.Context, srv *http.Server, failed <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.DrainTimeout)
	defer cancel()
	err := srv.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("waiting for requests to end: %w", errors.Join(err, srv.Close()))
	}
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
