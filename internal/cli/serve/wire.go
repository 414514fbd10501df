package serve

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/cli/version"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/platform/webhook"
	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/internal/server/embed"
)

// wire chooses the parts of the server.
func wire(ctx context.Context, s *session.Session, o options) (embed.Config, error) {
	if err := o.check(); err != nil {
		return embed.Config{}, err
	}
	store, err := location(ctx, s, o.store)
	if err != nil {
		return embed.Config{}, err
	}
	dir := s.World.Path(o.dataDir)
	instance, err := embed.Instance(dir)
	if err != nil {
		return embed.Config{}, err
	}
	return embed.Config{
		Store: store,
		Dir:   dir,
		Connectors: airfield.NewConnectors(airfield.ConnectorOptions{
			AllowExec: o.allowExec, AllowPrivateAddresses: o.allowPrivate, Root: o.root(s, dir), Registry: o.manifests(s),
			AllowedHosts: o.hosts, Instance: instance, Temp: embed.Temporary(dir),
		}),
		Host:          o.host,
		Port:          o.port,
		PublicURL:     o.publicURL,
		Auth:          server.Auth(o.auth),
		TokenLifetime: o.tokenLifetime,
		RateLimit:     o.rateLimit,
		Disable:       platform.DisablePolicy{Off: o.disableJobs == 0, Jobs: o.disableJobs, Age: o.disableAfter},
		Retention:     platform.Retention{Logs: forEver(o.keepLogs), Jobs: forEver(o.keepJobs)},
		Webhooks:      webhook.Config{AllowPrivate: o.allowPrivate},
		Logger:        s.Logger(),
		Version:       version.Number(),
	}, nil
}

// registryVariable says where manifests come from when --registry does not.
const registryVariable = "AIRFIELD_REGISTRY"

// manifests is where manifests of sources that are asked for by name come from; "" is nowhere.
func (o options) manifests(s *session.Session) string {
	base := cmp.Or(o.registry, s.World.Env(registryVariable), airfield.PublicRegistry)
	if base == "none" {
		return ""
	}
	return base
}

// root is the directory that local files must stay within. Who may only connect from this machine may name any file on it.
func (o options) root(s *session.Session, dir string) string {
	if o.files != "" {
		return s.World.Path(o.files)
	}
	if server.CheckAddress(server.AuthNone, o.address()) != nil {
		return filepath.Join(dir, "files")
	}
	return ""
}

// forEver is how long something is kept, in the terms of [platform.Retention].
func forEver(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

func (o options) address() string { return net.JoinHostPort(o.host, strconv.Itoa(o.port)) }

// isAddress tells whether a text is a URL that paths can be put after.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

func (o options) check() error {
	switch {
	case o.engine == "temporal":
		return exit.Hint(exit.Usagef("--engine temporal is not available in this build"), "leave --engine out to run jobs in this process")
	case o.engine != "local":
		return exit.Usagef("--engine %s is not known; it is local", o.engine)
	case o.auth != string(server.AuthCredentials) && o.auth != string(server.AuthNone):
		return exit.Usagef("--auth %s is not known; it is credentials or none", o.auth)
	case o.tokenLifetime < time.Second:
		return exit.Usagef("--token-lifetime %s is too short; it is at least one second", o.tokenLifetime)
	case o.rateLimit < 0:
		return exit.Usagef("--rate-limit %d is below 0", o.rateLimit)
	case o.disableJobs < 0 || o.disableAfter <= 0:
		return exit.Usagef("--disable-after-jobs may not be below 0, and --disable-after must be above 0")
	case o.keepLogs < 0 || o.keepJobs < 0:
		return exit.Usagef("--keep-logs and --keep-jobs may not be below 0")
	case o.port < 0 || o.port > 65535:
		return exit.Usagef("--port %d is no port", o.port)
	case o.publicURL != "" && !isAddress(o.publicURL):
		return exit.Usagef("--public-url is no address; it begins with http:// or https:// and ends with the path that a proxy puts before the server's")
	}
	return exit.With(exit.Usage, server.CheckAddress(server.Auth(o.auth), o.address()))
}
