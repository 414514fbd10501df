package endpoint

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

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

// Query are the parameters after the question mark.
func (p Params) Query() (Query, error) {
	values, err := url.ParseQuery(p.URL.RawQuery)
	if err != nil {
		return Query{}, BadRequest("The query was not understood: %v.", err)
	}
	return Query{values: values}, nil
}

// Query reads query parameters and remembers the first that is wrong, so that all are read before the error is looked at.
type Query struct {
	values url.Values
	err    error
}

// Err is the first problem found.
func (q *Query) Err() error { return q.err }

// Text is a parameter as it was given, "" when absent.
func (q *Query) Text(name string) string { return strings.TrimSpace(q.values.Get(name)) }

// ID is a parameter that names a thing, "" when absent.
func (q *Query) ID(name string) string { return ID(q.values.Get(name)) }

// Need is a parameter that names a thing and may not be absent.
func (q *Query) Need(name string) string {
	id := q.ID(name)
	if id == "" {
		q.refuse("The query parameter %s is required.", name)
	}
	return id
}

// Texts is a parameter that may be repeated, or hold several values with commas between them.
func (q *Query) Texts(name string) []string {
	var out []string
	for _, given := range q.values[name] {
		for value := range strings.SplitSeq(given, ",") {
			if value = strings.TrimSpace(value); value != "" {
				out = append(out, value)
			}
		}
	}
	return out
}

// IDs is [Query.Texts] for names of things.
func (q *Query) IDs(name string) []string { return IDs(q.Texts(name)) }

// Bool is a parameter that is true or false, false when absent.
func (q *Query) Bool(name string) bool {
	switch text := strings.ToLower(q.Text(name)); text {
	case "true", "1":
		return true
	case "", "false", "0":
		return false
	default:
		q.refuse("The query parameter %s must be true or false; it is %q.", name, text)
		return false
	}
}

// Int is a number within bounds, otherwise when absent.
func (q *Query) Int(name string, low, high, otherwise int) int {
	text := q.Text(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		q.refuse("The query parameter %s must be a whole number from %d to %d; it is %q.", name, low, high, text)
		return otherwise
	}
	return n
}

// Time is a moment in RFC 3339, as Unix milliseconds; 0 when absent.
func (q *Query) Time(name string) int64 {
	text := q.Text(name)
	if text == "" {
		return 0
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		q.refuse("The query parameter %s must be a time such as 2026-01-02T03:04:05Z; it is %q.", name, text)
		return 0
	}
	return at.UnixMilli()
}

func (q *Query) refuse(format string, args ...any) {
	if q.err == nil {
		q.err = BadRequest(format, args...)
	}
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
