// Package configapi answers the calls of the Config API from a platform, a file a resource. Nearly all of them are POSTs that
// name what they are about in their body.
package configapi

import (
	"net/http"
	"slices"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// Config says what the API is made of.
type Config struct {
	Platform *platform.Platform
	Gate     *access.Gate
	// BaseURL is the address that a caller knows the server by, without a slash at its end.
	BaseURL func(r *http.Request) string
	Version string
	OpenAPI func() ([]byte, error) // the document of everything that is answered
}

type api struct {
	platform *platform.Platform
	gate     *access.Gate
	base     func(r *http.Request) string
	version  string
	document func() ([]byte, error)
}

// Routes lists the calls.
func Routes(cfg Config) []endpoint.Route {
	a := &api{cfg.Platform, cfg.Gate, cfg.BaseURL, cfg.Version, cfg.OpenAPI}
	return slices.Concat(
		a.instanceRoutes(),
		a.applicationRoutes(),
		a.userRoutes(),
		a.permissionRoutes(),
		a.organizationRoutes(),
		a.workspaceRoutes(),
		a.notificationRoutes(),
		a.sourceRoutes(),
		a.destinationRoutes(),
		a.definitionRoutes(),
		a.specificationRoutes(),
		a.connectionRoutes(),
		a.searchRoutes(),
		a.mapperRoutes(),
		a.connectionJobRoutes(),
		a.schemaRoutes(),
		a.progressRoutes(),
		a.historyRoutes(),
		a.eventRoutes(),
		a.webBackendRoutes(),
		a.summaryRoutes(),
		a.stateRoutes(),
		a.jobRoutes(),
		a.builderRoutes(),
		a.manifestRoutes(),
		a.tagRoutes(),
		a.operationRoutes(),
		a.absentRoutes(),
	)
}

// post is a row for a call named as its path is.
func post(path string, role endpoint.Role, handle endpoint.Handler) endpoint.Route {
	return endpoint.Route{Method: http.MethodPost, Pattern: path, Operation: operation(path), Role: role, Handle: handle}
}

// created is a row for a call that answers with 201.
func created(path string, role endpoint.Role, handle endpoint.Handler) endpoint.Route {
	r := post(path, role, handle)
	r.Status = http.StatusCreated
	return r
}

// within is a row whose caller must have the role elsewhere than on what the request names.
func within(scope endpoint.Scope, r endpoint.Route) endpoint.Route {
	r.Scope = scope
	return r
}

// naming is a row whose requests name things in a way of their own.
func naming(member string, kind platform.Kind, r endpoint.Route) endpoint.Route {
	r.Kinds = map[string]platform.Kind{member: kind}
	return r
}

// missing is a row for a call that makes no sense here.
func missing(path, why string) endpoint.Route {
	return endpoint.Route{Method: http.MethodPost, Pattern: path, Operation: operation(path), Role: endpoint.WorkspaceReader, Missing: why}
}

// operation names a call: "sources.check_connection".
func operation(path string) string {
	name := []byte(path[1:])
	for i, c := range name {
		if c == '/' {
			name[i] = '.'
		}
	}
	return string(name)
}

// Refuse prints a problem as the Config API does, with the members of a problem beside its own.
func Refuse(w http.ResponseWriter, p endpoint.Problem) {
	// The body holds strings, numbers and JSON made by package endpoint: printing it cannot fail.
	_ = endpoint.WriteJSON(w, p.Status, config.KnownExceptionInfo{
		Message: (&endpoint.Refusal{Problem: p}).Error(),
		ErrorID: w.Header().Get(endpoint.RequestIDHeader),
		Status:  p.Status,
		Type:    p.Type,
		Title:   p.Title,
		Detail:  p.Detail,
		Data:    p.Data,
	})
}

// text is a pointer to a text that is there, nil for one that is not.
func text[T ~string](value T) *T {
	if value == "" {
		return nil
	}
	return &value
}

// window is a part of a list, in the terms of a filter.
func window(p *config.Pagination, otherwise int) (offset, limit int, err error) {
	if p == nil {
		return 0, otherwise, nil
	}
	if p.PageSize < 0 || p.RowOffset < 0 {
		return 0, 0, endpoint.BadRequest("pagination.pageSize and pagination.rowOffset may not be below 0.")
	}
	if p.PageSize == 0 {
		return p.RowOffset, otherwise, nil
	}
	return p.RowOffset, p.PageSize, nil
}

// positive refuses a size below 0.
func positive(member string, size int) error {
	if size < 0 {
		return endpoint.BadRequest("The member %q may not be below 0.", member)
	}
	return nil
}

func known[T interface {
	comparable
	wire.Enum[T]
}](member string, values ...T) error {
	for _, v := range values {
		if err := endpoint.Known(member, v); err != nil {
			return err
		}
	}
	return nil
}
