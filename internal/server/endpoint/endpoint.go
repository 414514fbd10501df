// Package endpoint is what a table of HTTP routes is made of: rows, the decoding of requests, the encoding of answers and
// the bodies of refusals. An API is a list of [Route] values; everything else about it is read from that list.
package endpoint

import (
	"fmt"
	"net/http"
	"reflect"

	"github.com/airfielddev/airfield/internal/platform"
)

// Handler answers one call: a value to be printed as JSON, or an error. A nil value is printed as no body. It asks the guard of the
// request first. The zero Handler is none.
type Handler struct {
	In     reflect.Type // of the request's body; nil: it has none, or reads it in a way of its own
	Out    reflect.Type // of the answer's body; nil: it has none
	answer func(p Params) (any, error)
}

// Route is one row of an API's table.
type Route struct {
	Method    string
	Pattern   string // below the API's prefix, in the notation of [http.ServeMux]: "/sources/{sourceId}"
	Operation string // the operation's name in the API's document
	Role      Role
	Scope     Scope                    // on what the caller must have the role; "": on what the request names
	Kinds     map[string]platform.Kind // what the request names, beyond what goes without saying, by the names of members
	Query     []Parameter
	Status    int     // of success; 0: 200
	Handle    Handler // none: see Stream and Missing

	// Stream writes the whole answer itself. It is for what is not JSON.
	Stream   func(w http.ResponseWriter, p Params) error
	Produces string            // the media type of what Stream writes
	Headers  map[string]string // what each header means that Stream reads

	// Missing says why the operation is not there; such a row is answered with 501.
	Missing string
}

// Implemented tells whether the operation does something.
func (r Route) Implemented() bool { return r.Handle.answer != nil || r.Stream != nil }

// PathParameters are the names of the parameters in the route's pattern.
func (r Route) PathParameters() (out []string) {
	for _, match := range segment.FindAllStringSubmatch(r.Pattern, -1) {
		out = append(out, match[1])
	}
	return out
}

// RequestIDHeader is the header that names a request, in what is asked and in what is answered.
const RequestIDHeader = "X-Request-Id"

// Refuse prints a problem in the way of one API.
type Refuse func(w http.ResponseWriter, p Problem)

// Serve answers one request and returns the error behind a refusal, nil when the call succeeded.
func (r Route) Serve(w http.ResponseWriter, req *http.Request, refuse Refuse) error {
	err := r.answer(w, Params{Request: req, route: &r})
	if err != nil {
		refuse(w, ProblemOf(err))
	}
	return err
}

func (r Route) answer(w http.ResponseWriter, p Params) error {
	switch {
	case r.Stream != nil:
		if err := p.permit(nil); err != nil {
			return err
		}
		return r.Stream(w, p)
	case r.Handle.answer == nil:
		return NotImplemented(r.Missing)
	}
	body, err := r.Handle.answer(p)
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
