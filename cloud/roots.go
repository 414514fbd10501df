package cloud

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// The roots of Airbyte Cloud.
const (
	cloudAPIRoot       = "https://api.airbyte.com/v1"
	cloudConfigAPIRoot = "https://cloud.airbyte.com/api/v1"
	cloudWebRoot       = "https://cloud.airbyte.com"
)

// The paths of the APIs below the address of a self-managed server.
const (
	publicPath   = "/api/public/v1"
	configPath   = "/api/v1"
	airfieldPath = "/api/airfield/v1" // of Airfield's servers
)

// roots is where the parts of a deployment are, each without a slash at its end.
type roots struct {
	api    string
	config string
	web    string
}

// findRoots completes what was given. Explicit roots win; the rest is found from the API root, which may be any address a person
// has at hand: that of the server, of its web pages, of one of its two APIs.
func findRoots(api, config, web string) (roots, error) {
	found, err := rootsOf(api)
	if err != nil {
		return roots{}, err
	}
	if config != "" {
		if found.config, err = cleanRoot("ConfigAPIRoot", config); err != nil {
			return roots{}, err
		}
	}
	if web != "" {
		if found.web, err = cleanRoot("WebRoot", web); err != nil {
			return roots{}, err
		}
	}
	return found, nil
}

func rootsOf(api string) (roots, error) {
	if strings.TrimSpace(api) == "" {
		return roots{cloudAPIRoot, cloudConfigAPIRoot, cloudWebRoot}, nil
	}
	root, err := cleanRoot("APIRoot", api)
	if err != nil {
		return roots{}, err
	}
	if isCloud(root) {
		return roots{cloudAPIRoot, cloudConfigAPIRoot, cloudWebRoot}, nil
	}
	base := serverAddress(root)
	return roots{base + publicPath, base + configPath, base}, nil
}

// serverAddress takes the path of an API off the end of root.
func serverAddress(root string) string {
	for _, path := range []string{publicPath, "/api/public", configPath, "/api", "/v1"} {
		if base, ok := strings.CutSuffix(root, path); ok {
			return base
		}
	}
	return root
}

func isCloud(root string) bool {
	u, err := url.Parse(root)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "api.airbyte.com" || host == "cloud.airbyte.com"
}

// cleanRoot returns root as scheme, host and path. A scheme that was left out is http for this machine and https for others.
func cleanRoot(name, root string) (string, error) {
	root = strings.TrimSpace(root)
	if !strings.Contains(root, "://") {
		root = guessScheme(root) + "://" + root
	}
	u, err := url.Parse(root)
	if err != nil {
		return "", invalidRoot(name, "it is no URL")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "", invalidRoot(name, fmt.Sprintf("its scheme is %q, not http or https", u.Scheme))
	case u.Hostname() == "":
		return "", invalidRoot(name, "it names no host")
	case u.User != nil:
		return "", invalidRoot(name, "it holds credentials; give them as ClientID and ClientSecret or as BearerToken")
	}
	u.RawQuery, u.Fragment, u.RawFragment, u.ForceQuery = "", "", "", false
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u.String(), nil
}

func guessScheme(address string) string {
	host, _, _ := strings.Cut(address, "/")
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if isLoopback(host) {
		return "http"
	}
	return "https"
}

func isLoopback(host string) bool {
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// The text of a root stays out of the error, because it may hold credentials.
func invalidRoot(name, why string) error {
	return refuse(ErrInvalidInput, "reading "+name, "", "", "%s is not usable: %s", name, why)
}
