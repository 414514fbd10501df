package server

import (
	"fmt"
	"net"
	"net/http"

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

// admit lets the caller of a request in, unless its operation lets in everyone.
func (s *Server) admit(r *http.Request, role endpoint.Role) (*http.Request, error) {
	if role == endpoint.Anonymous {
		return r, nil
	}
	caller, err := s.gate.Admit(r)
	if err != nil {
		return r, err
	}
	return r.WithContext(access.With(r.Context(), caller)), nil
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
