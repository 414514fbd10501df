package endpoint

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/wire"
)

// Params is a request as handlers see it.
type Params struct {
	*http.Request
	route *Route
}

// ID is a path segment that names a thing. Ids are written in lower case.
func (p Params) ID(name string) string { return ID(p.PathValue(name)) }

// ID is a name in the form that it is kept in.
func ID(id string) string { return strings.ToLower(strings.TrimSpace(id)) }

// IDs are names in the form that they are kept in.
func IDs(ids []string) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, ID(id))
	}
	return out
}

// Number is a path segment that is a positive number.
func (p Params) Number(name string) (int64, error) {
	n, err := strconv.ParseInt(p.PathValue(name), 10, 64)
	if err != nil || n < 1 {
		return 0, BadRequest("%s must be a whole number above 0; it is %q.", name, p.PathValue(name))
	}
	return n, nil
}

// Require refuses a request in which a member is empty. It takes names and values in turn.
func Require(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			return BadRequest("The member %q is required and may not be empty.", pairs[i])
		}
	}
	return nil
}

// Resources refuses an allocation that does not say which jobs it is for.
func Resources(in *wire.ScopedResourceRequirements) error {
	if in == nil {
		return nil
	}
	for _, limit := range in.JobSpecific {
		const member = "resourceAllocation.jobSpecific.jobType"
		if err := errors.Join(Require(member, string(limit.JobType)), Known(member, limit.JobType)); err != nil {
			return err
		}
	}
	return nil
}

// Known refuses a member whose value is not one of its enum. An empty value is left to [Require].
func Known[T interface {
	comparable
	wire.Enum[T]
}](member string, value T) error {
	var absent T
	if value == absent || wire.Known(value) {
		return nil
	}
	return BadRequest("The member %q must be one of %v; it is %q.", member, value.Values(), string(value))
}
