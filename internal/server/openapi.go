package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/server/schema"
)

// OpenAPI describes everything that a server of a version answers, as an OpenAPI 3.1 document made from its table of routes. Beside
// each operation, x-airfield-role tells what the caller must be allowed to do. See https://spec.openapis.org/oas/v3.1.0.
func OpenAPI(version string) ([]byte, error) {
	types := schema.NewSet()
	paths := map[string]map[string]any{}
	for _, api := range (&Server{}).APIs() {
		for _, r := range api.Routes {
			if !r.Implemented() {
				continue
			}
			path := api.Prefixes[0] + strings.TrimSuffix(r.Pattern, "{$}")
			if paths[path] == nil {
				paths[path] = map[string]any{}
			}
			paths[path][strings.ToLower(r.Method)] = describe(api, r, types)
		}
	}
	text, err := json.MarshalIndent(map[string]any{
		"openapi":  "3.1.0",
		"info":     map[string]any{"title": "Airfield", "version": version, "license": map[string]any{"name": "Apache 2.0", "identifier": "Apache-2.0"}},
		"servers":  []any{map[string]any{"url": "/"}},
		"security": []any{map[string]any{"token": []string{}}, map[string]any{"client": []string{}}},
		"paths":    paths,
		"components": map[string]any{
			"schemas": types.Schemas(),
			"securitySchemes": map[string]any{
				"token":  map[string]any{"type": "http", "scheme": "bearer", "description": "A token of /api/public/v1/applications/token."},
				"client": map[string]any{"type": "http", "scheme": "basic", "description": "Client id and secret as user name and password."},
			},
		},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("printing the OpenAPI document: %w", err)
	}
	return text, nil
}

// describe is one operation. The names of operations are unique only within their API.
func describe(api API, r endpoint.Route, types *schema.Set) map[string]any {
	out := map[string]any{
		"operationId":     strings.ReplaceAll(strings.ToLower(api.Name), " ", "_") + "." + r.Operation,
		"tags":            []string{api.Name},
		"x-airfield-role": r.Role,
		"responses": map[string]any{
			strconv.Itoa(success(r)): answered(r, types),
			"default": map[string]any{
				"description": "A problem.",
				"content":     map[string]any{"application/json": map[string]any{"schema": types.Of(schema.TypeFor[endpoint.Problem]())}},
			},
		},
	}
	if r.Role == endpoint.Anonymous {
		out["security"] = []any{}
	}
	if parameters := parametersOf(r.Pattern); len(parameters) > 0 {
		out["parameters"] = parameters
	}
	if r.Handle.In != nil {
		out["requestBody"] = map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": types.Of(r.Handle.In)}}}
	}
	return out
}

func success(r endpoint.Route) int {
	switch {
	case r.Status != 0:
		return r.Status
	case r.Stream == nil && r.Handle.Out == nil:
		return http.StatusNoContent
	}
	return http.StatusOK
}

func answered(r endpoint.Route, types *schema.Set) map[string]any {
	out := map[string]any{"description": "Done."}
	if r.Handle.Out != nil {
		out["content"] = map[string]any{"application/json": map[string]any{"schema": types.Of(r.Handle.Out)}}
	}
	return out
}

var pathParameter = regexp.MustCompile(`\{([A-Za-z]+)\}`)

func parametersOf(pattern string) (out []any) {
	for _, match := range pathParameter.FindAllStringSubmatch(pattern, -1) {
		kind := map[string]any{"type": "string"}
		if match[1] == "jobId" {
			kind = map[string]any{"type": "integer", "format": "int64"}
		}
		out = append(out, map[string]any{"name": match[1], "in": "path", "required": true, "schema": kind})
	}
	return out
}
