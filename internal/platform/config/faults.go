package config

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/airfielddev/airfield/internal/misfit"
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
	instance, err := misfit.Parse(text)
	switch {
	case errors.Is(err, misfit.ErrNumber):
		return []Fault{{Message: err.Error()}}
	case err != nil:
		return []Fault{{Message: "it is not valid JSON"}}
	}
	err = s.compiled.Validate(instance)
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	var faults []Fault
	for _, f := range misfit.Faults(invalid) {
		faults = append(faults, Fault{pointer(f.Path), f.Message})
	}
	slices.SortStableFunc(faults, func(a, b Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return slices.Compact(faults)
}
