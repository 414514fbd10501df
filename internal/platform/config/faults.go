package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Fault is one reason why a configuration is not valid. It never holds a value of the configuration.
type Fault struct {
	Pointer string // the place, as a JSON pointer; "" is the whole
	Message string
}

// String is the message after its place.
func (f Fault) String() string {
	if f.Pointer == "" {
		return f.Message
	}
	return f.Pointer + ": " + f.Message
}

// Faults holds a configuration to the schema and lists everything that is wrong with it, in the order of places.
func (s *Schema) Faults(text json.RawMessage) []Fault {
	if s.compiled == nil {
		return nil
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return []Fault{{Message: "it is not valid JSON"}}
	}
	err = s.compiled.Validate(instance)
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	faults := leaves(invalid)
	slices.SortStableFunc(faults, func(a, b Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return slices.Compact(faults)
}

// leaves are the faults underneath an error. Of a choice only the branch that was meant is told, if that can be seen.
func leaves(e *jsonschema.ValidationError) []Fault {
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
		all = append(all, leaves(cause)...)
	}
	return all
}

func choice(e *jsonschema.ValidationError, several []int) []Fault {
	if len(several) > 0 {
		return []Fault{{pointer(e.InstanceLocation), "matches more than one of its forms"}}
	}
	var meant []*jsonschema.ValidationError
	for _, branch := range e.Causes {
		if !refusesConstant(branch) {
			meant = append(meant, branch)
		}
	}
	if len(meant) == 1 {
		return leaves(meant[0])
	}
	return []Fault{{pointer(e.InstanceLocation), fmt.Sprintf("matches none of its %d forms", len(e.Causes))}}
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
	at := pointer(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		var faults []Fault
		for _, name := range k.Missing {
			faults = append(faults, Fault{at + pointer([]string{name}), "is required"})
		}
		return faults
	case *kind.AdditionalProperties:
		var faults []Fault
		for _, name := range k.Properties {
			faults = append(faults, Fault{at + pointer([]string{name}), "is not known to this connector"})
		}
		return faults
	}
	return []Fault{{at, wanted(e.ErrorKind)}}
}

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
