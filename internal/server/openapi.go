package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/server/schema"
)

// OpenAPI describes everything that a server of a version answers, as an OpenAPI 3.1 document made from its table of routes. Beside
// each operation, x-airfield-role tells what the caller must be allowed to do. See https://spec.openapis.org/oas/v3.1.0.
func OpenAPI(version string) ([]byte, error) {
	types, paths, refusals := schema.NewSet(), map[string]map[string]any{}, map[string]any{}
	var tags []any
	for _, api := range (&Server{}).APIs() {
		tags = append(tags, map[string]any{"name": api.Name, "description": "Found below " + strings.Join(api.Prefixes, " and ") + "."})
		for status, meaning := range refused {
			refusals[refusal(api, status)] = map[string]any{"description": meaning, "content": jsonOf(types, api.problem)}
		}
		for _, r := range api.Routes {
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
		"tags":     tags,
		"paths":    paths,
		"components": map[string]any{
			"schemas":   types.Schemas(),
			"responses": refusals,
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
		"responses":       responses(api, r, types),
	}
	if !r.Implemented() {
		out["description"] = r.Missing
	}
	if r.Role == endpoint.Anonymous {
		out["security"] = []any{}
	}
	if parameters := parametersOf(r); len(parameters) > 0 {
		out["parameters"] = parameters
	}
	if r.Handle.In != nil {
		out["requestBody"] = map[string]any{"content": jsonOf(types, r.Handle.In)}
	}
	return out
}

// refused are the refusals that operations share.
var refused = map[int]string{
	http.StatusBadRequest:            "Something in the request is missing or wrong.",
	http.StatusUnauthorized:          "The caller has no credentials that are good.",
	http.StatusForbidden:             "The caller may not do this.",
	http.StatusNotFound:              "The request names something that is not there, or that the caller cannot see.",
	http.StatusConflict:              "Something stands in the way at the moment.",
	http.StatusRequestEntityTooLarge: "The body is too large.",
	http.StatusUnprocessableEntity:   "The body was not understood.",
	http.StatusTooManyRequests:       "The caller has made too many requests. Retry-After tells when to go on.",
	http.StatusNotImplemented:        "There is no such operation on this server. The detail tells why.",
	0:                                "Any other refusal.",
}

// refusal names the refusals of an API with a status; 0 stands for those with any other.
func refusal(api API, status int) string {
	return fmt.Sprintf("%s-%d", strings.ReplaceAll(api.Name, " ", "-"), status)
}

// refusals are the statuses that an operation can be refused with.
func refusals(r endpoint.Route) []int {
	if !r.Implemented() {
		return []int{http.StatusUnauthorized, http.StatusNotImplemented}
	}
	out := []int{http.StatusBadRequest, http.StatusTooManyRequests}
	if r.Role != endpoint.Anonymous || r.Handle.In == nil && r.Method == http.MethodPost {
		out = append(out, http.StatusUnauthorized)
	}
	if r.Role != endpoint.Anonymous {
		out = append(out, http.StatusForbidden, http.StatusNotFound)
	}
	if r.Method != http.MethodGet {
		out = append(out, http.StatusConflict)
	}
	if r.Handle.In != nil {
		out = append(out, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	}
	return out
}

func responses(api API, r endpoint.Route, types *schema.Set) map[string]any {
	reference := func(status int) map[string]any {
		return map[string]any{"$ref": "#/components/responses/" + refusal(api, status)}
	}
	out := map[string]any{"default": reference(0)}
	for _, status := range refusals(r) {
		out[strconv.Itoa(status)] = reference(status)
	}
	if r.Implemented() {
		out[strconv.Itoa(success(r))] = answered(r, types)
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
	switch {
	case success(r) == http.StatusFound:
		out["headers"] = map[string]any{"Location": map[string]any{"required": true, "schema": map[string]any{"type": "string", "format": "uri"}}}
	case r.Stream != nil:
		out["content"] = map[string]any{r.Produces: map[string]any{"schema": map[string]any{"type": "string"}}}
	case r.Handle.Out != nil:
		out["content"] = jsonOf(types, r.Handle.Out)
	}
	return out
}

func jsonOf(types *schema.Set, t reflect.Type) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": types.Of(t)}}
}

func parametersOf(r endpoint.Route) (out []any) {
	for _, name := range r.PathParameters() {
		out = append(out, map[string]any{"name": name, "in": "path", "required": true, "schema": pathSchema(name)})
	}
	for _, p := range r.Query {
		out = append(out, queryParameter(p))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		out = append(out, map[string]any{"name": name, "in": "header", "description": r.Headers[name], "schema": map[string]any{"type": "string"}})
	}
	if keyed(r) {
		out = append(out, map[string]any{
			"name": idempotencyHeader, "in": "header", "schema": map[string]any{"type": "string", "maxLength": longestKey},
			"description": "A request that is sent again under the same key is answered as it was the first time.",
		})
	}
	return out
}

func pathSchema(name string) map[string]any {
	switch {
	case name == "jobId":
		return map[string]any{"type": "integer", "format": "int64", "minimum": 1}
	case strings.HasSuffix(name, "Id"):
		return uuid()
	}
	return map[string]any{"type": "string"}
}

func uuid() map[string]any { return map[string]any{"type": "string", "format": "uuid"} }

func queryParameter(p endpoint.Parameter) map[string]any {
	out := map[string]any{"name": p.Name, "in": "query", "description": p.Meaning, "schema": querySchema(p)}
	if p.Required {
		out["required"] = true
	}
	return out
}

func querySchema(p endpoint.Parameter) map[string]any {
	switch p.Type {
	case endpoint.Texts:
		return map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	case endpoint.Name:
		return uuid()
	case endpoint.Names:
		return map[string]any{"type": "array", "items": uuid()}
	case endpoint.Flag:
		return map[string]any{"type": "boolean", "default": false}
	case endpoint.Number:
		return map[string]any{"type": "integer", "minimum": p.Low, "maximum": p.High, "default": p.Otherwise}
	case endpoint.Moment:
		return map[string]any{"type": "string", "format": "date-time"}
	case endpoint.Choice:
		return map[string]any{"type": "string", "enum": p.Values}
	case endpoint.Text:
	}
	return map[string]any{"type": "string"}
}
