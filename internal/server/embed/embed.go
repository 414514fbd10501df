package embed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/airfielddev/airfield/internal/engine/local"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/platform/seal"
	"github.com/airfielddev/airfield/internal/platform/webhook"
	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/secret"
)

// Config says what a deployment is made of. Dir and Connectors are required.
type Config struct {
	Dir           string        // the data directory; made when absent
	Store         secret.String // a postgres:// URL, as postgres.Open takes it; "": a file in Dir
	Connectors    platform.Connectors
	Host          string // "": 127.0.0.1
	Port          int    // 0: a free one
	PublicURL     string // the address that clients know the server by; "": what each request says
	Auth          server.Auth
	RateLimit     int           // requests a second that each caller may make; 0: any number
	TokenLifetime time.Duration // how long an access token is good for; 0: 15 minutes
	Logger        *slog.Logger
	Version       string
	Pages         http.Handler
	Retry         platform.RetryPolicy
	Disable       platform.DisablePolicy
	Retention     platform.Retention
	Webhooks      webhook.Config
	Clock         local.Clock                     // nil: the system's
	Wrap          func(http.Handler) http.Handler // put around the server; nil: nothing is
}

func (c Config) now() func() time.Time {
	if c.Clock == nil {
		return time.Now
	}
	return c.Clock.Now
}

// Server is a deployment that is ready to run. What it has open is closed by [Server.Close].
type Server struct {
	URL         string // without a slash at its end
	Credentials Credentials
	New         bool // the credentials were made by this start
	Platform    *platform.Platform
	Engine      *local.Engine

	http     *server.Server
	listener net.Listener
	closers  []func() error              // in the order of opening
	keep     func(context.Context) error // watches that the database stays this server's; nil: there is nothing to watch
	left     leftovers                   // nil: nothing outlives the server
	log      *slog.Logger
}

// leftovers are what an earlier run of the server, which was killed, has left running outside of it.
type leftovers interface {
	RemoveLeftovers(ctx context.Context) (int, error)
}

// Open makes a deployment ready to run: it takes the data directory, brings its tables up to date, makes an organization, a workspace
// and credentials at the first start, and listens. The error matches [ErrInUse] when another server works with the directory, and
// [postgres.ErrInUse] when one works with the database. It matches
// [platform.ErrWrongKey] when the secret.key in the directory is not the one that the store was used with.
func Open(ctx context.Context, cfg Config) (*Server, error) {
	s := &Server{}
	if err := s.open(ctx, cfg); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context, cfg Config) error {
	if err := s.takeDirectory(cfg.Dir); err != nil {
		return err
	}
	if err := s.openPlatform(ctx, cfg); err != nil {
		return err
	}
	if err := s.listen(ctx, cfg); err != nil {
		return err
	}
	if err := s.admit(ctx, cfg.Dir); err != nil {
		return err
	}
	return s.openHTTP(cfg)
}

func (s *Server) takeDirectory(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making data directory: %w", err)
	}
	release, err := lock(dir)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, release)
	return nil
}

func (s *Server) openPlatform(ctx context.Context, cfg Config) error {
	key := filepath.Join(cfg.Dir, "secret.key")
	box, err := seal.OpenFile(key)
	if err != nil {
		return err
	}
	store, err := s.openStore(ctx, cfg)
	if err != nil {
		return err
	}
	s.Platform = platform.New(platform.Config{
		Store: store, Connectors: cfg.Connectors, Secrets: box, Now: cfg.now(), Logger: cfg.Logger, Retry: cfg.Retry,
		Disable: cfg.Disable, Retention: cfg.Retention, Poster: webhook.New(cfg.Webhooks),
	})
	if err := s.Platform.VerifySecrets(ctx); err != nil {
		return fmt.Errorf("opening the store with the key in %s: %w", key, err)
	}
	temporary := Temporary(cfg.Dir)
	s.Engine = local.New(local.Config{
		Platform: s.Platform, Connectors: cfg.Connectors, Staging: temporary, Logger: cfg.Logger, Clock: cfg.Clock,
	})
	s.Platform.Attach(s.Engine)
	s.left, _ = cfg.Connectors.(leftovers)
	if s.log = cfg.Logger; s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	// A server that was killed has left what it was working with. That it cannot be removed is no reason not to serve.
	if err := os.RemoveAll(temporary); err != nil {
		s.log.WarnContext(ctx, "temporary files of an earlier run are still there", "error", err)
	}
	return nil
}

func (s *Server) listen(ctx context.Context, cfg Config) error {
	host := cfg.Host
	if host == "" {
		host = "127.0.0.1"
	}
	address := net.JoinHostPort(host, strconv.Itoa(cfg.Port))
	if err := server.CheckAddress(cfg.Auth, address); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", address, err)
	}
	s.listener = listener
	s.closers = append(s.closers, func() error { return closed(listener.Close()) })
	s.URL = "http://" + reachable(host, listener.Addr())
	return nil
}

// closed forgives closing what the server has closed already.
func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// reachable is an address that a program on this machine can use.
func reachable(host string, addr net.Addr) string {
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// admit finds the credentials that an earlier start has left, and makes new ones when they are lost or no longer good.
func (s *Server) admit(ctx context.Context, dir string) error {
	seed, err := s.Platform.Seed(ctx)
	if err != nil {
		return fmt.Errorf("preparing the first workspace: %w", err)
	}
	c, err := readCredentials(dir)
	if err != nil {
		return err
	}
	if seed.ClientSecret != "" {
		c.ClientID, c.ClientSecret, s.New = seed.Application.ClientID, seed.ClientSecret, true
	} else if _, err := s.Platform.Authenticate(ctx, c.ClientID, c.ClientSecret); errors.Is(err, platform.ErrForbidden) {
		app, secret, err := s.Platform.CreateApplication(ctx, "Local application")
		if err != nil {
			return fmt.Errorf("making credentials: %w", err)
		}
		c.ClientID, c.ClientSecret, s.New = app.ClientID, secret, true
	} else if err != nil {
		return fmt.Errorf("trying the credentials: %w", err)
	}
	c.APIRoot, c.OrganizationID, c.WorkspaceID = s.URL+"/api/public/v1", seed.OrganizationID, seed.WorkspaceID
	s.Credentials = c
	return c.write(dir)
}

func (s *Server) openHTTP(cfg Config) error {
	key, err := signingKey(cfg.Dir)
	if err != nil {
		return err
	}
	s.http, err = server.New(server.Config{
		Platform: s.Platform, SigningKey: key, PublicURL: cfg.PublicURL, Auth: cfg.Auth, TokenLifetime: cfg.TokenLifetime, RateLimit: cfg.RateLimit, Logger: cfg.Logger, Version: cfg.Version,
		Pages: cfg.Pages, Now: cfg.now(), Wrap: cfg.Wrap,
	})
	return err
}

// Run takes up what an earlier run has left, serves and runs jobs until ctx is done, then lets requests and jobs come to an end. It ends by
// itself with [postgres.ErrInUse] when another server has taken the database while it could not be reached. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.Engine.Run(ctx) })
	group.Go(func() error { return s.http.Serve(ctx, s.listener) })
	group.Go(func() error { return s.Platform.DeliverNotices(ctx) })
	group.Go(func() error { return s.Platform.KeepForgetting(ctx) })
	if s.left != nil {
		group.Go(func() error {
			s.tidy(ctx)
			return nil
		})
	}
	if s.keep != nil {
		group.Go(func() error { return s.keep(ctx) })
	}
	return group.Wait()
}

// tidy removes what was left running. That it cannot be removed is no reason not to serve.
func (s *Server) tidy(ctx context.Context) {
	n, err := s.left.RemoveLeftovers(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.log.WarnContext(ctx, "containers of an earlier run may still be there", "error", err)
	case n > 0:
		s.log.InfoContext(ctx, "containers of an earlier run were removed", "containers", n)
	}
}

// Close lets go of what Open has taken. It is called after Run has returned, or instead of it.
func (s *Server) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}
