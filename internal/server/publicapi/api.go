// Package publicapi answers the operations of the Public API from a platform, a file a resource.
//
// See https://reference.airbyte.com.
package publicapi

import (
	"net/http"
	"slices"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// Config says what the API is made of.
type Config struct {
	Platform *platform.Platform
	Gate     *access.Gate
	// BaseURL is the address that a caller knows the server by, without a slash at its end.
	BaseURL func(r *http.Request) string
}

type api struct {
	platform *platform.Platform
	gate     *access.Gate
	base     func(r *http.Request) string
}

// Prefixes are the paths below which the API is found. The second is where its own pagination links point to.
func Prefixes() []string { return []string{"/api/public/v1", "/v1"} }

// Routes lists the operations.
func Routes(cfg Config) []endpoint.Route {
	a := &api{cfg.Platform, cfg.Gate, cfg.BaseURL}
	return slices.Concat(
		a.rootRoutes(),
		a.applicationRoutes(),
		a.organizationRoutes(),
		a.userRoutes(),
		a.permissionRoutes(),
		a.workspaceRoutes(),
		a.sources().routes(),
		a.destinations().routes(),
		a.oauthRoutes(),
		a.connectionRoutes(),
		a.streamRoutes(),
		a.jobRoutes(),
		a.tagRoutes(),
		a.manifestRoutes(),
		a.imageRoutes(),
		a.definitionRoutes(),
		a.regionRoutes(),
		a.groupRoutes(),
		a.embeddedRoutes(),
	)
}
