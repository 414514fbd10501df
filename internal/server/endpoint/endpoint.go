// Package endpoint is what a table of HTTP routes is made of: rows, the decoding of requests, the encoding of answers and
// the bodies of refusals. An API is a list of [Route] values; everything else about it is read from that list.
package endpoint

import (
	"fmt"
	"net/http"
)

// Role is what a caller must be allowed to do. See https://docs.airbyte.com/platform/access-management/rbac.
type Role string

// The roles, from the weakest to the strongest. Anonymous needs no credentials at all.
const (
	Anonymous          Role = "anonymous"
	WorkspaceReader    Role = "workspace_reader"
	WorkspaceRunner    Role = "workspace_runner"
	WorkspaceEditor    Role = "workspace_editor"
	OrganizationReader Role = "organization_reader"
	OrganizationEditor Role = "organization_editor"
	OrganizationAdmin  Role = "organization_admin"
)

// Handler answers one call: a value to be printed as JSON, or an error. A nil value is printed as no body.
type Handler func(p Params) (any, error)

// Route is one row of an API's table.
type Route struct {
	Method    string
	Pattern   string // below the API's prefix, in the notation of [http.ServeMux]: "/sources/{sourceId}"
	Operation string // the operation's name in the API's document
	Role      Role
	Status    int     // of success; 0: 200
	Handle    Handler // nil: see Stream and Missing

	// Stream writes the whole answer itself. It is for what is not JSON.
	Stream func(w http.ResponseWriter, p Params) error

	// Missing says why the operation is not there; such a row is answered with 501.
	Missing string
}

// Implemented tells whether the operation does something.
func (r Route) Implemented() bool { return r.Handle != nil || r.Stream != nil }

// RequestIDHeader is the header that names a request, in what is asked and in what is answered.
const RequestIDHeader = "X-Request-Id"

// Refuse prints a problem in the way of one API.
type Refuse func(w http.ResponseWriter, p Problem)

// Serve answers one request and returns the error behind a refusal, nil when the call succeeded.
func (r Route) Serve(w http.ResponseWriter, req *http.Request, refuse Refuse) error {
	err := r.answer(w, Params{req})
	if err != nil {
		refuse(w, ProblemOf(err))
	}
	return err
}

func (r Route) answer(w http.ResponseWriter, p Params) error {
	switch {
	case r.Stream != nil:
		return r.Stream(w, p)
	case r.Handle == nil:
		return NotImplemented(r.Missing)
	}
	body, err := r.Handle(p)
	if err != nil {
		return err
	}
	if body == nil {
		w.WriteHeader(r.status(http.StatusNoContent))
		return nil
	}
	return WriteJSON(w, r.status(http.StatusOK), body)
}

func (r Route) status(otherwise int) int {
	if r.Status != 0 {
		return r.Status
	}
	return otherwise
}

// String is the route as a line of a listing.
func (r Route) String() string { return fmt.Sprintf("%s %s (%s)", r.Method, r.Pattern, r.Operation) }
