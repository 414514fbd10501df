package endpoint

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/wire"
)

// Parameter is a query parameter that an operation reads. What a route does not declare is not looked at.
type Parameter struct {
	Name      string
	Meaning   string // one sentence
	Type      ParameterType
	Required  bool
	Values    []string // of a [Choice]
	Low, High int      // the bounds of a [Number]
	Otherwise int      // a [Number] that is absent
}

// ParameterType tells how the text of a parameter is read.
type ParameterType int

// The types of parameters.
const (
	Text   ParameterType = iota // as it is given
	Texts                       // repeated, or several with commas between them
	Name                        // names a thing
	Names                       // names things, as Texts
	Flag                        // true or false, false when absent
	Number                      // a whole number within bounds
	Moment                      // a time in RFC 3339
	Choice                      // one of the values, in whatever case of letters
)

// OneOf is a parameter that is one of the values of an enum.
func OneOf[T wire.Enum[T]](name, meaning string) Parameter {
	p := Parameter{Name: name, Meaning: meaning, Type: Choice}
	var enum T
	for _, value := range enum.Values() {
		p.Values = append(p.Values, string(value))
	}
	return p
}

// Query reads the query parameters that the route declares, and refuses the request when one of them is wrong.
func (p Params) Query() (Query, error) {
	values, err := url.ParseQuery(p.URL.RawQuery)
	if err != nil {
		return Query{}, BadRequest("The query was not understood: %v.", err)
	}
	q := Query{route: p.route, values: values}
	for _, parameter := range p.route.Query {
		if err := parameter.check(strings.TrimSpace(values.Get(parameter.Name))); err != nil {
			return Query{}, err
		}
	}
	return q, nil
}

// check refuses a text that is not of the parameter's type.
func (p Parameter) check(text string) error {
	if text == "" {
		if p.Required {
			return BadRequest("The query parameter %s is required.", p.Name)
		}
		return nil
	}
	switch p.Type {
	case Flag:
		if _, ok := flag(text); !ok {
			return BadRequest("The query parameter %s must be true or false; it is %q.", p.Name, text)
		}
	case Number:
		if n, err := strconv.Atoi(text); err != nil || n < p.Low || n > p.High {
			return BadRequest("The query parameter %s must be a whole number from %d to %d; it is %q.", p.Name, p.Low, p.High, text)
		}
	case Moment:
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return BadRequest("The query parameter %s must be a time such as 2026-01-02T03:04:05Z; it is %q.", p.Name, text)
		}
	case Choice:
		if p.choice(text) == "" {
			return BadRequest("The query parameter %s must be one of %v; it is %q.", p.Name, p.Values, text)
		}
	case Text, Texts, Name, Names:
	}
	return nil
}

func flag(text string) (on, ok bool) {
	switch strings.ToLower(text) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// choice is the value that a text stands for, "" when it is none of them.
func (p Parameter) choice(text string) string {
	i := slices.IndexFunc(p.Values, func(value string) bool { return strings.EqualFold(value, text) })
	if i < 0 {
		return ""
	}
	return p.Values[i]
}

// Query gives the query parameters of one request. All of them are known to be right. Asking for one that the route does not
// declare is a mistake in the program, and panics.
type Query struct {
	route  *Route
	values url.Values
}

func (q Query) declared(name string) Parameter {
	i := slices.IndexFunc(q.route.Query, func(p Parameter) bool { return p.Name == name })
	if i < 0 {
		panic(fmt.Sprintf("reading the query parameter %s, which %s does not declare", name, q.route))
	}
	return q.route.Query[i]
}

// Text is a parameter that is given once, "" when absent. A [Name] is in the form that it is kept in, a [Choice] as its enum has it.
func (q Query) Text(name string) string {
	p, text := q.declared(name), strings.TrimSpace(q.values.Get(name))
	switch p.Type {
	case Choice:
		return p.choice(text)
	case Name:
		return ID(text)
	default:
		return text
	}
}

// Texts is a parameter that may be given several times. [Names] are in the form that they are kept in.
func (q Query) Texts(name string) []string {
	p, out := q.declared(name), []string(nil)
	for value := range strings.SplitSeq(strings.Join(q.values[name], ","), ",") {
		if value = strings.TrimSpace(value); value != "" {
			out = append(out, value)
		}
	}
	if p.Type == Names {
		return IDs(out)
	}
	return out
}

// Flag is a [Flag].
func (q Query) Flag(name string) bool {
	on, _ := flag(q.Text(name))
	return on
}

// Number is a [Number], or what it is when absent.
func (q Query) Number(name string) int {
	n, err := strconv.Atoi(q.Text(name))
	if err != nil {
		return q.declared(name).Otherwise
	}
	return n
}

// Moment is a [Moment] as Unix milliseconds, 0 when absent.
func (q Query) Moment(name string) int64 {
	at, err := time.Parse(time.RFC3339, q.Text(name))
	if err != nil {
		return 0
	}
	return at.UnixMilli()
}
