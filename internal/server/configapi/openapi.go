package configapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// openAPIRoute describes the other routes as an OpenAPI document. It knows their paths and names, not their bodies.
func openAPIRoute(routes []endpoint.Route, version string) endpoint.Route {
	paths := map[string]map[string]any{}
	for _, r := range routes {
		if paths[r.Pattern] == nil {
			paths[r.Pattern] = map[string]any{}
		}
		paths[r.Pattern][strings.ToLower(r.Method)] = map[string]any{
			"operationId": r.Operation,
			"responses":   map[string]any{"default": map[string]string{"description": "See https://github.com/airbytehq/airbyte-platform."}},
		}
	}
	document := map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]string{"title": "Config API", "version": version},
		"servers": []map[string]string{{"url": "/api/v1"}},
		"paths":   paths,
	}
	return endpoint.Route{
		Method: http.MethodGet, Pattern: "/openapi", Operation: "openapi", Role: endpoint.Anonymous,
		Handle: endpoint.Get(func(context.Context, endpoint.Params) (map[string]any, error) { return document, nil }),
	}
}
