// Package misfit puts into words why a document does not fit a JSON schema. The words name what is wanted and never what was
// given, which may be a secret.
package misfit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Fault is one reason why a document does not fit. It never holds a value of the document.
type Fault struct {
	Path    []string // the place, from the outside in; empty is the whole
	Message string   // such as "must be string, not number"
}

// NoLoader keeps a schema, which may be somebody's input, from making this process read files or call servers.
type NoLoader struct{}

// Load refuses.
func (NoLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("the reference to %s leads outside of the schema", url)
}

// Faults are the innermost reasons of an error. Of a choice only the branch that was meant is told, if that can be seen.
func Faults(e *jsonschema.ValidationError) []Fault {
	switch k := e.ErrorKind.(type) {
	case *kind.OneOf:
		return choice(e, k.Subschemas)
	case *kind.AnyOf:
		return choice(e, nil)
	}
	if len(e.Causes) == 0 {
		return explain(e)
	}
	var all []Fault
	for _, cause := range e.Causes {
		all = append(all, Faults(cause)...)
	}
	return all
}

func choice(e *jsonschema.ValidationError, several []int) []Fault {
	if len(several) > 0 {
		return []Fault{{e.InstanceLocation, "matches more than one of its forms"}}
	}
	var meant []*jsonschema.ValidationError
	for _, branch := range e.Causes {
		if !refusesConstant(branch) {
			meant = append(meant, branch)
		}
	}
	if len(meant) == 1 {
		return Faults(meant[0])
	}
	return []Fault{{e.InstanceLocation, fmt.Sprintf("matches none of its %d forms", len(e.Causes))}}
}

// refusesConstant tells whether a branch was not meant: a value that marks the branch is another's.
func refusesConstant(e *jsonschema.ValidationError) bool {
	switch k := e.ErrorKind.(type) {
	case *kind.Const:
		return true
	case *kind.Enum:
		return len(k.Want) == 1
	case *kind.Type:
		return true
	}
	return slices.ContainsFunc(e.Causes, refusesConstant)
}

// explain puts a fault into words that name what is wanted and never what was given.
func explain(e *jsonschema.ValidationError) []Fault {
	at := e.InstanceLocation
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		var faults []Fault
		for _, name := range k.Missing {
			faults = append(faults, Fault{inside(at, name), "is required"})
		}
		return faults
	case *kind.AdditionalProperties:
		var faults []Fault
		for _, name := range k.Properties {
			faults = append(faults, Fault{inside(at, name), "is not known to this connector"})
		}
		return faults
	}
	return []Fault{{at, wanted(e.ErrorKind)}}
}

// inside is the place of a member.
func inside(place []string, name string) []string { return append(slices.Clip(place), name) }

func wanted(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("must be %s, not %s", strings.Join(k.Want, " or "), k.Got)
	case *kind.Enum:
		return "must be one of " + texts(k.Want)
	case *kind.Const:
		return "must be " + texts([]any{k.Want})
	case *kind.Pattern:
		return "must match the pattern " + k.Want
	case *kind.Format:
		return "must be a valid " + k.Want
	case *kind.MinLength:
		return fmt.Sprintf("must have at least %d characters", k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("must have at most %d characters", k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("must have at least %d items", k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("must have at most %d items", k.Want)
	}
	return limits(k)
}

func limits(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Minimum:
		return "must be at least " + k.Want.RatString()
	case *kind.Maximum:
		return "must be at most " + k.Want.RatString()
	case *kind.ExclusiveMinimum:
		return "must be more than " + k.Want.RatString()
	case *kind.ExclusiveMaximum:
		return "must be less than " + k.Want.RatString()
	case *kind.MultipleOf:
		return "must be a multiple of " + k.Want.RatString()
	case *kind.RefCycle:
		return "cannot be judged: the schema refers to itself without end"
	case *kind.UniqueItems:
		return "must not have the same item twice"
	}
	return "breaks the rule " + strings.Join(k.KeywordPath(), "/")
}

func texts(values []any) string {
	var all []string
	for _, v := range values {
		text, err := json.Marshal(v)
		if err == nil {
			all = append(all, string(text))
		}
	}
	return strings.Join(all, ", ")
}
