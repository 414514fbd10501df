package declarative

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// errHost is returned for a host that requests may not go to.
var errHost = errors.New("manifests may not connect to this host")

// allowedHosts lets requests go to some hosts only, redirects and those for credentials among them.
type allowedHosts struct {
	patterns []string
	next     http.RoundTripper
}

func (t allowedHosts) RoundTrip(req *http.Request) (*http.Response, error) {
	host := strings.ToLower(req.URL.Hostname())
	if !slices.ContainsFunc(t.patterns, func(pattern string) bool { return hostFits(pattern, host) }) {
		return nil, fmt.Errorf("%w: %s", errHost, host)
	}
	return t.next.RoundTrip(req)
}

// hostFits tells whether a host is the one of a pattern, or, where the pattern begins with "*.", one below it.
func hostFits(pattern, host string) bool {
	pattern = strings.ToLower(pattern)
	if domain, below := strings.CutPrefix(pattern, "*."); below {
		return strings.HasSuffix(host, "."+domain)
	}
	return host == pattern
}
