package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// Auth is how callers are let in.
type Auth string

// The ways of letting callers in.
const (
	AuthCredentials Auth = "credentials" // with a token, or with client id and secret as user name and password
	AuthNone        Auth = "none"        // everyone; on the loopback interface only
)

// CheckAddress refuses to listen where callers from other machines would be let in without credentials. Address is a host
// and a port.
func CheckAddress(auth Auth, address string) error {
	switch auth {
	case "", AuthCredentials:
		return nil
	case AuthNone:
	default:
		return fmt.Errorf("checking the address %s: there is no way %q of letting callers in, only %q and %q", address, auth, AuthCredentials, AuthNone)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("checking the address %s: %w", address, err)
	}
	if !loopback(host) {
		return fmt.Errorf("checking the address %s: without credentials only the loopback interface is safe; listen on 127.0.0.1 or require credentials", address)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// admit lets the caller of a request in. An operation that lets in everyone still knows who has a token that is good.
func (s *Server) admit(r *http.Request, role endpoint.Role) (*http.Request, error) {
	if role != endpoint.Anonymous {
		return s.recognise(r)
	}
	if _, _, basic := r.BasicAuth(); !basic && r.Header.Get("Authorization") != "" {
		if known, err := s.recognise(r); err == nil {
			return known, nil
		}
	}
	return r, nil
}

func (s *Server) recognise(r *http.Request) (*http.Request, error) {
	caller, err := s.gate.Admit(r)
	if err != nil {
		return r, err
	}
	grants, err := s.grants(r.Context(), caller)
	if err != nil {
		return r, err
	}
	ctx := platform.WithGrants(access.With(r.Context(), caller), grants)
	return r.WithContext(endpoint.WithGuard(ctx, s.guard)), nil
}

// grants looks up what a caller may do, whose application may be gone by now.
func (s *Server) grants(ctx context.Context, c access.Caller) (*platform.Grants, error) {
	if c.ApplicationID == "" && s.gate.Open() {
		return platform.AllGrants(), nil
	}
	g, err := s.cfg.Platform.GrantsOf(ctx, c.ApplicationID)
	if errors.Is(err, platform.ErrNotFound) {
		return nil, endpoint.Unauthorized("The application that the token was made for is gone. Use the credentials of another.")
	}
	return g, err
}

// guard refuses a caller who may not do what a route does to what the request names.
func (s *Server) guard(ctx context.Context, route *endpoint.Route, named func() []platform.Object) error {
	p := s.cfg.Platform
	if route.Scope == endpoint.Seen {
		return nil
	}
	if err := p.AuthorizeInstance(ctx); err == nil || route.Role == endpoint.InstanceAdmin {
		return err
	}
	need, objects := route.Role.Need(), named()
	for _, o := range objects {
		if err := p.Authorize(ctx, o, need); err != nil {
			return err
		}
	}
	switch {
	case route.Scope == endpoint.Somewhere:
		return p.AuthorizeSomewhere(ctx, need)
	case route.Scope == endpoint.Shared || len(objects) > 0:
		return nil
	case route.Scope == endpoint.Home:
		return p.AuthorizeHome(ctx, need)
	}
	return endpoint.BadRequest("The request does not name what it is about, such as a workspace, by its id.")
}

// sameMachine refuses requests to an open server under any name but the machine's own, so that a web page whose host name
// was made to point here cannot use it.
func (s *Server) sameMachine(r *http.Request) error {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if s.gate.Open() && !loopback(host) {
		return endpoint.Forbidden("A server without credentials answers to localhost only; the request was for the host %q.", r.Host)
	}
	return nil
}
