package declarative

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/airfielddev/airfield/internal/reach"
)

const (
	connectTimeout  = 30 * time.Second
	responseTimeout = 5 * time.Minute
	idleTimeout     = 90 * time.Second
	maxRedirects    = 10
)

// errPrivateAddress is returned for a host in a network that only this machine or its neighbours can reach.
var errPrivateAddress = errors.New("the address is private; a server lets manifests connect there when it runs with --allow-private-addresses")

// newTransport makes connections for those who wait equally long.
func newTransport(refusePrivate bool, p patience) *http.Transport {
	connect, answer := cmp.Or(p.connect, connectTimeout), cmp.Or(p.answer, responseTimeout)
	dialer := &net.Dialer{Timeout: connect}
	if p.keepAlive {
		dialer.KeepAliveConfig = keepAlive
	}
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   20,
		IdleConnTimeout:       idleTimeout,
		TLSHandshakeTimeout:   connect,
		ResponseHeaderTimeout: answer,
	}
	if refusePrivate {
		// A proxy would connect on our behalf, past the check.
		t.Proxy = nil
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return checkPublic(address) }
	}
	return t
}

// checkPublic looks at the address a connection is really made to, after names were resolved.
func checkPublic(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("reading address: %w", err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("reading address: %w", err)
	}
	if !reach.Public(ip) {
		return errPrivateAddress
	}
	return nil
}

// errRedirect is returned for a redirect that is not followed.
var errRedirect = errors.New("a redirect was not followed")

// harmlessHeaders go along when a redirect leads to another host. All others may carry credentials: manifests put keys into
// headers of any name.
var harmlessHeaders = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Accept-Language": true, "Content-Type": true, "User-Agent": true, "Range": true,
}

// checkRedirect follows redirects, and takes no credentials to another host.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return fmt.Errorf("%w: there were %d before", errRedirect, maxRedirects)
	}
	req.Header.Del("Referer") // the address may hold a secret
	first := via[0].URL
	if req.URL.Host == first.Host && req.URL.Scheme == first.Scheme {
		return nil
	}
	if req.Body != nil && req.Body != http.NoBody {
		return fmt.Errorf("%w: it would take the body of the request to another host", errRedirect)
	}
	for name := range req.Header {
		if !harmlessHeaders[name] {
			delete(req.Header, name)
		}
	}
	return nil
}
