// Package webhook sends what has happened to the addresses that people have given for it.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/airfielddev/airfield/internal/reach"
)

// ErrPrivateAddress means that an address is in a network that only this machine's neighbours can reach.
var ErrPrivateAddress = errors.New("the address is in a private network")

// ErrURL means that an address is none that can be posted to.
var ErrURL = errors.New("the address is no http or https URL")

// Config says how web hooks are called. The zero value is ready to use.
type Config struct {
	// AllowPrivate lets web hooks be in private networks. This machine and public addresses are always allowed.
	AllowPrivate bool
	Timeout      time.Duration // of a call; 0: ten seconds
}

// Sender calls web hooks. It is safe for concurrent use.
type Sender struct{ client *http.Client }

// New makes a sender. It follows no redirects and uses no proxy, which would reach where it may not.
func New(cfg Config) *Sender {
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	dialer := &net.Dialer{Timeout: cfg.Timeout}
	if !cfg.AllowPrivate {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return check(address) }
	}
	return &Sender{&http.Client{
		Timeout:       cfg.Timeout,
		Transport:     &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// check looks at the address that a connection is really made to, after names were resolved.
func check(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("reading address: %w", err)
	}
	ip := at.Addr().Unmap()
	if ip.IsLoopback() {
		return nil
	}
	if !reach.Public(ip) {
		return ErrPrivateAddress
	}
	return nil
}

// maxAnswer is how much of an answer is read, so that the connection can be used again.
const maxAnswer = 64 << 10

// Post sends a JSON body. An answer other than 2xx is an error. Errors do not hold the address, which may be a secret: whoever
// knows the address of a chat's web hook can write there.
func (s *Sender) Post(ctx context.Context, address string, body []byte) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("calling a web hook: %w", ErrURL)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("calling a web hook: %w", ErrURL)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "airfield")
	resp, err := s.client.Do(req)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	if err != nil {
		return fmt.Errorf("calling a web hook: %w", err)
	}
	defer resp.Body.Close()
	// What it answers does not matter, and neither does whether that can be read.
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer)
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("calling a web hook: it answered %s", resp.Status)
	}
	return nil
}
